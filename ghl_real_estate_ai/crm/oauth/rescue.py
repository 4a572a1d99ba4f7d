"""Holds a new pair on this node's disk for the moment between HighLevel's answer and the database's commit.

A refresh token is good once: a process that dies in that moment would take the only good one with it.
"""

import hashlib
import os
from pathlib import Path

from ghl_real_estate_ai.conversation.model import LocationId


class RescueFolder:
    """Sealed pairs by location and generation; whoever comes next on this node finds what was not stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, location_id: LocationId, generation: int, sealed: bytes) -> None:
        """Return once the disk has it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(location_id, generation)
        partly = path.with_suffix(".part")
        descriptor = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, sealed)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partly.replace(path)

    def find(self, location_id: LocationId, generation: int) -> bytes | None:
        try:
            return self._path(location_id, generation).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, location_id: LocationId) -> None:
        """Remove all of the location's."""
        for path in self._folder.glob(f"{_name(location_id)}-*"):
            path.unlink(missing_ok=True)

    def _path(self, location_id: LocationId, generation: int) -> Path:
        return self._folder / f"{_name(location_id)}-{generation}.sealed"


def _name(location_id: LocationId) -> str:
    return hashlib.sha256(location_id.encode()).hexdigest()[:32]
