"""What the team lets the bots say: read once from a JSON file, checked before anything is sent.

Facts about fees, loans, prices, what is on the market, or the team itself are said from here, or not at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ghl_real_estate_ai.bots.goals import BUY, SELL
from ghl_real_estate_ai.bots.told_before import FIELDS, GOAL, TAGS, Reading
from ghl_real_estate_ai.bots.topics import Topic
from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.consent import ConsentBook
from ghl_real_estate_ai.compliance.model import Send
from ghl_real_estate_ai.compliance.parse_consent import parse_consent
from ghl_real_estate_ai.compliance.sms import is_gsm7, septets, to_gsm7
from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.crm.needs import field_key, plain_tag
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import SellerMode

PARTS = frozenset({"answers", "fields", "tags", "sources", "consent", "locations"})
ANSWERABLE = frozenset(
    {
        Topic.FEES,
        Topic.LOANS,
        Topic.PROCESS,
        Topic.SENDER,
        Topic.LICENSE,
        Topic.NUMBER,
        Topic.RENTALS,
        Topic.AVAILABILITY,
        Topic.PRICES,
    }
)
"""What a team may answer by itself; the law, schools and safety are not among it."""
OF_A_DATE = frozenset({Topic.LOANS, Topic.AVAILABILITY, Topic.PRICES})
"""What grows old: said with its date, and no longer than `FRESH_FOR`."""
FRESH_FOR = timedelta(days=90)
LONGEST_ANSWER = 110
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    Language.EN: ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    Language.ES: ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """What the team answers on one topic, by language, and from when it is."""

    words: Mapping[Language, str]
    as_of: date | None = None

    def said(self, language: Language, today: date) -> str | None:
        """The answer in *language*, with its date; None where there is none, or where it is too old."""
        words = self.words.get(language)
        if words is None or self.as_of is None:
            return words
        if not timedelta(0) <= today - self.as_of <= FRESH_FOR:
            return None
        return f"{words.rstrip('.')} ({_MONTHS[language][self.as_of.month - 1]} {self.as_of.year})."


@dataclass(frozen=True, slots=True)
class Team:
    """How a team wants its bots."""

    seller_mode: SellerMode = SellerMode.SIMPLE
    answers: Mapping[Topic, TeamAnswer] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    """What the fields, tags and sources of the team's CRM say."""
    consent: ConsentBook = field(default_factory=ConsentBook)
    """Which of them say that somebody agreed to texts."""


def read_team(path: Path | None, seller_mode: SellerMode) -> Team:
    """Read the team's file.

    Raises:
        Misconfigured: it cannot be read or says something that must not be said; the message says what and why.
    """
    if path is None:
        return Team(seller_mode=seller_mode)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"JORGE_TEAM_FILE: {path} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise Misconfigured(f"JORGE_TEAM_FILE: {path} is not JSON ({error}).") from None
    return parse_team(told, seller_mode)


def parse_team(told: Any, seller_mode: SellerMode = SellerMode.SIMPLE) -> Team:
    """Make a `Team` of the file's content.

    Raises:
        Misconfigured: naming the part that is wrong.
    """
    if not isinstance(told, dict) or not told.keys() <= PARTS:
        named = ", ".join(f"`{part}`" for part in sorted(PARTS))
        raise Misconfigured(f"JORGE_TEAM_FILE: it must be an object with {named} and nothing else.")
    answers = {_topic(name): _answer(name, value) for name, value in _object(told, "answers").items()}
    return Team(seller_mode=seller_mode, answers=answers, reading=_reading(told), consent=parse_consent(told))


def _reading(told: dict[str, Any]) -> Reading:
    """Ours with the team's entries in it; null takes one of ours away."""
    fields = {field_key(key): _slot("fields", key, value) for key, value in _object(told, "fields").items()}
    tags = {plain_tag(tag): _tag(tag, value) for tag, value in _object(told, "tags").items()}
    sources = {
        name.strip().casefold(): _goal("sources", name, value) for name, value in _object(told, "sources").items()
    }
    return Reading(
        fields={key: name for key, name in {**FIELDS, **fields}.items() if name is not None},
        tags={tag: told for tag, told in {**TAGS, **tags}.items() if told is not None},
        sources=sources,
    )


def _slot(where: str, name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and (value == GOAL or value in set(Slot)):
        return value
    known = ", ".join([*Slot, GOAL])
    raise Misconfigured(f"JORGE_TEAM_FILE: `{where}.{name}` must be null or one of {known}.")


def _tag(tag: str, value: Any) -> tuple[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise Misconfigured(f"JORGE_TEAM_FILE: `tags.{tag}` must be null or an object with one slot and its value.")
    ((name, told),) = value.items()
    slot = _slot("tags", f"{tag}.{name}", name)
    if slot == GOAL:
        return GOAL, _goal("tags", tag, told)
    if slot is None or not isinstance(told, str) or not told.strip():
        raise Misconfigured(f"JORGE_TEAM_FILE: `tags.{tag}.{name}` must be a text.")
    return slot, told


def _goal(where: str, name: str, value: Any) -> str:
    if value not in (BUY, SELL):
        raise Misconfigured(f"JORGE_TEAM_FILE: `{where}.{name}` must be buy or sell.")
    return str(value)


def _object(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name, {})
    if not isinstance(value, dict):
        raise Misconfigured(f"JORGE_TEAM_FILE: `{name}` must be an object.")
    return value


def _topic(name: str) -> Topic:
    if name not in {topic.value for topic in ANSWERABLE}:
        known = ", ".join(sorted(topic.value for topic in ANSWERABLE))
        raise Misconfigured(f"JORGE_TEAM_FILE: `answers.{name}` is not one of {known}.")
    return Topic(name)


def _answer(name: str, value: Any) -> TeamAnswer:
    if not isinstance(value, dict) or not value.keys() <= {"en", "es", "as_of"} or not value.keys() & {"en", "es"}:
        raise Misconfigured(f"JORGE_TEAM_FILE: `answers.{name}` needs `en` or `es`, and may have `as_of`.")
    as_of = _as_of(name, value.get("as_of"))
    words = {
        language: _words(name, language, value[language.value]) for language in Language if language.value in value
    }
    return TeamAnswer(words, as_of)


def _as_of(name: str, value: Any) -> date | None:
    if value is None:
        if Topic(name) in OF_A_DATE:
            raise Misconfigured(f"JORGE_TEAM_FILE: `answers.{name}` grows old, so it needs `as_of`, a date.")
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Misconfigured(f"JORGE_TEAM_FILE: `answers.{name}.as_of` must be a date like 2026-03-01.") from None


def _words(name: str, language: Language, value: Any) -> str:
    where = f"JORGE_TEAM_FILE: `answers.{name}.{language.value}`"
    words = to_gsm7(" ".join(value.split())) if isinstance(value, str) else ""
    if not words or not is_gsm7(words):
        raise Misconfigured(f"{where} must be a text without emoji.")
    if septets(words) > LONGEST_ANSWER:
        raise Misconfigured(f"{where} is longer than {LONGEST_ANSWER} characters, which leaves no room in a text.")
    if "?" in words:
        raise Misconfigured(f"{where} must not ask anything, since the bot's own question follows.")
    verdict = check_draft(words)
    if not isinstance(verdict, Send):
        # A text that the guard would replace would never be said: better to hear of it now.
        raise Misconfigured(f"{where} may not be sent: {', '.join(rule.name for rule in verdict.rules)}.")
    return words
