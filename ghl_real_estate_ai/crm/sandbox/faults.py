"""Lets asked-for faults strike before, or after, a request is carried out, as a layer around the sandbox's routes."""

import asyncio
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind, SandboxState

RATE_WINDOW_MILLISECONDS = 10_000
RATE_LIMIT = 100
DAILY_LIMIT = 200_000


class Faults:
    """Answers 429 or 500, hangs, or carries the request out and never answers; the sandbox's own paths are spared."""

    def __init__(self, app: ASGIApp, state: SandboxState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._fault_for(scope)
        if fault is None:
            await self._app(scope, receive, _with_rate_limits(send))
        elif fault.kind is FaultKind.BUSY:
            await _answer(send, 429, "Too Many Requests", retry_after=fault.retry_after)
        elif fault.kind is FaultKind.FAILURE:
            await _answer(send, 500, "Internal server error")
        else:
            if fault.kind is FaultKind.LOST_ANSWER:
                await self._app(scope, receive, _discard)
            await self._hang(receive, send)

    def _fault_for(self, scope: Scope) -> Fault | None:
        if scope["type"] != "http" or scope["path"].startswith("/sandbox"):
            return None
        return self._state.take_fault(scope["method"], scope["path"])

    async def _hang(self, receive: Receive, send: Send) -> None:
        """Until the caller hangs up, or the sandbox closes."""
        gone = asyncio.ensure_future(_caller_gone(receive))
        closing = asyncio.ensure_future(self._state.closing.wait())
        await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        if not gone.done():
            await _answer(send, 503, "The sandbox is closing")
        for waiting in (gone, closing):
            waiting.cancel()
        await asyncio.gather(gone, closing, return_exceptions=True)


async def _caller_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _discard(_message: Message) -> None:
    return None


def _with_rate_limits(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *rate_limit_headers(remaining=RATE_LIMIT - 1)]
        await send(message)

    return send_with_headers


async def _answer(send: Send, status: int, message: str, *, retry_after: float | None = None) -> None:
    remaining = 0 if status == 429 else RATE_LIMIT - 1
    headers = [(b"content-type", b"application/json"), *rate_limit_headers(remaining=remaining)]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    body = json.dumps({"statusCode": status, "message": message}).encode()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def rate_limit_headers(*, remaining: int) -> list[tuple[bytes, bytes]]:
    """HighLevel's five, in their documented spelling."""
    values = {
        "x-ratelimit-limit-daily": DAILY_LIMIT,
        "x-ratelimit-daily-remaining": DAILY_LIMIT,
        "x-ratelimit-interval-milliseconds": RATE_WINDOW_MILLISECONDS,
        "x-ratelimit-max": RATE_LIMIT,
        "x-ratelimit-remaining": remaining,
    }
    return [(name.encode(), str(value).encode()) for name, value in values.items()]
