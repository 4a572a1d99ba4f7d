"""What happens by the clock, on one node of all: once a minute the alert rules and the loops, once an hour the
weeks that begin and those that end."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import procrastinate
import psycopg
import structlog

from ghl_real_estate_ai.alerts.check_alerts import check_alerts
from ghl_real_estate_ai.compliance.privacy import ANSWERED_WITHIN
from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.intake.parse_event import KEPT_FOR
from ghl_real_estate_ai.privacy.key import pseudonyms_of
from ghl_real_estate_ai.privacy.run_requests import run_privacy_requests
from ghl_real_estate_ai.privacy.store import SqlPrivacy
from ghl_real_estate_ai.storage.partitions import ensure_partitions, weeks_kept
from ghl_real_estate_ai.storage.retention import drop_old_weeks

if TYPE_CHECKING:
    from ghl_real_estate_ai.api.compose import Jorge

log = structlog.get_logger(__name__)

QUEUE = "cron"
POLL_SECONDS = 1.0
AWAY_SECONDS = 2.0
MINUTE_SECONDS = 60.0
CANCEL_SECONDS = 2.0
CANCELLATIONS = 3


def build_cron(jorge: "Jorge", dsn: str) -> procrastinate.App:
    """The jobs; procrastinate stores each due time once, so that one node of all runs it."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn, min_size=1, max_size=3))

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, name="check_alerts", pass_context=False)
    async def check_alerts_job(timestamp: int) -> None:
        await check_alerts_now(jorge)

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, name="resolve_handoff_outcomes", pass_context=False)
    async def resolve_handoff_outcomes_job(timestamp: int) -> None:
        await jorge.loops.resolve_outcomes()

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, name="retry_deferred_handoffs", pass_context=False)
    async def retry_deferred_handoffs_job(timestamp: int) -> None:
        await jorge.loops.retry_deferred()

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, name="return_conversations", pass_context=False)
    async def return_conversations_job(timestamp: int) -> None:
        await jorge.loops.return_conversations()

    @app.periodic(cron="* * * * *")
    @app.task(queue=QUEUE, name="keep_handoff_thresholds", pass_context=False)
    async def keep_handoff_thresholds_job(timestamp: int) -> None:
        await jorge.loops.keep_thresholds()

    @app.periodic(cron="7 * * * *")
    @app.task(queue=QUEUE, name="ensure_partitions", pass_context=False)
    async def ensure_partitions_job(timestamp: int) -> None:
        assert jorge.database is not None  # noqa: S101 - cron runs with a database only
        async with jorge.database.begin() as connection:
            await ensure_partitions(connection, jorge.clock.now(), back=weeks_kept(jorge.settings.retention_days))

    @app.periodic(cron="37 * * * *")
    @app.task(queue=QUEUE, name="drop_old_weeks", pass_context=False)
    async def drop_old_weeks_job(timestamp: int) -> None:
        await drop_old_weeks_now(jorge)

    @app.periodic(cron="23 * * * *")
    @app.task(queue=QUEUE, name="forget_event_keys", pass_context=False)
    async def forget_event_keys_job(timestamp: int) -> None:
        await forget_event_keys(jorge)

    @app.periodic(cron="13 * * * *")
    @app.task(queue=QUEUE, name="run_privacy_requests", pass_context=False)
    async def run_privacy_requests_job(timestamp: int) -> None:
        await run_privacy_requests_now(jorge)

    return app


async def run_privacy_requests_now(jorge: "Jorge") -> None:
    """Go on with the privacy requests; without a key nobody can be forgotten, which the log tells each time.

    With persistence off a deletion is begun at once: nobody else can, and what is kept is gone with the process.
    """
    if jorge.privacy is not None:
        await run_privacy_requests(jorge.privacy, within=ANSWERED_WITHIN)
        return
    assert jorge.database is not None  # noqa: S101 - cron runs with a database only
    pseudonyms = pseudonyms_of(jorge.settings)
    if pseudonyms is None:
        log.warning("privacy.no_key", needs="JORGE_SUPPRESSION_KEY")
        return
    await run_privacy_requests(SqlPrivacy(jorge.database, pseudonyms))


async def forget_event_keys(jorge: "Jorge") -> None:
    """Remove what tells duplicates apart once no retry can come any more."""
    forgotten = await jorge.keys.forget_keys(KEPT_FOR)
    if forgotten:
        log.info("intake.keys_forgotten", keys=forgotten)


async def drop_old_weeks_now(jorge: "Jorge") -> list[str]:
    """Drop the weeks that the settings no longer keep, and return their names; what fails is tried in an hour again."""
    assert jorge.database is not None  # noqa: S101 - cron runs with a database only
    kept, archive = timedelta(days=jorge.settings.retention_days), jorge.settings.archive_dir
    try:
        return await asyncio.to_thread(
            drop_old_weeks, jorge.database.dsn, jorge.clock.now(), keep=kept, archive=archive
        )
    except (psycopg.Error, OSError) as error:
        log.error("retention.put_off", reason=f"{type(error).__name__}: {error}")
        return []


async def check_alerts_now(jorge: "Jorge") -> None:
    """Gather the figures and look at every rule."""
    await jorge.look_at_sending()
    await check_alerts(
        jorge.alerting,
        repository=jorge.repository,
        database=jorge.database,
        counts=jorge.counts,
        clock=jorge.clock,
        collector=jorge.collector,
        answers=jorge.inbox.counts,
        sending=jorge.sending,
    )


async def run_cron(jorge: "Jorge", stop: asyncio.Event) -> None:
    """Run the jobs until *stop* is set; a database that goes away is waited for."""
    assert jorge.database is not None  # noqa: S101 - cron runs with a database only
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(_work(jorge, jorge.database.dsn))
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _end(working)
        error = None if not working.done() or working.cancelled() else working.exception()
        if error is not None:
            log.warning("cron.away", error=f"{type(error).__name__}: {error}")
            await asyncio.wait({stopping}, timeout=AWAY_SECONDS)


async def _end(working: "asyncio.Task[None]") -> None:
    """Cancel *working* until it ends: a worker that is just starting takes the first cancellation for its own."""
    for _ in range(CANCELLATIONS):
        if working.done():
            return
        working.cancel()
        await asyncio.wait({working}, timeout=CANCEL_SECONDS)
    if not working.done():
        log.warning("cron.left_behind")


async def _work(jorge: "Jorge", dsn: str) -> None:
    app = build_cron(jorge, dsn)
    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE],
            install_signal_handlers=False,
            listen_notify=False,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="successful",
            shutdown_graceful_timeout=5,
        )


async def run_every_minute(jorge: "Jorge", stop: asyncio.Event) -> None:
    """The same without a database: this process is all there is."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        await asyncio.wait({stopping}, timeout=MINUTE_SECONDS)
        if stop.is_set():
            return
        await jorge.loops.each_minute()
        try:
            await check_alerts_now(jorge)
            await forget_event_keys(jorge)
            await run_privacy_requests_now(jorge)
        except JorgeError as error:
            log.warning("cron.alerts_not_checked", error=str(error))


async def run_looks_at_sending(jorge: "Jorge", stop: asyncio.Event) -> None:
    """Keep each process's figures of what locations send, for `/metrics`; a database that is away leaves the last."""
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            await jorge.look_at_sending()
        except JorgeError as error:
            log.warning("sending.look_failed", error=str(error))
        await asyncio.wait({stopping}, timeout=MINUTE_SECONDS)
