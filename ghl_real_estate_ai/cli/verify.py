"""`jorge verify` and scripts/verify_jorge_persistence.py: prove that everything is persisted, or say what is not.

Runs the same lifespan as the server in this process, under a location of its own and always with the sandbox CRM;
removes its rows afterwards.  Every test reads back from the database what the one before it wrote.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import httpx
import structlog

from ghl_real_estate_ai.api.compose import Jorge, build
from ghl_real_estate_ai.api.readiness import look, services
from ghl_real_estate_ai.conversation.model import ContactId, LocationId, Owner
from ghl_real_estate_ai.errors import JorgeError, Misconfigured
from ghl_real_estate_ai.settings import CrmKind, Settings, load_settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.rows_of_location import DatabaseFault, count_rows, delete_rows
from ghl_real_estate_ai.telemetry import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.logs import configure_logging, mask

log = structlog.get_logger(__name__)

LOCATION = LocationId("jorge-verify")
SENTENCE = "I want to buy a house with a $500k budget"
BREAKING_STATS = {"lead_bot": {"p95_latency_ms": 10_000.0}, "error_rate": 0.5}
ANSWER_SECONDS = 10.0
NOTHING_TO_PERSIST = frozenset({"language_model"})
"""Checks of `/ready` that say nothing of what is kept."""


class NotVerifiedError(JorgeError):
    """A thing that should be so is not so; the message names it."""


@dataclass(frozen=True, slots=True)
class Test:
    """One of the tests, by its name."""

    name: str
    run: Callable[[Jorge], Awaitable[str]]


def verify() -> int:
    """Run the tests and print each; returns 0 when all passed, else 1."""
    configure_logging("console", level=50)
    try:
        settings = load_settings()
    except JorgeError as error:
        return _failed("settings", error)
    if not settings.persists:
        print("FAILED  settings: JORGE_PERSISTENCE is off, so nothing is persisted.")
        return 1
    try:
        return asyncio.run(_verify(settings))
    except Misconfigured as error:
        return _failed("settings", error)


async def _verify(settings: Settings) -> int:
    jorge = build(settings.model_copy(update={"location_id": LOCATION, "crm": CrmKind.SANDBOX}), only_watch=True)
    failures = 0
    try:
        try:
            await jorge.start()
        except (JorgeError, DatabaseFault, OSError) as error:
            return _failed("start", error)
        for test in TESTS:
            failures += await _run(test, jorge)
        if jorge.is_up:
            await _clean_up(jorge)
    finally:
        await jorge.stop()
    failures += await _ask_running_server(settings)
    if failures:
        print(f"\nFAILED: {failures} of the checks did not pass.")
        return 1
    print("\nSUCCESS: All verification tests passed!")
    print("P0 Persistence Layer is operational")
    return 0


async def _run(test: Test, jorge: Jorge) -> int:
    try:
        detail = await test.run(jorge)
    except (JorgeError, DatabaseFault, OSError, TimeoutError) as error:
        return _failed(test.name, error)
    print(f"passed  {test.name}: {detail}")
    return 0


def _failed(name: str, error: Exception) -> int:
    first_line = next(iter(str(error).splitlines()), "")
    print(f"FAILED  {name}: {mask(first_line) or type(error).__name__}")
    return 1


async def _repository_answers(jorge: Jorge) -> str:
    database = _database(jorge)
    await database.ping()
    readiness = await look(jorge)
    for name in ("database", "migrations"):
        if not readiness.checks[name].ok:
            raise NotVerifiedError(f"{name}: {readiness.checks[name].detail}")
    return f"{database.shown_address} answers, schema {readiness.checks['migrations'].detail}"


async def services_are_wired(jorge: Jorge) -> str:
    unwired = {name: status for name, status in services(jorge).items() if not status.is_ok}
    if unwired:
        raise NotVerifiedError("; ".join(f"{name} is not wired ({status.detail})" for name, status in unwired.items()))
    return ", ".join(services(jorge))


async def _tables_keep(jorge: Jorge) -> str:
    """Write one row of each table through its own service, and read it back from the database."""
    contact = f"verify_{uuid4().hex[:8]}"
    before = await _counts(jorge)
    jorge.tracker.track_operation("lead_bot", "process", 12.5, metadata={"verify": True})
    jorge.collector.record_bot_interaction("lead", 12.5, True, metadata={"verify": True}, contact_id=contact)
    jorge.collector.record_handoff("lead", "buyer", True, 3.0)
    await jorge.handoffs.record_outcome(contact, "lead", "buyer", "successful", {"verify": True})
    alerts = await jorge.alerting.check_alerts(BREAKING_STATS)
    if alerts:
        await jorge.alerting.acknowledge_alert(alerts[0].alert_id, "jorge verify")
    await _repository(jorge).flush()
    after = await _counts(jorge)
    grown = [table for table in SIX_TABLES if after[table] > before[table]]
    missing = sorted(set(SIX_TABLES) - set(grown) - {"jorge_alert_rules"})
    if not after["jorge_alert_rules"]:
        missing.append("jorge_alert_rules")
    if missing:
        raise NotVerifiedError(f"nothing was written to {', '.join(missing)}")
    return f"{len(SIX_TABLES)} tables written and read back"


async def _a_turn_is_kept(jorge: Jorge) -> str:
    contact = ContactId(f"verify_{uuid4().hex[:8]}")
    before = await _counts(jorge)
    turn = await jorge.take_turn.chat(LOCATION, contact, SENTENCE, deliver=False)
    if turn.reply is None or turn.owner is not Owner.BUYER:
        raise NotVerifiedError(f"the turn ended with owner {turn.owner.value} and reply {turn.reply!r}")
    await _repository(jorge).flush()
    after = await _counts(jorge)
    due = {
        "jorge_handoff_outcomes": 1,
        "jorge_handoff_events": 1,
        "jorge_bot_interactions": 1,
        "jorge_performance_operations": 7,
        "messages": 2,
        "turns": 1,
    }
    short = [name for name, rows in due.items() if after[name] - before[name] < rows]
    if short:
        raise NotVerifiedError(f"the turn left no rows in {', '.join(short)}")
    return "lead -> buyer, pending, with its turn, messages and telemetry"


TESTS = (
    Test("1 repository", _repository_answers),
    Test("2 service wiring", services_are_wired),
    Test("3 data persistence", _tables_keep),
    Test("4 end to end", _a_turn_is_kept),
)
SIX_TABLES = (
    "jorge_performance_operations",
    "jorge_bot_interactions",
    "jorge_handoff_events",
    "jorge_handoff_outcomes",
    "jorge_alerts",
    "jorge_alert_rules",
)


async def _counts(jorge: Jorge) -> dict[str, int]:
    async with _database(jorge).begin() as connection:
        return await count_rows(connection, LOCATION)


async def _clean_up(jorge: Jorge) -> None:
    try:
        async with _database(jorge).begin() as connection:
            await delete_rows(connection, LOCATION)
    except (JorgeError, DatabaseFault) as error:
        print(f"The rows of location {LOCATION} could not be removed: {mask(str(error).splitlines()[0])}")


async def _ask_running_server(settings: Settings) -> int:
    """Also read `/ready` of the server that `JORGE_URL` names."""
    url = os.environ.get("JORGE_URL")
    if not url:
        return 0
    headers = {}
    if settings.api_token is not None:
        headers["Authorization"] = f"Bearer {settings.api_token.get_secret_value()}"
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            answer = await client.get(f"{url.rstrip('/')}/ready", headers=headers)
            checks = answer.json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return _failed(f"running server {url}", error)
    # A server that answers leads and does not write is ready all the same: each check counts here, not the whole.
    bad = [name for name, check in checks.items() if not check["ok"] and name not in NOTHING_TO_PERSIST]
    if bad or answer.status_code != httpx.codes.OK:
        return _failed(f"running server {url}", NotVerifiedError(f"not well: {', '.join(bad)}"))
    print(f"passed  running server {url}: ready")
    return 0


def _database(jorge: Jorge) -> Database:
    if jorge.database is None:
        raise NotVerifiedError("there is no database")
    return jorge.database


def _repository(jorge: Jorge) -> JorgeMetricsRepository:
    if jorge.repository is None:
        raise NotVerifiedError("there is no repository")
    return jorge.repository
