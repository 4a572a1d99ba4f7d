"""Answers JSON lines one by one: a bad line is named and skipped, the rest is still answered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

import orjson

from ghl_real_estate_ai.errors import Rejected

EXIT_BAD_LINE = 2


def answer_lines(
    stdin: Iterable[str],
    stdout: TextIO,
    stderr: TextIO,
    answer: Callable[[Mapping[str, Any]], Mapping[str, object]],
) -> int:
    """Write what *answer* makes of each JSON object of *stdin*; return the exit code, 2 when a line was bad."""
    code = 0
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            answered = orjson.dumps(answer(_parsed(line)))
        except Rejected as error:
            stderr.write(f"line {number}: {error}\n")
            code = EXIT_BAD_LINE
            continue
        stdout.write(answered.decode() + "\n")
    return code


def text_of(given: Mapping[str, Any], field: str) -> str:
    """The text of a field that must be there.

    Raises:
        Rejected: it is missing or no text.
    """
    value = given.get(field)
    if not isinstance(value, str):
        raise Rejected(f"`{field}` is missing or not a string", field=field)
    return value


def text_or_none(given: Mapping[str, Any], field: str) -> str | None:
    """The text of a field that may be missing or null; blank text is none.

    Raises:
        Rejected: it is something else.
    """
    value = given.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Rejected(f"`{field}` is neither a string nor null", field=field)
    return value if value.strip() else None


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        given = orjson.loads(line)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise Rejected(f"not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Rejected("not a JSON object")
    return given
