"""The folders that a server needs: the data dir, passable for its user, and the private one of its socket."""

import contextlib
import errno
import os
import pwd
import stat
from pathlib import Path

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded.place import Account, Place, unusable

ROOT_HOME = Path("/var/lib/jorge")
"""Where root keeps what the unprivileged server must be able to read."""
SOCKET_PATH_LIMIT_BYTES = 107
"""sun_path of unix(7) has 108 bytes, one of them the closing NUL."""


def prepare_data_dir(place: Place) -> None:
    """Make the folder and check that the server will reach it; no mode of a folder above it is ever changed."""
    try:
        make_folder(place.data_dir, 0o711 if not place.account.is_us else 0o700)
        if not place.account.is_us:
            _let_pass(place)
        if not os.access(place.data_dir, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise unusable(place.data_dir, error) from error


def make_folder(folder: Path, mode: int) -> None:
    """Make `folder` with this mode, and its missing parents open for passing, whatever the umask."""
    if folder.is_dir():
        return
    make_folder(folder.parent, 0o755)
    with contextlib.suppress(FileExistsError):  # made by another process in between
        folder.mkdir()
        folder.chmod(mode)


def _let_pass(place: Place) -> None:
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


def _may_pass(folder: Path, account: Account) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def prepare_socket_folder(place: Place) -> None:
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
        raise unusable(folder, error) from error


def remove_socket_folder(place: Place) -> None:
    """Take the folder away with the server; one that is still used stays."""
    with contextlib.suppress(OSError):  # not empty means that a server still uses it
        place.socket_folder.rmdir()
