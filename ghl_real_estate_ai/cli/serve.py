"""`jorge serve`: the database first, then one shipper and as many web processes as asked for."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from ghl_real_estate_ai.cli.keep_shipping import ShipperProcess
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import CrmKind, Settings, Shipping, load_settings
from ghl_real_estate_ai.storage.locate import DatabaseLocation, locate_database
from ghl_real_estate_ai.storage.schema import migrate as migrate_schema
from ghl_real_estate_ai.telemetry.logs import configure_logging

APP = "ghl_real_estate_ai.api.main:app"
END_SECONDS = 5.0


def serve(*, host: str, port: int, workers: int, migrate: bool) -> None:
    """Serve until a signal; this process owns the embedded server, the workers join it.

    Raises:
        Misconfigured: a setting is wrong, or the database cannot be used.
    """
    if workers < 1:
        raise Misconfigured(f"--workers must be at least 1, not {workers}.")
    settings = load_settings()
    configure_logging(settings.log_format.value)
    # uvicorn raises the signal that ended it once more, and SIGTERM ends a process at once: the shipper would be left
    # to itself, and the embedded database would never stop.
    signal.signal(signal.SIGTERM, _leave)
    location = _prepare_database(settings, migrate=migrate)
    try:
        with _shipping(settings):
            _answer(settings, host=host, port=port, workers=workers)
    finally:
        if location is not None:
            location.stop()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _answer(settings: Settings, *, host: str, port: int, workers: int) -> None:
    if workers == 1:
        uvicorn.run(APP, host=host, port=port, log_config=None)
        return
    with _shared_sandbox(settings):
        uvicorn.run(APP, host=host, port=port, workers=workers, log_config=None)


@contextmanager
def _shipping(settings: Settings) -> Iterator[None]:
    """Ship in a process of its own; the workers' own shippers stand by and take over while it is gone."""
    if not settings.persists:
        yield
        return
    os.environ["JORGE_SHIPPING"] = Shipping.PROCESS.value
    shipper = ShipperProcess(settings.data_dir)
    shipper.start()
    try:
        yield
    finally:
        # It drains first and is given a little more than that to end.
        shipper.stop(settings.drain_seconds + END_SECONDS)


def _prepare_database(settings: Settings, *, migrate: bool) -> DatabaseLocation | None:
    if not settings.persists:
        return None
    location = locate_database(settings.database_address, settings.data_dir)
    if location.embedded is not None or migrate:
        migrate_schema(location.dsn)
    return location


@contextmanager
def _shared_sandbox(settings: Settings) -> Iterator[None]:
    """Give several workers one sandbox, in a thread of this process; a single worker brings its own."""
    if settings.crm_in_use is not CrmKind.SANDBOX or settings.sandbox_url is not None:
        yield
        return
    started, stop = threading.Event(), threading.Event()

    async def run() -> None:
        sandbox = SandboxServer()
        os.environ["JORGE_SANDBOX_URL"] = await sandbox.start()
        started.set()
        await asyncio.to_thread(stop.wait)
        await sandbox.stop()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="sandbox-crm")
    thread.start()
    started.wait()
    try:
        yield
    finally:
        stop.set()
        thread.join()
