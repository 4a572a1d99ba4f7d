"""The server's first process: started, waited for, ended; and what a dead one left, cleared away."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import structlog

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded import patience
from ghl_real_estate_ai.storage.embedded.folders import remove_socket_folder
from ghl_real_estate_ai.storage.embedded.locks import is_unused
from ghl_real_estate_ai.storage.embedded.place import PORT, Place, unusable
from ghl_real_estate_ai.storage.embedded.presence import State, is_postmaster, pid_in_file, probe
from ghl_real_estate_ai.storage.embedded.programs import clean_environment, server_binaries
from ghl_real_estate_ai.storage.errors import DatabaseAway

LOG_LIMIT_BYTES = 16 * 1024 * 1024
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}

logger = structlog.get_logger(__name__)

# The postmasters that this process started, by data folder: a dead child must be reaped, or it stays a zombie.
_children: dict[Path, "subprocess.Popen[bytes]"] = {}


def start_server(place: Place) -> None:
    """Start the postmaster and wait for its first answer; tried again while the orphans of a killed one live."""
    deadline = time.monotonic() + patience.ORPHANS_SECONDS
    while True:
        process, log_start = _spawn(place)
        reason = _wait_until_up(place, process, log_start)
        if reason is None:
            return
        if "shared memory" not in reason or time.monotonic() > deadline:
            raise Misconfigured(f"The embedded PostgreSQL in {place.data_folder} does not start: {reason}")
        time.sleep(patience.POLL_SECONDS * 10)


def _spawn(place: Place) -> tuple["subprocess.Popen[bytes]", int]:
    command = [
        str(server_binaries(place) / "postgres"),
        "-D",
        str(place.data_folder),
        "-k",
        str(place.socket_folder),
    ]
    for name, value in SERVER_SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    keep_log = place.log.exists() and place.log.stat().st_size < LOG_LIMIT_BYTES
    with place.log.open("ab" if keep_log else "wb") as log:
        log_start = log.tell()
        try:
            # A session of its own: Ctrl-C in our terminal must not reach the server before we are done with it.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment(),
                start_new_session=True,
                umask=0o077,
                user=place.account.uid_to_take,
                group=place.account.gid_to_take,
                extra_groups=place.account.groups_to_take,
            )
        except OSError as error:
            raise unusable(Path(command[0]), error) from error
    _children[place.data_folder] = process
    return process, log_start


def _wait_until_up(place: Place, process: "subprocess.Popen[bytes]", log_start: int) -> str | None:
    """Return None as soon as the server answers, else why it went down again."""
    deadline = time.monotonic() + patience.START_SECONDS
    while process.poll() is None:
        if probe(place) is State.ALIVE:
            return None
        if time.monotonic() > deadline:
            raise DatabaseAway(
                f"The embedded PostgreSQL is not up after {patience.START_SECONDS:.0f} s; see {place.log}."
            )
        time.sleep(patience.POLL_SECONDS)
    return _reason_in_log(place.log, log_start)


def _reason_in_log(log: Path, log_start: int) -> str:
    with log.open("rb") as lines:
        lines.seek(log_start)
        said = lines.read().decode(errors="replace").splitlines()
    fatal = [line.split("FATAL:", 1)[1].strip() for line in said if "FATAL:" in line]
    return fatal[-1] if fatal else (said[-1] if said else f"it said nothing; see {log}")


def stop_server(place: Place) -> None:
    """End the server, if it runs, and wait until it is down.

    Raises:
        DatabaseAway: it does not go down, not even when forced.
    """
    pid = pid_in_file(place)
    if pid is not None and is_postmaster(place, pid):
        _end(place, pid)
    _reap_child(place)
    remove_socket_folder(place)


def clear_the_dead(place: Place) -> None:
    """End a postmaster that lost its socket and is used by nobody; remove what a dead one left.

    Raises:
        DatabaseAway: it is used: connections from before live on, and ending it would cut them.
        Misconfigured: it is used in another container.
    """
    unused, pid = is_unused(place), pid_in_file(place)
    if pid is not None and is_postmaster(place, pid):
        # It runs on our data folder, yet nobody can reach it: something (a cleaner of /tmp) took its socket away.
        if not unused:
            raise DatabaseAway(
                f"The embedded PostgreSQL in {place.data_folder} (process {pid}) is in use, but its socket in "
                f"{place.socket_folder} was removed. Restart the Jorge that uses it."
            )
        logger.warning("embedded.unreachable_restarted", data_folder=str(place.data_folder), pid=pid)
        _end(place, pid)
    _reap_child(place)
    # A zombie, or a stranger with the same pid, would make PostgreSQL refuse to start on these.
    leftovers = [place.pid_file, place.socket, place.socket.with_name(f"{place.socket.name}.lock")]
    for leftover in leftovers:
        try:
            leftover.unlink(missing_ok=True)
        except OSError as error:
            raise unusable(leftover, error) from error


def _reap_child(place: Place) -> None:
    """Collect a dead postmaster of this process; one on its way out takes a moment to become collectable."""
    child = _children.get(place.data_folder)
    if child is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience.ORPHANS_SECONDS)
    # Others may have ended some that we started for them.
    for folder, other in list(_children.items()):
        if other.poll() is not None:
            del _children[folder]


def _end(place: Place, pid: int) -> None:
    """Fast shutdown (SIGINT: cut connections, write a checkpoint), then the immediate one (SIGQUIT) if that hangs."""
    for number, seconds in ((signal.SIGINT, patience.STOP_SECONDS), (signal.SIGQUIT, patience.ORPHANS_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_postmaster(place, pid):
                return
            time.sleep(patience.POLL_SECONDS)
        logger.warning("embedded.slow_to_stop", pid=pid, signal=number.name)
    raise DatabaseAway(f"The embedded PostgreSQL (process {pid}) does not stop; see {place.log}.")
