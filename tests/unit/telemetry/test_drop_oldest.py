"""A journal at its bound loses its oldest measurements, each counted, and nothing that a handoff left."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.backlog import BacklogWatch
from ghl_real_estate_ai.telemetry.journal.batch_size import FEWEST_ROWS, MOST_ROWS, BatchSize
from ghl_real_estate_ai.telemetry.journal.drop_oldest import Dropped, OldestDropper
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.segments import (
    HEADER_BYTES,
    FolderLock,
    create_segment,
    journal_bytes,
    new_folder,
    seal,
    segment_files,
)
from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, InteractionRecord, Record, RecordBatch

NOW = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
FRAMES = 8
PADDING = "x" * 8000


def a_turn(contact_id: str) -> Record:
    metadata = {"padding": PADDING}
    return InteractionRecord(bot_type="lead", duration_ms=1, timestamp=NOW, contact_id=contact_id, metadata=metadata)


def a_handoff(contact_id: str) -> Record:
    return HandoffEventRecord(
        source_bot="lead", target_bot="buyer", success=True, duration_ms=1, timestamp=NOW, contact_id=contact_id
    )


class Journal:
    """Sealed segments of a living process, the oldest first."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "journal"
        self.folder, self.lock = new_folder(self.root, uuid4())
        self._made = 0

    def add(self, *records: Record, is_open: bool = False) -> UUID:
        self._made += 1
        segment_id = UUID(int=self._made)
        path, opened = create_segment(self.folder, segment_id)
        with open(opened, "ab") as file:
            for record in records:
                file.write(frames.encode(payload.dump(RecordBatch(None, (record,)))))
        if not is_open:
            seal(path)
        return segment_id

    def contacts(self) -> list[tuple[str, int]]:
        """Who is still in it, and at which offset."""
        found = []
        for segment in segment_files(self.folder):
            for part in frames.scan(segment.path.read_bytes(), HEADER_BYTES):
                assert not isinstance(part, frames.Damage | frames.Tail)
                if isinstance(part, frames.Frame):
                    [record] = payload.load(part.payload).records
                    found.append((str(record.contact_id), part.start))
        return found


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty one."""
    return Journal(tmp_path)


def test_below_the_bound_nothing_goes(journal: Journal) -> None:
    """Room is made only where there is none."""
    journal.add(a_turn("1"))

    assert Dropped() == OldestDropper(journal.root, 10**9).make_room(lambda _: 0)
    assert ["1"] == [contact for contact, _ in journal.contacts()]


def test_the_oldest_go_first_and_are_counted(journal: Journal) -> None:
    """Until there is room, segment by segment."""
    for number in range(4):
        journal.add(*(a_turn(f"{number}.{n}") for n in range(FRAMES)))
    bound = journal_bytes(journal.root) - 1

    dropped = OldestDropper(journal.root, bound).make_room(lambda _: 0)

    assert Dropped(rows=FRAMES, segments=1) == dropped
    assert {"1", "2", "3"} == {contact.partition(".")[0] for contact, _ in journal.contacts()}
    assert journal_bytes(journal.root) < bound


def test_a_handoff_stays_at_its_place(journal: Journal) -> None:
    """Its offset, and so its id, is what it was; what lay around it is a gap and no damage."""
    journal.add(a_turn("1"), a_handoff("h"), a_turn("2"), a_turn("3"))
    before = dict(journal.contacts())["h"]

    dropped = OldestDropper(journal.root, 1).make_room(lambda _: 0)

    assert 3 == dropped.rows
    assert [("h", before)] == journal.contacts()


def test_what_was_shipped_is_not_counted_as_lost(journal: Journal) -> None:
    """Only rows that the database has not."""
    journal.add(a_turn("1"), a_turn("2"), a_turn("3"))
    shipped_to = dict(journal.contacts())["3"]

    assert 1 == OldestDropper(journal.root, 1).make_room(lambda _: shipped_to).rows


def test_the_file_that_is_being_written_is_let_alone(journal: Journal) -> None:
    """A living process's open segment cannot be dropped under its hands; a dead one's can."""
    journal.add(a_turn("1"), is_open=True)
    of_the_living = OldestDropper(journal.root, 1).make_room(lambda _: 0)

    journal.lock.release()
    of_the_dead = OldestDropper(journal.root, 1).make_room(lambda _: 0)

    assert (0, 1) == (of_the_living.rows, of_the_dead.rows)


def test_a_thinned_segment_is_not_thinned_again(journal: Journal) -> None:
    """One that holds handoffs alone is left for the database, however full the disk."""
    journal.add(a_turn("1"), a_handoff("h"))
    dropper = OldestDropper(journal.root, 1)
    dropper.make_room(lambda _: 0)

    assert Dropped() == dropper.make_room(lambda _: 0)


@given(st.lists(st.booleans(), min_size=1, max_size=10))
def test_any_mixture_keeps_exactly_its_handoffs(tmp_path_factory: pytest.TempPathFactory, kinds: list[bool]) -> None:
    """Whatever lies beside what, handoffs stay where they were and each measurement is counted."""
    journal = Journal(tmp_path_factory.mktemp("mixture"))
    journal.add(*(a_handoff(f"h{n}") if is_handoff else a_turn(f"t{n}") for n, is_handoff in enumerate(kinds)))
    before = journal.contacts()

    dropped = OldestDropper(journal.root, 1).make_room(lambda _: 0)
    journal.lock.release()

    assert kinds.count(False) == dropped.rows
    assert [one for one in before if one[0].startswith("h")] == journal.contacts()


def test_a_backlog_is_counted_by_rows_and_bytes(tmp_path: Path) -> None:
    """What is committed no longer waits; what is recorded since does."""
    recorder = JournalRecorder(tmp_path / "journal")
    watch = BacklogWatch(tmp_path / "journal")
    recorder.record(RecordBatch(uuid4(), (a_turn("1"), a_turn("2"))))
    first = watch.measure({})
    committed = recorder.written()
    recorder.record(RecordBatch(uuid4(), (a_turn("3"),)))

    second = watch.measure(committed)
    none = watch.measure(recorder.written())
    recorder.close()

    assert (2, 1, 0) == (first.rows, second.rows, none.rows)
    assert first.bytes > second.bytes > none.bytes == 0
    assert 0.0 == none.age_seconds


@given(st.lists(st.tuples(st.integers(0, 20_000), st.floats(0, 10)), max_size=60))
def test_a_batch_stays_within_its_limits(transactions: list[tuple[int, float]]) -> None:
    """However the database behaves, neither a row at a time nor everything at once."""
    size = BatchSize()

    for rows, seconds in transactions:
        size.note(rows, seconds)
        assert FEWEST_ROWS <= size.rows <= MOST_ROWS


def test_a_batch_grows_while_it_is_quick_and_shrinks_when_it_fails() -> None:
    """Only full batches say that more would be taken."""
    size = BatchSize(1000)

    size.note(1000, 0.1)
    grown = size.rows
    size.note(5, 0.1)
    unchanged = size.rows
    size.note_failure()

    assert (2000, 2000, 1000) == (grown, unchanged, size.rows)


def test_a_lock_is_its_holders_alone(tmp_path: Path) -> None:
    """A second holder is refused until the first lets go."""
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")

    taken = first.try_acquire(), second.try_acquire()
    first.release()

    assert (True, False, True) == (*taken, second.try_acquire())
    second.release()
