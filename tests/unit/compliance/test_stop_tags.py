"""A tag that means silence means it twice, in every spelling: when a bot thinks, and when a text is about to leave."""

import pytest

from ghl_real_estate_ai.bots.decide import why_silent
from ghl_real_estate_ai.compliance.stop_tags import hands_to_a_person, stopping_tag
from ghl_real_estate_ai.conversation.model import Contact, ContactId, Conversation, LocationId, Owner
from ghl_real_estate_ai.crm.model import SendText
from ghl_real_estate_ai.delivery.gate import Standing, reason_to_drop

TAKES_OVER = ["AI-Off", "ai-off", "AI Off", "AIOff", "AI\u2013Off", "Stop-Bot", "stop bot", "STOP_BOT", " Stop-Bot "]
SILENCES = [
    "Qualified",
    "qualified",
    "Seller-Qualified",
    "Seller Qualified",
    "TCPA-Opt-Out",
    "tcpa_opt_out",
    "Do-Not-Contact",
    "Do Not Contact",
    "do_not_contact",
    "DoNotContact",
    "Do-Not-Contact-2026",
    "Do-Not-Text",
    "Do Not Text",
    "Do-Not-Call",
    "DO NOT DISTURB",
    "DNC",
    "DNC-Litigator",
    "DNC: federal",
    "dnd",
    "DND SMS",
]
MEANS_SOMETHING_ELSE = [
    "",
    "Needs Qualifying",
    "Pre-Qualified",
    "Lead-Qualified",
    "Buyer-Lead",
    "Off-Market",
    "Human-Follow-Up-Needed",
    "Handoff-Lead-to-Seller",
    "Handoff-Deferred-Buyer-Performance",
    "Stage-Closed",
    "Dundee",
    "Contact",
    "SMS Opt-In",
]


def what_the_bots_say(tag: str) -> str | None:
    tags = frozenset({"Needs Qualifying", tag})
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=tags, dnd=False)
    return why_silent(Conversation(contact=contact, owner=Owner.LEAD))


def what_the_gate_says(tag: str) -> str | None:
    tags = frozenset({"Needs Qualifying", tag})
    now = Standing(is_suppressed=False, owner=Owner.LEAD, epoch=3, tags=tags, dnd=False)
    return reason_to_drop(SendText("Hi"), 3, now)


@pytest.mark.parametrize("tag", [*TAKES_OVER, *SILENCES])
def test_the_bots_and_the_gate_stop_at_the_same_tags(tag: str) -> None:
    """Neither is anything decided for the contact, nor does a text leave that was decided before."""
    assert (f"tag_{tag}", "stop_tag") == (what_the_bots_say(tag), what_the_gate_says(tag))


@pytest.mark.parametrize("tag", MEANS_SOMETHING_ELSE)
def test_another_tag_stops_nothing(tag: str) -> None:
    """What only resembles a stop tag, and what we write ourselves, silences nobody."""
    assert (None, None) == (what_the_bots_say(tag), what_the_gate_says(tag))


def test_the_first_by_name_is_told() -> None:
    """Of several stop tags it is always the same one that is named."""
    assert "AI-Off" == stopping_tag(["vip", "dnd", "Qualified", "AI-Off"])


@pytest.mark.parametrize("tag", TAKES_OVER)
def test_a_takeover_is_known_in_any_spelling(tag: str) -> None:
    """Whoever takes a conversation over by a tag may spell it as they like."""
    assert hands_to_a_person(["vip", tag])


def test_other_stop_tags_call_no_person() -> None:
    """Silence alone hands the contact to nobody."""
    assert not hands_to_a_person(SILENCES)
