"""What holds of every turn, whatever is said and understood: tried with random conversations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision, Flag, Say, Silence
from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.model import Send
from ghl_real_estate_ai.compliance.sms import is_gsm7, segments
from ghl_real_estate_ai.compliance.stop_tags import stopping_tag
from ghl_real_estate_ai.conversation.model import (
    Bot,
    Contact,
    ContactId,
    Conversation,
    Direction,
    Language,
    LocationId,
    Message,
    MessageId,
    Owner,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.crm.model import AddTag
from ghl_real_estate_ai.understanding.model import (
    Archetype,
    Found,
    Intent,
    Objection,
    Signals,
    Span,
    StatedSlot,
)

EXAMPLES = settings(max_examples=60)
START = datetime(2026, 3, 3, 16, tzinfo=UTC)
SPAN = Span(0, 1)
ANY_WORDS = st.text(min_size=1, max_size=60)
VALUES: dict[Slot, st.SearchStrategy[SlotValue]] = {
    **dict.fromkeys(
        (Slot.BUDGET_MIN, Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION, Slot.MORTGAGE_BALANCE), st.integers(0, 10**8)
    ),
    **dict.fromkeys((Slot.BEDROOMS, Slot.BATHROOMS), st.sampled_from([1, 2, 2.5, 3, 12])),
    Slot.TIMELINE_DAYS: st.integers(0, 3650),
    Slot.LOCATIONS: st.lists(ANY_WORDS, min_size=1, max_size=4).map(tuple),
    Slot.FINANCING: st.sampled_from(
        ["cash", "preapproved", "prequalified", "needs_lender", "fha", "va", "conventional"]
    ),
    Slot.CONDITION: st.sampled_from(["turnkey", "cosmetic", "major"]),
    Slot.MOTIVATION: st.sampled_from(["relocation", "foreclosure", "divorce", "inherited", "investment"]),
    Slot.OCCUPANCY: st.sampled_from(["owner", "tenant", "vacant"]),
    **dict.fromkeys((Slot.ADDRESS, Slot.NAME, Slot.EMAIL, Slot.APPOINTMENT), ANY_WORDS),
}
TEXTS = st.one_of(
    ANY_WORDS,
    st.sampled_from(
        [
            "STOP",
            "start",
            "yes",
            "no",
            "both",
            "what's next?",
            "is it safe there?",
            "how are the schools",
            "can they foreclose on me?",
            "we are not selling anymore",
            "also Kyle",
            "who is this",
            "¿cuánto cuesta?",
            "ok thanks",
            "we just want to be near our grandkids",
            "how much do you charge",
        ]
    ),
)
NAMES = st.sampled_from(
    ["Lone Star Realty", "", "A" * 200, "What? Homes!", "Casa Ñandú & Söhne", "房产", "Jorge's {name}"]
)


@st.composite
def signals(draw: st.DrawFn) -> Signals:
    sure = st.floats(min_value=0.5, max_value=1.0)
    intents = draw(st.lists(st.sampled_from(Intent), max_size=3, unique=True))
    objections = draw(st.lists(st.sampled_from(Objection), max_size=2, unique=True))
    slots = draw(st.lists(st.sampled_from(list(VALUES)), max_size=4, unique=True))
    archetype = draw(st.sampled_from([None, *Archetype]))
    return Signals(
        language=draw(st.sampled_from(Language)),
        intents=tuple(Found(intent, draw(sure), SPAN) for intent in intents),
        objections=tuple(Found(objection, draw(sure), SPAN) for objection in objections),
        slots=tuple(StatedSlot(slot, draw(VALUES[slot]), draw(sure), SPAN) for slot in slots),
        archetype=Found(archetype, 0.8, SPAN) if archetype else None,
    )


TURNS = st.lists(st.tuples(TEXTS, signals(), st.integers(1, 4000)), min_size=1, max_size=8)


def a_conversation(**changes: object) -> Conversation:
    contact = Contact(
        location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset({"Needs Qualifying"}), dnd=False
    )
    return replace(Conversation(contact=contact, owner=Owner.LEAD), **changes)


def talk(turns: list[tuple[str, Signals, int]], name: str, start: Conversation) -> list[tuple[Conversation, Decision]]:
    """The conversation before each turn, and what was decided in it."""
    talked, conversation, at = [], start, START
    for number, (text, understood, seconds) in enumerate(turns, start=1):
        at += timedelta(seconds=seconds)
        message = Message(
            message_id=MessageId(UUID(int=number)),
            direction=Direction.INBOUND,
            author="lead",
            text=text,
            at=at,
            intents={found.label.value: found.confidence for found in understood.intents},
        )
        decision = decide(conversation, understood, message, at=at, business_name=name)
        talked.append((conversation, decision))
        conversation = replace(decision.conversation, messages=(*decision.conversation.messages, message)[-20:])
    return talked


@EXAMPLES
@given(TURNS, NAMES)
def test_every_reply_is_short_plain_and_asks_once(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """A reply takes two segments at most, is GSM-7, holds one question at most, and passes the guard."""
    for before, decision in talk(turns, name, a_conversation()):
        if isinstance(decision.speech, Say):
            text = decision.speech.text
            assert segments(text) <= 2
            assert is_gsm7(text)
            assert text.count("?") == (1 if decision.asked else 0)
            assert check_draft(text, first_reply_needs_disclosure=False) == Send(text)
            opt_out_or_help = decision.flags & {Flag.OPT_OUT, Flag.HELP}
            assert before.disclosed or decision.conversation.disclosed or opt_out_or_help
            assert "distress" not in text.lower()
            assert "foreclos" not in text.lower()


@EXAMPLES
@given(TURNS, NAMES)
def test_nothing_known_is_asked(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """A question whose slot is known is never asked, and what was asked is remembered as asked."""
    for _, decision in talk(turns, name, a_conversation()):
        if decision.asked is not None:
            assert decision.asked.slot is None or decision.asked.slot not in decision.conversation.facts
            assert decision.conversation.attempts[decision.asked] <= 3
        if isinstance(decision.speech, Say) and Flag.HELP not in decision.flags:
            assert decision.conversation.asked in (decision.asked, None) or decision.conversation.opted_out


@EXAMPLES
@given(TURNS, NAMES)
def test_no_reply_is_said_twice_in_a_row(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """Two replies in a row differ in their words."""
    said = [d.speech for _, d in talk(turns, name, a_conversation()) if isinstance(d.speech, Say)]

    for earlier, later in pairwise(said):
        assert earlier.key != later.key
        assert earlier.text != later.text


@EXAMPLES
@given(TURNS, NAMES)
def test_who_opted_out_hears_nothing_but_the_answer_to_start(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """After an opt-out there is silence and no owner until an opt-in, which brings the lead bot's side back."""
    for before, decision in talk(turns, name, a_conversation()):
        if before.opted_out and Flag.OPT_IN not in decision.flags:
            assert isinstance(decision.speech, Silence)
            assert decision.owner is Owner.NONE
            assert not decision.effects
        assert decision.conversation.opted_out == (decision.owner is Owner.NONE)


