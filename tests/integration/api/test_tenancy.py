"""Two locations with the same contact id: nothing of one reaches the other, on any route and in any job.

Whoever adds a route or a job must say here what it does with locations: a route or job that is not in the tables below
fails the first test of its kind.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.routing import APIRoute
from psycopg.rows import dict_row
from running_jorge import RunningJorge, eventually, serving
from starlette.routing import BaseRoute

from ghl_real_estate_ai.api import cron
from ghl_real_estate_ai.api.compose import Jorge
from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind
from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.storage.tables import metadata

OURS, THEIRS, OWN = "loc-ours", "loc-theirs", "loc-own"
ANN = "ann"
SAID = {OURS: "I want to sell my house at 11 Alpha Way", THEIRS: "I want to buy a house, in Bakersfield"}
MARKS = {OURS: ("loc-ours", "11 Alpha Way"), THEIRS: ("loc-theirs", "Bakersfield", "buyer")}
"""What only an answer about this location may hold."""

ANSWERS_FOR_ONE = {
    "GET /api/jorge/performance",
    "GET /api/jorge/metrics",
    "GET /api/jorge/handoffs",
    "GET /api/jorge/conversations",
    "GET /api/jorge/conversations/{contact_id}",
    "GET /api/jorge/conversations/{contact_id}/standing",
    "GET /api/jorge/people",
    "GET /api/jorge/dead-effects",
}
"""Narrowed by `location_id`; walked by `test_an_answer_is_of_the_location_asked_for`."""
CHANGES_ONE = {
    "POST /webhook",
    "POST /api/ghl/webhook",
    "POST /api/chat",
    "POST /api/jorge/conversations/{contact_id}/takeover",
    "POST /api/jorge/conversations/{contact_id}/release",
    "POST /api/jorge/dead-effects/{effect_id}/retry",
    "GET /oauth/install",
    "GET /oauth/callback",
}
"""Does something in one location; walked by `test_a_change_leaves_the_other_location_as_it_is`, or, for the pages of an
installation, held by the tests of installations."""
OF_THE_OPERATOR = {
    "GET /health",
    "GET /ready",
    "GET /metrics",
    "GET /api/jorge/alerts",
    "POST /api/jorge/alerts/{alert_id}/acknowledge",
    "GET /api/jorge/alert-rules",
    "PATCH /api/jorge/alert-rules/{name}",
}
"""About the whole installation, for whoever runs it: counts and names of locations, and nothing of a lead."""

JOBS = {
    "check_alerts",
    "resolve_handoff_outcomes",
    "retry_deferred_handoffs",
    "return_conversations",
    "keep_handoff_thresholds",
    "ensure_partitions",
    "drop_old_weeks",
    "run_privacy_requests",
    "forget_event_keys",
}
"""Run, all of them, by `test_no_job_touches_another_location` and the test of who is forgotten."""
LOOPS = {"turns", "delivery", "cron", "loops", "sending"}
"""Turns and delivery: `test_a_location_whose_crm_hangs_slows_no_other`; cron runs the jobs; the others only look."""


@pytest.fixture
async def jorge(database_dsn: str, tmp_path: Path) -> AsyncIterator[RunningJorge]:
    """A Jorge that serves both locations, and is set up for a third."""
    settings = Settings(
        database_url=database_dsn,
        data_dir=tmp_path,
        crm=CrmKind.SANDBOX,
        location_id=OWN,
        quiet_seconds=0.1,
        return_after_hours=1,
        suppression_key="0123456789abcdef0123456789abcdef",
        _env_file=None,
    )
    async with serving(settings) as running:
        yield running


@dataclass
class Two:
    """Both locations after a turn each, and a look into the database."""

    jorge: RunningJorge
    dsn: str

    def run(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def rows_of(self, place: str) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table that is this location's."""
        found = {}
        for table in metadata.tables.values():
            if "location_id" in table.c:
                of_place = f'SELECT * FROM "{table.name}" AS t WHERE location_id = %s ORDER BY t::text'  # noqa: S608
                found[table.name] = self.run(of_place, place)
        return found

    async def says(self, place: str, text: str) -> None:
        """The lead of that location writes, and has been answered with all that goes with it."""
        before = self.turns(place)
        posted = await self.jorge.client.post(
            "/webhook", json={"contact_id": ANN, "message": text, "location_id": place}
        )
        assert posted.status_code == 200, posted.text
        await eventually(lambda: self.is_done(place, before + 1))

    def turns(self, place: str) -> int:
        return len(self.run("SELECT 1 FROM turns WHERE location_id = %s", place))

    async def is_done(self, place: str, turns: int) -> bool:
        waiting = "SELECT 1 FROM outbox WHERE location_id = %s AND state IN ('pending', 'claimed')"
        return self.turns(place) >= turns and not self.run(waiting, place)


