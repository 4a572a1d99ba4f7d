"""JorgeHandoffService without a repository: thresholds, limits, outcomes, learning."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ghl_real_estate_ai.conversation.model import Owner
from ghl_real_estate_ai.crm.model import AddTag, RemoveTag
from ghl_real_estate_ai.handoff import HandoffDecision, HandoffResult, JorgeHandoffService

CONTACT = "contact_1"
BUYS = {"buyer_intent_score": 0.85, "seller_intent_score": 0.0}
SELLS = {"buyer_intent_score": 0.0, "seller_intent_score": 0.85}


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def handoffs(clock: MovableClock) -> JorgeHandoffService:
    return JorgeHandoffService(clock)


def a_decision(source: Owner = Owner.LEAD, target: Owner = Owner.BUYER, confidence: float = 0.85) -> HandoffDecision:
    return HandoffDecision(
        source=source, target=target, confidence=confidence, threshold=0.7, reason=f"{target}_intent_detected"
    )


@pytest.mark.parametrize(
    ("current", "buy", "sell", "target"),
    [
        ("lead", 0.70, 0.0, Owner.BUYER),
        ("lead", 0.69, 0.0, None),
        ("lead", 0.0, 0.70, Owner.SELLER),
        ("lead", 0.0, 0.69, None),
        ("buyer", 0.0, 0.80, Owner.SELLER),
        ("buyer", 0.0, 0.79, None),
        ("seller", 0.60, 0.0, Owner.BUYER),
        ("seller", 0.59, 0.0, None),
        ("lead", 0.8, 0.8, None),  # a tie
        ("buyer", 0.95, 0.1, None),  # already there
        ("human", 0.95, 0.1, None),  # a person keeps the contact
    ],
)
async def test_a_route_opens_at_its_threshold(
    handoffs: JorgeHandoffService, current: str, buy: float, sell: float, target: Owner | None
) -> None:
    """At the threshold the contact moves, a hundredth below it stays; ties and its own bot never move it."""
    signals = {"buyer_intent_score": buy, "seller_intent_score": sell}

    decision = await handoffs.evaluate_handoff(current, CONTACT, [], signals)

    assert target == (decision.target if decision else None)


async def test_the_short_names_of_the_signals_mean_the_same(handoffs: JorgeHandoffService) -> None:
    """`buy` and `sell` are accepted beside the long names."""
    decision = await handoffs.evaluate_handoff("lead", CONTACT, [], {"buy": 0.2, "sell": 0.9})

    assert decision is not None
    assert (decision.target, decision.confidence) == (Owner.SELLER, 0.9)


async def test_what_the_lead_said_before_strengthens_the_signal(handoffs: JorgeHandoffService) -> None:
    """A weak signal passes when the lead has said the same before."""
    history = [{"role": "user", "content": "I want to buy a house with a $500k budget"}]

    without = await handoffs.evaluate_handoff("lead", CONTACT, [], {"buyer_intent_score": 0.66})
    with_history = await handoffs.evaluate_handoff("lead", CONTACT, history, {"buyer_intent_score": 0.66})

    assert without is None
    assert with_history is not None


async def test_the_words_of_a_bot_never_count(handoffs: JorgeHandoffService) -> None:
    """The same sentence from the assistant changes nothing."""
    history = [{"role": "assistant", "content": "I want to buy a house with a $500k budget"}] * 5

    assert await handoffs.evaluate_handoff("lead", CONTACT, history, {"buyer_intent_score": 0.66}) is None


async def test_executing_returns_the_tags_to_change(handoffs: JorgeHandoffService) -> None:
    """The old bot's tag goes, the new one's comes, and the route is left as a tag."""
    result = await handoffs.execute_handoff(a_decision(), CONTACT)

    assert (
        HandoffResult(
            executed=True,
            reason="buyer_intent_detected",
            actions=[RemoveTag("Needs Qualifying"), AddTag("Buyer-Lead"), AddTag("Handoff-Lead-to-Buyer")],
        )
        == result
    )


@pytest.mark.parametrize(("minutes", "executed"), [(0, False), (29.9, False), (30, True)])
async def test_the_same_pair_is_blocked_for_half_an_hour(
    handoffs: JorgeHandoffService, clock: MovableClock, minutes: float, executed: bool
) -> None:
    """Just under 30 minutes later the same move is refused, at 30 it is not, and refusing is no error."""
    await handoffs.execute_handoff(a_decision(), CONTACT)
    clock.move(minutes=minutes)

    result = await handoffs.execute_handoff(a_decision(), CONTACT)

    assert executed == result.executed
    if not executed:
        assert HandoffResult(executed=False, reason="same_pair", actions=[]) == result


async def test_evaluating_a_blocked_move_keeps_the_owner_and_counts_the_block(
    handoffs: JorgeHandoffService, clock: MovableClock
) -> None:
    """Evaluation and execution know the same limits."""
    await handoffs.execute_handoff(a_decision(), CONTACT)

    decision = await handoffs.evaluate_handoff("lead", CONTACT, [], BUYS)

    assert decision is None
    assert handoffs.known_blocks(clock.at - timedelta(hours=1)) == {"same_pair": 1}


@pytest.mark.parametrize(("confidence", "executed"), [(0.85, False), (0.9, True)])
async def test_a_return_needs_plain_words(handoffs: JorgeHandoffService, confidence: float, executed: bool) -> None:
    """Back to a bot that owned the contact lately only when the lead asks for it in so many words."""
    await handoffs.execute_handoff(a_decision(Owner.BUYER, Owner.SELLER), CONTACT)

    result = await handoffs.execute_handoff(a_decision(Owner.SELLER, Owner.BUYER, confidence), CONTACT)

    assert executed == result.executed


async def test_what_was_said_before_is_no_plain_word_for_a_return(
    handoffs: JorgeHandoffService, clock: MovableClock
) -> None:
    """Neither evaluation nor execution takes for plain words what only history made sure of."""
    history = [{"role": "user", "content": "I want to buy a house with a $500k budget"}]
    before = await handoffs.evaluate_handoff("seller", CONTACT, history, {"buy": 0.87})
    await handoffs.execute_handoff(a_decision(Owner.BUYER, Owner.SELLER), CONTACT)

    decision = await handoffs.evaluate_handoff("seller", CONTACT, history, {"buy": 0.87})
    assert before is not None
    result = await handoffs.execute_handoff(before, CONTACT)

    assert before.confidence >= 0.9
    assert decision is None
    assert HandoffResult(executed=False, reason="return", actions=[]) == result
    assert handoffs.known_blocks(clock.at - timedelta(hours=1)) == {"return": 2}


async def test_another_bot_than_those_of_the_chain_is_free(handoffs: JorgeHandoffService) -> None:
    """Lead to buyer, then at once buyer to seller: nothing circular."""
    await handoffs.execute_handoff(a_decision(), CONTACT)

    result = await handoffs.execute_handoff(a_decision(Owner.BUYER, Owner.SELLER), CONTACT)

    assert result.executed


async def test_three_handoffs_an_hour_are_the_most(handoffs: JorgeHandoffService, clock: MovableClock) -> None:
    """The fourth within the hour is refused, also in plain words; when the first is an hour old it may go."""
    routes = [(Owner.LEAD, Owner.BUYER), (Owner.BUYER, Owner.SELLER), (Owner.SELLER, Owner.BUYER)]
    for source, target in routes:
        await handoffs.execute_handoff(a_decision(source, target, 0.95), CONTACT)
        clock.move(minutes=15)

    fourth = await handoffs.execute_handoff(a_decision(Owner.BUYER, Owner.SELLER, 0.95), CONTACT)
    clock.move(minutes=15)
    later = await handoffs.execute_handoff(a_decision(Owner.BUYER, Owner.SELLER, 0.95), CONTACT)

    assert (fourth.executed, fourth.reason, later.executed) == (False, "hour_limit", True)


async def test_ten_handoffs_a_day_are_the_most(handoffs: JorgeHandoffService, clock: MovableClock) -> None:
    """Spread over the day, the eleventh is refused; yesterday's do not count."""
    for n in range(10):
        source, target = (Owner.BUYER, Owner.SELLER) if n % 2 else (Owner.SELLER, Owner.BUYER)
        await handoffs.execute_handoff(a_decision(source, target), CONTACT)
        clock.move(hours=1.5)

    eleventh = await handoffs.execute_handoff(a_decision(), CONTACT)
    clock.move(hours=9)
    next_day = await handoffs.execute_handoff(a_decision(), CONTACT)

    assert (eleventh.executed, eleventh.reason, next_day.executed) == (False, "day_limit", True)


