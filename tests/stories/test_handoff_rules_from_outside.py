"""The rules of handoffs as somebody outside meets them: messages over HTTP, rows in PostgreSQL, tags in the CRM."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.api.cron import build_cron
from ghl_real_estate_ai.settings import Settings

BUYS = "I want to buy a house with a $500k budget"
SELLS = "I want to sell my house"
HALF_SELLS = "What is my house worth these days?"
"""Sure enough for a first move to the seller bot, not for a return to it."""
Route = tuple[str, str]


class Outside:
    """What can be seen and done from outside, and time that can be let go by."""

    def __init__(self, running: RunningJorge, dsn: str) -> None:
        self.running = running
        self.dsn = dsn

    async def chat(self, text: str, contact: str = "c1") -> dict[str, Any]:
        answer = await self.running.client.post("/api/chat", json={"contact_id": contact, "message": text})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def handoffs(self) -> dict[str, Any]:
        answer = await self.running.client.get("/api/jorge/handoffs")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def route(self, source: str, target: str) -> dict[str, Any]:
        routes = (await self.handoffs())["routes"]
        return dict(next(one for one in routes if (one["source"], one["target"]) == (source, target)))

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        # Jorge runs on this loop: whoever waited here for a lock of one of its transactions would wait for ever.
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []

    async def moved_before(self, *moves: tuple[str, str, float], contact: str = "c1") -> None:
        """Let the contact have been handed over so: from, to, minutes ago."""
        for source, target, minutes in moves:
            await self.rows(
                "INSERT INTO jorge_handoff_events"
                " (location_id, timestamp, event_id, contact_id, source_bot, target_bot, success, duration_ms)"
                " VALUES ('default', now() - %s * interval '1 minute', gen_random_uuid(), %s, %s, %s, true, 1)",
                *(minutes, contact, source, target),
            )

    async def went(self, outcome: str, count: int, route: Route = ("lead", "buyer")) -> None:
        """Let *count* handoffs of just now have gone so."""
        await self.rows(
            "INSERT INTO jorge_handoff_outcomes"
            " (location_id, event_id, contact_id, source_bot, target_bot, outcome, timestamp, resolved_at)"
            " SELECT 'default', gen_random_uuid(), 'past' || n, %s, %s, %s, now(),"
            " CASE WHEN %s = 'pending' THEN NULL ELSE now() END FROM generate_series(1, %s) AS n",
            *(*route, outcome, outcome, count),
        )

    async def worked(
        self, *, calls: int, errors: int = 0, ms: float = 300, bot: str = "buyer_bot", op: str = "process"
    ):
        """Let a bot have worked so in the last minutes, in place of what it did before."""
        await self.rows("DELETE FROM jorge_performance_operations WHERE bot_name = %s", bot)
        await self.rows(
            "INSERT INTO jorge_performance_operations"
            " (location_id, timestamp, event_id, bot_name, operation, duration_ms, success)"
            " SELECT 'default', now() - n * interval '1 second', gen_random_uuid(), %s, %s, %s, n > %s"
            " FROM generate_series(1, %s) AS n",
            *(bot, op, ms, errors, calls),
        )

    async def age(self, minutes: float) -> None:
        """Let everything that happened have happened that much earlier."""
        for table, column in AGED:
            await self.rows(f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'", minutes)  # noqa: S608

    async def look(self) -> None:
        """What each process does every half minute."""
        await self.running.jorge.loops.look()

    async def job(self, name: str) -> None:
        """Run a job as the minute's cron does."""
        await build_cron(self.running.jorge, self.dsn).tasks[name].func(timestamp=0)

    def crm_tags(self, contact: str = "c1") -> set[str]:
        return set(self._crm_contact(contact).tags)

    def crm_fields(self, contact: str = "c1") -> dict[str, str]:
        return dict(self._crm_contact(contact).fields)

    def crm_notes(self, contact: str = "c1") -> list[str]:
        return [note.body for note in self._crm_contact(contact).notes]

    async def delivered(self) -> None:
        """Return when nothing waits for the CRM."""

        async def is_so() -> bool:
            return await self.rows("SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')") == [(0,)]

        await eventually(is_so)

    def _crm_contact(self, contact: str) -> Any:
        sandbox = self.running.jorge.sandbox
        assert sandbox is not None
        return sandbox.state.take_up_contact("default", contact)


