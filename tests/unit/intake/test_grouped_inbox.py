"""Concurrent events share a commit, and every caller learns what became of its own."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.intake.errors import CannotKeep, EventRefused
from ghl_real_estate_ai.intake.keep_event import GroupedInbox
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent, Keeping, Kept
from ghl_real_estate_ai.storage.errors import DatabaseAway


class StagedInbox:
    """An inbox that answers as the test says: by an error, after a gate, or not to a poisoned event."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.error: BaseException | None = None
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.poisoned: int | None = None

    async def keep(self, events: Sequence[IncomingEvent]) -> list[Kept]:
        numbers = [event.event_id.int for event in events]
        self.groups.append(numbers)
        self.asked.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        if self.poisoned in numbers:
            raise EventRefused("The database refused.")
        return [Kept(Keeping.ACCEPTED, event.event_id) for event in events]


def event(number: int, contact: str = "c1") -> IncomingEvent:
    return IncomingEvent(
        location_id=LocationId("home"),
        event_id=EventId(UUID(int=number)),
        kind="bare",
        state=EventState.PENDING,
        body=b"{}",
        contact_id=ContactId(contact),
        text="hi",
    )


async def keep_all(grouped: GroupedInbox, *numbers: int) -> list[Kept | BaseException]:
    return await asyncio.gather(*(grouped.keep_event(event(number)) for number in numbers), return_exceptions=True)


async def test_events_that_arrive_together_are_kept_together_and_wake_the_worker() -> None:
    """Ten concurrent calls make one commit; each gets its own answer, and the worker is woken after it."""
    inbox, wake = StagedInbox(), asyncio.Event()
    grouped = GroupedInbox(inbox, wake)

    answers = await keep_all(grouped, *range(10))

    assert answers == [Kept(Keeping.ACCEPTED, EventId(UUID(int=number))) for number in range(10)]
    assert inbox.groups == [list(range(10))]
    assert wake.is_set()


async def test_a_group_has_a_largest_size_and_keeps_the_order() -> None:
    """More events than a group takes go into the next, in the order of arrival."""
    inbox = StagedInbox()
    grouped = GroupedInbox(inbox, most_in_group=2)

    await keep_all(grouped, 1, 2, 3, 4, 5)

    assert inbox.groups == [[1, 2], [3, 4], [5]]


async def test_while_one_group_is_kept_another_of_other_contacts_is_on_its_way() -> None:
    """A slow commit holds up the contacts of its group and those of its lane, and not everybody."""
    inbox = StagedInbox()
    inbox.gate.clear()
    grouped = GroupedInbox(inbox, lanes=2, collect_seconds=0)

    calls = [asyncio.create_task(grouped.keep_event(event(number, f"c{number}"))) for number in range(40)]
    while len(inbox.groups) < 2:
        inbox.asked.clear()
        await inbox.asked.wait()
    inbox.gate.set()
    answers = await asyncio.gather(*calls)

    assert sorted(number for group in inbox.groups for number in group) == list(range(40))
    assert [answer.event_id.int for answer in answers] == list(range(40))


async def test_a_failing_group_fails_all_its_callers_and_the_next_succeeds() -> None:
    """While the database is away everyone learns so; afterwards all is well again."""
    inbox, wake = StagedInbox(), asyncio.Event()
    grouped = GroupedInbox(inbox, wake)
    inbox.error = DatabaseAway("away")

    failed = await keep_all(grouped, 1, 2)
    woken = wake.is_set()
    inbox.error = None
    kept = await keep_all(grouped, 3)

    assert [type(answer) for answer in failed] == [DatabaseAway, DatabaseAway]
    assert woken is False
    assert kept == [Kept(Keeping.ACCEPTED, EventId(UUID(int=3)))]
    assert (grouped.counts.failed, grouped.counts.kept) == (2, 1)


async def test_an_event_that_is_refused_does_not_take_the_others_with_it() -> None:
    """After a refusal each event of the group is tried alone."""
    inbox = StagedInbox()
    inbox.poisoned = 2

    answers = await keep_all(GroupedInbox(inbox), 1, 2, 3)

    assert [type(answer) for answer in answers] == [Kept, EventRefused, Kept]


async def test_a_fault_of_ours_reaches_the_callers_as_not_kept() -> None:
    """Even an unexpected error answers everybody, and the inbox works on."""
    inbox = StagedInbox()
    grouped = GroupedInbox(inbox)
    inbox.error = RuntimeError("a bug")

    failed = await keep_all(grouped, 1)
    inbox.error = None
    kept = await keep_all(grouped, 2)

    assert [type(answer) for answer in (*failed, *kept)] == [CannotKeep, Kept]


async def test_too_many_waiting_are_turned_away_at_once() -> None:
    """The bound on waiting calls holds, and those inside are served."""
    inbox = StagedInbox()

    answers = await keep_all(GroupedInbox(inbox, most_waiting=2), 1, 2, 3)

    assert [type(answer) for answer in answers] == [Kept, Kept, CannotKeep]


async def test_a_full_journal_turns_events_away() -> None:
    """Nothing new is taken while it is full, and all is as before when it has room."""
    inbox, is_full = StagedInbox(), [True]
    grouped = GroupedInbox(inbox, must_refuse=lambda: is_full[0])

    refused = await keep_all(grouped, 1)
    is_full[0] = False
    kept = await keep_all(grouped, 2)

    assert [CannotKeep, Kept] == [type(answer) for answer in (*refused, *kept)]
    assert ([[2]], 1, 1) == (inbox.groups, grouped.counts.turned_away, grouped.counts.journal_full)


async def test_a_commit_that_hangs_is_given_up() -> None:
    """A database that neither answers nor breaks does not hold the callers for ever."""
    inbox = StagedInbox()
    inbox.gate.clear()

    answers = await keep_all(GroupedInbox(inbox, longest_keep_seconds=0.01), 1)

    assert [type(answer) for answer in answers] == [CannotKeep]


async def test_a_caller_that_goes_away_leaves_its_event() -> None:
    """A sender that hangs up does not undo what it sent, nor disturb the others."""
    inbox = StagedInbox()
    grouped = GroupedInbox(inbox)
    impatient = asyncio.create_task(grouped.keep_event(event(1)))
    patient = asyncio.create_task(grouped.keep_event(event(2)))
    await asyncio.sleep(0)

    impatient.cancel()
    kept = await patient

    assert kept.event_id.int == 2
    assert inbox.groups == [[1, 2]]


async def test_closing_serves_those_inside_and_turns_others_away() -> None:
    """After the close nothing new is taken, and nobody inside is forgotten."""
    grouped = GroupedInbox(StagedInbox())
    inside = asyncio.create_task(grouped.keep_event(event(1)))
    await asyncio.sleep(0)

    await grouped.close()
    late = await keep_all(grouped, 2)

    assert inside.done()
    assert isinstance(late[0], CannotKeep)


async def test_a_stopped_writer_answers_those_who_wait() -> None:
    """When the loop is torn down, callers get an error instead of silence."""
    inbox = StagedInbox()
    inbox.gate.clear()
    grouped = GroupedInbox(inbox, most_in_group=1)
    callers = [asyncio.create_task(grouped.keep_event(event(number))) for number in (1, 2)]
    await inbox.asked.wait()

    writer = next(task for task in asyncio.all_tasks() if task.get_name() == "inbox-writer")
    writer.cancel()
    answers = await asyncio.gather(*callers, return_exceptions=True)

    with pytest.raises(asyncio.CancelledError):
        await writer
    assert [type(answer) for answer in answers] == [CannotKeep, CannotKeep]
