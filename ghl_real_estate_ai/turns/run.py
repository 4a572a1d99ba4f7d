"""The loop that answers waiting messages, several contacts at a time, until it is told to stop."""

import asyncio

import structlog

from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.turns.model import ClaimedTurn
from ghl_real_estate_ai.turns.take_turn import TakeTurn

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
"""How long a message kept by another process, or due later, may wait unseen."""
AWAY_SECONDS = 1.0
"""How long to leave a store alone that does not answer."""


async def run_turns(take_turn: TakeTurn, *, wake: asyncio.Event, stop: asyncio.Event, concurrency: int) -> None:
    """Answer up to *concurrency* contacts at a time until *stop* is set; turns under way are ended first."""
    places = asyncio.Semaphore(concurrency)
    async with asyncio.TaskGroup() as under_way:
        while not stop.is_set():
            wake.clear()
            await places.acquire()
            claim, pause = await _claim(take_turn)
            if claim is None:
                places.release()
                await _first_of(wake, stop, pause)
                continue
            under_way.create_task(_answer(take_turn, claim, places))


async def _claim(take_turn: TakeTurn) -> tuple[ClaimedTurn | None, float]:
    """The next claim, or None and the seconds to rest."""
    try:
        return await take_turn.claim_due(), POLL_SECONDS
    except JorgeError as error:
        log.warning("turns.store_away", error=str(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours on one contact must not end the loop for all
        log.error("turns.claim_failed", error=type(error).__name__)
    return None, AWAY_SECONDS


async def _answer(take_turn: TakeTurn, claim: ClaimedTurn, places: asyncio.Semaphore) -> None:
    try:
        await take_turn.answer_claimed(claim)
    except JorgeError as error:
        # Nothing was saved: the lease ends by itself and the messages are taken up again.
        log.warning("turn.not_saved", contact_id=claim.conversation.contact.contact_id, error=str(error))
    except Exception as error:  # noqa: BLE001 - as above
        log.error("turn.not_set_aside", contact_id=claim.conversation.contact.contact_id, error=type(error).__name__)
    finally:
        places.release()


async def _first_of(wake: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(wake.wait()), asyncio.create_task(stop.wait())]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
