"""Where the handoff service leaves the process."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, HandoffOutcomeRecord, RecordBatch

Past = tuple[str, str, datetime]
"""An earlier handoff: from, to, when."""


class HandoffRepository(Protocol):
    """Keeps handoffs and how they went."""

    def record(self, batch: RecordBatch) -> None:
        """Keep *batch* beyond the life of this process; never raises and never waits for a database."""
        ...

    async def hand_over(
        self,
        event: HandoffEventRecord,
        outcome: HandoffOutcomeRecord,
        *,
        since: datetime,
        refuses: Callable[[Sequence[Past]], str | None],
    ) -> str | None:
        """Write both rows at once unless *refuses*, told of the contact's handoffs since then, gives a reason.

        Return that reason, or None when they are written.  One contact is asked about by one caller at a time, over
        all processes; raises `Retryable` when the database is away, and then nothing is written.
        """
        ...

    @property
    def is_writing(self) -> bool:
        """The last write succeeded, or none was due."""
        ...

    @property
    def writing_detail(self) -> str:
        """Why not, or a word of how it stands."""
        ...

    async def count_handoff_outcomes(self, since: datetime) -> int:
        """How many handoffs there were since then; raises `Retryable` when the database is away."""
        ...

    async def load_handoff_outcomes(
        self, since: datetime, *, most_a_route: int | None = None
    ) -> Sequence[HandoffOutcomeRecord]:
        """The handoffs since then, or the newest so many of each route, oldest first; raises `Retryable` likewise."""
        ...

    async def handoff_weights(
        self, *, span: timedelta, half_life: timedelta
    ) -> Mapping[tuple[str, str], Mapping[str, tuple[int, float]]]:
        """By (source, target) and outcome: count and weight of what was resolved; raises `Retryable` likewise."""
        ...
