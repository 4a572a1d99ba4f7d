"""Where telemetry leaves the process."""

from dataclasses import dataclass
from typing import Protocol

from ghl_real_estate_ai.telemetry.model import RecordBatch


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """What a recorder took and what it had to refuse, since it began."""

    recorded: int
    """Batches that the kernel has."""
    refused: int
    """Batches that are lost to the journal: the disk was full or broken, or they could not be encoded."""
    last_error: str | None
    """Why the latest write or sync failed; None again after one that succeeded."""

    @property
    def is_writing(self) -> bool:
        return self.last_error is None


class Recorder(Protocol):
    """Keeps batches beyond the life of this process."""

    def record(self, batch: RecordBatch) -> None:
        """Return when the kernel has the bytes: a killed process loses nothing it recorded.

        Never raises and never waits for a disk or a database; a batch that cannot be kept is counted as refused.
        """
        ...

    def status(self) -> RecorderStatus:
        """Say how many batches were taken and refused, and why the latest was refused."""
        ...
