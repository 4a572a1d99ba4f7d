"""How a handoff went: each rule at its boundary, which of two stands, and that nothing depends on when it is asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import ContactId, Handed, LocationId, Owner
from ghl_real_estate_ai.handoff.resolve_outcome import (
    Afterwards,
    Answered,
    PendingHandoff,
    Resolution,
    answered_at_turn,
    is_engaged,
    resolve_outcome,
)
from ghl_real_estate_ai.understanding.model import Intent

HANDED_AT = datetime(2026, 3, 3, 16, tzinfo=UTC)
MUCH_LATER = HANDED_AT + timedelta(days=9)


def after(**span: float) -> datetime:
    return HANDED_AT + timedelta(**span)


def a_handoff(source: Owner = Owner.LEAD, target: Owner = Owner.BUYER) -> PendingHandoff:
    return PendingHandoff(
        event_id=UUID(int=1),
        location_id=LocationId("l"),
        contact_id=ContactId("c"),
        source=source,
        target=target,
        at=HANDED_AT,
    )


def says(at: datetime, *, tells: bool = False, wishes_a_time: bool = False, **intents: float) -> Answered:
    known = {Intent(name): confidence for name, confidence in intents.items()}
    return Answered(at=at, intents=known, tells=tells, wishes_a_time=wishes_a_time)


def told(afterwards: Afterwards, now: datetime = MUCH_LATER, *, to: Owner = Owner.BUYER) -> tuple[str, datetime] | None:
    resolution = resolve_outcome(a_handoff(target=to), afterwards, now)
    return None if resolution is None else (resolution.outcome.value, resolution.at)


@pytest.mark.parametrize(
    ("answer", "engaged"),
    [
        (says(HANDED_AT, tells=True), True),
        (says(HANDED_AT), True),
        (says(HANDED_AT, buy=0.9), True),
        (says(HANDED_AT, affirm=0.9), True),
        (says(HANDED_AT, thanks=0.9), False),
        (says(HANDED_AT, thanks=0.9, tells=True), True),
        (says(HANDED_AT, thanks=0.9, affirm=0.8), True),
        (says(HANDED_AT, opt_out=0.9, tells=True), False),
        (says(HANDED_AT, wrong_number=0.9), False),
        (says(HANDED_AT, not_interested=0.9), False),
        (says(HANDED_AT, human=0.7), False),
        (says(HANDED_AT, human=0.6), True),
        (says(HANDED_AT, human=0.85, tells=True, wishes_a_time=True), True),
        (says(HANDED_AT, human=0.95, tells=True, wishes_a_time=True), False),
    ],
)
def test_who_goes_on_with_the_bot_is_engaged(answer: Answered, engaged: bool) -> None:
    """Opt-outs, refusals, calls for a person and bare thanks are no engagement; a wished time is."""
    assert engaged == is_engaged(answer)


@pytest.mark.parametrize(
    ("wrote", "expected"),
    [
        (after(minutes=5), ("successful", after(minutes=30))),
        (after(minutes=30), ("successful", after(minutes=30))),
        (after(hours=3), ("successful", after(hours=3))),
        (after(hours=24), ("successful", after(hours=24))),
        (after(hours=24, seconds=1), ("timeout", after(hours=24))),
    ],
)
def test_an_engaged_lead_makes_a_success(wrote: datetime, expected: tuple[str, datetime]) -> None:
    """Not before 30 minutes are over, and only within 24 hours."""
    assert expected == told(Afterwards(inbound=[says(wrote, tells=True)]))


def test_nobody_who_writes_is_a_timeout() -> None:
    """At 24 hours, not a moment before."""
    assert told(Afterwards(), after(hours=24) - timedelta(seconds=1)) is None
    assert ("timeout", after(hours=24)) == told(Afterwards(), after(hours=24))


def test_thanks_alone_wait_for_more() -> None:
    """The first engaged message counts, whatever came before it."""
    inbound = [says(after(minutes=1), thanks=0.9), says(after(hours=2), tells=True)]

    assert ("successful", after(hours=2)) == told(Afterwards(inbound=inbound))


@pytest.mark.parametrize("wish", ["opt_out", "human"])
@pytest.mark.parametrize(("minutes", "outcome"), [(29.9, "failed"), (30, "timeout")])
def test_leaving_at_once_is_a_failure(wish: str, minutes: float, outcome: str) -> None:
    """An opt-out or a wish for a person as the next message within 30 minutes."""
    resolution = told(Afterwards(inbound=[says(after(minutes=minutes), **{wish: 0.95})]))

    assert (outcome, after(minutes=minutes) if outcome == "failed" else after(hours=24)) == resolution


def test_only_the_next_message_can_fail_it() -> None:
    """Whoever went on with the bot first and opted out then was engaged."""
    inbound = [says(after(minutes=2), tells=True), says(after(minutes=4), opt_out=0.99)]

    assert ("successful", after(minutes=30)) == told(Afterwards(inbound=inbound))


@pytest.mark.parametrize(
    ("back", "minutes", "expected"),
    [
        ((Owner.BUYER, Owner.LEAD), 29.9, ("reverted", after(minutes=29.9))),
        ((Owner.BUYER, Owner.LEAD), 30, ("successful", after(minutes=30))),
        ((Owner.BUYER, Owner.SELLER), 10, ("successful", after(minutes=30))),
    ],
)
def test_going_back_at_once_is_a_reversal(
    back: tuple[Owner, Owner], minutes: float, expected: tuple[str, datetime]
) -> None:
    """Back to where the contact came from within 30 minutes; on to another bot is no way back."""
    handed = Handed(source=back[0], target=back[1], at=after(minutes=minutes))
    happened = Afterwards(inbound=[says(after(minutes=3), tells=True)], handoffs=[handed])

    assert expected == told(happened)


def test_a_failed_delivery_is_a_failure_if_it_comes_first() -> None:
    """What the CRM refused within the half hour fails the handoff; later the success stands."""
    inbound = [says(after(minutes=5), tells=True)]

    early = told(Afterwards(inbound=inbound, crm_failures=[after(minutes=12)]))
    late = told(Afterwards(inbound=inbound, crm_failures=[after(minutes=40)]))

    assert (("failed", after(minutes=12)), ("successful", after(minutes=30))) == (early, late)


@pytest.mark.parametrize(
    ("wrote", "expected"),
    [
        ([after(minutes=4)], ("successful", after(minutes=4))),
        ([after(minutes=15)], ("successful", after(minutes=15))),
        ([after(minutes=16)], ("timeout", after(minutes=15))),
        ([], ("timeout", after(minutes=15))),
    ],
)
def test_a_person_has_to_write_in_time(wrote: list[datetime], expected: tuple[str, datetime]) -> None:
    """To a person: what the lead writes meanwhile changes nothing."""
    happened = Afterwards(inbound=[says(after(minutes=1), opt_out=0.9)], person_wrote=wrote)

    assert expected == told(happened, to=Owner.HUMAN)


def test_the_promise_of_a_person_is_a_setting() -> None:
    """With an hour promised, forty minutes are in time."""
    happened = Afterwards(person_wrote=[after(minutes=40)])

    resolution = resolve_outcome(a_handoff(target=Owner.HUMAN), happened, MUCH_LATER, person_sla=timedelta(hours=1))

    assert resolution is not None
    assert "successful" == resolution.outcome


def test_a_flagged_opt_out_is_one() -> None:
    """Words of the STOP family count although the understanding found no intent; a CRM's clock cannot lead."""
    answer = answered_at_turn({"intents": [], "slots": []}, ["opt_out"], after(days=400), after(minutes=3))

    assert (Intent.OPT_OUT in answer.intents, after(minutes=3)) == (True, answer.at)


