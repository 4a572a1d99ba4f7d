"""Whether a server is there: it answers, it lives and lets nobody in, it lost its socket, or there is none."""

import os
import time
from enum import Enum
from pathlib import Path

import psycopg

from ghl_real_estate_ai.storage.embedded import patience
from ghl_real_estate_ai.storage.embedded.place import Place, unusable
from ghl_real_estate_ai.storage.errors import DatabaseAway


class State(Enum):
    """What the socket and the process list tell of a server."""

    ALIVE = "it answers"
    BUSY = "it lives, but lets nobody in yet, or is too slow"
    LOST = "it lives, but its socket is gone"
    DEAD = "there is none"


def answers_in_time(place: Place) -> bool:
    """Tell whether a server answers; one that lives is waited for: it comes up, goes down, is full or just slow."""
    deadline = time.monotonic() + patience.START_SECONDS
    while (state := probe(place)) is State.BUSY:
        if time.monotonic() > deadline:
            raise DatabaseAway(
                f"The embedded PostgreSQL in {place.data_folder} lives, but let nobody in for "
                f"{patience.START_SECONDS:.0f} s; see {place.log}."
            )
        time.sleep(patience.POLL_SECONDS)
    return state is State.ALIVE


def probe(place: Place) -> State:
    """Knock at the socket; when nobody opens, see who is there at all."""
    try:
        with connect(place):
            return State.ALIVE
    except psycopg.OperationalError:
        pid = pid_in_file(place)
        if pid is None or not is_postmaster(place, pid):
            return State.DEAD
        # A server that is coming up or going down has no socket either, but does not call itself ready.
        is_lost = not place.socket.exists() and _calls_itself_ready(place)
        return State.LOST if is_lost else State.BUSY


def _calls_itself_ready(place: Place) -> bool:
    try:
        return place.pid_file.read_text().rstrip().endswith("ready")
    except FileNotFoundError:
        return False


def connect(place: Place) -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the database that every server has.

    Raises:
        psycopg.OperationalError: nobody answers, or the server lets nobody in.
    """
    return psycopg.connect(place.dsn("postgres"), autocommit=True, connect_timeout=patience.CONNECT_SECONDS)


def pid_in_file(place: Place) -> int | None:
    """The pid that the last server wrote down, dead or alive; None without one."""
    try:
        first = place.pid_file.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(place.pid_file, error) from error
    # A negative number marks a single-user session, and a torn file holds no number: neither is a server.
    return int(first) if first.isdigit() else None


def is_postmaster(place: Place, pid: int) -> bool:
    """Tell whether `pid` is a living postmaster of our data folder: a zombie's command line is empty."""
    try:
        # Anybody may read this one; cwd and exe of another user's process are closed to root in many containers.
        arguments = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"/postgres") and os.fsencode(place.data_folder) in arguments[1:]