AGED = (
    ("jorge_handoff_events", "timestamp"),
    ("jorge_handoff_outcomes", "timestamp"),
    ("turns", "at"),
    ("messages", "at"),
    ("handoff_deferrals", "deferred_at"),
)


@pytest.fixture
def outside(running: RunningJorge, database_dsn: str) -> Outside:
    return Outside(running, database_dsn)


async def test_a_handoff_is_one_row_of_each_kind_and_the_right_tags(outside: Outside) -> None:
    """Owner, event, pending outcome with its reason, tags and packet: all of one turn."""
    await outside.running.says("c1", BUYS)
    await outside.delivered()

    assert [("lead", "buyer", True)] == await outside.rows(
        "SELECT source_bot, target_bot, success FROM jorge_handoff_events WHERE contact_id = 'c1'"
    )
    [(outcome, resolved_at, details)] = await outside.rows(
        "SELECT outcome, resolved_at, metadata FROM jorge_handoff_outcomes WHERE contact_id = 'c1'"
    )
    assert ("pending", None) == (outcome, resolved_at)
    assert (0.7, 0.0) == (details["threshold"], details["adjustment"])
    assert details["confidence"] >= 0.7
    assert details["evidence"]["buy"] in BUYS
    assert {"Buyer-Lead", "Handoff-Lead-to-Buyer"} <= outside.crm_tags()
    assert "Needs Qualifying" not in outside.crm_tags()
    assert [("buyer",)] == await outside.rows("SELECT owner FROM conversations")


ROUTES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((), BUYS, "buyer"),
    ((), SELLS, "seller"),
    ((BUYS,), SELLS, "seller"),
    ((SELLS,), BUYS, "buyer"),
    ((BUYS,), BUYS, "buyer"),
    ((SELLS,), SELLS, "seller"),
    ((), "hello there", "lead"),
    ((), "I don't want to sell my house", "lead"),
    ((BUYS,), "hello, are you there?", "buyer"),
)
"""What was said before, what is said now, and who has the lead then."""


async def test_routes_and_words(outside: Outside) -> None:
    """The four routes are open; nobody moves to where they are, and none goes back to the lead bot by words."""
    owners = []
    for number, (before, words, _) in enumerate(ROUTES):
        for text in before:
            await outside.chat(text, f"c{number}")
        owners.append((await outside.chat(words, f"c{number}"))["owner"])

    assert [owner for _, _, owner in ROUTES] == owners
    moves = await outside.rows("SELECT source_bot, target_bot FROM jorge_handoff_events")
    assert {("lead", "buyer"), ("lead", "seller"), ("buyer", "seller"), ("seller", "buyer")} == set(moves)
    assert len(moves) == len(await outside.rows("SELECT 1 FROM jorge_handoff_outcomes WHERE outcome = 'pending'"))


SPREAD = tuple(("seller" if n % 2 else "buyer", "buyer" if n % 2 else "seller", 130 + 120 * n) for n in range(10))
"""Ten moves, two hours from one to the next."""


