"""The journal's way to PostgreSQL, with processes that die, rows that are refused and bytes that are damaged."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.telemetry.journal import frames
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS
from ghl_real_estate_ai.telemetry.journal.segments import DAMAGED, HEADER_BYTES, process_folders, segment_files
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper, ShippingFailedError, ShipReport
from ghl_real_estate_ai.telemetry.model import (
    HandoffEventRecord,
    HandoffOutcomeRecord,
    InteractionRecord,
    LlmCallRecord,
    OperationRecord,
    Record,
    RecordBatch,
)

RECORDING_CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from ghl_real_estate_ai.telemetry.journal.recorder import JournalRecorder
from ghl_real_estate_ai.telemetry.model import InteractionRecord, RecordBatch

recorder = JournalRecorder(Path(sys.argv[1]), segment_bytes=20_000)
n = 0
while True:
    n += 1
    record = InteractionRecord(bot_type="lead", duration_ms=1, timestamp=datetime.now(UTC), contact_id=str(n))
    recorder.record(RecordBatch(uuid4(), (record,)))
    print(n, flush=True)
"""

SHIPPING_CHILD = """
import sys, threading
from pathlib import Path
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper

Shipper(sys.argv[1], Path(sys.argv[2]), "child", batch_rows=3).run(threading.Event())
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal's folder."""
    return tmp_path / "journal"


@pytest.fixture
def recorder(journal: Path) -> Iterator[JournalRecorder]:
    """A recorder of this process."""
    opened = JournalRecorder(journal)
    yield opened
    opened.close()


@pytest.fixture
def shipper(database_dsn: str, journal: Path) -> Iterator[Shipper]:
    """A shipper that nobody runs but the test."""
    made = Shipper(database_dsn, journal, "node-1", batch_rows=10)
    yield made
    made.close()


def an_interaction(contact_id: str = "c", **changes: object) -> InteractionRecord:
    values: dict[str, object] = {"bot_type": "lead", "duration_ms": 1.5, "timestamp": datetime.now(UTC)}
    return InteractionRecord(**(values | {"contact_id": contact_id} | changes))  # type: ignore[arg-type]


def a_batch(*records: Record) -> RecordBatch:
    return RecordBatch(uuid4(), records or (an_interaction(),))


