"""The loop that keeps delivering: woken by a turn's commit, or looking by itself twice a second."""

import asyncio

import structlog

from ghl_real_estate_ai.delivery.deliver import Deliver
from ghl_real_estate_ai.errors import Retryable

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 5.0


async def run_delivery(
    deliver: Deliver, wake: asyncio.Event, stop: asyncio.Event, *, poll_seconds: float = POLL_SECONDS
) -> None:
    """Deliver what is due until *stop* is set; then finish what is held, and claim no more.

    A slow answer for one contact does not hold up the others: as many as `deliver.most` are under way at a time,
    and no more than its share of one location.
    A database that is away is asked again, less and less often, and nothing is lost.
    """
    under_way: set[asyncio.Task[None]] = set()
    back_off = 0.0
    try:
        while not stop.is_set():
            wake.clear()
            is_away = await _take_up(deliver, under_way)
            back_off = min(LONGEST_BACK_OFF_SECONDS, max(poll_seconds, 2 * back_off)) if is_away else 0.0
            await _wait(stop, wake, under_way, back_off, poll_seconds)
            _reap(deliver, under_way)
        if under_way:
            await asyncio.wait(under_way)
            _reap(deliver, under_way)
    finally:
        for left in under_way:
            left.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _take_up(deliver: Deliver, under_way: set[asyncio.Task[None]]) -> bool:
    """Start what is due, as far as there is room; True when the database is away."""
    while (room := deliver.most - len(under_way)) > 0:
        try:
            claimed = await deliver.claim(room)
        except Retryable as error:
            log.warning("delivery.database_away", error=str(error))
            return True
        except Exception as error:  # noqa: BLE001 - a fault of ours on one effect must not end the loop for all
            deliver.counts.failed += 1
            log.error("delivery.claim_failed", error=type(error).__name__)
            return True
        under_way.update(asyncio.create_task(deliver.deliver(one)) for one in claimed)
        # Where one location has all its share now, others may stand behind what it has left waiting.
        if not any(deliver.has_all_its_share(one.entry.location_id) for one in claimed):
            return False
    return False


async def _wait(
    stop: asyncio.Event, wake: asyncio.Event, under_way: set[asyncio.Task[None]], back_off: float, poll_seconds: float
) -> None:
    """Until something is worth another look; while backing off only the stop is."""
    signals = [asyncio.ensure_future(stop.wait())]
    if not back_off:
        signals.append(asyncio.ensure_future(wake.wait()))
    awaited = {*signals, *(under_way if not back_off else ())}
    try:
        await asyncio.wait(awaited, timeout=back_off or poll_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for signal in signals:
            signal.cancel()


def _reap(deliver: Deliver, under_way: set[asyncio.Task[None]]) -> None:
    """Forget what is done; an error of ours is counted and told, and its claim runs out by itself."""
    for task in [task for task in under_way if task.done()]:
        under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            continue
        deliver.counts.failed += 1
        if isinstance(error, Retryable):
            log.warning("delivery.outbox_away", error=str(error))
        else:
            log.error("delivery.effect_failed", exc_info=error)