Limit = tuple[Sequence[tuple[str, str, float]], str, str, str | None]
LIMITS: dict[str, Limit] = {
    "the same pair within half an hour": ([("lead", "buyer", 29)], BUYS, "lead", "same_pair"),
    "the same pair after half an hour": ([("lead", "buyer", 31)], BUYS, "buyer", None),
    "another bot is free": ([("lead", "buyer", 29)], SELLS, "seller", None),
    "a return on half a wish": ([("seller", "buyer", 10)], HALF_SELLS, "lead", "return"),
    "half a wish after half an hour": ([("seller", "buyer", 31)], HALF_SELLS, "seller", None),
    "a return in so many words": ([("seller", "buyer", 10)], SELLS, "seller", None),
    "three within minutes, however plainly it is asked": (
        [("lead", "seller", 25), ("buyer", "seller", 20), ("seller", "buyer", 15)],
        BUYS,
        "lead",
        "hour_limit",
    ),
    "three in the last hour": (
        [("buyer", "seller", 58), ("seller", "buyer", 45), ("lead", "seller", 35)],
        BUYS,
        "lead",
        "hour_limit",
    ),
    "two in the last hour": (
        [("buyer", "seller", 61), ("seller", "buyer", 45), ("lead", "seller", 35)],
        BUYS,
        "buyer",
        None,
    ),
    "ten a day": (SPREAD, BUYS, "lead", "day_limit"),
    "nine a day": (SPREAD[:9], BUYS, "buyer", None),
    "yesterday's is gone": ((*SPREAD[:9], ("lead", "seller", 24 * 60 + 1)), BUYS, "buyer", None),
    "the way to a person and back counts for nothing": (
        [("lead", "human", 3), ("human", "lead", 2), ("lead", "human", 1)],
        BUYS,
        "buyer",
        None,
    ),
}
"""The handoffs so far (from, to, minutes ago), what is said, who has the lead then, and what was forbidden."""


async def test_limits(outside: Outside) -> None:
    """Whatever is forbidden costs no reply, and is a flag of the turn and a count by its reason."""
    found, replies = {}, []
    for name, (past, words, _, _) in LIMITS.items():
        await outside.chat("hello there", name)
        await outside.moved_before(*past, contact=name)
        turn = await outside.chat(words, name)
        found[name] = (turn["owner"], "handoff_blocked" in turn["flags"])
        replies.append(turn["reply"])

    assert {name: (owner, blocked is not None) for name, (_, _, owner, blocked) in LIMITS.items()} == found
    assert all(replies)
    reasons = Counter(blocked for _, _, _, blocked in LIMITS.values() if blocked)
    assert dict(reasons) == (await outside.handoffs())["blocked"]


async def test_limits_are_each_contacts_own(outside: Outside) -> None:
    """What one did keeps no other from moving."""
    await outside.chat("hello there", "c2")
    await outside.moved_before(("lead", "buyer", 5), contact="c1")

    assert "buyer" == (await outside.chat(BUYS, "c2"))["owner"]


async def test_limits_hold_on_every_node_and_after_a_restart(
    story_settings: Settings, database_dsn: str, tmp_path: Path
) -> None:
    """Two nodes and a third that begins later count together."""
    other = story_settings.model_copy(update={"data_dir": tmp_path / "other"})
    async with serving(story_settings) as one, serving(other) as two:
        first, second = Outside(one, database_dsn), Outside(two, database_dsn)
        owners = [(await first.chat(SELLS))["owner"], (await second.chat(BUYS))["owner"]]
        weak = await first.chat(HALF_SELLS)
    third = story_settings.model_copy(update={"data_dir": tmp_path / "third"})
    async with serving(third) as later:
        outside = Outside(later, database_dsn)
        after = await outside.chat(HALF_SELLS)
        blocked = (await outside.handoffs())["blocked"]

    assert ["seller", "buyer"] == owners
    assert ["buyer", "buyer"] == [weak["owner"], after["owner"]]
    assert {"return": 2} == blocked


LEARNED: dict[str, tuple[dict[str, int], float, int]] = {
    "nothing": ({}, 0.7, 0),
    "nine": ({"successful": 9}, 0.7, 9),
    "pending": ({"failed": 9, "pending": 30}, 0.7, 9),
    "17 of 20": ({"successful": 17, "failed": 3}, 0.677, 20),
    "8 of 20": ({"successful": 8, "failed": 12}, 0.745, 20),
    "all went back": ({"reverted": 40}, 0.8, 40),
    "all went well": ({"successful": 300}, 0.65, 300),
}
"""How the handoffs of just now went, the threshold that comes of it, and how many it was learned from."""


