"""In come HighLevel's REST requests, on a socket; out come its answers, from contacts kept in memory: for trials."""
