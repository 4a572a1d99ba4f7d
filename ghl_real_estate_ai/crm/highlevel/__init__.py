"""In come calls of the CRM port; out go HighLevel's REST requests, to HighLevel itself or to the sandbox."""