@EXAMPLES
@given(TURNS, NAMES)
def test_an_opt_out_comes_before_everything(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """Whatever else a message says, an opt-out in it is flagged and ends the bots' say."""
    for (_, decision), (_, understood, _) in zip(talk(turns, name, a_conversation()), turns, strict=True):
        if understood.has(Intent.OPT_OUT):
            assert Flag.OPT_OUT in decision.flags
            assert decision.conversation.opted_out
            assert decision.asked is None


@EXAMPLES
@given(TURNS, st.sampled_from(["AI-Off", "stop-bot", "Qualified", "Seller-Qualified", "Do Not Contact", "dnd", None]))
def test_stop_tags_and_unknown_tags_keep_every_bot_quiet(
    turns: list[tuple[str, Signals, int]], tag: str | None
) -> None:
    """With a stop tag, or tags unknown, nothing is ever said or scored as ours."""
    contact = replace(a_conversation().contact, tags=None if tag is None else frozenset({"Buyer-Lead", tag}))
    start = a_conversation(contact=contact, owner=Owner.BUYER)

    for before, decision in talk(turns, "Lone Star", start):
        lifted = Flag.OPT_IN in decision.flags or before.contact.tags != contact.tags
        assert isinstance(decision.speech, Silence) or (lifted and tag == "AI-Off")


@EXAMPLES
@given(TURNS, NAMES)
def test_only_an_opt_out_writes_a_tag_that_stops_us(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """A turn's tags are kept before its words leave, so any other stop tag of its own would stop them."""
    for _, decision in talk(turns, name, a_conversation()):
        written = {effect.tag for effect in decision.effects if isinstance(effect, AddTag)}
        assert decision.conversation.opted_out or stopping_tag(written) is None


@EXAMPLES
@given(TURNS)
def test_do_not_disturb_and_a_persons_conversation_are_silent(turns: list[tuple[str, Signals, int]]) -> None:
    """With do-not-disturb on, and while a person answers, the bots say nothing."""
    muted = replace(a_conversation().contact, dnd=True)

    for _, decision in talk(turns, "Lone Star", a_conversation(contact=muted)):
        assert isinstance(decision.speech, Silence)
    for before, decision in talk(turns, "Lone Star", a_conversation(owner=Owner.HUMAN)):
        quiet = isinstance(decision.speech, Silence) or Flag.OPT_OUT in decision.flags
        assert quiet or before.owner is not Owner.HUMAN


@EXAMPLES
@given(TURNS, NAMES)
def test_what_follows_from_a_change_of_owner(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """The epoch grows with the owner, handoffs are remembered, and the version is left to whoever saves."""
    for before, decision in talk(turns, name, a_conversation()):
        after = decision.conversation
        assert decision.owner is after.owner
        assert after.epoch == before.epoch + (before.owner is not after.owner)
        assert after.version == before.version
        assert len(after.handoffs) == len(before.handoffs) + (decision.handoff is not None)
        if decision.handoff is not None:
            assert after.owner is decision.handoff.target
        if after.owner.bot is not None:
            assert decision.bot is after.owner.bot
        assert len(after.replies_used) <= 6


@EXAMPLES
@given(TURNS, NAMES)
def test_each_bot_completes_once(turns: list[tuple[str, Signals, int]], name: str) -> None:
    """A bot's questions become complete at most once in a conversation."""
    completed = [d.completed for _, d in talk(turns, name, a_conversation()) if d.completed is not None]

    assert len(completed) == len(set(completed))
    assert set(completed) <= set(Bot)
