"""`jorge setup`: makes the tags and custom fields that Jorge needs in a location; says first, does with --apply."""

import asyncio
from dataclasses import dataclass

from ghl_real_estate_ai.cli.open_crm import open_crm
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.needs import FIELDS, TAGS
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.settings import load_settings


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a location does not have yet."""

    tags: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.tags and not self.fields


async def find_lacking(crm: Crm, location_id: LocationId) -> Lacking:
    """Compare the location with what we need; the same tag in another case is the same tag."""
    tags = {tag.casefold() for tag in await crm.list_tags(location_id)}
    fields = {one.key for one in await crm.list_fields(location_id)}
    return Lacking(
        tags=tuple(tag for tag in TAGS if tag.casefold() not in tags),
        fields=tuple(key for key in FIELDS if key not in fields),
    )


async def make(crm: Crm, location_id: LocationId, lacking: Lacking) -> None:
    """Make what is lacking; done again, it goes on where it was interrupted."""
    for tag in lacking.tags:
        await crm.create_tag(location_id, tag)
    for key in lacking.fields:
        await crm.create_field(location_id, key)


def set_up(*, apply: bool, location: str | None = None) -> int:
    """Print what is lacking and with *apply* make it; return 0, or 1 when something is still lacking."""
    return asyncio.run(_set_up(apply, location))


async def _set_up(apply: bool, location: str | None) -> int:
    settings = load_settings()
    location_id = LocationId(location or settings.location_id)
    async with open_crm(settings) as opened:
        lacking = await find_lacking(opened.crm, location_id)
        _print(location_id, lacking)
        if lacking.is_nothing:
            return 0
        if not apply:
            print("Nothing was changed: `jorge setup --apply` makes them.")
            return 1
        await make(opened.crm, location_id, lacking)
        left = await find_lacking(opened.crm, location_id)
    print("Made." if left.is_nothing else "Some are still lacking: run it again.")
    return 0 if left.is_nothing else 1


def _print(location_id: LocationId, lacking: Lacking) -> None:
    if lacking.is_nothing:
        print(f"Location {location_id} has every tag and custom field that Jorge needs.")
    for tag in lacking.tags:
        print(f"  tag    {tag}")
    for key in lacking.fields:
        print(f"  field  {key}")
