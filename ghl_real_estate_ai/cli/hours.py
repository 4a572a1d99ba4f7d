"""`jorge hours`: who wants to text whom and when, a JSON object a line; whether that may be, and from when on."""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from ghl_real_estate_ai.cli.json_lines import answer_lines, text_of, text_or_none
from ghl_real_estate_ai.compliance.quiet_hours import Kind, Whereabouts, may_text
from ghl_real_estate_ai.errors import Rejected

FIRST_YEAR, LAST_YEAR = 1971, 2099
"""The years whose holidays are known."""


def hours_lines(stdin: Iterable[str], stdout: TextIO, stderr: TextIO | None = None) -> int:
    """Answer each line of *stdin*; a bad one is named on *stderr* and the code is 2."""
    return answer_lines(stdin, stdout, sys.stderr if stderr is None else stderr, _answer)


def _answer(given: Mapping[str, Any]) -> dict[str, object]:
    asked_id, kind, at = text_of(given, "id"), _kind(given), _at(given)
    where = Whereabouts(
        phone=text_or_none(given, "phone"),
        state=text_or_none(given, "state"),
        postal_code=text_or_none(given, "zip"),
        timezone=text_or_none(given, "timezone"),
    )
    moment = may_text(kind, at, where)
    return {
        "id": asked_id,
        "allowed": moment.is_allowed,
        "next_allowed_at": None if moment.next_allowed_at is None else _written(moment.next_allowed_at),
        "rule": moment.rule.name,
        "source": moment.rule.source,
    }


def _kind(given: Mapping[str, Any]) -> Kind:
    try:
        return Kind(text_of(given, "kind"))
    except ValueError:
        raise Rejected("`kind` is neither reply nor initiated", field="kind") from None


def _at(given: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(text_of(given, "at"))
    except ValueError as error:
        raise Rejected(f"`at` is no moment in ISO 8601: {error}", field="at") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Rejected(f"`at` is not between {FIRST_YEAR} and {LAST_YEAR}", field="at")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
