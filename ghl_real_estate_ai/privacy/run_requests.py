"""Carry privacy requests out: begin, wait for what is on its way, do it, keep the receipt; safe to call at any time."""

from collections.abc import Iterable
from datetime import timedelta

import structlog

from ghl_real_estate_ai.privacy.model import PrivacyRequest
from ghl_real_estate_ai.privacy.ports import PrivacyRequests

log = structlog.get_logger(__name__)

LAST_WEEK = timedelta(days=7)
"""A deletion that nobody began is begun by the clock when less is left of its deadline."""


async def carry_out(privacy: PrivacyRequests, requests: Iterable[PrivacyRequest]) -> list[PrivacyRequest]:
    """Begin each of *requests* and finish those that nothing is on its way for; return them as they are then."""
    ended = []
    for request in requests:
        await privacy.begin(request)
        ended.append(await privacy.finish(request))
    return ended


async def run_privacy_requests(privacy: PrivacyRequests, *, within: timedelta = LAST_WEEK) -> None:
    """What the clock does once an hour: finish what is begun, begin what is due *within*, and sweep what came late."""
    for request in [*await privacy.closing(), *await privacy.due_before(within)]:
        (now,) = await carry_out(privacy, [request])
        log.info("privacy.request", request_id=str(now.request_id), kind=now.kind.value, state=now.state.value)
    swept = await privacy.sweep()
    if swept:
        log.info("privacy.swept", rows=swept)
