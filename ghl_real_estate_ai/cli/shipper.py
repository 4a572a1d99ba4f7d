"""`jorge shipper`: moves what the node's processes recorded to the database, and does nothing else.

It runs beside the workers, so that shipping never takes the time of one that answers leads.  It ends when its
standard input does: whoever started it needs no signal to stop it, and cannot die and leave it behind.
"""

import signal
import socket
import sys
import threading

import structlog

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage.locate import database_address
from ghl_real_estate_ai.telemetry.journal.shipper import Shipper
from ghl_real_estate_ai.telemetry.logs import configure_logging

log = structlog.get_logger(__name__)


def ship() -> None:
    """Ship until standard input ends or SIGTERM comes, then drain within `JORGE_DRAIN_SECONDS`.

    Raises:
        Misconfigured: a setting is wrong, or persistence is off.
    """
    settings = load_settings()
    configure_logging(settings.log_format.value)
    if not settings.persists:
        raise Misconfigured("JORGE_PERSISTENCE is off: there is nothing to ship.")
    stop = _stop_at_the_end()
    dsn = database_address(settings.database_address, settings.data_dir)
    shipper = Shipper(
        dsn,
        settings.data_dir / "journal",
        socket.gethostname(),
        most_bytes=settings.journal_most_bytes if settings.drops_oldest else None,
    )
    log.info("shipper.started")
    shipper.run(stop)
    is_drained = shipper.drain(settings.drain_seconds)
    shipper.close()
    log.info("shipper.stopped", is_drained=is_drained)


def _stop_at_the_end() -> threading.Event:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    # Ctrl-C reaches the whole group: the one who started us still has records to seal, and says when.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_await_end_of_input, args=(stop,), name="parent-watch", daemon=True).start()
    return stop


def _await_end_of_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()