@pytest.fixture
async def two(jorge: RunningJorge, database_dsn: str) -> Two:
    both = Two(jorge, database_dsn)
    for place, text in SAID.items():
        await both.says(place, text)
    assert jorge.jorge.repository is not None
    await jorge.jorge.repository.flush()
    return both


# --- routes -----------------------------------------------------------------------------------------------------


def _all_routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _all_routes(route.original_router.routes)


def test_every_route_says_what_it_does_with_locations(database_dsn: str, tmp_path: Path) -> None:
    """The app's own table of routes, with an app to install, holds no route that is in none of the three lists."""
    settings = Settings(
        database_url=database_dsn,
        data_dir=tmp_path,
        oauth_client_id="app",
        oauth_client_secret="secret",
        token_key="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        public_url="https://jorge.example.com",
        _env_file=None,
    )

    routes = _all_routes(create_app(settings, quiet_logs=True).routes)

    there = {f"{method} {route.path}" for route in routes for method in route.methods}
    assert there == ANSWERS_FOR_ONE | CHANGES_ONE | OF_THE_OPERATOR


@pytest.mark.parametrize("route", sorted(ANSWERS_FOR_ONE))
async def test_an_answer_is_of_the_location_asked_for(two: Two, route: str) -> None:
    """Asked for one location, a route tells nothing of the other, and of a third it knows nothing."""
    for place in SAID:
        await _call_a_person(two, place)
        await _give_an_effect_up(two, place)
    path = route.partition(" ")[2].replace("{contact_id}", ANN)

    answers = {place: await _get(two, path, place) for place in (OURS, THEIRS, "loc-nobodys")}

    for place, other in ((OURS, THEIRS), (THEIRS, OURS)):
        told = json.dumps(answers[place])
        if "performance" not in path and "metrics" not in path and "handoffs" not in path:
            assert MARKS[place][0] in told, route
            assert [mark for mark in MARKS[other][:2] if mark in told] == [], route
    assert answers[OURS] != answers["loc-nobodys"]
    assert _numbers(answers["loc-nobodys"]) <= {0, 50, *_promises(answers["loc-nobodys"])}, route


async def test_figures_are_counted_for_each_location_alone(two: Two) -> None:
    """One more turn in one location is one more in its figures, and none in the other's."""
    await two.says(OURS, "it has 3 bedrooms")
    assert two.jorge.jorge.repository is not None
    await two.jorge.jorge.repository.flush()

    totals = {place: (await _get(two, "/api/jorge/metrics", place))["overall"]["total_interactions"] for place in SAID}
    handoffs = {
        place: {
            (one["source"], one["target"])
            for one in (await _get(two, "/api/jorge/handoffs", place))["routes"]
            if one["count"]
        }
        for place in SAID
    }

    assert totals == {OURS: 2, THEIRS: 1}
    assert handoffs == {OURS: {("lead", "seller")}, THEIRS: {("lead", "buyer")}}


def _numbers(answer: Any) -> set[float]:
    if isinstance(answer, dict):
        return {number for value in answer.values() for number in _numbers(value)}
    if isinstance(answer, list):
        return {number for value in answer for number in _numbers(value)}
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return {answer} if is_number else set()


def _promises(answer: Any) -> set[float]:
    """What a location without data is told of routes: the thresholds, which are everybody's."""
    routes = answer.get("routes", []) if isinstance(answer, dict) else []
    return {number for one in routes for number in _numbers([one["threshold"], one["adjustment"], one["interval"]])}


async def _get(two: Two, path: str, place: str) -> Any:
    answer = await two.jorge.client.get(path, params={"location_id": place})
    return answer.json() if answer.status_code != 404 else {}


async def _call_a_person(two: Two, place: str) -> None:
    answer = await two.jorge.client.post(
        f"/api/jorge/conversations/{ANN}/takeover", params={"location_id": place}, json={"by": f"Tom of {place}"}
    )
    assert answer.status_code == 200, answer.text


async def _give_an_effect_up(two: Two, place: str) -> UUID:
    effect_id = uuid4()
    two.run(
        "INSERT INTO outbox (location_id, effect_id, effect_key, contact_id, kind, payload, state, reason, ended_at)"
        " VALUES (%s, %s, %s, %s, 'add_tag', '{\"tag\": \"Hot\"}', 'dead', %s, now())",
        place,
        effect_id,
        str(effect_id),
        ANN,
        f"refused: {place}",
    )
    return effect_id


