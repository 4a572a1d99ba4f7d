"""`jorge doctor`: looks at all that must be right before leads are answered, and says how to mend what is not."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import httpx

from ghl_real_estate_ai.cli.open_crm import OpenCrm, open_crm
from ghl_real_estate_ai.cli.setup import find_lacking
from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.conversation.model import Language, LocationId
from ghl_real_estate_ai.crm.highlevel.probe import missing_scopes
from ghl_real_estate_ai.crm.ports import CrmAccessDenied
from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.llm.connect_model import connect_model
from ghl_real_estate_ai.llm.model import PhrasingRequest, Vocabulary
from ghl_real_estate_ai.settings import Settings, load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.locate import locate_database
from ghl_real_estate_ai.storage.schema import find_current_revision, head_revision

ADDRESS_VARIABLE = "JORGE_URL"
LOW_BUDGET = 20
"""Requests left in the window below which something else is using them up."""
TRIAL = PhrasingRequest(
    text="Thanks! What is your price range?",
    question="What is your price range?",
    kinds=("trial",),
    facts=(),
    language=Language.EN,
    most_segments=1,
    recent=(),
    vocabulary=Vocabulary(statement=frozenset(), question=frozenset(), telling=frozenset()),
)
"""What a language model is asked for, once: a real question of a few words, which costs next to nothing."""


class State(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    detail: str


Look = Callable[[], Awaitable[Finding]]


def examine() -> int:
    """Look at everything, print what was found, and return 0, or 1 when something is bad."""
    findings = asyncio.run(_examine(load_settings()))
    for finding in findings:
        print(f"{finding.state.value:<8} {finding.what:<16} {finding.detail}")
    return 1 if any(finding.state is State.BAD for finding in findings) else 0


async def _examine(settings: Settings) -> list[Finding]:
    location_id = LocationId(settings.location_id)
    findings = []
    async with open_crm(settings) as opened:
        limits = _watch_limits(opened.client)
        findings += [
            await _looked("location", lambda: _location(opened, location_id)),
            await _looked("scopes", lambda: _scopes(opened, location_id)),
            await _looked("tags and fields", lambda: _prepared(opened, location_id)),
            await _looked("native bots", lambda: _native_bots(opened, location_id)),
            _budget(limits),
        ]
    findings += [
        await _looked("webhook", _webhook),
        _secrets(settings),
        await _looked("language model", lambda: _language_model(settings)),
        await _looked("database", lambda: _database(settings)),
    ]
    return findings


async def _looked(what: str, look: Look) -> Finding:
    """What *look* finds; an error of ours is a finding too."""
    try:
        return await look()
    except JorgeError as error:
        return Finding(State.BAD, what, str(error))


async def _location(opened: OpenCrm, location_id: LocationId) -> Finding:
    found = await opened.crm.find_location(location_id)
    kind = "sandbox" if opened.is_sandbox else "HighLevel"
    if found is None:
        return Finding(State.BAD, "location", f"{kind} has no location {location_id}: set JORGE_LOCATION_ID")
    if found.timezone is None:
        return Finding(State.WARNING, "location", f"{found.name} has no time zone: set it in HighLevel's settings")
    return Finding(State.GOOD, "location", f"{kind}: {found.name}, {found.timezone}")


async def _scopes(opened: OpenCrm, location_id: LocationId) -> Finding:
    missing = await missing_scopes(opened.calls, location_id)
    if missing:
        return Finding(State.BAD, "scopes", f"the token lacks {', '.join(missing)}: add them in HighLevel")
    return Finding(State.GOOD, "scopes", "the token allows all that Jorge does")


async def _prepared(opened: OpenCrm, location_id: LocationId) -> Finding:
    lacking = await find_lacking(opened.crm, location_id)
    if lacking.is_nothing:
        return Finding(State.GOOD, "tags and fields", "all there")
    names = ", ".join((*lacking.tags, *lacking.fields))
    return Finding(State.BAD, "tags and fields", f"not there: {names}; `jorge setup --apply` makes them")


async def _native_bots(opened: OpenCrm, location_id: LocationId) -> Finding:
    try:
        bots = await opened.crm.list_native_bots(location_id)
    except CrmAccessDenied:
        detail = "cannot be seen without the scope conversation-ai.readonly: look in HighLevel that none answers"
        return Finding(State.WARNING, "native bots", detail)
    answering = [bot.name for bot in bots if bot.answers_by_itself]
    if answering:
        detail = f"{', '.join(answering)} answers by itself beside Jorge: switch it off, or two bots answer each lead"
        return Finding(State.WARNING, "native bots", detail)
    return Finding(State.GOOD, "native bots", "none answers by itself")


def _watch_limits(client: httpx.AsyncClient) -> dict[str, str]:
    seen: dict[str, str] = {}

    async def note(answer: httpx.Response) -> None:
        seen.update({name: value for name, value in answer.headers.items() if name.startswith("x-ratelimit-")})

    client.event_hooks["response"].append(note)
    return seen


def _budget(limits: dict[str, str]) -> Finding:
    left, left_today = limits.get("x-ratelimit-remaining"), limits.get("x-ratelimit-daily-remaining")
    if left is None or left_today is None:
        return Finding(State.WARNING, "rate budget", "HighLevel told nothing of its limits")
    detail = f"{left} requests left of these 10 seconds, {left_today} of today"
    is_low = left.isdigit() and int(left) < LOW_BUDGET
    advice = "; does another program use this token?" if is_low else ""
    return Finding(State.WARNING if is_low else State.GOOD, "rate budget", detail + advice)


async def _webhook() -> Finding:
    address = os.environ.get(ADDRESS_VARIABLE)
    if not address:
        detail = f"set {ADDRESS_VARIABLE} to the address that HighLevel calls, and it is tried"
        return Finding(State.WARNING, "webhook", detail)
    url = f"{address.rstrip('/')}/webhook"
    try:
        async with httpx.AsyncClient(timeout=10.0) as client:
            # Not JSON: whoever listens there and is Jorge refuses it, and keeps nothing.
            answer = await client.post(url, content=b"?", headers={"Content-Type": "text/plain"})
    except httpx.HTTPError as error:
        return Finding(State.BAD, "webhook", f"{url} cannot be reached: {type(error).__name__}")
    if answer.status_code in (400, 401):
        return Finding(State.GOOD, "webhook", f"{url} is Jorge")
    return Finding(State.BAD, "webhook", f"{url} answered {answer.status_code}: another program listens there")


def _secrets(settings: Settings) -> Finding:
    if settings.webhook_secret is None and settings.ghl_public_key is None:
        detail = "JORGE_WEBHOOK_SECRET is not set: only signed events are taken, and this machine's own"
        return Finding(State.WARNING, "webhook secret", detail)
    return Finding(State.GOOD, "webhook secret", "set")


async def _language_model(settings: Settings) -> Finding:
    """Ask the configured model for one short wording, within the deadline that replies have."""
    model = connect_model(settings, os.environ)
    if model is None:
        return Finding(State.GOOD, "language model", "none configured: the templates speak")
    clock, deadline = SystemClock(), settings.llm_deadline_seconds
    began = clock.seconds()
    try:
        async with asyncio.timeout(deadline):
            await model.phrase(TRIAL)
    except TimeoutError:
        detail = f"{model.name} gave no answer within {deadline:g} s: the templates speak meanwhile"
        return Finding(State.BAD, "language model", detail)
    finally:
        await model.close()
    return Finding(State.GOOD, "language model", f"{model.name} answered in {clock.seconds() - began:.1f} s")


async def _database(settings: Settings) -> Finding:
    if not settings.persists:
        return Finding(State.WARNING, "database", "persistence is off: everything is lost when Jorge ends")
    location = await asyncio.to_thread(locate_database, settings.database_address, settings.data_dir)
    database = Database(location.dsn)
    try:
        async with database.begin() as connection:
            revision = await find_current_revision(connection)
    finally:
        await database.close()
        await asyncio.to_thread(location.stop)
    if revision != head_revision() and location.embedded is None:
        detail = f"its schema is at {revision or 'nothing'}, not {head_revision()}: run `jorge migrate`"
        return Finding(State.BAD, "database", detail)
    return Finding(State.GOOD, "database", f"{database.shown_address}, schema {revision or 'made at the first start'}")