async def test_limits_are_each_contacts_own(handoffs: JorgeHandoffService) -> None:
    """One contact's handoff blocks no other contact's."""
    await handoffs.execute_handoff(a_decision(), CONTACT)

    assert (await handoffs.execute_handoff(a_decision(), "contact_2")).executed


async def test_the_way_to_a_person_has_no_limits(handoffs: JorgeHandoffService) -> None:
    """Who asks for a person gets one, however often the contact has moved."""
    to_person = a_decision(Owner.BUYER, Owner.HUMAN)

    results = [await handoffs.execute_handoff(to_person, CONTACT) for _ in range(12)]

    assert all(result.executed for result in results)


@pytest.mark.parametrize(("source", "target"), [(Owner.BUYER, Owner.LEAD), (Owner.LEAD, Owner.LEAD)])
async def test_a_route_that_does_not_exist_is_refused(
    handoffs: JorgeHandoffService, source: Owner, target: Owner
) -> None:
    """There are four bot-to-bot routes and no other."""
    result = await handoffs.execute_handoff(a_decision(source, target), CONTACT)

    assert HandoffResult(executed=False, reason="no_route", actions=[]) == result


async def test_a_handoff_noted_by_a_turn_counts_for_the_limits(
    handoffs: JorgeHandoffService, clock: MovableClock
) -> None:
    """What a turn wrote itself is known here too."""
    handoffs.note_handoff(contact_id=CONTACT, source=Owner.LEAD, target=Owner.BUYER, at=clock.at, event_id=uuid4())

    assert not (await handoffs.execute_handoff(a_decision(), CONTACT)).executed