async def _tag_ours(two: Two) -> None:
    event = {"type": "ContactTagUpdate", "id": ANN, "locationId": OURS, "tags": ["AI-Off"], "webhookId": uuid4().hex}
    assert (await two.jorge.client.post("/api/ghl/webhook", json=event)).status_code == 200
    await eventually(lambda: two.is_done(OURS, 2))


async def _chat_ours(two: Two) -> None:
    body = {"contact_id": ANN, "message": "it has 3 bedrooms", "location_id": OURS}
    answer = await two.jorge.client.post("/api/chat", json=body)
    assert answer.json()["slots"]["address"] == "11 Alpha Way", answer.text


async def _release_ours(two: Two) -> None:
    await _call_a_person(two, OURS)
    answer = await two.jorge.client.post(f"/api/jorge/conversations/{ANN}/release", params={"location_id": OURS})
    assert answer.json()["owner"] == "seller", answer.text


async def _retry_ours(two: Two) -> None:
    effect_id = await _give_an_effect_up(two, OURS)
    path = f"/api/jorge/dead-effects/{effect_id}/retry"
    from_elsewhere = await two.jorge.client.post(path, params={"location_id": THEIRS})
    from_here = await two.jorge.client.post(path, params={"location_id": OURS})
    assert (from_elsewhere.status_code, from_here.status_code) == (404, 200)


CHANGES: dict[str, Callable[[Two], Awaitable[None]]] = {
    "POST /webhook": lambda two: two.says(OURS, "please stop texting me"),
    "POST /api/ghl/webhook": _tag_ours,
    "POST /api/chat": _chat_ours,
    "POST /api/jorge/conversations/{contact_id}/takeover": lambda two: _call_a_person(two, OURS),
    "POST /api/jorge/conversations/{contact_id}/release": _release_ours,
    "POST /api/jorge/dead-effects/{effect_id}/retry": _retry_ours,
}


def test_every_changing_route_is_walked() -> None:
    """The pages of an installation name no location before HighLevel does: their own tests hold them."""
    assert CHANGES.keys() == {route for route in CHANGES_ONE if "/oauth/" not in route}


@pytest.mark.parametrize("route", sorted(CHANGES))
async def test_a_change_leaves_the_other_location_as_it_is(two: Two, route: str) -> None:
    """Done in one location, it changes rows there, and not one of the other's, in any table."""
    theirs, ours = two.rows_of(THEIRS), two.rows_of(OURS)

    await CHANGES[route](two)
    await eventually(lambda: two.is_done(OURS, 1))

    assert two.rows_of(THEIRS) == theirs
    assert two.rows_of(OURS) != ours


@pytest.mark.parametrize("route", sorted(OF_THE_OPERATOR))
async def test_what_the_operator_sees_holds_nothing_of_a_lead(two: Two, route: str) -> None:
    """Neither words, nor a contact's id, nor what was learned of somebody."""
    method, _, path = route.partition(" ")
    path = path.replace("{alert_id}", "none").replace("{name}", "opt_out_rate")

    answer = await two.jorge.client.request(method, path, json={"active": True} if method == "PATCH" else None)

    assert [word for word in ("Alpha", "Bakersfield", f'"{ANN}"') if word in answer.text] == []


async def test_a_contact_of_several_locations_is_not_guessed(two: Two) -> None:
    """Without a location a contact that two others have is a question back; one that we have ourselves is ours."""
    paths = ("", "/takeover", "/release")

    async def answers() -> list[int]:
        base = f"/api/jorge/conversations/{ANN}"
        return [(await two.jorge.client.request("POST" if path else "GET", base + path)).status_code for path in paths]

    before = await answers()
    await two.says(OWN, "hello there")
    after = await answers()
    mine = await two.jorge.client.get(f"/api/jorge/conversations/{ANN}")

    assert (before, after) == ([409] * 3, [200] * 3)
    assert mine.json()["location_id"] == OWN
    assert {row["owner"] for row in two.run("SELECT owner FROM conversations WHERE location_id <> %s", OWN)} == {
        "seller",
        "buyer",
    }


# --- jobs -------------------------------------------------------------------------------------------------------


async def test_every_job_and_loop_is_known(jorge: RunningJorge, database_dsn: str) -> None:
    """A new job, or loop of the program, must be put into the tables above, and into what is run below."""
    await eventually(lambda: _is_ready(jorge))
    tasks = cron.build_cron(jorge.jorge, database_dsn).tasks
    jobs = {name for name in tasks if "procrastinate." not in name}
    loops = {task.get_name() for task in jorge.jorge._tasks}

    assert (jobs, loops) == (JOBS, LOOPS)


async def _is_ready(jorge: RunningJorge) -> bool:
    return (await jorge.client.get("/ready")).status_code == 200


