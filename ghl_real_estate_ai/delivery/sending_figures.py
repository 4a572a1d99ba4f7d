"""How the sending of the last day went, by location."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.delivery.carrier import DAY, SendingRates
from ghl_real_estate_ai.delivery.model import REFUSED, SEND_FAILED
from ghl_real_estate_ai.storage.tables import inbox, outbox, suppressions


async def read_sending_rates(connection: AsyncConnection, location_id: LocationId | None) -> list[SendingRates]:
    """The figures of one location, or of each that sent anything."""
    counted: dict[str, dict[str, int]] = {}
    for statement in (_sent_of_day(location_id), _undelivered_of_day(location_id), _opt_outs(location_id)):
        for row in (await connection.execute(statement)).mappings():
            figures = {name: count for name, count in row.items() if name != "location_id"}
            counted.setdefault(row["location_id"], {}).update(figures)
    return [SendingRates(location_id=LocationId(place), **figures) for place, figures in sorted(counted.items())]


def _of_day(table: Any, moment: Any, location_id: LocationId | None) -> ColumnElement[bool]:
    since = moment > func.now() - DAY
    return since if location_id is None else and_(since, table.c.location_id == location_id)


def _sent_of_day(location_id: LocationId | None) -> Any:
    is_sent = outbox.c.state == "sent"
    return (
        select(
            outbox.c.location_id,
            func.count().filter(is_sent).label("texts"),
            func.count().filter(is_sent, outbox.c.initiated).label("initiated"),
            func.count().filter(outbox.c.state == "dead", outbox.c.reason.startswith(REFUSED)).label("refused"),
        )
        .where(outbox.c.kind == "send_text", _of_day(outbox, outbox.c.ended_at, location_id))
        .group_by(outbox.c.location_id)
    )


def _undelivered_of_day(location_id: LocationId | None) -> Any:
    return (
        select(inbox.c.location_id, func.count().label("undelivered"))
        .where(inbox.c.reason == SEND_FAILED, _of_day(inbox, inbox.c.received_at, location_id))
        .group_by(inbox.c.location_id)
    )


def _opt_outs(location_id: LocationId | None) -> Any:
    return (
        select(suppressions.c.location_id, func.count().label("opt_outs"))
        .where(
            suppressions.c.reason.startswith("opt_out"),
            _of_day(suppressions, suppressions.c.suppressed_at, location_id),
        )
        .group_by(suppressions.c.location_id)
    )