async def given_outcomes(handoffs: JorgeHandoffService, successes: int, total: int) -> None:
    for n in range(total):
        outcome = "successful" if n < successes else "failed"
        await handoffs.record_outcome(f"contact_{n}", "lead", "buyer", outcome)


@pytest.mark.parametrize(
    ("successes", "total", "sign"), [(17, 20, -1), (8, 20, 1), (13, 20, 0), (9, 9, 0), (0, 9, 0), (0, 0, 0)]
)
async def test_outcomes_move_the_threshold_of_their_route(
    handoffs: JorgeHandoffService, successes: int, total: int, sign: int
) -> None:
    """17 of 20 lower it, 8 of 20 raise it, 13 of 20 leave it, and fewer than ten teach nothing."""
    await given_outcomes(handoffs, successes, total)

    learned = handoffs.get_learned_adjustments("lead", "buyer")

    assert sign == (learned["adjustment"] > 0) - (learned["adjustment"] < 0)
    assert total == learned["sample_size"]
    assert learned["adjustment"] == handoffs.adjustments()[Owner.LEAD, Owner.BUYER]
    assert handoffs.adjustments()[Owner.LEAD, Owner.SELLER] == 0


async def test_a_learned_threshold_decides(handoffs: JorgeHandoffService) -> None:
    """After bad experience what was enough before no longer is."""
    await given_outcomes(handoffs, 1, 20)

    decision = await handoffs.evaluate_handoff("lead", "contact_new", [], {"buyer_intent_score": 0.75})

    assert decision is None


async def test_no_outcome_means_no_rate(handoffs: JorgeHandoffService) -> None:
    """Nothing known is None, never 0."""
    expected = {"adjustment": 0.0, "success_rate": None, "sample_size": 0, "interval": None}

    assert expected == handoffs.get_learned_adjustments("seller", "buyer")


async def test_an_outcome_resolves_the_newest_pending_handoff(
    handoffs: JorgeHandoffService, clock: MovableClock
) -> None:
    """Of two pending ones the later is resolved, and no third row appears."""
    began = clock.at
    await handoffs.execute_handoff(a_decision(), CONTACT)
    clock.move(hours=2)
    await handoffs.execute_handoff(a_decision(), CONTACT)

    await handoffs.record_outcome(CONTACT, "lead", "buyer", "reverted")

    assert [known.outcome for known in handoffs.known_outcomes(began)] == ["pending", "reverted"]


@pytest.mark.parametrize("outcome", ["pending", "great", ""])
async def test_an_outcome_that_is_none_is_refused(handoffs: JorgeHandoffService, outcome: str) -> None:
    """Only the four ways a handoff can end are accepted."""
    with pytest.raises(ValueError, match="outcome"):
        await handoffs.record_outcome(CONTACT, "lead", "buyer", outcome)


async def test_unknown_bots_are_refused_everywhere(handoffs: JorgeHandoffService) -> None:
    """A bot nobody has heard of is a ValueError."""
    with pytest.raises(ValueError, match="current_bot"):
        await handoffs.evaluate_handoff("renter", CONTACT, [], BUYS)
    with pytest.raises(ValueError, match="source_bot"):
        await handoffs.record_outcome(CONTACT, "renter", "buyer", "successful")
    with pytest.raises(ValueError, match="target_bot"):
        handoffs.get_learned_adjustments("lead", "renter")


async def test_without_a_repository_nothing_is_loaded(handoffs: JorgeHandoffService) -> None:
    """Loading is a call that does nothing, and the status says so."""
    assert await handoffs.load_from_database() == 0
    assert not handoffs.status().attached
