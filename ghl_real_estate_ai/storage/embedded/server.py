"""Start the embedded server or join it, use it, and leave it: the last of its users stops it."""

from dataclasses import dataclass, field
from pathlib import Path

import structlog

from ghl_real_estate_ai.storage.embedded.folders import prepare_data_dir, prepare_socket_folder, remove_socket_folder
from ghl_real_estate_ai.storage.embedded.locks import HeldLock, begin_use, is_unused, start_lock, try_owner_lock
from ghl_real_estate_ai.storage.embedded.make_database import ensure_database, ensure_initialised
from ghl_real_estate_ai.storage.embedded.place import Place
from ghl_real_estate_ai.storage.embedded.postmaster import clear_the_dead, start_server, stop_server
from ghl_real_estate_ai.storage.embedded.presence import answers_in_time

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class EmbeddedServer:
    """A running embedded PostgreSQL, as seen by one of its users."""

    dsn: str
    """A libpq address by unix socket; it holds no password."""
    data_folder: Path
    """The PostgreSQL data folder itself, inside the data dir."""
    owned: bool
    """True for the one who started it, or adopted it from a killed owner."""
    _use: HeldLock = field(repr=False, compare=False)
    _ownership: HeldLock | None = field(default=None, repr=False, compare=False)

    def stop(self) -> None:
        """Use the server no longer; the last of its users stops it and waits until it is down.

        Safe to call twice.  A server that is stopped cuts connections and rolls their transactions back; everything
        committed is kept.

        Raises:
            DatabaseAway: the server did not go down within a minute, not even when forced.
        """
        if not self._use.is_held:
            return
        place = Place.of(self.data_folder.parent)
        try:
            with start_lock(place):
                self._use.release()
                if is_unused(place):
                    stop_server(place)
                else:
                    logger.debug("embedded.left_to_others", data_folder=str(place.data_folder))
        finally:
            self._use.release()
            if self._ownership is not None:
                self._ownership.release()


def embedded_dsn(data_dir: Path) -> str:
    """Tell the address of the embedded server of `data_dir`, running or not."""
    return Place.of(data_dir).dsn()


def start_or_join(data_dir: Path) -> EmbeddedServer:
    """Make sure that the embedded server of `data_dir` runs, and that its database exists.

    Safe to call from any number of processes at once: one of them owns the server, the others join it.
    Blocks for about a second on the first start, a tenth of one after.

    Raises:
        Misconfigured: the folder cannot be used (closed, of another PostgreSQL version, no database at all), or the
            server refuses to start; the sentence says which and what to do.
        DatabaseAway: a server that lives did not answer in time, or nobody can reach it any more though it is in use.
    """
    place = Place.of(data_dir)
    prepare_data_dir(place)
    with start_lock(place):
        ownership = try_owner_lock(place)
        try:
            started = _ensure_running(place)
            use = begin_use(place)
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


def _ensure_running(place: Place) -> bool:
    """Return whether we had to start the server."""
    prepare_socket_folder(place)
    try:
        if answers_in_time(place):
            ensure_database(place)
            return False
        clear_the_dead(place)
        ensure_initialised(place)
        start_server(place)
        ensure_database(place)
        return True
    except BaseException:
        remove_socket_folder(place)
        raise
