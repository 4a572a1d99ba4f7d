"""Whether a decided effect is still right at the moment it would leave; pure."""

from dataclasses import dataclass

from ghl_real_estate_ai.compliance.stop_tags import stopping_tag
from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.crm.model import Effect, SendText

APP_UNINSTALLED = "app_uninstalled"
"""The reason of what is not done any more in a location that has removed our app."""
NEWER_INBOUND = "newer_inbound"
"""The reason of a reply that was taken back, because the contact wrote again before it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a contact stands with us now; None where that is not known."""

    is_suppressed: bool
    owner: Owner | None
    epoch: int | None
    tags: frozenset[str] | None
    dnd: bool | None
    has_left: bool = False
    """Whether the location has removed our app."""
    has_newer: bool = False
    """Whether something the contact, or a person of the team, wrote after the effect was decided still waits."""


def reason_to_drop(effect: Effect, epoch: int, now: Standing) -> str | None:
    """Return why *effect*, decided in *epoch*, must not leave any more, or None when it may.

    Only texts are held back: tags, fields and notes are for the team; but nothing at all is done in a location that
    has removed our app.  The confirmation of an opt-out passes the
    opt-out it confirms.  A turn's own reply carries the epoch after the turn, so that it passes too.
    """
    if now.has_left:
        return APP_UNINSTALLED
    if not isinstance(effect, SendText):
        return None
    checks = [("dnd", now.dnd is True), (_changed_to(now.owner), now.epoch != epoch)]
    if not effect.even_if_opted_out:
        checks = [
            ("opted_out", now.is_suppressed),
            ("stop_tag", stopping_tag(now.tags or ()) is not None),
            ("tags_unknown", now.tags is None),
            *checks,
        ]
    checks.append((NEWER_INBOUND, now.has_newer))
    return next((reason for reason, holds in checks if holds), None)


def _changed_to(owner: Owner | None) -> str:
    if owner is None:
        return "owner_unknown"
    return "owner_human" if owner is Owner.HUMAN else "epoch_moved_on"
