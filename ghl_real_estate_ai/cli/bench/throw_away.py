"""What a measurement runs on: an embedded server in a folder that vanishes, databases on it, and a size."""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.embedded import EmbeddedServer, start_or_join

TEMPLATE = "bench_template"

T = TypeVar("T")


class Scale(StrEnum):
    """How much is measured."""

    QUICK = "quick"
    """Small sizes: to see that everything works, not to quote."""
    USUAL = "usual"
    FULL = "full"
    """With ten million rows."""


@dataclass(slots=True)
class Stage:
    """Where one run of the bench plays: its folder, its server, its size, its seed."""

    folder: Path
    scale: Scale
    seed: int
    say: Callable[[str], None]
    """Tell the person who waits what is being done."""
    _server: EmbeddedServer | None = field(default=None)

    def pick(self, quick: T, usual: T, full: T | None = None) -> T:
        """The size of this scale; FULL is as USUAL unless it is given."""
        if self.scale is Scale.QUICK:
            return quick
        return full if self.scale is Scale.FULL and full is not None else usual

    def start_server(self) -> None:
        """Start the server, or start it again after `stop_server`."""
        self._server = start_or_join(self.folder)

    def stop_server(self) -> None:
        """Stop the server with all its databases, which keep what they have."""
        if self._server is not None:
            self._server.stop()

    def new_database(self) -> str:
        """Make a migrated, empty database and return its address."""
        if self._server is None:
            self.start_server()
            self._on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            schema.migrate(self._dsn_of(TEMPLATE))
        name = f"bench_{secrets.token_hex(4)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._on_server(create.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        return self._dsn_of(name)

    def drop_database(self, dsn: str) -> None:
        """Drop a database of ours, and end who is still connected."""
        name = dsn.rsplit("/", 1)[1].partition("?")[0]
        self._on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def new_folder(self, purpose: str) -> Path:
        """Make a folder of a fresh name for somebody's files."""
        folder = self.folder / f"{purpose}-{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def _dsn_of(self, name: str) -> str:
        assert self._server is not None  # noqa: S101 - it was started above
        return self._server.dsn.replace("/jorge?", f"/{name}?")

    def _on_server(self, statement: sql.Composed) -> None:
        assert self._server is not None  # noqa: S101 - it was started above
        with psycopg.connect(make_conninfo(self._server.dsn, dbname="postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def open_stage(scale: Scale, seed: int, *, quiet: bool = False) -> Iterator[Stage]:
    """Give a stage in a folder of its own; the server on it is stopped and the folder removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jorge-bench-"))
    folder.chmod(0o755)  # as root the server runs as another user, who must be able to pass
    say: Callable[[str], None] = (lambda _: None) if quiet else (lambda line: print(line, file=sys.stderr))
    stage = Stage(folder, scale, seed, say)
    try:
        yield stage
    finally:
        stage.stop_server()
        shutil.rmtree(folder, ignore_errors=True)


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without any setting of Jorge, and with *settings* instead."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JORGE_")}
    kept.pop("DATABASE_URL", None)
    return kept | settings
