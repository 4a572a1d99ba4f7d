"""What each process of a node recorded and refused, in a file that the others read.

Two numbers in the process's folder, written when the folder is made: to change them takes no more room, so that it
works on a full disk, which is when there is something to refuse.  No memory is mapped for it: a file that somebody
cuts off would kill the process.
"""

import os
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ghl_real_estate_ai.telemetry.journal.segments import process_folders

COUNTS = "counts"
_NUMBERS = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True)
class Counted:
    """Batches, of one process or of several."""

    recorded: int = 0
    refused: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.recorded + other.recorded, self.refused + other.refused)


class SharedCounts:
    """This process's two numbers."""

    def __init__(self, folder: Path) -> None:
        """Make the file.

        Raises:
            OSError: the folder cannot be written.
        """
        opened = os.open(folder / COUNTS, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.pwrite(opened, bytes(_NUMBERS.size), 0)
        self._file: int | None = opened

    def tell(self, recorded: int, refused: int) -> None:
        """Let the other processes know, unless the disk takes nothing at all: its error is told by the recorder."""
        if self._file is not None:
            with suppress(OSError):
                os.pwrite(self._file, _NUMBERS.pack(recorded, refused), 0)

    def close(self) -> None:
        """Let go of the file, which stays; nothing is told any more.  Safe to call twice."""
        if self._file is not None:
            opened, self._file = self._file, None
            os.close(opened)


def counts_of_others(journal_folder: Path, own_folder: Path) -> Counted:
    """The sum over the node's other processes; one that died counts until the shipper has cleared away after it."""
    return sum((_read(folder) for folder in process_folders(journal_folder) if folder != own_folder), Counted())


def _read(folder: Path) -> Counted:
    try:
        return Counted(*_NUMBERS.unpack((folder / COUNTS).read_bytes()))
    except (OSError, struct.error):
        return Counted()  # of an earlier version, or just being made or removed
