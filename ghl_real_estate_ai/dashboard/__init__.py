"""Stored conversations come in, read models fit for people go out; the API and the pages are next."""
