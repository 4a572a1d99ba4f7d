"""`/api/jorge`: real rows become exactly the documented JSON."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from sqlalchemy import insert

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.alerts.default_rules import DEFAULT_RULES
from ghl_real_estate_ai.api.errors import install_error_answers
from ghl_real_estate_ai.api.jorge_routes import JorgeServices, build_jorge_router
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.dashboard.store import ConversationReader
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import (
    contacts,
    conversations,
    facts,
    handoff_blocks,
    jorge_bot_interactions,
    jorge_handoff_events,
    jorge_handoff_outcomes,
    jorge_performance_operations,
    messages,
    suppressions,
    turns,
)
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository, PerformanceTracker

NOW = datetime.now(UTC).replace(microsecond=0)
NO_TURNS = {
    "total_interactions": 0,
    "success_rate": None,
    "error_rate": None,
    "avg_duration_ms": None,
    "p95_duration_ms": None,
    "cache_hit_rate": None,
}
NO_HANDOFFS = {
    "total_handoffs": 0,
    "success_rate": None,
    "failure_rate": None,
    "avg_duration_ms": None,
    "p95_duration_ms": None,
}


def an_app(services: JorgeServices, reader: Any = lambda: None) -> FastAPI:
    app = FastAPI()
    app.include_router(build_jorge_router(services, reader))
    install_error_answers(app)
    return app


def a_client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jorge.test")


@pytest.fixture
async def repository(database: Database, tmp_path: Path) -> AsyncIterator[JorgeMetricsRepository]:
    repository = JorgeMetricsRepository.for_database(database, data_dir=tmp_path)
    yield repository
    await repository.close()


@pytest.fixture
async def services(database: Database, repository: JorgeMetricsRepository) -> JorgeServices:
    alerting, handoffs = AlertingService(), JorgeHandoffService()
    alerting.set_repository(repository)
    handoffs.set_repository(repository)
    await alerting.load_rules()
    return JorgeServices(
        repository=repository,
        tracker=PerformanceTracker(),
        collector=BotMetricsCollector(),
        alerting=alerting,
        handoffs=handoffs,
        conversations=ConversationReader(database),
        default_location="default",
    )


@pytest.fixture
def services_without_persistence() -> JorgeServices:
    return JorgeServices(
        repository=None,
        tracker=PerformanceTracker(),
        collector=BotMetricsCollector(),
        alerting=AlertingService(),
        handoffs=JorgeHandoffService(),
        conversations=None,
        default_location="default",
    )


@pytest.fixture
async def client(services: JorgeServices) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(an_app(services)) as client:
        yield client


@pytest.fixture
async def memory_client(services_without_persistence: JorgeServices) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(an_app(services_without_persistence)) as client:
        yield client


async def put(database: Database, table: Any, *rows: dict[str, Any]) -> None:
    async with database.begin() as connection:
        for row in rows:
            await connection.execute(insert(table).values({"location_id": "default", **row}))


async def answered(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"/api/jorge/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def an_operation(duration_ms: float, **columns: Any) -> dict[str, Any]:
    row = {"event_id": new_uuid7(), "timestamp": NOW, "bot_name": "lead_bot", "operation": "process"}
    return row | {"duration_ms": duration_ms, "success": True, "cache_hit": None} | columns


async def test_performance_counts_operations_and_holds_them_against_their_promise(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Two good calls and a failed one of `process`, in time; `decide` has no promise."""
    await put(
        database,
        jorge_performance_operations,
        an_operation(100.0, cache_hit=True),
        an_operation(100.0, cache_hit=False),
        an_operation(9000.0, success=False),
        an_operation(0.0, operation="decide"),
        an_operation(5.0, timestamp=NOW - timedelta(hours=2)),
    )

    body = await answered(client, "performance?window=1h")

    decide, process = body["operations"]
    assert body["window"] == "1h"
    assert decide == {
        "bot": "lead_bot",
        "operation": "decide",
        "count": 1,
        "errors": 0,
        "p50_ms": 0.0,
        "p95_ms": 0.0,
        "p99_ms": 0.0,
        "mean_ms": 0.0,
        "success_rate": 1.0,
        "cache_hit_rate": None,
        "sla": {"status": "insufficient_data", "targets": None, "violations": []},
    }
    assert [process[name] for name in ("count", "errors", "mean_ms", "cache_hit_rate")] == [3, 1, 100.0, 0.5]
    assert process["p95_ms"] == pytest.approx(100, rel=0.01)
    assert process["success_rate"] == pytest.approx(2 / 3)
    assert process["sla"] == {
        "status": "compliant",
        "targets": {"p50_ms": 300.0, "p95_ms": 1500.0, "p99_ms": 2000.0},
        "violations": [],
    }


