"""Which `Version` header each part of HighLevel's API wants."""

CONVERSATIONS_VERSION = "2021-04-15"
"""Of conversations, conversation-ai and calendars."""
CONTACTS_VERSION = "2021-07-28"
"""Of contacts, locations, workflows and the rest."""

_OLDER = ("/conversations", "/conversation-ai", "/calendars")


def version_for(path: str) -> str:
    """The `Version` that a request to *path* must carry."""
    return CONVERSATIONS_VERSION if path.startswith(_OLDER) else CONTACTS_VERSION
