"""What the CRM already says of a contact, by forms, fields, tags or a handoff, so that no bot asks it; pure.

Anybody may have typed anything there.  A field is read by the same grammar as an answer to the bot's own question, and
what that cannot read is asked after all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ghl_real_estate_ai.bots.goals import BUY, GOAL_OF, SELL
from ghl_real_estate_ai.conversation.model import SLOT_VALUES, Bot, Conversation, Fact, Facts, Owner, Slot, SlotValue
from ghl_real_estate_ai.crm.needs import plain_tag
from ghl_real_estate_ai.handoff.packet import FIELD as PACKET_FIELD
from ghl_real_estate_ai.handoff.packet import ContextPacket, parse_packet
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

GOAL = "goal"
"""Where a field, a tag or a source says whether somebody buys or sells."""
LONGEST = 200
MOST_PLACES = 6
TOLD_CONFIDENCE = 0.9
"""A form is filled in once, perhaps long ago: what the lead says now counts more."""

FIELDS: Mapping[str, str] = {
    **{slot.value: slot.value for slot in Slot if slot is not Slot.APPOINTMENT},
    **dict.fromkeys(("budget", "max_budget", "maximum_budget", "max_price", "price_range"), "budget_max"),
    **dict.fromkeys(("min_budget", "minimum_budget", "min_price"), "budget_min"),
    **dict.fromkeys(("asking_price", "desired_price", "expected_price", "target_price"), "price_expectation"),
    **dict.fromkeys(
        ("timeline", "timeframe", "time_frame", "buying_timeline", "selling_timeline", "moving_timeline"),
        "timeline_days",
    ),
    **dict.fromkeys(("beds", "min_bedrooms", "number_of_bedrooms"), "bedrooms"),
    **dict.fromkeys(("baths", "min_bathrooms", "number_of_bathrooms"), "bathrooms"),
    **dict.fromkeys(
        ("location", "area", "areas", "preferred_location", "preferred_area", "preferred_areas", "desired_area"),
        "locations",
    ),
    **dict.fromkeys(("financing_status", "preapproval_status", "pre_approval_status"), "financing"),
    **dict.fromkeys(("property_address", "home_address"), "address"),
    **dict.fromkeys(("property_condition", "home_condition"), "condition"),
    **dict.fromkeys(("reason_for_selling", "selling_reason", "reason_for_moving"), "motivation"),
    **dict.fromkeys(("mortgage", "mortgage_owed", "loan_balance"), "mortgage_balance"),
    **dict.fromkeys(("lead_type", "interested_in", "buying_or_selling", "buy_or_sell"), GOAL),
}
"""Key of a custom field -> the slot it fills, or `goal`."""
TAGS: Mapping[str, tuple[str, str]] = {
    "cash buyer": ("financing", "cash"),
    "pre approved": ("financing", "preapproved"),
    "preapproved": ("financing", "preapproved"),
    "pre qualified": ("financing", "prequalified"),
    "prequalified": ("financing", "prequalified"),
    "va buyer": ("financing", "va"),
    "va loan": ("financing", "va"),
    "fha buyer": ("financing", "fha"),
    "fha loan": ("financing", "fha"),
    "first time buyer": ("motivation", "first_home"),
    "first time home buyer": ("motivation", "first_home"),
    "inherited": ("motivation", "inherited"),
    "relocating": ("motivation", "relocation"),
    "tenant occupied": ("occupancy", "tenant"),
    "vacant": ("occupancy", "vacant"),
    "buyer": (GOAL, BUY),
    "seller": (GOAL, SELL),
    "home valuation": (GOAL, SELL),
    "expired listing": (GOAL, SELL),
    "fsbo": (GOAL, SELL),
}
"""Tag, in small letters and with spaces -> slot, or `goal`, and value."""
_MOST: Mapping[Slot, float] = {
    Slot.BUDGET_MIN: 1e9,
    Slot.BUDGET_MAX: 1e9,
    Slot.PRICE_EXPECTATION: 1e9,
    Slot.MORTGAGE_BALANCE: 1e9,
    Slot.TIMELINE_DAYS: 3650,
    Slot.BEDROOMS: 50,
    Slot.BATHROOMS: 50,
}
"""The largest number that a slot may sensibly hold."""
_OF_BUYERS = frozenset({Slot.BUDGET_MIN, Slot.BUDGET_MAX, Slot.FINANCING, Slot.LOCATIONS})
_IN_OWN_WORDS = frozenset({Slot.UPGRADES, Slot.LISTING_HISTORY, Slot.DECISION_MAKERS, Slot.CONTACT_METHOD})
_BUYS = re.compile(r"\b(?:buy(?:er|ers|ing)?|purchas\w+|home search|listing alerts?|compr\w+)\b", re.I)
_SELLS = re.compile(
    r"\b(?:sell(?:er|ers|ing)?|(?:home|house) (?:value|worth|valuation)|valuation|cash offer|vend\w+)\b", re.I
)
_PLACE = re.compile(r"^(?:\d{5}|[^\W\d_][\w .'-]{1,39})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Which fields, tags and sources of a team's CRM say what; the team's own entries go before ours."""

    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)
    tags: Mapping[str, tuple[str, str]] = field(default_factory=lambda: TAGS)
    sources: Mapping[str, str] = field(default_factory=dict)
    """Source, in small letters -> `buy` or `sell`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the CRM says of a contact, and where."""

    facts: tuple[Fact, ...] = ()
    goal: str | None = None
    by: Mapping[Slot, str] = field(default_factory=dict)
    """What said the fact of each slot: `field budget`, `tag Cash-Buyer`, `the handoff of 2026-03-03 16:20`."""


