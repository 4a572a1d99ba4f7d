"""Where everything of one embedded server lies, and the system user it runs as."""

import contextlib
import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ghl_real_estate_ai.errors import Misconfigured

NAME = "jorge"
"""The database and its user are both called this."""
PORT = 5432
"""Only part of the socket's name: the server listens on no network address."""


@dataclass(frozen=True)
class Account:
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
class Place:
    """Where everything of one embedded server lies."""

    data_dir: Path
    account: Account

    @classmethod
    def of(cls, data_dir: Path) -> "Place":
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


def _server_account(data_folder: Path) -> Account:
    """Ourselves; but PostgreSQL refuses root, so for root it is the folder's owner, or `nobody` for a new one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    with contextlib.suppress(OSError):  # what is wrong with the folder is told when it is prepared
        found = data_folder.stat()
        if found.st_uid != 0:
            return Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Misconfigured(
            "As root, the embedded PostgreSQL runs as the user nobody, which this system lacks. "
            "Start Jorge as an ordinary user, or use your own server by DATABASE_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def unusable(path: Path, error: OSError) -> Misconfigured:
    """Say of a folder or file that it cannot be used, and what to do."""
    return Misconfigured(
        f"Cannot use {path}: {error.strerror or error}. Mend that, name another folder in JORGE_DATA_DIR, or use your "
        "own PostgreSQL by DATABASE_URL."
    )
