"""What waits and what was dropped on a node, told to the database: whoever looks at alerts sees all nodes there.

Written while there is something to tell and once when there no longer is; an idle node writes nothing.
"""

import time
from pathlib import Path

import psycopg
import structlog

from ghl_real_estate_ai.telemetry.journal.shipper_state import ShipperCounts

log = structlog.get_logger(__name__)

TELL_SECONDS = 5.0
WAITS_SECONDS = 5.0
"""What has not waited for so long is on its way."""

_TELL = """
INSERT INTO journal_nodes AS told (node, journal, waiting_rows, waiting_since, dropped_rows, dropped_at)
VALUES (%(node)s, %(journal)s, %(waiting)s, now() - make_interval(secs => %(age)s), %(dropped)s,
        CASE WHEN %(dropped)s > 0 THEN now() END)
ON CONFLICT (node, journal) DO UPDATE
SET waiting_rows = excluded.waiting_rows, waiting_since = excluded.waiting_since,
    dropped_rows = told.dropped_rows + excluded.dropped_rows,
    dropped_at = coalesce(excluded.dropped_at, told.dropped_at), told_at = now()
"""


class NodeTeller:
    """One shipper's; what it told last decides whether there is something to tell."""

    def __init__(self, journal_folder: Path, node: str) -> None:
        self._names = {"node": node, "journal": str(journal_folder.absolute())}
        self._told_at: float | None = None
        self._told_waiting = True

    def tell_when_due(self, connection: psycopg.Connection, counts: ShipperCounts) -> None:
        """Bring *counts* to the database; the rows it then knows of are no longer `untold`.

        Raises:
            psycopg.Error: the database is away, or its schema is an older one.
        """
        waits = counts.backlog_rows > 0 and counts.backlog_age_seconds >= WAITS_SECONDS
        if not (waits or self._told_waiting or counts.untold):
            return
        now = time.monotonic()
        if self._told_at is not None and now - self._told_at < TELL_SECONDS:
            return
        untold = counts.untold
        connection.execute(
            _TELL,
            self._names
            | {
                "waiting": counts.backlog_rows if waits else 0,
                "age": counts.backlog_age_seconds if waits else None,
                "dropped": untold,
            },
        )
        counts.untold -= untold
        self._told_at, self._told_waiting = now, waits
