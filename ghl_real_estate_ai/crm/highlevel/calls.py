"""One request to HighLevel: its headers, its limit of time, and what each failure means for the caller."""

import asyncio
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.highlevel.operations import version_for
from ghl_real_estate_ai.crm.highlevel.wire import retry_after_seconds
from ghl_real_estate_ai.crm.model import Urgency
from ghl_real_estate_ai.crm.ports import (
    CrmAccessDenied,
    CrmAway,
    CrmBusy,
    CrmDoNotDisturb,
    CrmOutcomeUnknown,
    CrmPaced,
    CrmRefused,
    Pace,
    Tokens,
)
from ghl_real_estate_ai.telemetry.logs import mask

DND_IN_FORCE = re.compile(r"\bDND\b|do[ -]not[ -]disturb", re.IGNORECASE)
SANDBOX_LOCATION_HEADER = "X-Sandbox-Location"
"""HighLevel knows the location by the token; the sandbox, which takes any token, by this header."""


@dataclass(frozen=True, slots=True)
class FixedToken:
    """The one token of a private integration; it does not expire by itself."""

    value: str

    async def token(self, location_id: LocationId) -> str:
        return self.value

    async def replace_refused(self, location_id: LocationId, refused: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRetries:
    """How a reading call is tried again; writing ones are the outbox's to retry, which outlives this process."""

    attempts: int = 3
    first_seconds: float = 0.2
    budget_seconds: float = 4.0
    """All waits of a call together, so that a turn is not held up for long."""

    def wait_before(self, attempt: int, draw: float, stated: float | None) -> float:
        """The wait before the *attempt*-th try (2 is the first repetition); *draw* is from [0, 1)."""
        whole = self.first_seconds * float(2 ** (attempt - 2))
        return max(whole * (0.5 + draw), stated or 0.0)


ONE_TRY = ReadRetries(attempts=1)


class HighLevelCalls:
    """Asks HighLevel, or the sandbox, and returns 2xx answers; everything else is an error of the port."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        tokens: Tokens,
        *,
        is_sandbox: bool,
        timeout_seconds: float,
        pace: Pace | None = None,
        retries: ReadRetries = ONE_TRY,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._is_sandbox = is_sandbox
        self._timeout_seconds = timeout_seconds
        self._pace = pace
        self._retries = retries
        self._draw = draw

    async def read(
        self,
        path: str,
        location_id: LocationId,
        *,
        query: Mapping[str, str] | None = None,
        urgency: Urgency = Urgency.BACKGROUND,
        may_be_absent: bool = False,
    ) -> httpx.Response:
        """GET *path*, again and again while the trouble may pass; with *may_be_absent* "there is none" is an answer."""
        waited, attempt = 0.0, 1
        while True:
            try:
                return await self.call(
                    "GET", path, location_id, query=query, urgency=urgency, may_be_absent=may_be_absent
                )
            except CrmPaced:
                raise  # it has waited in line already
            except (CrmBusy, CrmAway) as error:
                attempt += 1
                stated = error.retry_after_seconds if isinstance(error, CrmBusy) else None
                wait = self._retries.wait_before(attempt, self._draw(), stated)
                if attempt > self._retries.attempts or waited + wait > self._retries.budget_seconds:
                    raise
            waited += wait
            await asyncio.sleep(wait)

    async def call(
        self,
        method: str,
        path: str,
        location_id: LocationId,
        *,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
        urgency: Urgency = Urgency.BACKGROUND,
        is_once: bool = False,
        may_be_absent: bool = False,
    ) -> httpx.Response:
        """Ask once; `is_once` says that a second asking would do it twice.

        A token that the CRM no longer takes is replaced, and then asked with again: a 401 has done nothing.
        """
        token = await self._tokens.token(location_id)
        answer = await self._ask(token, method, path, location_id, body, query, urgency, is_once)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            other = await self._tokens.replace_refused(location_id, token)
            if other is not None:
                answer = await self._ask(other, method, path, location_id, body, query, urgency, is_once)
        if answer.is_success or (may_be_absent and _says_absent(answer)):
            return answer
        raise _refusal(answer, is_once=is_once)

    async def _ask(
        self,
        token: str,
        method: str,
        path: str,
        location_id: LocationId,
        body: Mapping[str, object] | None,
        query: Mapping[str, str] | None,
        urgency: Urgency,
        is_once: bool,
    ) -> httpx.Response:
        request = self._client.build_request(
            method,
            path,
            params=query,
            content=None if body is None else json.dumps(body).encode(),
            headers=self._headers(token, path, location_id),
            timeout=None,  # the whole call has a limit of its own
        )
        if self._pace is None:
            return await self._answer(request, is_once=is_once)
        await self._pace.enter(location_id, urgency)
        try:
            answer = await self._answer(request, is_once=is_once)
        except (CrmAway, CrmOutcomeUnknown, CrmRefused):
            self._pace.note_failure(location_id)
            raise
        await self._pace.note_answer(location_id, answer.status_code, answer.headers)
        return answer

    def _headers(self, token: str, path: str, location_id: LocationId) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {token}",
            "Version": version_for(path),
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        return headers | ({SANDBOX_LOCATION_HEADER: quote(location_id, safe="")} if self._is_sandbox else {})

    async def _answer(self, request: httpx.Request, *, is_once: bool) -> httpx.Response:
        has_left = False

        async def note_leaving(event: str, _info: object) -> None:
            nonlocal has_left
            has_left = has_left or event.endswith("send_request_headers.started")

        request.extensions["trace"] = note_leaving
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._client.send(request)
        except httpx.UnsupportedProtocol as error:
            raise CrmRefused(f"The CRM's address is wrong: {error}") from error
        except (TimeoutError, httpx.HTTPError) as error:
            what = f"{type(error).__name__} on {request.method} {request.url.path.split('/')[1]}"
            if is_once and has_left:
                raise CrmOutcomeUnknown(f"The request left and no answer came: {what}.") from error
            raise CrmAway(f"The CRM cannot be reached: {what}.") from error


def _says_absent(answer: httpx.Response) -> bool:
    """HighLevel says 404, or 400 with a sentence, for what is not there."""
    return answer.status_code == httpx.codes.NOT_FOUND or (
        answer.status_code == httpx.codes.BAD_REQUEST and "not found" in answer.text.lower()
    )


def _refusal(answer: httpx.Response, *, is_once: bool) -> Exception:
    status = answer.status_code
    what = f"{answer.request.method} was answered {status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return CrmBusy(f"The CRM is busy: {what}.", retry_after_seconds=retry_after_seconds(answer.headers))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        if is_once:
            return CrmOutcomeUnknown(f"The CRM failed and may have done it: {what}.")
        return CrmAway(f"The CRM failed: {what}.")
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return CrmAccessDenied(
            f"The CRM does not accept the token ({what}{_stated_reason(answer)}): check JORGE_GHL_TOKEN and its "
            "scopes, or install the app again; `jorge doctor` says which scope is missing."
        )
    if status == httpx.codes.BAD_REQUEST and DND_IN_FORCE.search(_stated_reason(answer)):
        return CrmDoNotDisturb(f"The CRM refused: {what}{_stated_reason(answer)}.")
    return CrmRefused(f"The CRM refused: {what}{_stated_reason(answer)}.", field=_stated_field(answer))


def _stated(answer: httpx.Response) -> list[str]:
    """The CRM's own sentences: `message` is one, or with 422 a list."""
    try:
        stated = json.loads(answer.content)["message"]
    except (ValueError, KeyError, TypeError):
        return []
    return [str(one) for one in stated] if isinstance(stated, list) else [str(stated)]


def _stated_reason(answer: httpx.Response) -> str:
    sentences = "; ".join(_stated(answer))
    # It is kept and told as a reason, and the CRM quotes numbers and addresses.
    return f" ({mask(sentences[:200])})" if sentences else ""


def _stated_field(answer: httpx.Response) -> str | None:
    """The property that a 422 complains of: its sentences begin with it, such as "contactId should not be empty"."""
    if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
        return None
    first = next(iter(_stated(answer)), "").replace(":", " ").split(" ")
    return (first[1] if first[0] == "property" and len(first) > 1 else first[0]) or None
