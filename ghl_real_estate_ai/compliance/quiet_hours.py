"""When a person may be texted: the hours of every place the person may be in, and the next moment in all of them; pure.

47 CFR 64.1200(c)(1) forbids what we start before 8 and after 21 at the recipient's place, and some states are stricter.
Where a contact may be in several places, the moment must be right in each, and the rules of each state apply to all.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from ghl_real_estate_ai.compliance.model import Rule
from ghl_real_estate_ai.compliance.places import (
    ANYWHERE,
    place_of_phone,
    state_named,
    state_of_zip,
    zone,
    zone_named,
    zones_of,
)

Hours = tuple[int, int]
"""From this hour on, and before that one."""

SEARCH_DAYS = 21
"""No rule closes a place for longer than a weekend and the holidays beside it."""


class Kind(StrEnum):
    """Who began: an answer to a message just received, or ours."""

    REPLY = "reply"
    INITIATED = "initiated"


@dataclass(frozen=True, slots=True)
class StateHours:
    """When a state lets us begin, on each sort of day; None is the whole day closed."""

    rule: Rule
    weekdays: Hours
    saturdays: Hours | None
    sundays: Hours | None
    holidays_of: str | None = None
    """The state on whose holidays nothing is begun."""

    def on(self, day: date) -> Hours | None:
        """The hours of *day*."""
        if self.holidays_of is not None and day in _holidays(self.holidays_of, day.year):
            return None
        weekday = day.weekday()
        return self.sundays if weekday == 6 else self.saturdays if weekday == 5 else self.weekdays


def _same(state: str, hours: Hours, source: str) -> StateHours:
    return StateHours(Rule(f"{state}_hours", source), hours, hours, hours)


FEDERAL = StateHours(Rule("federal_hours", "47 CFR 64.1200(c)(1)"), (8, 21), (8, 21), (8, 21))
STATE_HOURS: dict[str, StateHours] = {
    "FL": _same("FL", (8, 20), "Fla. Stat. 501.059, 501.616(6)"),
    "OK": _same("OK", (8, 20), "Okla. Stat. tit. 15 sec. 775C.4"),
    "TX": StateHours(Rule("TX_hours", "Tex. Bus. & Com. Code ch. 302 (SB 140)"), (9, 21), (9, 21), (12, 21)),
    "AL": StateHours(Rule("AL_hours", "Alabama telephone solicitation rules"), (8, 20), (8, 20), None, "AL"),
    "LA": StateHours(Rule("LA_hours", "Louisiana telephone solicitation rules"), (8, 20), (8, 20), None, "LA"),
    "MS": StateHours(Rule("MS_hours", "Mississippi telephone solicitation rules"), (8, 20), (8, 20), None),
    "MD": _same("MD", (8, 20), "Maryland telephone solicitation rules"),
    "MA": _same("MA", (8, 20), "Massachusetts telephone solicitation rules"),
    "NJ": _same("NJ", (8, 20), "New Jersey telephone solicitation rules"),
    "CT": _same("CT", (9, 20), "Connecticut telephone solicitation rules"),
    "NV": _same("NV", (9, 20), "Nevada telephone solicitation rules"),
    "KY": _same("KY", (10, 21), "Kentucky telephone solicitation rules"),
    "MI": _same("MI", (9, 21), "Michigan telephone solicitation rules"),
    "MN": _same("MN", (9, 21), "Minnesota telephone solicitation rules"),
    "NM": _same("NM", (9, 21), "New Mexico telephone solicitation rules"),
    "CA": _same("CA", (9, 21), "California; sources differ (8 or 9), the stricter taken"),
    "IL": _same("IL", (9, 21), "Illinois; sources differ (8 or 9), the stricter taken"),
    "PA": StateHours(
        Rule("PA_hours", "Pennsylvania; the Saturday hours are doubtful, the stricter taken"),
        (8, 21),
        (8, 12),
        (8, 21),
        "PA",
    ),
    "RI": StateHours(Rule("RI_hours", "Rhode Island telephone solicitation rules"), (9, 18), (10, 17), (10, 17)),
}
"""The states with hours of their own; every other one has the federal ones."""

REPLIES = Rule("reply", "an answer to a live message is not a solicitation, 47 CFR 64.1200(f)(15)")
NOTHING_KNOWN = Rule("place_unknown", "47 CFR 64.1200(c)(1), the narrowest hours of all states in all zones")
NEVER = Rule("no_common_hours", "the places this contact may be in share no hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """What is known of where a person is; text that names no place counts as unknown."""

    phone: str | None = None
    state: str | None = None
    postal_code: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Every zone a person may be in, and the hours that bind there."""

    zones: tuple[str, ...]
    hours: tuple[StateHours, ...]
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """Whether a message may go out, and when it may: *at* itself, or later, or never."""

    is_allowed: bool
    next_allowed_at: datetime | None
    rule: Rule


