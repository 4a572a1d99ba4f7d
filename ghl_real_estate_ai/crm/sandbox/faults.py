"""Lets asked-for faults strike before, or after, a request is carried out, as a layer around the sandbox's routes."""

import asyncio
import json
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ghl_real_estate_ai.crm.sandbox.state import (
    DAILY_LIMIT,
    RATE_LIMIT,
    RATE_WINDOW,
    Fault,
    FaultKind,
    SandboxState,
)

Headers = list[tuple[bytes, bytes]]

TURNS_ON_DND = "sandbox.turns_on_dnd"
"""The key in the ASGI scope by which the route that sends learns of a DND fault."""
NOT_DONE = {FaultKind.FAILURE: "Internal server error", FaultKind.REFUSAL: "Unprocessable Entity"}
"""The faults by which nothing is done; each is called by its status."""
OWN_PATHS = ("/sandbox", "/docs", "/openapi.json")
"""Neither faults nor limits touch what is for people."""


class Faults:
    """Counts requests against the limits, and lets the asked-for faults strike; the sandbox's own paths are spared."""

    def __init__(self, app: ASGIApp, state: SandboxState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        location_id = _named_location(scope)
        left, left_today, is_over = self._state.count_request(location_id or _bearer(scope))
        limits = rate_limit_headers(remaining=left, daily=left_today)
        if is_over and self._state.enforces_limits:
            await _answer(send, 429, "Too Many Requests", rate_limit_headers(remaining=0, daily=left_today))
            return
        fault = self._state.take_fault(scope["method"], scope["path"], location_id)
        if fault is None:
            await self._app(scope, receive, _with_headers(send, limits))
        else:
            await self._strike(fault, scope, receive, send, limits)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send, limits: Headers) -> None:
        match fault.kind:
            case FaultKind.BUSY:
                busy = rate_limit_headers(remaining=0, daily=DAILY_LIMIT - 1)
                await _answer(send, 429, "Too Many Requests", busy, retry_after=fault.retry_after)
            case FaultKind.FAILURE | FaultKind.REFUSAL:
                await _answer(send, int(fault.kind), NOT_DONE[fault.kind], limits)
            case FaultKind.DND:
                await self._app({**scope, TURNS_ON_DND: True}, receive, _with_headers(send, limits))
            case FaultKind.FAILURE_AFTER:
                await self._app(scope, receive, _discard)
                await _answer(send, 500, "Internal server error", limits)
            case FaultKind.SLOW:
                kept: list[Message] = []
                await self._app(scope, receive, _keeping(kept))
                if not await self._hang(receive, fault.seconds):
                    for message in kept:
                        await _with_headers(send, limits)(message)
            case FaultKind.LOST_ANSWER:
                await self._app(scope, receive, _discard)
                await self._never_answer(receive, send, limits)
            case FaultKind.HANG:
                await self._never_answer(receive, send, limits)

    async def _never_answer(self, receive: Receive, send: Send, limits: Headers) -> None:
        if not await self._hang(receive, None):
            await _answer(send, 503, "The sandbox is closing", limits)

    async def _hang(self, receive: Receive, seconds: float | None) -> bool:
        """Until the caller hangs up (True), the sandbox closes, or the time is over."""
        gone = asyncio.ensure_future(_caller_gone(receive))
        closing = asyncio.ensure_future(self._state.closing.wait())
        await asyncio.wait({gone, closing}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        is_gone = gone.done()
        for waiting in (gone, closing):
            waiting.cancel()
        await asyncio.gather(gone, closing, return_exceptions=True)
        return is_gone


async def _caller_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _discard(_message: Message) -> None:
    return None


def _keeping(kept: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        kept.append(message)

    return keep


def _named_location(scope: Scope) -> str | None:
    named = _header(scope, b"x-sandbox-location")
    return None if named is None else unquote(named)


def _bearer(scope: Scope) -> str:
    return _header(scope, b"authorization") or ""


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for known, value in scope["headers"] if known == name), None)


def _with_headers(send: Send, limits: Headers) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *limits]
        await send(message)

    return send_with_headers


async def _answer(send: Send, status: int, message: str, limits: Headers, *, retry_after: float | None = None) -> None:
    headers = [(b"content-type", b"application/json"), *limits]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    body = json.dumps({"statusCode": status, "message": message}).encode()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def rate_limit_headers(*, remaining: int, daily: int) -> Headers:
    """HighLevel's five, in their documented spelling."""
    values = {
        "x-ratelimit-limit-daily": DAILY_LIMIT,
        "x-ratelimit-daily-remaining": daily,
        "x-ratelimit-interval-milliseconds": int(RATE_WINDOW.total_seconds() * 1000),
        "x-ratelimit-max": RATE_LIMIT,
        "x-ratelimit-remaining": remaining,
    }
    return [(name.encode(), str(value).encode()) for name, value in values.items()]
