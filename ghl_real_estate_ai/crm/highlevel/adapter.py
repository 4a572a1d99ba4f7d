"""The CRM port over HighLevel's REST API, by httpx: the official client has no word for "the answer never came"."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.wire import (
    ContactAnswer,
    ConversationsAnswer,
    MessageBody,
    MessagesAnswer,
    NotesAnswer,
    Sent,
    Wire,
    retry_after_seconds,
)
from ghl_real_estate_ai.crm.model import CrmContact, CrmMessage, pick_sent
from ghl_real_estate_ai.crm.ports import CrmAccessDenied, CrmAway, CrmBusy, CrmOutcomeUnknown, CrmRefused

CONVERSATIONS_VERSION = "2021-04-15"
CONTACTS_VERSION = "2021-07-28"
SANDBOX_LOCATION_HEADER = "X-Sandbox-Location"
"""HighLevel knows the location by the token; the sandbox, which takes any token, by this header."""
PAGE = 100
MOST_PAGES = 20
"""A look-up goes no further back than 2,000 messages."""

Answer = TypeVar("Answer", bound=Wire)


class HighLevelCrm:
    """Implements `Crm` with a client whose base URL is HighLevel's or the sandbox's.

    `timeout_seconds` is for a whole call, from the connection to the last byte of the answer.
    """

    def __init__(
        self, client: httpx.AsyncClient, token: str, is_sandbox: bool, *, timeout_seconds: float = 10.0
    ) -> None:
        self._client = client
        self._token = token
        self._is_sandbox = is_sandbox
        self._timeout_seconds = timeout_seconds

    async def send_text(self, location_id: LocationId, contact_id: ContactId, text: str, *, channel: str) -> str:
        body = {"type": channel, "contactId": contact_id, "message": text}
        answer = await self._call("POST", "/conversations/messages", location_id, body=body, is_once=True)
        try:
            return Sent.model_validate_json(answer.content).message_id
        except ValidationError:
            # HighLevel has answered 201 with an empty body and added no message.
            raise CrmOutcomeUnknown("The CRM took the message and named no id for it.") from None

    async def find_sent(
        self,
        location_id: LocationId,
        contact_id: ContactId,
        text: str,
        *,
        since: datetime,
        others: frozenset[str] = frozenset(),
    ) -> str | None:
        query = {"locationId": location_id, "contactId": contact_id}
        found = await self._read(ConversationsAnswer, "/conversations/search", location_id, query)
        candidates: list[CrmMessage] = []
        for conversation in found.conversations:
            async for body in self._messages_since(location_id, conversation.conversation_id, since):
                message = body.message()
                if message.direction == "outbound" and message.message_id not in others:
                    candidates.append(message)
        return pick_sent(candidates, text)

    async def add_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        await self._call("POST", f"{_contact_path(contact_id)}/tags", location_id, body={"tags": sorted(tags)})

    async def remove_tags(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        await self._call("DELETE", f"{_contact_path(contact_id)}/tags", location_id, body={"tags": sorted(tags)})

    async def set_field(self, location_id: LocationId, contact_id: ContactId, key: str, value: str) -> None:
        # Custom fields only: `tags` in this call would overwrite every tag of the contact.
        body = {"customFields": [{"key": key, "field_value": value}]}
        await self._call("PUT", _contact_path(contact_id), location_id, body=body)

    async def add_note(self, location_id: LocationId, contact_id: ContactId, text: str) -> None:
        await self._call("POST", f"{_contact_path(contact_id)}/notes", location_id, body={"body": text}, is_once=True)

    async def find_note(
        self, location_id: LocationId, contact_id: ContactId, text: str, *, since: datetime
    ) -> str | None:
        found = await self._read(NotesAnswer, f"{_contact_path(contact_id)}/notes", location_id)
        matching = (
            note.note_id
            for note in found.notes
            if note.date_added >= since and (note.body or "").strip() == text.strip()
        )
        return next(matching, None)

    async def find_contact(self, location_id: LocationId, contact_id: ContactId) -> CrmContact | None:
        answer = await self._call("GET", _contact_path(contact_id), location_id, may_be_absent=True)
        if answer.is_error:
            return None
        body = _parsed(ContactAnswer, answer).contact
        if body.location_id not in (None, location_id):
            return None
        return body.contact(location_id, contact_id)

    async def create_contact(self, location_id: LocationId, contact_id: ContactId, tags: frozenset[str]) -> None:
        if not self._is_sandbox:
            raise CrmRefused("Contacts of a real CRM are the team's to make.")
        body = {"id": contact_id, "locationId": location_id, "tags": sorted(tags)}
        await self._call("POST", "/sandbox/contacts", location_id, body=body)

    async def _messages_since(
        self, location_id: LocationId, conversation_id: str, since: datetime
    ) -> AsyncIterator[MessageBody]:
        """The messages at or after *since*, newest first, page by page."""
        path = f"/conversations/{_segment(conversation_id)}/messages"
        query = {"limit": str(PAGE)}
        for _ in range(MOST_PAGES):
            page = (await self._read(MessagesAnswer, path, location_id, query)).messages
            for body in page.messages:
                if body.date_added >= since:
                    yield body
            ends_here = any(body.date_added < since for body in page.messages)
            if ends_here or not page.has_more or page.last_message_id is None:
                return
            query = {"limit": str(PAGE), "lastMessageId": page.last_message_id}

    async def _read(
        self, shape: type[Answer], path: str, location_id: LocationId, query: Mapping[str, str] | None = None
    ) -> Answer:
        return _parsed(shape, await self._call("GET", path, location_id, query=query))

    async def _call(
        self,
        method: str,
        path: str,
        location_id: LocationId,
        *,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
        is_once: bool = False,
        may_be_absent: bool = False,
    ) -> httpx.Response:
        """Ask once; `is_once` says that a second asking would do it twice.

        Returns a 2xx answer, or with `may_be_absent` one that says there is no such thing.
        """
        request = self._client.build_request(
            method,
            path,
            params=query,
            content=None if body is None else json.dumps(body).encode(),
            headers=self._headers(path, location_id),
            timeout=None,  # the whole call has a limit of its own
        )
        answer = await self._answer(request, is_once=is_once)
        if answer.is_success or (may_be_absent and _says_absent(answer)):
            return answer
        raise _refusal(answer, is_once=is_once)

    def _headers(self, path: str, location_id: LocationId) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Version": CONVERSATIONS_VERSION if path.startswith("/conversations") else CONTACTS_VERSION,
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


def _contact_path(contact_id: ContactId) -> str:
    return f"/contacts/{_segment(contact_id)}"


def _segment(value: str) -> str:
    """One part of a path; an id from outside must not walk to another one."""
    if value in ("", ".", ".."):
        raise CrmRefused(f"{value!r} cannot be an id of the CRM.", field="contact_id")
    return quote(value, safe="")


def _parsed(shape: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        raise CrmAway(f"The CRM's answer to GET cannot be read: {error.error_count()} problems.") from None


def _says_absent(answer: httpx.Response) -> bool:
    """HighLevel says 404, or 400 with a sentence, for a contact that is not there."""
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
        return CrmAccessDenied(f"The CRM does not accept the token ({what}): check JORGE_GHL_TOKEN and its scopes.")
    return CrmRefused(f"The CRM refused: {what}{_stated_reason(answer)}.")


def _stated_reason(answer: httpx.Response) -> str:
    """The CRM's own sentence; it may be a list."""
    try:
        stated = json.loads(answer.content)["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f" ({str(stated)[:200]})"
