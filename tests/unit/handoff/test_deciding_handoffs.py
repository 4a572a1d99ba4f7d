"""Whether a contact moves: scores, thresholds, the order of a double wish, and the limits on ping-pong."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Direction,
    Handed,
    Language,
    LocationId,
    Message,
    MessageId,
    Owner,
    Slot,
)
from ghl_real_estate_ai.handoff.decide_handoff import decide_by_scores, decide_handoff
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, BlockReason, HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.understanding.model import Found, Intent, Signals, Span, StatedSlot

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
BOTS = (Owner.LEAD, Owner.BUYER, Owner.SELLER)


def a_conversation(owner: Owner, *, handoffs: tuple[Handed, ...] = (), said: tuple[Message, ...] = ()) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset())
    return Conversation(contact=contact, owner=owner, handoffs=handoffs, messages=said)


def signals_of(**confidences: float) -> Signals:
    found = tuple(Found(Intent(name), confidence, Span(0, 4)) for name, confidence in confidences.items())
    return Signals(language=Language.EN, intents=found)


def said(author: str, **intents: float) -> Message:
    direction = Direction.INBOUND if author == "lead" else Direction.OUTBOUND
    return Message(
        message_id=MessageId(UUID(int=1)), direction=direction, author=author, text="", at=NOW, intents=intents
    )


def route(outcome: HandoffDecision | HandoffBlocked | None) -> tuple[Owner, Owner] | None:
    return None if outcome is None else (outcome.source, outcome.target)


@pytest.mark.parametrize(
    ("owner", "confidences", "expected"),
    [
        (Owner.LEAD, {"buy": 0.7}, Owner.BUYER),
        (Owner.LEAD, {"buy": 0.69}, None),
        (Owner.LEAD, {"sell": 0.7}, Owner.SELLER),
        (Owner.LEAD, {"valuation": 0.9}, Owner.SELLER),
        (Owner.LEAD, {"valuation": 0.8}, None),
        (Owner.LEAD, {"rent": 0.99}, None),
        (Owner.LEAD, {"buy": 0.6, "invest": 0.8}, Owner.BUYER),
        (Owner.LEAD, {"invest": 0.9}, None),
        (Owner.LEAD, {"buy": 0.9, "sell": 0.9}, Owner.SELLER),
        (Owner.BUYER, {"sell": 0.79}, None),
        (Owner.BUYER, {"sell": 0.8}, Owner.SELLER),
        (Owner.BUYER, {"buy": 0.99}, None),
        (Owner.SELLER, {"buy": 0.6}, Owner.BUYER),
        (Owner.SELLER, {"sell": 0.9, "buy": 0.8}, None),
        (Owner.LEAD, {"human": 0.7}, Owner.HUMAN),
        (Owner.LEAD, {"human": 0.6}, None),
        (Owner.HUMAN, {"buy": 0.99}, None),
        (Owner.NONE, {"human": 0.99}, None),
    ],
)
def test_each_route_needs_its_confidence(owner: Owner, confidences: dict[str, float], expected: Owner | None) -> None:
    """A message moves its contact exactly where a route exists and its threshold is reached."""
    outcome = decide_handoff(conversation=a_conversation(owner), signals=signals_of(**confidences), at=NOW)

    assert route(outcome) == (None if expected is None else (owner, expected))


def test_buying_first_goes_to_the_buyer_bot() -> None:
    """Words that put the purchase first overrule the rule that the sale comes first."""
    text = "we want to buy first and sell ours later"

    outcome = decide_handoff(
        conversation=a_conversation(Owner.LEAD), signals=signals_of(buy=0.9, sell=0.9), at=NOW, text=text
    )

    assert route(outcome) == (Owner.LEAD, Owner.BUYER)


def test_a_time_to_be_called_at_is_an_appointment() -> None:
    """Somebody who says "call me at 8pm" keeps their bot, for a person arranges the time anyway."""
    signals = Signals(
        language=Language.EN,
        intents=(Found(Intent.HUMAN, 0.85, Span(0, 4)),),
        slots=(StatedSlot(Slot.APPOINTMENT, "8pm", 0.9, Span(0, 3)),),
    )

    outcome = decide_handoff(conversation=a_conversation(Owner.SELLER), signals=signals, at=NOW)

    assert outcome is None


def test_history_strengthens_what_is_said_now() -> None:
    """A weak wish to buy after clear ones reaches the threshold that it misses alone."""
    weak, earlier = signals_of(buy=0.62), (said("lead", buy=0.9),)

    outcome = decide_handoff(conversation=a_conversation(Owner.LEAD, said=earlier), signals=weak, at=NOW)

    assert route(outcome) == (Owner.LEAD, Owner.BUYER)


@pytest.mark.parametrize("author", ["lead", "buyer", "person"])
def test_history_alone_moves_nobody(author: str) -> None:
    """A message without a wish keeps its owner, whatever anybody wrote before."""
    earlier = (said(author, buy=1.0),) * 5

    outcome = decide_handoff(conversation=a_conversation(Owner.LEAD, said=earlier), signals=signals_of(), at=NOW)

    assert outcome is None


def test_what_the_bot_wrote_never_counts() -> None:
    """A bot's own words about buying do not strengthen the lead's weak ones."""
    earlier = (said("lead_bot", buy=1.0),)

    outcome = decide_handoff(
        conversation=a_conversation(Owner.LEAD, said=earlier), signals=signals_of(buy=0.65), at=NOW
    )

    assert outcome is None


def test_the_learned_adjustment_moves_the_threshold_within_bounds() -> None:
    """An adjustment is added to the base and the sum is kept between .5 and .95."""
    harder = decide_by_scores(Owner.LEAD, 0.75, 0.0, (), NOW, {(Owner.LEAD, Owner.BUYER): 0.1})
    easiest = decide_by_scores(Owner.SELLER, 0.5, 0.0, (), NOW, {(Owner.SELLER, Owner.BUYER): -0.4})

    assert harder is None
    assert isinstance(easiest, HandoffDecision)
    assert easiest.threshold == 0.5


def test_the_evidence_is_the_leads_own_words() -> None:
    """A decision shows which words carried it."""
    signals = Signals(language=Language.EN, intents=(Found(Intent.SELL, 0.9, Span(3, 17)),))

    outcome = decide_handoff(
        conversation=a_conversation(Owner.LEAD), signals=signals, at=NOW, text="we want to sell it"
    )

    assert isinstance(outcome, HandoffDecision)
    assert outcome.evidence == {"sell": "want to sell i"}


@pytest.mark.parametrize(
    ("past", "confidence", "expected"),
    [
        ([(Owner.BUYER, Owner.SELLER, 29)], 0.99, BlockReason.SAME_PAIR),
        ([(Owner.BUYER, Owner.SELLER, 30)], 0.85, None),
        ([(Owner.SELLER, Owner.BUYER, 29)], 0.85, BlockReason.RETURN),
        ([(Owner.SELLER, Owner.BUYER, 29)], 0.90, None),
        ([(Owner.SELLER, Owner.BUYER, 30)], 0.85, None),
        ([(Owner.HUMAN, Owner.SELLER, 5)], 0.85, None),
        ([(Owner.LEAD, Owner.BUYER, m) for m in (59, 50, 40)], 0.99, BlockReason.HOUR_LIMIT),
        ([(Owner.LEAD, Owner.BUYER, m) for m in (60, 50, 40)], 0.99, None),
        ([(Owner.LEAD, Owner.BUYER, 60 * h) for h in range(2, 12)], 0.99, BlockReason.DAY_LIMIT),
        ([(Owner.BUYER, Owner.HUMAN, m) for m in range(1, 20)], 0.99, None),
    ],
)
def test_limits_stop_ping_pong_between_bots(
    past: list[tuple[Owner, Owner, int]], confidence: float, expected: BlockReason | None
) -> None:
    """The same pair, a return, three an hour and ten a day are refused with their reason; persons are not counted."""
    handoffs = [Handed(source=source, target=target, at=NOW - timedelta(minutes=ago)) for source, target, ago in past]

    outcome = decide_by_scores(Owner.BUYER, 0.0, confidence, handoffs, NOW)

    assert (outcome.reason if isinstance(outcome, HandoffBlocked) else None) == expected


@pytest.mark.parametrize(
    ("now", "earlier", "expected"),
    [
        (0.87, (0.97,), BlockReason.RETURN),
        (0.899, (1.0,) * 5, BlockReason.RETURN),
        (0.9, (), None),
        (0.9, (0.97,), None),
    ],
)
def test_earlier_messages_are_no_plain_word_for_a_return(
    now: float, earlier: tuple[float, ...], expected: BlockReason | None
) -> None:
    """A return is asked for by the message itself, whatever history adds to its confidence."""
    came_from = (Handed(source=Owner.SELLER, target=Owner.BUYER, at=NOW - timedelta(minutes=5)),)
    conversation = a_conversation(
        Owner.BUYER, handoffs=came_from, said=tuple(said("lead", sell=score) for score in earlier)
    )

    outcome = decide_handoff(conversation=conversation, signals=signals_of(sell=now), at=NOW)

    assert (outcome.reason if isinstance(outcome, HandoffBlocked) else None) == expected
    assert outcome is not None
    assert outcome.confidence >= 0.9


def test_a_person_is_granted_beyond_every_limit() -> None:
    """No number of handoffs keeps a lead from a person."""
    past = tuple(Handed(source=Owner.SELLER, target=Owner.BUYER, at=NOW) for _ in range(20))

    outcome = decide_handoff(
        conversation=a_conversation(Owner.BUYER, handoffs=past), signals=signals_of(human=0.8), at=NOW
    )

    assert route(outcome) == (Owner.BUYER, Owner.HUMAN)


confidence = st.floats(min_value=0, max_value=1, allow_nan=False)


@given(
    st.sampled_from(BOTS),
    st.lists(st.tuples(confidence, confidence, st.integers(min_value=0, max_value=3600)), max_size=60),
)
def test_no_sequence_of_wishes_breaks_the_limits(start: Owner, wishes: list[tuple[float, float, int]]) -> None:
    """However wishes swing, routes are known ones, at most 3 an hour and 10 a day, no pair twice in 30 minutes."""
    owner, at, happened = start, NOW, list[Handed]()
    for buy, sell, seconds in wishes:
        at += timedelta(seconds=seconds)
        outcome = decide_by_scores(owner, buy, sell, happened, at)
        if isinstance(outcome, HandoffDecision):
            assert (outcome.source, outcome.target) in BASE_THRESHOLDS
            assert outcome.confidence >= outcome.threshold
            happened.append(Handed(source=outcome.source, target=outcome.target, at=at))
            owner = outcome.target

    for handed in happened:
        until = [past for past in happened if past.at <= handed.at]
        assert sum(handed.at - past.at < timedelta(hours=1) for past in until) <= 3
        assert sum(handed.at - past.at < timedelta(hours=24) for past in until) <= 10
        same = [p for p in until if (p.source, p.target) == (handed.source, handed.target)]
        assert sum(handed.at - past.at < timedelta(minutes=30) for past in same) == 1


@given(
    st.sampled_from(BOTS),
    st.lists(
        st.tuples(
            st.sampled_from(["buy", "sell"]),
            st.floats(min_value=0.5, max_value=0.9, exclude_max=True),
            st.integers(min_value=1, max_value=900),
        ),
        max_size=40,
    ),
)
def test_a_lead_who_wavers_stays_where_they_are(start: Owner, wishes: list[tuple[str, float, int]]) -> None:
    """Hysteresis: without saying so in so many words nobody comes back to a bot that had them in the last half hour."""
    owner, at, left = start, NOW, dict[Owner, datetime]()
    happened = list[Handed]()
    for wish, sure, seconds in wishes:
        at += timedelta(seconds=seconds)
        buy, sell = (sure, 0.0) if wish == "buy" else (0.0, sure)
        outcome = decide_by_scores(owner, buy, sell, happened, at)
        if isinstance(outcome, HandoffDecision):
            assert at - left.get(outcome.target, NOW - timedelta(days=1)) >= timedelta(minutes=30)
            left[owner] = at
            happened.append(Handed(source=outcome.source, target=outcome.target, at=at))
            owner = outcome.target
