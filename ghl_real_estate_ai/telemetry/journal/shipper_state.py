"""What the shipper did and what waits, in a small file, for the node's processes that do not ship themselves."""

import os
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

STATE_FILE = "shipper.json"


@dataclass(slots=True)
class ShipperCounts:
    """What this shipper did since it began, and what waits as of its last look."""

    rows: dict[str, int] = field(default_factory=dict)
    """By table, those that were committed."""
    retried: int = 0
    """Attempts that failed and were made again."""
    dead: int = 0
    damaged: int = 0
    """Places in the journal that were no frames."""
    dropped: int = 0
    """Rows that went unshipped because the journal was at its bound."""
    untold: int = 0
    """Of the dropped rows, those that the database does not know of yet; the next shipper tells it."""
    adopted: int = 0
    """Folders of dead processes that were shipped and removed."""
    rebuilt: int = 0
    """Turns whose process died between their commit and their record."""
    backlog_bytes: int = 0
    backlog_rows: int = 0
    backlog_age_seconds: float = 0.0
    """How long the oldest of the backlog has waited."""
    last_error: str | None = None


def write_state(journal_folder: Path, counts: ShipperCounts) -> None:
    """Replace the file; a reader sees the old one or the new one, whole.

    Raises:
        OSError: the folder cannot be written.
    """
    path = journal_folder / STATE_FILE
    anew = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    anew.write_bytes(orjson.dumps(asdict(counts)))
    anew.replace(path)


def find_state(journal_folder: Path) -> ShipperCounts | None:
    """Read what the journal's shipper wrote last; None when it never did, or another version wrote it."""
    try:
        return ShipperCounts(**orjson.loads((journal_folder / STATE_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
