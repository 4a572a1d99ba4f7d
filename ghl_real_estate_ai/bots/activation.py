"""Which bot a contact's tags hand it to; pure.

HighLevel does not keep the case of tags, so they are compared without it.
"""

from collections.abc import Iterable

from ghl_real_estate_ai.conversation.model import OWNER_TAGS, Owner

_BY_PRECEDENCE = (Owner.SELLER, Owner.BUYER, Owner.LEAD)
"""The more a tag says, the earlier it counts: a contact may carry several."""


def activated_owner(tags: Iterable[str]) -> Owner | None:
    """The bot that *tags* call, or None when they call none: then nobody may answer."""
    plain = {tag.strip().casefold() for tag in tags}
    return next((owner for owner in _BY_PRECEDENCE if OWNER_TAGS[owner].casefold() in plain), None)
