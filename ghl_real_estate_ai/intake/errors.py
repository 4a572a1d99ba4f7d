"""What can go wrong on the way in, by the answer the caller gets."""

from ghl_real_estate_ai.errors import Rejected, Retryable


class NotJson(Rejected):
    """The body is empty, no JSON, no object, or nested beyond reason (400)."""


class BadField(Rejected):
    """A bare post lacks a field or has one of the wrong kind; `field` names it (422)."""


class BodyTooLarge(Rejected):
    """The body is over the limit (413)."""


class AccessDenied(Rejected):
    """A signature or a secret is due and bad or missing (401)."""


class CannotKeep(Retryable):
    """The event could not be committed; the sender must try again (429)."""


class EventRefused(CannotKeep):
    """The database is there and refused an event of the group; the others, alone, would be kept."""
