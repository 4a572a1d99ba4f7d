"""A draft comes in; whether it may be said, and in which words, goes out with the rule; delivery asks again at send."""
