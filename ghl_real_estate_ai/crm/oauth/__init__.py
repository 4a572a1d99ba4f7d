"""In come installations of our app in HighLevel; out go access tokens that are good now, one refresh at a time."""