async def test_what_went_before_moves_the_threshold(outside: Outside) -> None:
    """The API explains it, the next handoff goes by it, and nine or pending ones change nothing."""
    for name, (told, threshold, samples) in LEARNED.items():
        await outside.rows("DELETE FROM jorge_handoff_outcomes")
        for outcome, count in told.items():
            await outside.went(outcome, count)
        await outside.look()

        route = await outside.route("lead", "buyer")
        await outside.chat(BUYS, name)

        assert (threshold, samples) == (round(route["threshold"], 3), route["sample_size"]), name
        assert pytest.approx(route["threshold"] - 0.7) == route["adjustment"]
        assert (samples == 0,) * 2 == (route["interval"] is None, route["success_rate"] is None)
        assert sum(told.values()) == route["count"]
        assert [(threshold,)] == await outside.rows(
            "SELECT (metadata->>'threshold')::float FROM jorge_handoff_outcomes WHERE contact_id = %s", name
        )


async def test_the_described_shape(outside: Outside) -> None:
    """Exactly these keys, the four routes also without data, and null where nothing is known."""
    body = await outside.handoffs()

    counts = dict.fromkeys(("count", "pending", "successful", "failed", "reverted", "timeout", "sample_size"), 0)
    nothing = {**counts, "adjustment": 0.0, "success_rate": None, "interval": None}
    bases = {
        ("lead", "buyer"): 0.7,
        ("lead", "seller"): 0.7,
        ("buyer", "seller"): 0.8,
        ("seller", "buyer"): 0.6,
    }
    assert {"routes", "blocked"} == set(body)
    assert {} == body["blocked"]
    assert [
        {"source": source, "target": target, "threshold": threshold, **nothing}
        for (source, target), threshold in bases.items()
    ] == body["routes"]


WORK: dict[str, tuple[dict[str, Any], bool]] = {
    "12.5 % errors": ({"calls": 40, "errors": 5}, True),
    "10 % errors": ({"calls": 40, "errors": 4}, False),
    "too few to tell": ({"calls": 12, "errors": 12}, False),
    "P95 at 125 %": ({"calls": 20, "ms": 1800 * 1.25}, True),
    "P95 at 115 %": ({"calls": 20, "ms": 1800 * 1.15}, False),
    "another operation": ({"calls": 40, "errors": 40, "op": "phrase"}, False),
    "another bot": ({"calls": 40, "errors": 40, "bot": "seller_bot"}, False),
}
"""How a bot worked in the last minutes, and whether the buyer bot gets nobody then."""


async def test_a_bot_that_does_badly_gets_nobody(outside: Outside) -> None:
    """Judged by its own turns of the last hour, twenty of them at least."""
    owners, replies = {}, []
    for name, (work, _) in WORK.items():
        await outside.rows("DELETE FROM jorge_performance_operations")
        await outside.worked(**work)
        await outside.look()
        turn = await outside.chat(BUYS, name)
        owners[name] = turn["owner"]
        replies.append(turn["reply"])

    assert {name: "lead" if is_deferred else "buyer" for name, (_, is_deferred) in WORK.items()} == owners
    assert all(replies)
    assert {"performance": 2} == (await outside.handoffs())["blocked"]


async def test_who_was_put_off_is_moved_when_the_bot_is_well_again(outside: Outside) -> None:
    """The tag comes and goes in the CRM; the job moves the contact without a word, and tells every row once."""
    tag = "Handoff-Deferred-Buyer-Performance"
    await outside.worked(calls=40, errors=20)
    await outside.look()
    await outside.running.says("c1", BUYS)
    await outside.delivered()
    waited = (outside.crm_tags(), await outside.rows("SELECT owner FROM conversations"))
    for _ in range(4):
        await outside.job("retry_deferred_handoffs")
    still = await outside.rows("SELECT state FROM handoff_deferrals")

    await outside.worked(calls=40)
    for _ in range(2):
        await outside.job("retry_deferred_handoffs")
    await outside.delivered()

    assert tag in waited[0]
    assert ([("lead",)], [("waiting",)]) == (waited[1], still)
    assert {"Buyer-Lead", "Handoff-Lead-to-Buyer"} <= outside.crm_tags()
    assert not {tag, "Needs Qualifying"} & outside.crm_tags()
    assert [("lead", "buyer")] == await outside.rows("SELECT source_bot, target_bot FROM jorge_handoff_events")
    assert [(1,)] == await outside.rows("SELECT count(*) FROM messages WHERE direction = 'outbound'")


