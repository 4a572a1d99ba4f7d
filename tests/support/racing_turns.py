"""A process that answers the same message of the same contacts as another one, at the same moments.

Called with an address, a name, how many contacts, and the second of the wall clock to begin at.
"""

import asyncio
import sys
import time
from typing import cast

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

PACE_SECONDS = 0.1
WORDS = "I want to buy a house with a $500k budget"


async def race(dsn: str, name: str, contacts: int, begins_at: float) -> None:
    database = Database(dsn)
    turns = TakeTurn(
        store=SqlTurnStore(database),
        crm=cast(Crm, None),  # no contact is made or looked up here
        record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
        handoffs=JorgeHandoffService(),
        clock=SystemClock(),
        new_id=new_uuid7,
        node=name,
        business_name="the team",
        makes_contacts=False,
    )
    for number in range(contacts):
        await asyncio.sleep(max(0.0, begins_at + number * PACE_SECONDS - time.time()))
        await answer(turns, ContactId(f"c{number}"))
    await database.close()


async def answer(turns: TakeTurn, contact: ContactId) -> None:
    """Take a turn, after the other's if that one is quicker."""
    while True:
        try:
            await turns.chat(LocationId("here"), contact, WORDS, deliver=True)
        except Retryable:
            await asyncio.sleep(0.001)
        else:
            return


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
