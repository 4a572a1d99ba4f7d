"""Access tokens of installed locations, renewed in time, by one process at a time, and never lost by its death."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.oauth.exchange import InvalidGrant, TokenExchange
from ghl_real_estate_ai.crm.oauth.model import KeptPair, TokenPair
from ghl_real_estate_ai.crm.oauth.rescue import RescueFolder
from ghl_real_estate_ai.crm.oauth.seal import Sealer
from ghl_real_estate_ai.crm.oauth.store import SqlInstallations
from ghl_real_estate_ai.crm.ports import CrmAccessDenied, CrmAway
from ghl_real_estate_ai.errors import Retryable

log = structlog.get_logger(__name__)

LOOKS = 60
LOOK_SECONDS = 0.25
TRIED_AGAIN_AFTER = timedelta(minutes=5)
"""A renewal that failed is left alone for so long, while the old access token is good."""


class InstalledTokens:
    """Implements `Tokens` for the locations that have installed our app."""

    def __init__(
        self,
        installations: SqlInstallations,
        exchange: TokenExchange,
        sealer: Sealer,
        rescue: RescueFolder,
        *,
        clock: Clock,
        claimer: str,
        private_token: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """*private_token* serves the locations that have not installed it."""
        self._installations = installations
        self._exchange = exchange
        self._sealer = sealer
        self._rescue = rescue
        self._clock = clock
        self._claimer = claimer
        self._private_token = private_token
        self._sleep = sleep
        self._known: dict[LocationId, TokenPair] = {}
        self._flights: defaultdict[LocationId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, location_id: LocationId) -> str:
        known = self._known.get(location_id)
        if known is not None and not known.is_due(self._clock.now()):
            return known.access
        return await self._current(location_id, refused=None)

    async def replace_refused(self, location_id: LocationId, refused: str) -> str | None:
        if refused == self._private_token:
            return None
        self._known.pop(location_id, None)
        return await self._current(location_id, refused=refused)

    async def install(self, location_id: LocationId, pair: TokenPair) -> None:
        """Keep the first pair of an installation."""
        await self._installations.install(location_id, pair)
        self._known.pop(location_id, None)

    async def forget(self, location_id: LocationId, told_at: datetime | None = None) -> None:
        """Wipe the tokens of a location that has removed the app, here and in the database. Safe to call twice.

        Those that were given after *told_at* stay: the app has been installed again since.
        """
        await self._installations.wipe(location_id, told_at)
        self._known.pop(location_id, None)
        if await self._installations.find(location_id) is None:
            await asyncio.to_thread(self._rescue.forget, location_id)

    async def _current(self, location_id: LocationId, *, refused: str | None) -> str:
        async with self._flights[location_id]:
            for _ in range(LOOKS):
                kept = await self._find(location_id)
                if kept is None:
                    return await self._private(location_id, refused)
                at = self._clock.now()
                if kept.pair.access != refused and not kept.pair.is_due(at):
                    self._known[location_id] = kept.pair
                    return kept.pair.access
                # Noted before anything is asked: whoever finds the note knows that the old refresh token may be used.
                if await self._installations.claim(location_id, kept.generation, self._claimer):
                    return await self._renew(location_id, kept, refused)
                if kept.pair.access != refused and kept.pair.is_good(at):
                    return kept.pair.access  # another process is at it; until then the old one serves
                await self._sleep(LOOK_SECONDS)
        raise CrmAway("The location's token is being renewed by another process, and does not come.")

    async def _find(self, location_id: LocationId) -> KeptPair | None:
        try:
            return await self._installations.find(location_id)
        except Retryable as error:
            raise CrmAway(f"The location's token cannot be read: {error}") from error

    async def _private(self, location_id: LocationId, refused: str | None) -> str:
        if await self._has_left(location_id):
            raise CrmAccessDenied(
                f"Location {location_id} has removed the app: nothing is sent there until it is installed again, "
                "at /oauth/install."
            )
        if self._private_token is None or self._private_token == refused:
            raise CrmAccessDenied(f"The app is not installed in location {location_id}: open /oauth/install.")
        return self._private_token

    async def _has_left(self, location_id: LocationId) -> bool:
        try:
            return await self._installations.has_left(location_id)
        except Retryable as error:
            raise CrmAway(f"The location's token cannot be read: {error}") from error

    async def _renew(self, location_id: LocationId, kept: KeptPair, refused: str | None) -> str:
        try:
            pair = await self._rescued(location_id, kept) or await self._renewed(location_id, kept)
        except InvalidGrant:
            return await self._after_invalid_grant(location_id, kept, refused)
        except CrmAway:
            if not self._serves(kept, refused):
                await self._installations.release(location_id, self._claimer)
                raise
            return await self._go_on(location_id, kept)
        await self._put(location_id, kept, pair)
        self._known[location_id] = pair
        return pair.access

    async def _rescued(self, location_id: LocationId, kept: KeptPair) -> TokenPair | None:
        """What a process of this node got for this generation and died before storing."""
        sealed = await asyncio.to_thread(self._rescue.find, location_id, kept.generation + 1)
        return None if sealed is None else self._sealer.open(location_id, sealed)

    async def _renewed(self, location_id: LocationId, kept: KeptPair) -> TokenPair:
        pair = await self._exchange.renew(kept.pair.refresh)
        sealed = self._sealer.seal(location_id, pair)
        await asyncio.to_thread(self._rescue.keep, location_id, kept.generation + 1, sealed)
        return pair

    async def _put(self, location_id: LocationId, kept: KeptPair, pair: TokenPair) -> None:
        try:
            await self._installations.replace(location_id, kept.generation, pair)
        except Retryable as error:
            # It is on this node's disk: the next look, when the claim has run out, stores it.
            log.warning("crm.token_not_stored", location_id=location_id, error=str(error))
            return
        await asyncio.to_thread(self._rescue.forget, location_id)

    async def _after_invalid_grant(self, location_id: LocationId, kept: KeptPair, refused: str | None) -> str:
        """Another may have renewed it meanwhile; else somebody died with the new pair on another node."""
        again = await self._find(location_id)
        if again is not None and again.generation != kept.generation:
            self._known[location_id] = again.pair
            return again.pair.access
        log.error("crm.token_lost", location_id=location_id, good_until=kept.pair.expires_at.isoformat())
        if self._serves(kept, refused):
            return await self._go_on(location_id, kept)
        await self._installations.release(location_id, self._claimer)
        raise CrmAccessDenied(
            f"The tokens of location {location_id} cannot be renewed: install the app again, at /oauth/install."
        )

    def _serves(self, kept: KeptPair, refused: str | None) -> bool:
        """Whether the old access token is still good."""
        return kept.pair.access != refused and kept.pair.is_good(self._clock.now())

    async def _go_on(self, location_id: LocationId, kept: KeptPair) -> str:
        """With the old access token, and try again later."""
        await self._installations.release(location_id, self._claimer, paused_for=TRIED_AGAIN_AFTER)
        return kept.pair.access