moments = st.floats(min_value=0.01, max_value=30 * 60, allow_nan=False).map(lambda minutes: after(minutes=minutes))
answers = st.builds(
    Answered,
    at=moments,
    intents=st.dictionaries(st.sampled_from(list(Intent)), st.floats(0.5, 1.0), max_size=2),
    tells=st.booleans(),
)
histories = st.builds(
    Afterwards,
    inbound=st.lists(answers, max_size=6).map(lambda found: sorted(found, key=lambda answer: answer.at)),
    handoffs=st.lists(
        st.builds(Handed, source=st.just(Owner.BUYER), target=st.sampled_from([Owner.LEAD, Owner.SELLER]), at=moments),
        max_size=3,
    ).map(lambda found: sorted(found, key=lambda handed: handed.at)),
    crm_failures=st.lists(moments, max_size=2),
)


def as_known_at(history: Afterwards, now: datetime) -> Afterwards:
    """The part of *history* that has happened by then."""
    return Afterwards(
        inbound=[answer for answer in history.inbound if answer.at <= now],
        handoffs=[handed for handed in history.handoffs if handed.at <= now],
        crm_failures=[at for at in history.crm_failures if at <= now],
    )


@given(histories, st.lists(st.integers(0, 40 * 60), min_size=1, max_size=12))
def test_a_late_look_tells_what_an_early_one_did(history: Afterwards, looks: list[int]) -> None:
    """However often and however late one looks, the first answer is the last one, with the same time."""
    final = resolve_outcome(a_handoff(), history, MUCH_LATER)

    for minutes in looks:
        now = after(minutes=minutes)
        early = resolve_outcome(a_handoff(), as_known_at(history, now), now)
        assert early in (None, final)
        assert final is not None
        assert (early is not None) == (final.at <= now)


@given(histories)
def test_every_handoff_has_an_outcome_within_a_day(history: Afterwards) -> None:
    """Nothing stays pending, and no outcome lies before the handoff."""
    resolution = resolve_outcome(a_handoff(), history, after(hours=24))

    assert isinstance(resolution, Resolution)
    assert HANDED_AT <= resolution.at <= after(hours=24)