def places_of(where: Whereabouts) -> Places:
    """Every place *where* leaves possible: the states by name, by ZIP and by area code, and the zone of its own."""
    named, by_zip = state_named(where.state), state_of_zip(where.postal_code)
    by_phone, phone_zones = place_of_phone(where.phone)
    zones: list[str] = []
    for state in {named, by_zip} - {None}:
        zones += zones_of(str(state), where.postal_code)
    own = zone_named(where.timezone)
    zones += [own] if own is not None else []
    zones += phone_zones
    if not zones:
        return Places(ANYWHERE, (FEDERAL, *STATE_HOURS.values()), is_known=False)
    states = sorted({state for state in (named, by_zip, by_phone) if state is not None})
    hours = tuple(STATE_HOURS[state] for state in states if state in STATE_HOURS)
    return Places(tuple(sorted(set(zones))), (FEDERAL, *hours))


def may_text(kind: Kind, at: datetime, where: Whereabouts) -> Moment:
    """Say whether a message of *kind* may go out *at*, and from when on; replies go at any hour.

    *at* is aware.  `next_allowed_at` is *at* itself where it is allowed, else the first allowed moment after it.
    """
    if kind is Kind.REPLY:
        return Moment(True, at, REPLIES)
    places = places_of(where)
    broken = _broken(at, places)
    if broken is None:
        return Moment(True, at, FEDERAL.rule if places.is_known else NOTHING_KNOWN)
    opens_at = _next_opening(at, places)
    if opens_at is None:
        return Moment(False, None, NEVER)
    return Moment(False, opens_at, broken.rule if places.is_known else NOTHING_KNOWN)


def _broken(at: datetime, places: Places) -> StateHours | None:
    """The first of the hours that *at* is outside of, in any zone; the federal ones come first."""
    locals_ = [at.astimezone(zone(name)) for name in places.zones]
    return next((hours for hours in places.hours if not all(_is_within(hours, local) for local in locals_)), None)


def _is_within(hours: StateHours, local: datetime) -> bool:
    open_hours = hours.on(local.date())
    return open_hours is not None and open_hours[0] <= local.hour < open_hours[1]


def _next_opening(at: datetime, places: Places) -> datetime | None:
    """The first moment after *at* at which every place is open: it is an opening of one of them."""
    hours = {of_day[0] for rule in places.hours for of_day in (rule.weekdays, rule.saturdays, rule.sundays) if of_day}
    openings = {opening for name in places.zones for opening in _openings(hours, at, zone(name))}
    return next((opening for opening in sorted(openings) if opening > at and _broken(opening, places) is None), None)


def _openings(hours: set[int], at: datetime, in_zone: ZoneInfo) -> list[datetime]:
    first = at.astimezone(in_zone).date()
    days = (first + timedelta(days=n) for n in range(SEARCH_DAYS))
    return [datetime.combine(day, time(hour), tzinfo=in_zone).astimezone(UTC) for day in days for hour in hours]


@lru_cache(maxsize=256)
def _holidays(state: str, year: int) -> frozenset[date]:
    """The holidays of *state* and of the country, as named and as observed."""
    of_state = holidays.country_holidays("US", subdiv=state, years=year)
    of_country = holidays.country_holidays("US", years=year)
    return frozenset(of_state) | frozenset(of_country)
