"""What was recorded and is not there, and what is there twice: counted by the numbers that the turns carry."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from ghl_real_estate_ai.cli.bench.sample_turns import RECORDS
from ghl_real_estate_ai.telemetry.journal.rows import TARGETS

# By table, what tells the records of one turn apart.
_STEPS = {"jorge_performance_operations": "operation", "jorge_bot_interactions": "bot_type"}

_COUNT = """
SELECT count(*), count(DISTINCT (contact_id, {step}))
FROM {table}
JOIN unnest(%(runs)s::text[], %(recorded)s::bigint[]) AS known (run, recorded)
  ON split_part(contact_id, '-', 1) = run
WHERE split_part(contact_id, '-', 2)::bigint < recorded
"""


@dataclass(frozen=True, slots=True)
class Losses:
    """Records, not turns."""

    recorded: int
    """Those of which the recording call had returned."""
    lost: int
    duplicated: int

    @property
    def lost_permille(self) -> float:
        return 1000 * self.lost / self.recorded if self.recorded else 0.0


def count_losses(dsn: str, recorded: Mapping[str, int]) -> Losses:
    """Compare the tables with the turns recorded by run.

    A turn whose recording call had not returned when its process died may be there or not; it is left out.
    """
    there, distinct = 0, 0
    parameters = {"runs": list(recorded), "recorded": list(recorded.values())}
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table, step in _STEPS.items():
            statement = sql.SQL(_COUNT).format(table=sql.Identifier(TARGETS[table].table), step=sql.Identifier(step))
            row = connection.execute(statement, parameters).fetchone()
            assert row is not None  # noqa: S101 - a count is always one row
            there, distinct = there + row[0], distinct + row[1]
    expected = RECORDS * sum(recorded.values())
    return Losses(recorded=expected, lost=expected - distinct, duplicated=there - distinct)