def fetched(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def copied(dsn: str, table: str) -> list[tuple[object, ...]]:
    """The columns that are shipped, of all rows of a table, the quickest first."""
    columns = sql.SQL(", ").join(map(sql.Identifier, TARGETS[table].columns))
    with psycopg.connect(dsn) as connection:
        query = sql.SQL("SELECT {} FROM {} ORDER BY duration_ms").format(columns, sql.Identifier(table))
        return connection.execute(query).fetchall()


def contacts_in(dsn: str) -> list[str]:
    return [str(row[0]) for row in fetched(dsn, "SELECT contact_id FROM jorge_bot_interactions ORDER BY id")]


def start_child(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill(child: subprocess.Popen[str]) -> list[str]:
    """Kill without mercy and return the whole lines it managed to say."""
    os.kill(child.pid, signal.SIGKILL)
    said = child.communicate()[0]
    return said[: said.rfind("\n") + 1].splitlines()


class TestShipping:
    def test_rows_arrive_once_and_in_order(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """Several passes and several transactions a pass leave each row once."""
        for n in range(25):
            recorder.record(a_batch(an_interaction(str(n))))
        first = shipper.ship_once()
        recorder.record(a_batch(an_interaction("25")))

        second, third = shipper.ship_once(), shipper.ship_once()

        assert (first.rows, second.rows, third.rows) == (25, 1, 0)
        assert third.backlog_bytes == 0
        assert contacts_in(database_dsn) == [str(n) for n in range(26)]

    def test_every_kind_arrives_as_it_was_recorded(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """A turn of all kinds, with an outcome among them and a megabyte of metadata, is read back value by value."""
        at = datetime.now(UTC)
        who = {"timestamp": at, "location_id": "örtchen", "contact_id": "c-1"}
        metadata = {
            "text": "\u00e4\U0001f3e1\n",
            "list": [1, -2.5, None, True],
            "nan": float("nan"),
            "long": "x" * 2**20,
        }
        kept = metadata | {"nan": None}
        recorder.record(
            a_batch(
                OperationRecord(bot_name="buyer_bot", operation="phrase", duration_ms=0.1, metadata=metadata, **who),
                OperationRecord(bot_name="handoff", operation="execute", duration_ms=7, success=False, **who),
                InteractionRecord(bot_type="buyer", duration_ms=3.25, cache_hit=True, metadata={}, **who),
                HandoffEventRecord(source_bot="lead", target_bot="human", success=True, duration_ms=1e-9, **who),
                HandoffOutcomeRecord(source_bot="lead", target_bot="human", outcome="pending", **who),
                LlmCallRecord(model="m", purpose="p", duration_ms=9, success=False, cost_usd=0.25, error="E", **who),
            )
        )

        report = shipper.ship_once()

        stored = {
            "jorge_performance_operations": [
                ("buyer_bot", "phrase", 0.1, True, None, kept),
                ("handoff", "execute", 7.0, False, None, None),
            ],
            "jorge_bot_interactions": [("buyer", 3.25, True, True, {})],
            "jorge_handoff_events": [("lead", "human", True, 1e-9, None)],
            "llm_calls": [("m", "p", None, None, 0.25, 9.0, False, "E")],
        }
        assert (report.rows, report.dead) == (6, 0)
        for table, rows in stored.items():
            # Each row without its id: the columns are in the order of the target's.
            found = [row[1:] for row in copied(database_dsn, table)]
            assert found == [("örtchen", at, "c-1", *row) for row in rows]
        assert fetched(database_dsn, "SELECT contact_id, outcome FROM jorge_handoff_outcomes") == [("c-1", "pending")]

    def test_only_one_ships(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str, journal: Path
    ) -> None:
        """A second shipper of the folder does nothing until the first lets go."""
        recorder.record(a_batch())
        second = Shipper(database_dsn, journal, "node-1")
        shipper.ship_once()
        recorder.record(a_batch())

        refused = second.ship_once()
        shipper.close()
        taken_over = second.ship_once()
        second.close()

        assert (refused.is_holder, refused.rows) == (False, 0)
        assert (taken_over.is_holder, taken_over.rows) == (True, 1)

    def test_a_shipper_with_stale_knowledge_is_fenced(
        self, recorder: JournalRecorder, database_dsn: str, journal: Path, tmp_path: Path
    ) -> None:
        """Even with the folder's lock file gone, the position in the database keeps two shippers from one frame."""
        for n in range(50):
            recorder.record(a_batch(an_interaction(str(n))))
        shippers = []
        for _ in range(2):
            shippers.append(Shipper(database_dsn, journal, "node-1", batch_rows=2))
            shippers[-1]._take_lock()
            (journal / "shipper.lock").unlink()
        threads = [threading.Thread(target=one.drain, args=(30,)) for one in shippers]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in shippers:
            one.close()
        shipped = sum(one.counts.rows.get("jorge_bot_interactions", 0) for one in shippers)

        assert shipped == 50
        assert len(contacts_in(database_dsn)) == 50

    def test_sealed_segments_go_after_their_commit(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """The open segment stays, the sealed one and the folder of a closed recorder go."""
        recorder.record(a_batch())
        shipper.ship_once()
        open_ones = len(list(segment_files(recorder.folder)))
        recorder.close()

        shipper.ship_once()

        assert open_ones == 1
        assert not recorder.folder.exists()
        assert shipper.counts.adopted == 1
        assert len(contacts_in(database_dsn)) == 1

    def test_keys_that_exist_are_left_alone(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """A turn recorded twice is one row, is no dead letter, and stops nobody."""
        batch = a_batch()
        recorder.record(batch)
        shipper.ship_once()
        recorder.record(batch)
        recorder.record(a_batch(an_interaction("other")))

        report = shipper.ship_once()

        assert report.dead == 0
        assert contacts_in(database_dsn) == ["c", "other"]


class TestDeath:
    def test_a_killed_process_loses_nothing(self, journal: Path, shipper: Shipper, database_dsn: str) -> None:
        """Everything a process recorded before kill -9 reaches the database, once; its folder is adopted and goes."""
        child = start_child(RECORDING_CHILD, journal)
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(1500)]
        said += kill(child)

        drained = shipper.drain(30)

        arrived = contacts_in(database_dsn)
        assert drained
        assert arrived[: len(said)] == said
        assert len(arrived) - len(said) in (0, 1)  # the last may be recorded and not yet said
        assert len(set(arrived)) == len(arrived)
        assert process_folders(journal) == []

    def test_the_journal_of_the_living_is_not_adopted(self, journal: Path, shipper: Shipper, database_dsn: str) -> None:
        """Segments of a process that lives are shipped and stay."""
        child = start_child(RECORDING_CHILD, journal)
        assert child.stdout is not None
        child.stdout.readline()

        shipper.ship_once()

        assert len(process_folders(journal)) == 1
        assert contacts_in(database_dsn)[0] == "1"
        kill(child)

    def test_a_shipper_killed_again_and_again_ships_once(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str, journal: Path
    ) -> None:
        """However often it dies between two transactions or within one, no row is missing or there twice."""
        for n in range(3000):
            recorder.record(RecordBatch(None, (an_interaction(str(n)),)))
        for wanted in (100, 400, 900):
            child = start_child(SHIPPING_CHILD, database_dsn, journal)
            while len(contacts_in(database_dsn)) < wanted:
                assert child.poll() is None
            kill(child)

        drained = shipper.drain(60)

        assert drained
        assert contacts_in(database_dsn) == [str(n) for n in range(3000)]


class TestPoison:
    @pytest.mark.parametrize(
        ("poison", "reason"),
        [
            (an_interaction(timestamp=datetime(1970, 1, 1, tzinfo=UTC)), "CheckViolation"),
            (an_interaction(timestamp=datetime(2100, 1, 1, tzinfo=UTC)), "CheckViolation"),
            (an_interaction("nul \0 inside"), "DataError"),
            (an_interaction(metadata={"nul": "\0"}), "UntranslatableCharacter"),
        ],
        ids=["1970", "2100", "nul in a text", "nul in metadata"],
    )
    def test_a_poison_row_goes_alone(
        self,
        recorder: JournalRecorder,
        shipper: Shipper,
        database_dsn: str,
        poison: InteractionRecord,
        reason: str,
    ) -> None:
        """What PostgreSQL will never take becomes a dead letter with the reason; the others arrive."""
        for n in range(7):
            recorder.record(a_batch(an_interaction(str(n))))
        recorder.record(a_batch(poison))
        recorder.record(a_batch(an_interaction("7")))

        report = shipper.ship_once()

        letters = fetched(database_dsn, "SELECT target_table, reason, record FROM dead_letters")
        assert (report.rows, report.dead, report.backlog_bytes) == (8, 1, 0)
        assert contacts_in(database_dsn) == [str(n) for n in range(8)]
        assert [letter[0] for letter in letters] == ["jorge_bot_interactions"]
        assert str(letters[0][1]).startswith((reason, "CharacterNotInRepertoire"))
        assert b"interaction" in bytes(letters[0][2])  # type: ignore[arg-type]

    def test_a_name_too_long_is_a_dead_letter(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """An operation's name beyond its column goes the same way."""
        now = datetime.now(UTC)
        recorder.record(
            a_batch(
                OperationRecord(bot_name="lead_bot", operation="x" * 101, duration_ms=1, timestamp=now),
                OperationRecord(bot_name="lead_bot", operation="x" * 100, duration_ms=1, timestamp=now),
            )
        )

        report = shipper.ship_once()

        assert (report.rows, report.dead) == (1, 1)

    @pytest.mark.parametrize("at", [0, 1500, 2999])
    def test_a_poison_row_among_thousands(
        self, recorder: JournalRecorder, database_dsn: str, journal: Path, at: int
    ) -> None:
        """It is found wherever it lies, though its neighbours were already under way when it was refused."""
        now = datetime.now(UTC)
        shipper = Shipper(database_dsn, journal, "node-1", batch_rows=3000)
        for n in range(3000):
            name = "x" * 101 if n == at else "process"
            recorder.record(a_batch(OperationRecord(bot_name="lead_bot", operation=name, duration_ms=n, timestamp=now)))

        report = shipper.ship_once()
        shipper.close()

        arrived = fetched(database_dsn, "SELECT duration_ms FROM jorge_performance_operations ORDER BY duration_ms")
        assert (report.rows, report.dead, report.backlog_bytes) == (2999, 1, 0)
        assert [row[0] for row in arrived] == [n for n in range(3000) if n != at]


class TestDamage:
    def test_a_damaged_frame_is_put_aside(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str, journal: Path
    ) -> None:
        """A flipped bit costs its frame alone, which is kept for a person and counted."""
        for n in range(3):
            recorder.record(a_batch(an_interaction(str(n))))
        [segment] = segment_files(recorder.folder)
        data = bytearray(segment.path.read_bytes())
        second = list(frames.scan(bytes(data), HEADER_BYTES))[1]
        data[second.start + 20] ^= 1
        segment.path.write_bytes(data)

        report = shipper.ship_once()

        aside = (journal / DAMAGED / f"{segment.segment_id}.{second.start}").read_bytes()
        assert (report.rows, report.damaged, report.backlog_bytes) == (2, 1, 0)
        assert contacts_in(database_dsn) == ["0", "2"]
        assert aside == bytes(data[second.start : second.end])

    def test_a_torn_end_waits_for_its_writer(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """Half a frame of a living process is no damage; once that process is gone it is."""
        recorder.record(a_batch())
        [segment] = segment_files(recorder.folder)
        with segment.path.open("ab") as torn:
            torn.write(frames.encode(b"{}")[:-1])
        living = shipper.ship_once()
        recorder.close()

        dead = shipper.ship_once()

        assert (living.rows, living.damaged) == (1, 0)
        assert (dead.rows, dead.damaged, dead.backlog_bytes) == (0, 1, 0)
        assert not recorder.folder.exists()

    def test_a_sound_frame_that_is_no_batch_is_put_aside(self, recorder: JournalRecorder, shipper: Shipper) -> None:
        """What another version wrote stops nobody."""
        [segment] = segment_files(recorder.folder)
        with segment.path.open("ab") as foreign:
            foreign.write(frames.encode(b'{"format": 99}'))
        recorder.record(a_batch())

        report = shipper.ship_once()

        assert (report.rows, report.damaged) == (1, 1)


class TestDatabaseAway:
    def test_what_is_recorded_meanwhile_arrives_afterwards(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """An outage in the middle of shipping costs nothing but time."""
        recorder.record(a_batch(an_interaction("before")))
        shipper.ship_once()
        _close_to_all(database_dsn, True)
        recorder.record(a_batch(an_interaction("meanwhile")))
        with pytest.raises(DatabaseAway):
            shipper.ship_once()
        error = shipper.counts.last_error
        drained_while_away = shipper.drain(0.05)

        _close_to_all(database_dsn, False)

        assert error is not None
        assert not drained_while_away
        assert shipper.drain(30)
        assert shipper.counts.last_error is None
        assert contacts_in(database_dsn) == ["before", "meanwhile"]

    def test_a_schema_that_is_not_there_is_no_poison(
        self, recorder: JournalRecorder, empty_database_dsn: str, journal: Path
    ) -> None:
        """Before the migration everything stays in the journal."""
        recorder.record(a_batch())
        shipper = Shipper(empty_database_dsn, journal, "node-1")

        with pytest.raises(ShippingFailedError):
            shipper.ship_once()
        shipper.close()

        [segment] = segment_files(recorder.folder)
        assert segment.path.stat().st_size > HEADER_BYTES

    def test_rows_of_the_past_weeks_are_taken(
        self, recorder: JournalRecorder, shipper: Shipper, database_dsn: str
    ) -> None:
        """What waited for two weeks still has its partition."""
        recorder.record(a_batch(an_interaction(timestamp=datetime.now(UTC) - timedelta(days=14))))

        report = shipper.ship_once()

        assert (report.rows, report.dead) == (1, 0)


def _close_to_all(dsn: str, closed: bool) -> None:
    """Throw everybody out of the database and let nobody in, or open it again."""
    name = str(conninfo_to_dict(dsn)["dbname"])
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.SQL("false" if closed else "true")
            )
        )
        if closed:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def test_a_pass_that_breaks_is_told_and_lets_nobody_wait(journal: Path, database_dsn: str) -> None:
    """An error of ours in a pass shows as the last one, and whoever waits for the first pass goes on."""
    stop = threading.Event()

    class Breaking(Shipper):
        """Meets at its first pass what nobody expected."""

        def ship_once(self) -> ShipReport:
            stop.set()
            raise LookupError("what nobody expected")

    shipper = Breaking(database_dsn, journal, "node-1")
    shipper.run(stop)

    assert shipper.first_pass_done.is_set()
    assert shipper.counts.last_error == "an unexpected error, see the log"
