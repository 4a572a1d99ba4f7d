"""Which of a contact's tags mean silence: one list, asked by the bots and again by whatever is about to leave; pure.

People write tags by hand, so a tag is the same in any case and with any signs between its words, or none.
"""

import re
from collections.abc import Iterable

from ghl_real_estate_ai.compliance.opt_out import OPT_OUT_TAGS

TAKEOVER_TAGS = ("AI-Off", "Stop-Bot")
"""By these a person of the team takes a conversation over, and gives it back by removing them."""
STOP_TAGS = (*OPT_OUT_TAGS, *TAKEOVER_TAGS, "Qualified", "Seller-Qualified")
"""`Qualified` and `Seller-Qualified` come from the team and its workflows: nothing of ours writes them.  A turn that
did would stop its own reply, since its tags are kept before the reply leaves."""
DO_NOT_CONTACT = ("Do-Not-Contact", "Do-Not-Text", "Do-Not-Call", "Do-Not-Disturb")
SHORT_FORMS = frozenset({"dnc", "dnd"})
"""Of these and the ones above it counts how a tag begins: `DNC-Litigator`, `Do-Not-Contact-2026`."""

_WORD = re.compile(r"[^\W_]+")


def stopping_tag(tags: Iterable[str]) -> str | None:
    """The first tag, by name, that forbids every text of ours; None when there is none."""
    return next((tag for tag in sorted(tags) if _stops(tag)), None)


def hands_to_a_person(tags: Iterable[str]) -> bool:
    """Whether one of *tags* says that a person has the conversation."""
    return any(_joined(tag) in _TAKEOVER for tag in tags)


def _stops(tag: str) -> bool:
    words = _words(tag)
    joined = "".join(words)
    return joined in _STOP or joined.startswith(_DO_NOT_CONTACT) or not SHORT_FORMS.isdisjoint(words[:1])


def _words(tag: str) -> list[str]:
    return _WORD.findall(tag.casefold())


def _joined(tag: str) -> str:
    return "".join(_words(tag))


_STOP = frozenset(map(_joined, STOP_TAGS))
_TAKEOVER = frozenset(map(_joined, TAKEOVER_TAGS))
_DO_NOT_CONTACT = tuple(map(_joined, DO_NOT_CONTACT))