async def test_a_broken_promise_is_told_with_both_figures(client: httpx.AsyncClient, database: Database) -> None:
    """A slow `process` violates all three of its promises."""
    await put(database, jorge_performance_operations, an_operation(5000.0))

    [process] = (await answered(client, "performance"))["operations"]

    assert process["sla"]["status"] == "violated"
    assert len(process["sla"]["violations"]) == 3


async def test_performance_of_another_location_is_left_out(client: httpx.AsyncClient, database: Database) -> None:
    """`location_id` narrows the figures to one tenant."""
    await put(database, jorge_performance_operations, an_operation(1.0), an_operation(1.0, location_id="other"))

    everywhere = await answered(client, "performance")
    there = await answered(client, "performance?location_id=other")

    assert [everywhere["operations"][0]["count"], there["operations"][0]["count"]] == [2, 1]


async def test_no_data_is_null_and_never_zero(client: httpx.AsyncClient) -> None:
    """An empty database has counts of 0 and no rates."""
    assert await answered(client, "performance") == {"window": "1h", "operations": []}
    assert await answered(client, "metrics") == {
        "bots": {"lead": NO_TURNS, "buyer": NO_TURNS, "seller": NO_TURNS},
        "handoffs": NO_HANDOFFS,
        "overall": NO_TURNS,
    }


async def test_metrics_sum_up_bots_and_handoffs(client: httpx.AsyncClient, database: Database) -> None:
    """Interactions by bot and together, handoffs by their execution."""
    turn = {"timestamp": NOW, "duration_ms": 50.0, "cache_hit": None}
    await put(
        database,
        jorge_bot_interactions,
        {"event_id": new_uuid7(), "bot_type": "lead", "success": True, **turn},
        {"event_id": new_uuid7(), "bot_type": "buyer", "success": False, **turn},
    )
    handoff = {"event_id": new_uuid7(), "source_bot": "lead", "target_bot": "buyer", "success": True}
    await put(database, jorge_handoff_events, {**handoff, "duration_ms": 4.0, "timestamp": NOW})

    body = await answered(client, "metrics")

    assert body["bots"]["seller"] == NO_TURNS
    assert (body["bots"]["lead"]["success_rate"], body["bots"]["buyer"]["success_rate"]) == (1.0, 0.0)
    assert (body["overall"]["total_interactions"], body["overall"]["error_rate"]) == (2, 0.5)
    assert (body["handoffs"]["total_handoffs"], body["handoffs"]["success_rate"]) == (1, 1.0)


async def test_handoffs_tell_counts_threshold_and_what_was_learned(
    client: httpx.AsyncClient, database: Database, services: JorgeServices
) -> None:
    """17 of 20 went well, one more is pending: the threshold is lower, with the reason in figures."""
    outcome = {"contact_id": "c1", "source_bot": "lead", "target_bot": "buyer", "timestamp": NOW}
    outcomes = ["successful"] * 17 + ["failed", "reverted", "timeout", "pending"]
    await put(
        database,
        jorge_handoff_outcomes,
        *({"event_id": new_uuid7(), "outcome": name, **outcome} for name in outcomes),
        {**outcome, "event_id": new_uuid7(), "outcome": "successful", "target_bot": "human"},
    )
    block = {"event_id": new_uuid7(), "contact_id": "c1", "source_bot": "lead", "target_bot": "buyer"}
    await put(database, handoff_blocks, {**block, "reason": "same_pair", "timestamp": NOW})
    await services.handoffs.load_from_database()

    body = await answered(client, "handoffs")

    learned = services.handoffs.get_learned_adjustments("lead", "buyer")
    routes = {(route["source"], route["target"]): route for route in body["routes"]}
    assert list(routes) == [
        ("lead", "buyer"),
        ("lead", "seller"),
        ("buyer", "seller"),
        ("seller", "buyer"),
        ("lead", "human"),
    ]
    assert routes["lead", "buyer"] == {
        "source": "lead",
        "target": "buyer",
        "count": 21,
        "pending": 1,
        "successful": 17,
        "failed": 1,
        "reverted": 1,
        "timeout": 1,
        "success_rate": learned["success_rate"],
        "threshold": 0.7 + learned["adjustment"],
        "adjustment": learned["adjustment"],
        "sample_size": 20,
        "interval": list(learned["interval"]),
    }
    assert learned["adjustment"] < 0
    assert (routes["seller", "buyer"]["count"], routes["seller", "buyer"]["threshold"]) == (0, 0.6)
    assert (routes["seller", "buyer"]["success_rate"], routes["lead", "human"]["threshold"]) == (None, None)
    assert body["blocked"] == {"same_pair": 1}


