"""What can go wrong between us and the database, by what the caller can do about it."""

from ghl_real_estate_ai.errors import Retryable


class DatabaseBusy(Retryable):
    """The database answered and could not do it now: a lock, a deadlock, a full disk, a schema being changed."""


class DatabaseAway(Retryable):
    """The database cannot be reached at the moment; nothing was written, ask again later."""
