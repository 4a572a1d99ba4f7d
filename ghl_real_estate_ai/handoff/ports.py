"""Where the handoff service leaves the process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ghl_real_estate_ai.telemetry.model import HandoffOutcomeRecord, RecordBatch


class HandoffRepository(Protocol):
    """Keeps handoffs and how they went."""

    def record(self, batch: RecordBatch) -> None:
        """Keep *batch* beyond the life of this process; never raises and never waits for a database."""
        ...

    @property
    def is_writing(self) -> bool:
        """The last write succeeded, or none was due."""
        ...

    @property
    def writing_detail(self) -> str:
        """Why not, or a word of how it stands."""
        ...

    async def load_handoff_outcomes(self, since: datetime) -> Sequence[HandoffOutcomeRecord]:
        """The outcomes of handoffs since then, oldest first; raises `Retryable` when the database is away."""
        ...
