"""The one place that answers which database is in use: the operator's own, or the embedded one."""

from dataclasses import dataclass
from pathlib import Path

from ghl_real_estate_ai.storage.address import normalise_dsn
from ghl_real_estate_ai.storage.embedded import EmbeddedServer, embedded_dsn, start_or_join


@dataclass(frozen=True)
class DatabaseLocation:
    """Where the database is; whoever located it calls `stop` when done."""

    dsn: str
    embedded: EmbeddedServer | None
    """The embedded server in use, or None on a server of the operator's own."""

    def stop(self) -> None:
        """Stop the embedded server if it is ours to stop; else do nothing.  Safe to call twice."""
        if self.embedded is not None:
            self.embedded.stop()


def locate_database(database_url: str | None, data_dir: Path) -> DatabaseLocation:
    """Give the address of the database in use; starts or joins the embedded server when no URL is given.

    Blocks for up to a second or so; from async code call it in a thread.

    Raises:
        Misconfigured: the URL is no PostgreSQL address, or the embedded server cannot run here.
        DatabaseAway: the embedded server did not come up in time.
    """
    if database_url is not None and database_url.strip():
        return DatabaseLocation(dsn=normalise_dsn(database_url), embedded=None)
    server = start_or_join(data_dir)
    return DatabaseLocation(dsn=server.dsn, embedded=server)


def database_address(database_url: str | None, data_dir: Path) -> str:
    """Tell the address of the database in use, without starting anything."""
    if database_url is not None and database_url.strip():
        return normalise_dsn(database_url)
    return embedded_dsn(data_dir)
