"""The locks in the data dir: one starts or stops the server at a time, one owns it, many use it."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded import patience
from ghl_real_estate_ai.storage.embedded.place import Place, unusable
from ghl_real_estate_ai.storage.errors import DatabaseAway


@dataclass
class HeldLock:
    """An open file with a lock on it; closed exactly once."""

    descriptor: int | None

    @property
    def is_held(self) -> bool:
        return self.descriptor is not None

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


@contextlib.contextmanager
def start_lock(place: Place) -> Iterator[None]:
    """Hold the right to start, adopt or stop the server.

    Raises:
        DatabaseAway: another process holds it for too long.
    """
    descriptor = open_lock(place.data_dir / "postgres.lock")
    try:
        deadline = time.monotonic() + patience.START_SECONDS
        while not _try_flock(descriptor):
            if time.monotonic() > deadline:
                raise DatabaseAway(f"Another process has been starting the database in {place.data_dir} for too long.")
            time.sleep(patience.POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def begin_use(place: Place) -> HeldLock:
    """Say that the server is in use, for as long as this process lives or until released."""
    descriptor = open_lock(place.data_dir / "postgres.users")
    # Waits for nobody: whoever asks whether it is unused holds the start lock, as we do.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _sign(descriptor)
    return HeldLock(descriptor)


def is_unused(place: Place) -> bool:
    """Whether nobody uses the server; needs the start lock, so that nobody begins to meanwhile."""
    descriptor = open_lock(place.data_dir / "postgres.users")
    try:
        if _try_flock(descriptor):
            return True
        _refuse_another_container(place, descriptor)
        return False
    finally:
        os.close(descriptor)


def try_owner_lock(place: Place) -> HeldLock | None:
    """Become the owner; None when another process of this container is.

    Raises:
        Misconfigured: one of another container is.
    """
    descriptor = open_lock(place.data_dir / "postgres.owner")
    if _try_flock(descriptor):
        _sign(descriptor)
        return HeldLock(descriptor)
    try:
        _refuse_another_container(place, descriptor)
    finally:
        os.close(descriptor)
    return None


def open_lock(path: Path) -> int:
    """Open a lock's file, made where it lacks.

    Raises:
        Misconfigured: its folder cannot be used.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unusable(path.parent, error) from error


def _try_flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(descriptor: int) -> None:
    """Write into a lock's file who holds it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {_pid_namespace()}\n".encode(), 0)


def _refuse_another_container(place: Place, descriptor: int) -> None:
    """From here the server of another container looks dead; a second one on the same files would destroy them."""
    holder = os.pread(descriptor, 200, 0).decode(errors="replace").split()
    if len(holder) == 2 and holder[1] != _pid_namespace():
        raise Misconfigured(
            f"The database in {place.data_dir} is in use by another container. "
            "Give each its own JORGE_DATA_DIR, or let both use one server by DATABASE_URL."
        )


def _pid_namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return "unknown"
