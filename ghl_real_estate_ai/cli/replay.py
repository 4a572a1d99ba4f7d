"""`jorge replay`: scripted conversations through the whole turn engine, on throw-away storage and a virtual clock."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import httpx
import orjson

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision
from ghl_real_estate_ai.bots.without_packet import decide_without_packet
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.sandbox.app import build_sandbox_app
from ghl_real_estate_ai.crm.sandbox.signing import SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.delivery.deliver import Deliver, DeliveryCounts
from ghl_real_estate_ai.delivery.memory import MemoryOutbox
from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.model import TurnResult
from ghl_real_estate_ai.turns.take_turn import TakeTurn

Bots = Callable[..., Decision]
BEGIN = datetime(2026, 3, 3, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
A_TURN = timedelta(seconds=60)
LOCATION = LocationId("replay")
MOST_DELIVERIES = 10


class BadScript(Rejected):
    """A line that is no scripted conversation."""


class VirtualClock:
    """Stands still until it is moved."""

    def __init__(self, begin: datetime) -> None:
        self._now = begin

    def now(self) -> datetime:
        return self._now

    def seconds(self) -> float:
        return self._now.timestamp()

    def move(self, by: timedelta) -> None:
        self._now += by


def replay_lines(lines: Iterable[str], out: TextIO, *, without_packet: bool = False) -> int:
    """Replay each line and write one object a line; returns 0, or 2 when a line could not be read.

    *without_packet* is the control: no bot knows what another one has heard.
    """
    return asyncio.run(_replay_all(lines, out, decide_without_packet if without_packet else decide))


async def _replay_all(lines: Iterable[str], out: TextIO, bots: Bots) -> int:
    failures = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            script = parse_script(line)
        except BadScript as error:
            failures += 1
            print(f"line {number}: {error}", file=sys.stderr)
            continue
        turns = await replay(script, bots)
        out.write(orjson.dumps({"id": script["id"], "turns": turns}).decode() + "\n")
        out.flush()
    return 2 if failures else 0


def parse_script(line: str) -> dict[str, Any]:
    """Read one scripted conversation.

    Raises:
        BadScript: it is not one; the message says why.
    """
    try:
        script = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadScript(f"not JSON: {error}") from None
    if not isinstance(script, dict) or "id" not in script or not isinstance(script.get("turns"), list):
        raise BadScript("a conversation needs `id` and `turns`")
    if not all(isinstance(turn, dict) and isinstance(turn.get("lead"), str) for turn in script["turns"]):
        raise BadScript("each turn needs `lead`, a text")
    return script


async def replay(script: dict[str, Any], bots: Bots = decide) -> list[dict[str, Any]]:
    """Take every turn of *script* and return what came of each."""
    clock = VirtualClock(BEGIN)
    memory = MemoryDatabase()
    transport = httpx.ASGITransport(build_sandbox_app(SandboxState(), SandboxSigner()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        crm = HighLevelCrm(client, "replay", is_sandbox=True)
        take_turn = TakeTurn(
            store=MemoryTurnStore(memory, clock),
            crm=crm,
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(clock),
            clock=clock,
            new_id=new_uuid7,
            node="replay",
            business_name="the team",
            makes_contacts=True,
            decide=bots,
        )
        deliver = Deliver(MemoryOutbox(memory, now=clock.now), crm, sender="replay", counts=DeliveryCounts())
        return [turn async for turn in _turns(script, take_turn, deliver, clock)]


async def _turns(
    script: dict[str, Any], take_turn: TakeTurn, deliver: Deliver, clock: VirtualClock
) -> AsyncIterator[dict[str, Any]]:
    contact_id = ContactId(str(script["id"]))
    for turn in script["turns"]:
        result = await take_turn.chat(LOCATION, contact_id, turn["lead"], deliver=True)
        for _ in range(MOST_DELIVERIES):
            if await deliver.deliver_due() == 0:
                break
        clock.move(A_TURN)
        yield account_of(result)


def account_of(result: TurnResult) -> dict[str, Any]:
    """A turn as the replay writes it."""
    return {
        "owner": result.owner.value,
        "slots": dict(result.slots),
        "reply": result.reply,
        "asked": result.asked,
        "flags": list(result.flags),
        "tags_added": list(result.tags_added),
    }
