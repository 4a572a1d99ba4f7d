"""`jorge privacy`: what leads asked of their own data, carried out on the database in use."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from ghl_real_estate_ai.compliance.privacy import PrivacyKind
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.privacy.key import demand_pseudonyms
from ghl_real_estate_ai.privacy.model import PrivacyRequest, RequestState
from ghl_real_estate_ai.privacy.run_requests import carry_out
from ghl_real_estate_ai.privacy.store import SqlPrivacy
from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.locate import locate_database

T = TypeVar("T")


def show(*, location: str | None, with_done: bool) -> int:
    """Print the requests, a line each, those due soonest first."""
    place = None if location is None else LocationId(location)
    found = _with(lambda privacy: privacy.list_requests(location_id=place, with_done=with_done))
    for one in found:
        print(_line(one))
    print(f"{len(found)} requests." if found else "Nothing was asked.")
    return 0


def ask(contact: str, kind: str, *, location: str | None) -> int:
    """Enter a request that came by another way than a text."""
    if kind not in set(PrivacyKind):
        raise Rejected(f"`kind` is none of {', '.join(PrivacyKind)}.", field="kind")
    print(_line(_with(lambda privacy: privacy.ask(_person(contact, location), PrivacyKind(kind), source="the team"))))
    return 0


def run(references: Sequence[str], *, every: bool) -> int:
    """Carry the named requests out, or *every* deletion; return 1 when one still waits for what is on its way."""
    if bool(references) == every:
        raise Rejected("Name the requests by their references, or say --all, and not both.", field="references")
    ended = _with(lambda privacy: _run(privacy, references))
    for one in ended:
        print(_line(one))
    waiting = sum(one.state is not RequestState.DONE for one in ended)
    if waiting:
        print(f"{waiting} wait until a running Jorge has sent the confirmation; it finishes them by itself.")
    return 1 if waiting else 0


async def _run(privacy: SqlPrivacy, references: Sequence[str]) -> list[PrivacyRequest]:
    waiting = await privacy.list_requests()
    named = [one for one in waiting if one.reference in references]
    unknown = set(references) - {one.reference for one in named}
    if unknown:
        raise Rejected(f"No request waits under {', '.join(sorted(unknown))}.", field="references")
    chosen = named if references else [one for one in waiting if one.kind is PrivacyKind.DELETE]
    return await carry_out(privacy, chosen)


def export(contact: str, *, location: str | None, to: Path) -> int:
    """Write everything held on *contact* to the file *to*, which must not be there yet, readable by you alone."""
    person = _person(contact, location)
    held = _with(lambda privacy: privacy.export(person))
    whole = {"location_id": person[0], "contact_id": person[1], "tables": held}
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(whole, file, ensure_ascii=False, indent=1, default=_text)
    print(f"{sum(len(rows) for rows in held.values())} rows of {len(held)} tables in {to}.")
    return 0 if held else 1


def _text(value: object) -> str:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)


def _person(contact: str, location: str | None) -> tuple[LocationId, ContactId]:
    return LocationId(location or load_settings().location_id), ContactId(contact)


def _line(request: PrivacyRequest) -> str:
    done = "" if request.done_at is None else f"  done {request.done_at:%Y-%m-%d %H:%M}"
    return (
        f"{request.reference}  {request.kind.value:6}  {request.state.value:7}  due {request.due_by:%Y-%m-%d}"
        f"  {request.location_id}  {request.contact_id}  {request.source}{done}  {request.rule}"
    )


def _with(use: Callable[[SqlPrivacy], Awaitable[T]]) -> T:
    settings = load_settings()
    pseudonyms = demand_pseudonyms(settings)
    located = locate_database(settings.database_address, settings.data_dir)

    async def used() -> T:
        database = Database(located.dsn)
        try:
            return await use(SqlPrivacy(database, pseudonyms))
        finally:
            await database.close()

    try:
        return asyncio.run(used())
    finally:
        located.stop()