async def test_an_alert_is_listed_and_acknowledged_once(client: httpx.AsyncClient, services: JorgeServices) -> None:
    """Listed, taken up by somebody, gone from the active ones; taking it up again is a conflict."""
    [alert] = await services.alerting.check_alerts({"error_rate": 0.2})

    listed = await answered(client, "alerts?active_only=true&limit=1")
    path = f"/api/jorge/alerts/{alert.alert_id}/acknowledge"
    first = await client.post(path, json={"acknowledged_by": "ana"})
    again = await client.post(path)

    [shown] = listed["alerts"]
    assert shown == {
        "id": alert.alert_id,
        "rule_name": "high_error_rate",
        "severity": "critical",
        "message": alert.message,
        "triggered_at": alert.triggered_at.isoformat().replace("+00:00", "Z"),
        "acknowledged": False,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "channels_sent": [],
    }
    assert (first.status_code, first.json()["acknowledged_by"], again.status_code) == (200, "ana", 409)
    assert await answered(client, "alerts?active_only=true") == {"alerts": []}


@pytest.mark.parametrize("alert_id", ["none", "00000000-0000-7000-8000-000000000000"])
async def test_an_unknown_alert_is_not_found(client: httpx.AsyncClient, alert_id: str) -> None:
    """An id that is none of ours is 404, whatever its shape."""
    assert (await client.post(f"/api/jorge/alerts/{alert_id}/acknowledge")).status_code == 404


async def test_rules_are_listed_and_switched(client: httpx.AsyncClient) -> None:
    """Seven rules with their conditions; one is switched off and shown so."""
    before = (await answered(client, "alert-rules"))["rules"]

    switched = await client.patch("/api/jorge/alert-rules/high_error_rate", json={"active": False})

    after = {rule["name"]: rule["active"] for rule in (await answered(client, "alert-rules"))["rules"]}
    [rule] = [rule for rule in before if rule["name"] == "high_error_rate"]
    assert len(before) == len(DEFAULT_RULES)
    assert rule == {
        "name": "high_error_rate",
        "severity": "critical",
        "cooldown_seconds": 300,
        "channels": ["email", "slack", "webhook"],
        "description": "Too many of the bots' turns failed.",
        "active": True,
        "condition": {
            "conditions": [
                {"metric": "error_rate", "scope": None, "operator": ">", "threshold": 0.05, "reading": "value"}
            ],
            "min_samples": 20,
            "window_seconds": 3600,
        },
    }
    assert (switched.status_code, switched.json()) == (200, rule | {"active": False})
    assert [name for name, active in after.items() if not active] == ["high_error_rate"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("nothing_like_it", {"active": True}, 404), ("high_error_rate", {}, 422), ("high_error_rate", {"active": 1}, 422)],
)
async def test_a_wrong_switch_is_refused(
    client: httpx.AsyncClient, name: str, body: dict[str, Any], status: int
) -> None:
    """An unknown rule is 404; a body that is no switch is 422."""
    assert (await client.patch(f"/api/jorge/alert-rules/{name}", json=body)).status_code == status


async def put_conversation(database: Database, contact_id: str, *, minutes_ago: int, location: str = "default") -> None:
    key = {"location_id": location, "contact_id": contact_id}
    updated_at = NOW - timedelta(minutes=minutes_ago)
    await put(database, conversations, {**key, "owner": "buyer", "version": 1, "updated_at": updated_at})


async def test_conversations_are_paged_the_latest_first(client: httpx.AsyncClient, database: Database) -> None:
    """Two pages of a list of three, without a gap or a repetition, also where two are of the same moment."""
    await put_conversation(database, "old", minutes_ago=9)
    await put_conversation(database, "new_a", minutes_ago=1)
    await put_conversation(database, "new_b", minutes_ago=1)

    first = await answered(client, "conversations?limit=2")
    second = await answered(client, f"conversations?limit=2&cursor={first['next_cursor']}")

    assert [line["contact_id"] for line in first["conversations"]] == ["new_b", "new_a"]
    assert [line["contact_id"] for line in second["conversations"]] == ["old"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "bm90aGluZw", "WyIyMDI2LTAzLTAzVDAwOjAwOjAwIiwiYSIsImIiXQ", "é"])