async def run_every_job(jorge: Jorge, dsn: str) -> None:
    for name, task in cron.build_cron(jorge, dsn).tasks.items():
        if name in JOBS:
            await task.func(0)


async def test_no_job_touches_another_location(two: Two) -> None:
    """With work for every job in one location, all jobs do it there, and change no row of the other's."""
    await _call_a_person(two, OURS)
    two.run(
        "UPDATE conversations SET state = jsonb_set(state, '{person_call,answered_at}', '\"2026-01-01T00:00:00Z\"')"
        " WHERE location_id = %s",
        OURS,
    )
    two.run(
        "UPDATE jorge_handoff_outcomes SET timestamp = timestamp - interval '2 days'"
        " WHERE location_id = %s AND outcome = 'pending'",
        OURS,
    )
    two.run("UPDATE messages SET at = at - interval '3 days' WHERE location_id = %s", OURS)
    two.run(
        "INSERT INTO handoff_deferrals (location_id, event_id, contact_id, source_bot, target_bot, confidence,"
        " threshold, adjustment, epoch, delivers, deferred_at)"
        " VALUES (%s, gen_random_uuid(), 'nobody', 'lead', 'buyer', .9, .7, 0, 0, false, now())",
        OURS,
    )
    two.run(
        "INSERT INTO inbox_keys (location_id, key, event_id, seen_at)"
        " VALUES (%s, 'old', gen_random_uuid(), now() - interval '20 days')",
        OURS,
    )
    theirs = two.rows_of(THEIRS)

    await run_every_job(two.jorge.jorge, two.dsn)
    await eventually(lambda: two.is_done(OURS, 1))

    assert two.rows_of(THEIRS) == theirs
    ours = two.rows_of(OURS)
    assert [row["owner"] for row in ours["conversations"]] == ["seller"]
    assert {row["state"] for row in ours["handoff_deferrals"]} == {"dropped"}
    assert "old" not in {row["key"] for row in ours["inbox_keys"]}
    assert "timeout" in {row["outcome"] for row in ours["jorge_handoff_outcomes"]}


async def test_who_is_forgotten_in_one_location_stays_known_in_another(two: Two) -> None:
    """The same contact id elsewhere is somebody else, who has asked for nothing."""
    two.run(
        "INSERT INTO privacy_requests (location_id, request_id, contact_id, kind, source, rule, asked_at, due_by)"
        " VALUES (%s, gen_random_uuid(), %s, 'delete', 'api', 'test', now(), now() + interval '1 day')",
        OURS,
        ANN,
    )
    theirs = two.rows_of(THEIRS)

    await run_every_job(two.jorge.jorge, two.dsn)

    assert two.rows_of(THEIRS) == theirs
    assert "open" not in {row["state"] for row in two.rows_of(OURS)["privacy_requests"]}


async def test_a_location_whose_crm_hangs_slows_no_other(jorge: RunningJorge, database_dsn: str) -> None:
    """Thirty leads of a location whose CRM answers nothing wait; the other's lead is looked up, answered and tagged."""
    both = Two(jorge, database_dsn)
    sandbox = jorge.jorge.sandbox
    assert sandbox is not None
    sandbox.state.faults.append(Fault(kind=FaultKind.HANG, path_prefix="/", times=10_000, location_id=THEIRS))
    place = quote(OURS)
    made = {"id": ANN, "locationId": place, "tags": ["Needs Qualifying"]}
    await jorge.jorge.client.post("/sandbox/contacts", json=made)
    for number in range(30):
        await jorge.client.post("/webhook", json=_message(THEIRS, f"lost-{number}"))

    await eventually(lambda: _is_looked_up(jorge.jorge, THEIRS))
    await jorge.client.post("/webhook", json=_message(OURS, ANN))
    await eventually(lambda: both.is_done(OURS, 1))

    assert jorge.jorge.take_turn.looking_up[THEIRS] <= jorge.jorge.take_turn.look_ups_each  # type: ignore[index]
    assert [row["location_id"] for row in both.run("SELECT location_id FROM outbox WHERE kind = 'send_text'")] == [OURS]
    sandbox.state.faults.clear()
    sandbox.state.closing.set()  # lets go what hangs


def _message(place: str, contact: str) -> dict[str, Any]:
    return {
        "type": "InboundMessage",
        "locationId": place,
        "contactId": contact,
        "messageId": f"{place}-{contact}",
        "messageType": "SMS",
        "direction": "inbound",
        "body": "hello, I want to sell my house",
    }


async def _is_looked_up(jorge: Jorge, place: str) -> bool:
    return jorge.take_turn.looking_up[place] > 0  # type: ignore[index]
