"""Rebuilds the records of turns whose process died between their commit and the journal.

The turn's row has its timings.  A turn whose interaction is in neither the table nor the journal's segments gets
its records from there, with the row's time and marked `rebuilt`.  How far a node's turns were looked at stands in
the database, so that a node that was away for days goes on where it was.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg.rows import dict_row

from ghl_real_estate_ai.telemetry.journal import frames, payload
from ghl_real_estate_ai.telemetry.journal.insert import insert_rows
from ghl_real_estate_ai.telemetry.journal.rows import Row, rows_of
from ghl_real_estate_ai.telemetry.journal.segments import HEADER_BYTES, process_folders, segment_files
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.turn_records import records_of_timings

log = structlog.get_logger(__name__)

REBUILT = {"rebuilt": True}
SETTLED_SECONDS = 10
"""A living process has recorded its turn by then; one that is known to be dead is not waited for."""
FIRST_LOOK = "1 day"
"""How far the first look of a node goes back."""
OVERLAP = "1 minute"
"""A row's time is that of its transaction's beginning, so each look begins a little before the last one's end."""
MOST_TURNS = 1000

# A contact's turns follow one another, so that its time tells them apart.
_UNRECORDED = """
SELECT turns.location_id, turns.turn_id, turns.contact_id, turns.node, turns.timings, turns.at,
       turns.created_at < now() - make_interval(secs => %(settled)s) AS is_settled
FROM turns
WHERE turns.created_at >= coalesce(
          (SELECT looked_until FROM journal_rebuilds WHERE node = %(node)s) - %(overlap)s::interval,
          now() - %(first_look)s::interval)
  AND starts_with(turns.node, %(node)s || '-')
  AND turns.timings ? 'process'
  AND NOT EXISTS (
      SELECT FROM jorge_bot_interactions AS recorded
      WHERE recorded.location_id = turns.location_id AND recorded.timestamp = turns.at
        AND recorded.contact_id = turns.contact_id)
ORDER BY turns.created_at
LIMIT %(most)s
"""

# Never beyond a turn that may still be recorded by its process, nor beyond the turns that did not fit in one look.
_LOOKED_UNTIL = """
INSERT INTO journal_rebuilds (node, looked_until)
VALUES (%(node)s, now() - make_interval(secs => %(settled)s))
ON CONFLICT (node) DO UPDATE SET looked_until = greatest(journal_rebuilds.looked_until, excluded.looked_until)
"""


@dataclass(frozen=True, slots=True)
class RebuildTurns:
    """The turns of one node, of which one journal folder has the records."""

    journal_folder: Path
    node: str
    """What the names of its processes begin with, before the dash and the process's number."""

    def rebuild(self, connection: psycopg.Connection, positions: Mapping[UUID, int]) -> int:
        """Write what is missing, in one transaction, and return of how many turns.

        *positions* say how far the segments are shipped.  Safe to call at any time, and twice.

        Raises:
            psycopg.Error: the database is away, or refuses; nothing was written.
        """
        with connection.transaction():
            turns = self._unrecorded(connection)
            lost = self._lost(turns, positions) if turns else []
            insert_rows(connection, [row for turn in lost for row in _rows(turn)], may_exist=True)
            if len(turns) < MOST_TURNS:
                connection.execute(_LOOKED_UNTIL, {"node": self.node, "settled": SETTLED_SECONDS})
        if lost:
            log.warning("journal.rebuilt", turns=len(lost))
        return len(lost)

    def _unrecorded(self, connection: psycopg.Connection) -> list[dict[str, Any]]:
        parameters = {
            "node": self.node,
            "settled": SETTLED_SECONDS,
            "overlap": OVERLAP,
            "first_look": FIRST_LOOK,
            "most": MOST_TURNS,
        }
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_UNRECORDED, parameters).fetchall()

    def _lost(self, turns: Sequence[dict[str, Any]], positions: Mapping[UUID, int]) -> list[dict[str, Any]]:
        over = [turn for turn in turns if turn["is_settled"] or _is_dead(turn["node"], self.node)]
        waiting = _turns_waiting(self.journal_folder, positions) if over else set()
        return [turn for turn in over if turn["turn_id"] not in waiting]


def _rows(turn: Mapping[str, Any]) -> list[Row]:
    batch = RecordBatch(
        turn["turn_id"],
        records_of_timings(
            turn["timings"],
            at=turn["at"],
            location_id=turn["location_id"],
            contact_id=turn["contact_id"],
            metadata=REBUILT,
        ),
    )
    return rows_of(batch, UUID(int=0), 0)


def _is_dead(process_name: str, node: str) -> bool:
    """Whether a process of this machine, named `node-number-...`, is gone for certain."""
    number = process_name[len(node) + 1 :].partition("-")[0]
    if not number.isdigit() or int(number) == 0:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _turns_waiting(journal_folder: Path, positions: Mapping[UUID, int]) -> set[UUID]:
    """The turns whose records lie in the segments and are not shipped yet."""
    found = set()
    for folder in process_folders(journal_folder):
        for segment in segment_files(folder):
            try:
                data = segment.path.read_bytes()
            except FileNotFoundError:
                continue
            begin = max(HEADER_BYTES, positions.get(segment.segment_id, 0))
            for part in frames.scan(data, begin):
                if isinstance(part, frames.Frame):
                    found.add(payload.find_turn(part.payload))
    return {turn_id for turn_id in found if turn_id is not None}