async def test_what_was_told_is_not_asked_again(outside: Outside) -> None:
    """The packet has the facts with their sources, lies in the CRM's field for a day, and the new bot goes by it."""
    await outside.running.says("c1", "hi, our budget is $450k and we want 3 bedrooms")
    await outside.running.says("c1", "I want to buy a house in Round Rock, paying cash")
    story = await outside.running.says("c1", "we need it in 3 months")
    await outside.delivered()

    # The field's own text is what another program would read.
    packet = (await outside.rows("SELECT (%s::jsonb)", outside.crm_fields()["handoff_context"]))[0][0]
    lead_words = {message["message_id"] for message in story["messages"] if message["direction"] == "inbound"}
    assert {"budget_max", "bedrooms"} <= set(packet["facts"])
    assert 450_000 == packet["facts"]["budget_max"]["value"]
    assert {fact["message"] for fact in packet["facts"].values()} <= lead_words
    [(lasts,)] = await outside.rows(
        "SELECT %s::timestamptz - %s::timestamptz", packet["valid_until"], packet["made_at"]
    )
    assert 24 * 3600 == lasts.total_seconds()
    asked = [turn["asked"] for turn in story["turns"][1:]]
    assert not {"budget_max", "bedrooms"} & set(asked)
    greetings = sum("automated assistant" in m["text"] for m in story["messages"] if m["direction"] == "outbound")
    assert 1 == greetings


async def test_how_it_went_reaches_the_crm_once_with_the_true_time(outside: Outside) -> None:
    """A day late the job tells what was true then: one tag a route, and the five fields."""
    await outside.running.says("c1", BUYS)
    await outside.age(40)
    await outside.running.says("c1", "3 bedrooms please")
    first = outside.crm_tags()
    await outside.age(3 * 24 * 60)
    await outside.rows("UPDATE jorge_handoff_outcomes SET resolved_at = NULL, outcome = 'pending'")
    await outside.rows("DELETE FROM outbox WHERE effect_key LIKE 'outcome:%%'")
    for _ in range(2):
        await outside.job("resolve_handoff_outcomes")
    await outside.delivered()

    [(outcome, after)] = await outside.rows("SELECT outcome, resolved_at - timestamp FROM jorge_handoff_outcomes")
    assert "successful" == outcome
    assert 40 <= after.total_seconds() / 60 < 41
    assert "Handoff-Lead-to-Buyer" in first
    tags = {tag for tag in outside.crm_tags() if tag.startswith("Handoff-Lead-to-Buyer-")}
    assert {"Handoff-Lead-to-Buyer-Successful"} == tags
    fields = outside.crm_fields()
    assert ("lead", "buyer", "successful") == tuple(
        fields[f"handoff_{name}"] for name in ("source", "target", "outcome")
    )
    assert float(fields["handoff_confidence"]) >= 0.7
    [(at,)] = await outside.rows("SELECT timestamp FROM jorge_handoff_outcomes")
    assert at.isoformat(timespec="seconds")[:19] == fields["handoff_timestamp"][:19]
    assert [(1,)] == await outside.rows(
        "SELECT count(*) FROM outbox WHERE payload->>'tag' = 'Handoff-Lead-to-Buyer-Successful'"
    )


