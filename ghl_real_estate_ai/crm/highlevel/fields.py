"""Which id a custom field has in which location: asked once, kept, and asked again when a key is not known."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.model import CustomField
from ghl_real_estate_ai.crm.needs import field_key
from ghl_real_estate_ai.crm.ports import CrmRefused

ASKED_AGAIN_AFTER_SECONDS = 60.0
"""A key that is not there is looked for again no sooner: a hundred handoffs must not ask a hundred times."""
KEPT_SECONDS = 3600.0
"""A field that was made anew under the same key has another id."""


@dataclass(slots=True)
class _Known:
    ids: dict[str, str] = field(default_factory=dict)
    asked_at: float | None = None


class FieldIds:
    """Finds field ids by key; one location's never serve another."""

    def __init__(
        self,
        list_fields: Callable[[LocationId], Awaitable[Sequence[CustomField]]],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._list_fields = list_fields
        self._seconds = seconds
        self._known: defaultdict[LocationId, _Known] = defaultdict(_Known)
        self._asking: defaultdict[LocationId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, location_id: LocationId, key: str) -> str:
        """Return the id of the field *key*.

        Raises:
            CrmRefused: the location has no such field.
        """
        known, wanted = self._known[location_id], field_key(key)
        async with self._asking[location_id]:
            if self._must_ask(known, is_known=wanted in known.ids):
                await self._ask(location_id, known)
        if wanted not in known.ids:
            raise CrmRefused(
                f"The location has no custom field {key!r}: run `jorge setup --apply`, or make it in HighLevel.",
                field=key,
            )
        return known.ids[wanted]

    async def keys(self, location_id: LocationId, field_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the key of each of *field_ids* that the location has."""
        known, wanted = self._known[location_id], set(field_ids)
        async with self._asking[location_id]:
            if self._must_ask(known, is_known=wanted <= set(known.ids.values())):
                await self._ask(location_id, known)
        return {field_id: key for key, field_id in known.ids.items() if field_id in wanted}

    async def _ask(self, location_id: LocationId, known: _Known) -> None:
        fields = await self._list_fields(location_id)
        known.ids = {one.key: one.field_id for one in fields}
        known.asked_at = self._seconds()

    def _must_ask(self, known: _Known, *, is_known: bool) -> bool:
        if known.asked_at is None:
            return True
        return self._seconds() - known.asked_at > (KEPT_SECONDS if is_known else ASKED_AGAIN_AFTER_SECONDS)
