"""The SQL of installations: sealed pairs in `locations`, replaced one generation at a time, under a claim."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.oauth.model import LIFE, KeptPair, TokenPair
from ghl_real_estate_ai.crm.oauth.seal import Sealer
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import Moment, locations

CLAIM = timedelta(seconds=30)
"""Longer than a renewal takes; a dead process's ends by itself."""
CLOCK_SKEW = timedelta(minutes=1)
"""How far HighLevel's clock may be behind ours when it says when an app was removed."""


def has_left() -> ColumnElement[bool]:
    """The condition, on a row of `locations`, that the app was installed there once and is not any more."""
    return and_(locations.c.sealed_tokens.is_(None), locations.c.tokens_generation > 0)


async def wipe_tokens(connection: AsyncConnection, location_id: LocationId, told_at: datetime | None) -> bool:
    """Within the caller's transaction forget the tokens of a location that has removed the app, as told at *told_at*.

    False when there are none, or when they were given later: the app has been installed again, and this is old news.
    """
    at = literal(told_at, Moment)
    wiped = (
        update(locations)
        .where(
            locations.c.location_id == location_id,
            locations.c.sealed_tokens.is_not(None),
            or_(at.is_(None), locations.c.tokens_expire_at - LIFE <= at + CLOCK_SKEW),
        )
        .values(
            sealed_tokens=None,
            tokens_expire_at=None,
            tokens_generation=locations.c.tokens_generation + 1,
            tokens_claimed_by=None,
            tokens_claimed_until=None,
            updated_at=func.now(),
        )
    )
    return (await connection.execute(wiped)).rowcount == 1


class SqlInstallations:
    """Keeps the pair of each location; every statement is a transaction of its own."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def find(self, location_id: LocationId) -> KeptPair | None:
        """Return the newest pair, or None where the app is not installed."""
        wanted = select(locations.c.sealed_tokens, locations.c.tokens_generation).where(
            locations.c.location_id == location_id, locations.c.sealed_tokens.is_not(None)
        )
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else KeptPair(self._sealer.open(location_id, row[0]), row[1])

    async def install(self, location_id: LocationId, pair: TokenPair) -> None:
        """Keep the first pair of an installation; one made again replaces what was there."""
        sealed = self._sealer.seal(location_id, pair)
        row = insert(locations).values(
            location_id=location_id, sealed_tokens=sealed, tokens_expire_at=pair.expires_at, tokens_generation=1
        )
        again = row.on_conflict_do_update(
            index_elements=[locations.c.location_id],
            set_={
                "sealed_tokens": sealed,
                "tokens_expire_at": pair.expires_at,
                "tokens_generation": locations.c.tokens_generation + 1,
                "tokens_claimed_by": None,
                "tokens_claimed_until": None,
                "updated_at": func.now(),
            },
        )
        async with self._database.begin() as connection:
            await connection.execute(again)

    async def claim(self, location_id: LocationId, generation: int, claimer: str) -> bool:
        """Note that *claimer* is about to renew this generation; False while another is at it, or has done it."""
        claimed = (
            update(locations)
            .where(
                locations.c.location_id == location_id,
                locations.c.tokens_generation == generation,
                or_(
                    locations.c.tokens_claimed_until.is_(None),
                    locations.c.tokens_claimed_until < func.clock_timestamp(),
                ),
            )
            .values(tokens_claimed_by=claimer, tokens_claimed_until=func.clock_timestamp() + CLAIM)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(claimed)).rowcount == 1

    async def replace(self, location_id: LocationId, generation: int, pair: TokenPair) -> bool:
        """Put *pair* in the place of *generation*, and end the claim; False when another was faster."""
        values = {
            "sealed_tokens": self._sealer.seal(location_id, pair),
            "tokens_expire_at": pair.expires_at,
            "tokens_generation": generation + 1,
            "tokens_claimed_by": None,
            "tokens_claimed_until": None,
            "updated_at": func.now(),
        }
        replaced = (
            update(locations)
            .where(
                locations.c.location_id == location_id,
                locations.c.tokens_generation == generation,
                locations.c.sealed_tokens.is_not(None),
            )
            .values(values)
        )
        async with self._database.begin() as connection:
            return (await connection.execute(replaced)).rowcount == 1

    async def release(self, location_id: LocationId, claimer: str, *, paused_for: timedelta | None = None) -> None:
        """End *claimer*'s claim; with *paused_for* nobody tries for so long."""
        until = None if paused_for is None else func.clock_timestamp() + paused_for
        released = (
            update(locations)
            .where(locations.c.location_id == location_id, locations.c.tokens_claimed_by == claimer)
            .values(tokens_claimed_by=None, tokens_claimed_until=until)
        )
        async with self._database.begin() as connection:
            await connection.execute(released)

    async def wipe(self, location_id: LocationId, told_at: datetime | None = None) -> None:
        """Forget the tokens of a location that has removed the app, unless they were given after *told_at*."""
        async with self._database.begin() as connection:
            await wipe_tokens(connection, location_id, told_at)

    async def has_left(self, location_id: LocationId) -> bool:
        """Tell whether the location had the app once and has removed it."""
        left = select(literal(1)).where(locations.c.location_id == location_id, has_left())
        async with self._database.connect() as connection:
            return (await connection.execute(left)).first() is not None