async def test_a_cursor_that_is_none_of_ours_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    """Garbage, and a moment without a zone, are 422 and name the field."""
    answer = await client.get("/api/jorge/conversations", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


async def test_a_conversation_shows_messages_facts_and_turns(client: httpx.AsyncClient, database: Database) -> None:
    """What was said in order, what is known and which message said so, and why each turn went as it did."""
    said, replied, turn_id = UUID(int=1), UUID(int=2), UUID(int=3)
    await put_conversation(database, "c1", minutes_ago=0)
    await put(database, contacts, {"contact_id": "c1", "first_name": "Ana", "tags": ["Buyer-Lead"], "dnd": False})
    message = {"contact_id": "c1", "turn_id": turn_id, "channel": "SMS", "at": NOW}
    inbound = {**message, "message_id": said, "direction": "inbound", "author": "lead", "text": "3 bedrooms"}
    outbound = {**message, "message_id": replied, "direction": "outbound", "author": "buyer", "text": "Noted."}
    await put(database, messages, {**inbound, "intents": {"buy": 0.9}}, outbound)
    fact = {"contact_id": "c1", "slot": "bedrooms", "source_message_id": said, "stated_at": NOW}
    await put(
        database,
        facts,
        {**fact, "fact_id": UUID(int=4), "value": 2, "superseded_at": NOW},
        {**fact, "fact_id": UUID(int=5), "value": 3, "confidence": 0.8},
    )
    await put(
        database,
        turns,
        {
            "turn_id": turn_id,
            "contact_id": "c1",
            "node": "n1",
            "owner_before": "lead",
            "owner_after": "buyer",
            "asked": "timeline_days",
            "flags": ["disclosed_ai"],
            "signals": {"language": "en"},
            "reasons": ["It said so."],
            "timings": {"process": 4.5},
            "at": NOW,
        },
    )

    body = await answered(client, "conversations/c1")
    [line] = (await answered(client, "conversations"))["conversations"]

    at = NOW.isoformat().replace("+00:00", "Z")
    shown = {"turn_id": str(turn_id), "channel": "SMS", "at": at}
    heard = {**shown, "message_id": str(said), "direction": "inbound", "author": "lead", "text": "3 bedrooms"}
    told = {**shown, "message_id": str(replied), "direction": "outbound", "author": "buyer", "text": "Noted."}
    head = {"location_id": "default", "contact_id": "c1", "first_name": "Ana", "owner": "buyer", "opted_out": False}
    assert body == head | {
        "tags": ["Buyer-Lead"],
        "dnd": False,
        "consent": None,
        "version": 1,
        "state": {},
        "updated_at": at,
        "messages": [{**heard, "intents": {"buy": 0.9}}, {**told, "intents": {}}],
        "facts": [{"slot": "bedrooms", "value": 3, "confidence": 0.8, "source_message_id": str(said), "stated_at": at}],
        "turns": [
            {
                "turn_id": str(turn_id),
                "at": at,
                "owner_before": "lead",
                "owner_after": "buyer",
                "asked": "timeline_days",
                "flags": ["disclosed_ai"],
                "reasons": ["It said so."],
                "signals": {"language": "en"},
                "timings": {"process": 4.5},
            }
        ],
    }
    assert line == head | {"message_count": 2, "last_message": {**told, "intents": {}}, "updated_at": at}


async def test_an_opt_out_shows_until_it_is_lifted(client: httpx.AsyncClient, database: Database) -> None:
    """A suppression by contact or by phone counts, a lifted one does not."""
    for contact_id in ("by_contact", "by_phone", "lifted"):
        await put_conversation(database, contact_id, minutes_ago=1)
    await put(database, contacts, {"contact_id": "by_phone", "phone": "+15125550100"})
    opt_out = {"reason": "opt_out", "suppressed_at": NOW}
    await put(
        database,
        suppressions,
        {**opt_out, "suppression_id": new_uuid7(), "contact_id": "by_contact"},
        {**opt_out, "suppression_id": new_uuid7(), "contact_id": "another", "phone": "+15125550100"},
        {**opt_out, "suppression_id": new_uuid7(), "contact_id": "lifted", "lifted_at": NOW},
    )

    lines = (await answered(client, "conversations"))["conversations"]

    assert {line["contact_id"]: line["opted_out"] for line in lines} == {
        "by_contact": True,
        "by_phone": True,
        "lifted": False,
    }


async def test_locations_are_kept_apart(client: httpx.AsyncClient, database: Database) -> None:
    """The same contact id in two locations: our own without a location, the named one with it."""
    await put_conversation(database, "c1", minutes_ago=5)
    await put_conversation(database, "c1", minutes_ago=1, location="loc_2")
    await put_conversation(database, "c2", minutes_ago=1, location="loc_2")

    found = [
        (await answered(client, path))["location_id"]
        for path in ("conversations/c1", "conversations/c1?location_id=loc_2", "conversations/c2")
    ]

    assert found == ["default", "loc_2", "loc_2"]
    assert len((await answered(client, "conversations?location_id=loc_2"))["conversations"]) == 2
    assert (await client.get("/api/jorge/conversations/c2?location_id=default")).status_code == 404


@pytest.mark.parametrize("path", ["conversations/nobody", "conversations/nobody?location_id=x"])
async def test_an_unknown_contact_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    """No conversation is 404."""
    assert (await client.get(f"/api/jorge/{path}")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["performance?window=2h", "alerts?limit=0", "alerts?limit=many", "conversations?limit=1000", "metrics?window="],
)
async def test_a_wrong_query_is_refused(client: httpx.AsyncClient, path: str) -> None:
    """Unknown windows and limits out of range are 422."""
    assert (await client.get(f"/api/jorge/{path}")).status_code == 422


async def test_every_route_asks_who_is_there(services: JorgeServices) -> None:
    """A stranger gets 401 from each route, before anything is read."""

    def nobody() -> None:
        raise HTTPException(401)

    app = an_app(services, nobody)
    asked = [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    ]
    async with a_client(app) as client:
        answers = {(await client.request(method, path)).status_code for method, path in asked}

    assert len(asked) == 9
    assert answers == {401}


async def test_with_persistence_off_figures_are_those_of_the_process(
    memory_client: httpx.AsyncClient, services_without_persistence: JorgeServices
) -> None:
    """What this process saw is shown; without a repository nothing else is known."""
    services = services_without_persistence
    services.tracker.track_operation("buyer_bot", "process", 20.0)
    services.collector.record_bot_interaction("buyer", 20.0, True)
    await services.handoffs.record_outcome("c1", "lead", "buyer", "successful")
    await services.alerting.check_alerts({"error_rate": 0.2})

    [operation] = (await answered(memory_client, "performance"))["operations"]
    metrics = await answered(memory_client, "metrics")
    handoffs = await answered(memory_client, "handoffs")
    alerts = (await answered(memory_client, "alerts"))["alerts"]
    rules = (await answered(memory_client, "alert-rules"))["rules"]

    assert (operation["bot"], operation["operation"], operation["count"]) == ("buyer_bot", "process", 1)
    assert metrics["bots"]["buyer"]["total_interactions"] == 1
    assert (handoffs["routes"][0]["successful"], handoffs["blocked"]) == (1, {})
    assert (len(alerts), len(rules)) == (1, len(DEFAULT_RULES))


@pytest.mark.parametrize("path", ["conversations", "conversations/c1"])
async def test_with_persistence_off_there_are_no_conversations_to_read(
    memory_client: httpx.AsyncClient, path: str
) -> None:
    """What only a database knows is 503, with the reason."""
    answer = await memory_client.get(f"/api/jorge/{path}")

    assert (answer.status_code, answer.json()) == (503, {"detail": "persistence is off"})


async def test_a_database_that_is_away_is_503_and_to_be_tried_again(
    services: JorgeServices, database: Database, tmp_path: Path
) -> None:
    """Figures, alerts and conversations say when to come back."""
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    repository = JorgeMetricsRepository.for_database(away, data_dir=tmp_path / "away")
    services.alerting.set_repository(repository)
    of_nobody = JorgeServices(
        repository=repository,
        tracker=services.tracker,
        collector=services.collector,
        alerting=services.alerting,
        handoffs=services.handoffs,
        conversations=ConversationReader(away),
        default_location="default",
    )

    paths = ("performance", "metrics", "handoffs", "alerts", "alert-rules", "conversations", "conversations/c1")
    async with a_client(an_app(of_nobody)) as client:
        answers = [await client.get(f"/api/jorge/{path}") for path in paths]

    assert [(answer.status_code, "Retry-After" in answer.headers) for answer in answers] == [(503, True)] * 7
    await repository.close()
    await away.close()