def told_before(
    *,
    fields: Mapping[str, str],
    tags: Iterable[str],
    source: str | None,
    at: datetime,
    reading: Reading | None = None,
    is_new_here: bool = True,
) -> Told:
    """Read everything the CRM says of a contact; the handoff counts more than a field, a field more than a tag.

    *is_new_here* says that we have no conversation with the contact: only then the packet of a handoff, which
    another installation of ours left in the CRM, is gone by.
    """
    reading = reading or Reading()
    packet = parse_packet(fields.get(PACKET_FIELD, ""), at) if is_new_here else None
    found = [
        *(_of_packet(packet, at) if packet else ()),
        *_of_fields(fields, reading, at),
        *_of_tags(tags, reading, at),
    ]
    facts: dict[Slot, tuple[Fact, str]] = {}
    for fact, by in found:
        facts.setdefault(fact.slot, (fact, by))
    return Told(
        facts=tuple(fact for fact, _ in facts.values()),
        goal=(_goal_of_packet(packet) if packet else None) or _goal(fields, tags, source, reading),
        by={slot: by for slot, (_, by) in facts.items()},
    )


def with_told(conversation: Conversation, told: Told) -> Conversation:
    """Put in what was told, where the lead has not said it, and remember that the CRM was asked."""
    unknown = tuple(fact for fact in told.facts if fact.slot not in conversation.facts)
    goal = told.goal if conversation.owner is Owner.LEAD and not conversation.goals else None
    return replace(
        conversation,
        facts=conversation.facts.with_stated(*unknown),
        told_goal=conversation.told_goal or goal,
        told_by=dict(told.by),
    )


def reasons_of(told: Told, before: Facts) -> tuple[str, ...]:
    """What a person of the team is told of it."""
    taken = [f"{slot.value} ({by})" for slot, by in told.by.items() if slot not in before]
    return (f"Known from the CRM: {', '.join(taken)}.",) if taken else ()


def is_sound(slot: Slot, value: object) -> bool:
    """Whether *value* is one that *slot* may hold, whoever wrote it."""
    if slot in _MOST:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and 0 <= value <= _MOST[slot]  # type: ignore[operator]  # is_number says what it is
    if slot is Slot.LOCATIONS:
        return isinstance(value, tuple) and 0 < len(value) <= MOST_PLACES and all(_is_place(place) for place in value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST:
        return False
    return value in SLOT_VALUES[slot] if slot in SLOT_VALUES else value.isprintable()


def _of_packet(packet: ContextPacket, at: datetime) -> Iterable[tuple[Fact, str]]:
    by = f"the handoff of {packet.made_at:%Y-%m-%d %H:%M}"
    for fact in packet.facts:
        # The message that said so is another installation's, and nobody could look it up here.
        is_dated = fact.stated_at.tzinfo is not None and fact.stated_at <= at
        if is_dated and is_sound(fact.slot, fact.value):
            yield replace(fact, source_message_id=None, confidence=min(max(fact.confidence, 0.0), 1.0)), by


def _goal_of_packet(packet: ContextPacket) -> str | None:
    own = GOAL_OF.get(packet.target)
    return own or next((goal for goal in packet.goals if goal in (BUY, SELL)), None)


def _of_fields(fields: Mapping[str, str], reading: Reading, at: datetime) -> Iterable[tuple[Fact, str]]:
    for key, text in fields.items():
        name = reading.fields.get(key)
        if name is None or name == GOAL:
            continue
        value = _read(Slot(name), " ".join(text.split())[:LONGEST])
        if value is not None:
            yield Fact(Slot(name), value, None, at, TOLD_CONFIDENCE), f"field {key}"


def _of_tags(tags: Iterable[str], reading: Reading, at: datetime) -> Iterable[tuple[Fact, str]]:
    for tag in sorted(tags):
        name, text = reading.tags.get(plain_tag(tag), (GOAL, ""))
        if name == GOAL:
            continue
        value = text if text in SLOT_VALUES.get(Slot(name), ()) else _read(Slot(name), text)
        if value is not None:
            yield Fact(Slot(name), value, None, at, TOLD_CONFIDENCE), f"tag {tag}"


def _goal(fields: Mapping[str, str], tags: Iterable[str], source: str | None, reading: Reading) -> str | None:
    """The one goal that is told; None when nothing tells it, or when both are."""
    said = [_goal_in(text) for key, text in fields.items() if reading.fields.get(key) == GOAL]
    said += [text for name, text in (reading.tags.get(plain_tag(tag), ("", "")) for tag in tags) if name == GOAL]
    if source:
        said.append(reading.sources.get(source.strip().casefold()) or _goal_in(source))
    told = {goal for goal in said if goal}
    return told.pop() if len(told) == 1 else None


def _goal_in(text: str) -> str | None:
    buys, sells = _BUYS.search(text) is not None, _SELLS.search(text) is not None
    if buys == sells:
        return None
    return BUY if buys else SELL


def _read(slot: Slot, text: str) -> SlotValue | None:
    if slot in _IN_OWN_WORDS:
        value: SlotValue | None = text
    else:
        bot = Bot.BUYER if slot in _OF_BUYERS else Bot.SELLER
        signals = understand(text, MessageContext(bot=bot, asked=slot))
        value = next((stated.value for stated in signals.slots if stated.slot is slot), None)
    if value is None and slot is Slot.LOCATIONS:
        value = tuple(place.strip() for place in re.split(r"[,;/]", text) if place.strip())
    return value if value is not None and is_sound(slot, value) else None


def _is_place(place: object) -> bool:
    return isinstance(place, str) and _PLACE.match(place) is not None