async def test_the_next_outcome_of_a_route_replaces_the_tag_of_the_last(outside: Outside) -> None:
    """Successful once, opted out the next time: only the latter is to be seen."""
    await outside.running.says("c1", BUYS)
    await outside.age(40)
    await outside.running.says("c1", "3 bedrooms please")
    await outside.running.says("c1", SELLS)
    await outside.age(40)
    await outside.running.says("c1", "The address is 12 Oak Hill Drive, it needs a new roof")
    await outside.running.says("c1", BUYS)
    await outside.age(40)
    await outside.running.says("c1", SELLS)
    await outside.running.says("c1", "stop texting me")
    await outside.delivered()

    routes = await outside.rows("SELECT source_bot, target_bot, outcome FROM jorge_handoff_outcomes ORDER BY timestamp")
    assert ("buyer", "seller", "successful") in routes
    assert ("buyer", "seller", "failed") == routes[-1]
    told = {tag for tag in outside.crm_tags() if tag.startswith("Handoff-Buyer-to-Seller-")}
    assert {"Handoff-Buyer-to-Seller-Failed"} == told


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["can I talk to a real person please?"], id="asked for"),
        pytest.param(["my lawyer says the will is contested, can I still sell legally?"], id="a legal question"),
        pytest.param(["asdf qwerty zxcv", "qwlk asdjh wqe", "zzxq plok mnn", "wert yuio asdf"], id="three misses"),
    ],
)
async def test_a_person_is_called(outside: Outside, words: Sequence[str]) -> None:
    """The bot falls silent or says so, and the card in the CRM tells all in ten lines."""
    await outside.running.says("c1", "I want to sell my house at 12 Oak Hill Drive")
    for text in words:
        story = await outside.running.says("c1", text)
    await outside.delivered()

    [(packet,)] = await outside.rows("SELECT metadata->'packet' FROM jorge_handoff_events WHERE target_bot = 'human'")
    [card] = outside.crm_notes()
    people = (await outside.running.client.get("/api/jorge/people")).json()["people"]
    assert "human" == story["owner"]
    assert "12 Oak Hill Dr" in packet["facts"]["address"]["value"]
    assert "12 Oak Hill Dr" in card
    assert len(card.splitlines()) <= 10
    assert ["c1"] == [one["contact_id"] for one in people]
    assert {"Human-Follow-Up-Needed", "Handoff-Seller-to-Human"} <= outside.crm_tags()


async def test_a_person_who_is_late_shows_in_the_queue_and_in_the_outcome(outside: Outside) -> None:
    """The clock runs from the call; what nobody answered in time is a timeout at the promised minute."""
    await outside.running.says("c1", "can I talk to a real person please?")
    await outside.age(20)
    await outside.rows(
        "UPDATE conversations SET state = jsonb_set(state, '{person_call,at}',"
        " to_jsonb((state->'person_call'->>'at')::timestamptz - interval '20 minutes'))"
    )
    await outside.job("resolve_handoff_outcomes")

    people = (await outside.running.client.get("/api/jorge/people")).json()["people"]
    assert [True] == [one["overdue"] for one in people]
    assert [("timeout", 15.0)] == [
        (outcome, span.total_seconds() / 60)
        for outcome, span in await outside.rows("SELECT outcome, resolved_at - timestamp FROM jorge_handoff_outcomes")
    ]
    assert [] == [one for one in (await outside.handoffs())["routes"] if one["target"] == "human" and one["threshold"]]


async def test_a_text_of_the_old_owner_never_leaves_after_the_handoff(outside: Outside) -> None:
    """What was decided before the contact moved is dropped, whenever it would be due."""
    await outside.running.says("c1", "hello there")
    await outside.delivered()
    await outside.rows(
        "INSERT INTO outbox (location_id, effect_id, effect_key, contact_id, kind, payload, epoch, due_at)"
        " SELECT location_id, gen_random_uuid(), 'late', contact_id, 'send_text',"
        ' \'{"text": "a late word", "channel": "SMS"}\', epoch, now() + interval \'1 day\' FROM conversations'
    )
    await outside.running.says("c1", BUYS)
    await outside.rows("UPDATE outbox SET due_at = now() WHERE effect_key = 'late'")
    await outside.delivered()

    assert [("dropped", "epoch_moved_on")] == await outside.rows(
        "SELECT state, reason FROM outbox WHERE effect_key = 'late'"
    )
