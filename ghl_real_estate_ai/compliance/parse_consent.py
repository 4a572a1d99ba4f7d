"""Reads from the team's file what counts as consent to texts, everywhere and in single locations."""

from collections.abc import Callable, Mapping
from typing import Any

from ghl_real_estate_ai.compliance.consent import OURS, ConsentBook, ConsentRules
from ghl_real_estate_ai.crm.needs import field_key, plain_tag
from ghl_real_estate_ai.errors import Misconfigured

LONGEST_WORDING = 400
Marks = Mapping[str, str | None]


def parse_consent(told: Mapping[str, Any]) -> ConsentBook:
    """Make the book of `consent` and of `locations.<id>.consent`; a location's entries go before those of all.

    Raises:
        Misconfigured: naming the part that is wrong.
    """
    everywhere = _rules(told.get("consent", {}), OURS, "consent")
    places = _object(told.get("locations", {}), "locations")
    return ConsentBook(
        everywhere=everywhere,
        places={place: _of_place(place, content, everywhere) for place, content in places.items()},
    )


def _of_place(place: str, content: Any, everywhere: ConsentRules) -> ConsentRules:
    where = f"locations.{place}"
    if not _object(content, where).keys() <= {"consent"}:
        raise Misconfigured(f"JORGE_TEAM_FILE: `{where}` may hold `consent` and nothing else.")
    return _rules(content.get("consent", {}), everywhere, f"{where}.consent")


def _rules(content: Any, others: ConsentRules, where: str) -> ConsentRules:
    if not _object(content, where).keys() <= {"tags", "fields", "forms"}:
        raise Misconfigured(f"JORGE_TEAM_FILE: `{where}` may hold `tags`, `fields`, `forms` and nothing else.")
    return ConsentRules(
        tags=_marks(content, "tags", plain_tag, others.tags, where),
        fields=_marks(content, "fields", field_key, others.fields, where),
        forms=_marks(content, "forms", _plain_form, others.forms, where),
    )


def _marks(content: Mapping[str, Any], kind: str, plain: Callable[[str], str], others: Marks, where: str) -> Marks:
    """The others' with these in them: a text is the words shown there, true says nothing of them, null takes away."""
    marks = dict(others)
    for name, value in _object(content.get(kind, {}), f"{where}.{kind}").items():
        marks.pop(plain(name), None)
        if value is not None:
            marks[plain(name)] = _wording(value, f"{where}.{kind}.{name}")
    return marks


def _wording(value: Any, where: str) -> str | None:
    if value is True:
        return None
    if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_WORDING:
        return " ".join(value.split())
    raise Misconfigured(
        f"JORGE_TEAM_FILE: `{where}` must be true, null, or the words shown there in {LONGEST_WORDING} characters."
    )


def _plain_form(name: str) -> str:
    return name.strip().casefold()


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Misconfigured(f"JORGE_TEAM_FILE: `{where}` must be an object.")
    return value
