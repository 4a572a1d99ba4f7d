"""Where a contact may be, for the clock: zones of a state, of a ZIP, of a phone number; pure.

The zones are those of 49 CFR 71 (and the Navajo Nation's summer time).  A ZIP narrows a state's zones only where its
first three digits lie in one zone as a whole; a number's area code says nothing but the state, since numbers move.
"""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import geocoder
from phonenumbers import timezone as phone_zones

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

_ONE_ZONE = {
    EASTERN: "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    CENTRAL: "AL AR IA IL LA MN MO MS OK WI",
    MOUNTAIN: "CO MT NM UT WY",
    PACIFIC: "CA WA",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Saipan": "MP",
    "Pacific/Pago_Pago": "AS",
}
_SEVERAL_ZONES = {
    "AK": ("America/Anchorage", "America/Adak"),
    "AZ": ("America/Phoenix", MOUNTAIN),
    "FL": (EASTERN, CENTRAL),
    "ID": ("America/Boise", PACIFIC),
    "IN": ("America/Indiana/Indianapolis", CENTRAL),
    "KS": (CENTRAL, MOUNTAIN),
    "KY": (EASTERN, CENTRAL),
    "MI": ("America/Detroit", CENTRAL),
    "NE": (CENTRAL, MOUNTAIN),
    "NV": (PACIFIC, MOUNTAIN),
    "ND": (CENTRAL, MOUNTAIN),
    "OR": (PACIFIC, "America/Boise"),
    "SD": (CENTRAL, MOUNTAIN),
    "TN": (EASTERN, CENTRAL),
    "TX": (CENTRAL, MOUNTAIN),
}
ZONES_OF_STATE: dict[str, tuple[str, ...]] = _SEVERAL_ZONES | {
    state: (zone,) for zone, states in _ONE_ZONE.items() for state in states.split()
}
"""Every zone of each state, district and territory, by its two letters."""

WESTERN_PACIFIC = frozenset({"GU", "MP", "AS"})
"""A day apart from the mainland, so that no hour suits both; left out where nothing at all is known."""

ANYWHERE = tuple(
    sorted({zone for state, zones in ZONES_OF_STATE.items() if state not in WESTERN_PACIFIC for zone in zones})
)
"""The zones of a contact of whom nothing is known."""

_OTHER_ZIPS = {
    "AK": "995",
    "AZ": "860 865",
    "FL": "324",
    "ID": "835",
    "IN": "465 475 479",
    "KS": "677 678",
    "KY": "401 426 427",
    "MI": "498 499",
    "NE": "690 691 692",
    "NV": "898",
    "ND": "585 586 587 588",
    "OR": "979",
    "SD": "575 576",
    "TN": "373",
    "TX": "798",
}
"""By split state, the first digits of the ZIPs that lie in both zones, or may."""
_SECOND_ZONE_ZIPS = {
    "FL": "325",
    "ID": "838",
    "IN": "463 464 476 477",
    "KY": "420 421 422 423 424",
    "NE": "693",
    "SD": "577",
    "TN": "370 371 372 375 380 381 382 383 384 385",
    "TX": "799 885",
}
"""By split state, the first digits of the ZIPs that lie wholly in its second zone; every other one is in its first."""

_STATES_OF_ZIPS = """
005-005 NY 006-007 PR 008-008 VI 009-009 PR 010-027 MA 028-029 RI 030-038 NH 039-049 ME 050-054 VT 055-055 MA
056-059 VT 060-069 CT 070-089 NJ 100-149 NY 150-196 PA 197-199 DE 200-200 DC 201-201 VA 202-205 DC 206-219 MD
220-246 VA 247-268 WV 270-289 NC 290-299 SC 300-319 GA 320-339 FL 341-349 FL 350-369 AL 370-385 TN 386-397 MS
398-399 GA 400-427 KY 430-459 OH 460-479 IN 480-499 MI 500-528 IA 530-549 WI 550-567 MN 569-569 DC 570-577 SD
580-588 ND 590-599 MT 600-629 IL 630-658 MO 660-679 KS 680-693 NE 700-714 LA 716-729 AR 730-732 OK 733-733 TX
734-749 OK 750-799 TX 800-816 CO 820-831 WY 832-838 ID 840-847 UT 850-865 AZ 870-884 NM 885-885 TX 889-898 NV
900-961 CA 967-968 HI 969-969 GU 970-979 OR 980-994 WA 995-999 AK
"""
_ZIP_RANGES = tuple(
    (int(first), int(last), state) for first, last, state in re.findall(r"(\d+)-(\d+) (\w+)", _STATES_OF_ZIPS)
)

_NAMES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "washington d.c.": "DC",
    "washington dc": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL",
    "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME",
    "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH",
    "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "washington state": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
    "puerto rico": "PR", "us virgin islands": "VI", "u.s. virgin islands": "VI", "guam": "GU",
    "northern mariana islands": "MP", "american samoa": "AS",
}  # fmt: skip


def state_named(text: str | None) -> str | None:
    """The two letters of the state that *text* names, by letters or in full; None when it names none."""
    plain = " ".join((text or "").split()).casefold().removeprefix("us-")
    return _NAMES.get(plain) or (plain.upper() if plain.upper() in ZONES_OF_STATE else None)


def state_of_zip(postal_code: str | None) -> str | None:
    """The state of a ZIP or ZIP+4, or None when it is none of this country."""
    prefix = _prefix(postal_code)
    if prefix is None:
        return None
    if (postal_code or "").strip().startswith("96799"):
        return "AS"
    return next((state for first, last, state in _ZIP_RANGES if first <= int(prefix) <= last), None)


def zones_of(state: str, postal_code: str | None = None) -> tuple[str, ...]:
    """Every zone of *state*, narrowed by a ZIP of that state."""
    zones = ZONES_OF_STATE[state]
    prefix = _prefix(postal_code)
    if len(zones) == 1 or prefix is None or state_of_zip(postal_code) != state:
        return zones
    if prefix in _OTHER_ZIPS[state].split():
        return zones
    return zones[1:] if prefix in _SECOND_ZONE_ZIPS.get(state, "").split() else zones[:1]


def zone_named(text: str | None) -> str | None:
    """The zone of this name, or None when the tz database has none."""
    name = (text or "").strip()
    return name if name in _known_zones() else None


@lru_cache(maxsize=4096)
def place_of_phone(phone: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The state of a number's area code and its zones; the zones alone abroad; nothing for a toll-free number."""
    number = _parsed(phone)
    if number is None:
        return None, ()
    if number.country_code == 1:
        where = geocoder.description_for_valid_number(number, "en")
        state = state_named(where.rpartition(",")[2]) if where else None
        if state is not None:
            return state, ZONES_OF_STATE[state]
    zones = phone_zones.time_zones_for_number(number)
    known = tuple(zone for zone in zones if zone_named(zone) and zone != "Etc/Unknown")
    return None, known if _is_one_place(known) else ()


def _is_one_place(zones: tuple[str, ...]) -> bool:
    """A number that may be rung in a dozen zones (toll-free, satellite) has no place."""
    return 0 < len(zones) <= 12


def _parsed(phone: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone or "", "US")
    except phonenumbers.NumberParseException:
        return None


def _prefix(postal_code: str | None) -> str | None:
    text = (postal_code or "").strip()
    digits = text[:5]
    is_zip = len(digits) == 5 and digits.isascii() and digits.isdigit() and text[5:6] in ("", "-", " ")
    return digits[:3] if is_zip else None


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
