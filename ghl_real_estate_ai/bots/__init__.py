"""A conversation and what its newest message says come in; one `Decision` goes out, for the turn to save and send."""
