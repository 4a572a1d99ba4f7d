"""`jorge guard` and `jorge hours`: a line in, a verdict out, and a sentence about each bad line."""

import io
import json
from collections.abc import Callable
from typing import TextIO

import pytest

from ghl_real_estate_ai.cli.guard import guard_lines
from ghl_real_estate_ai.cli.hours import hours_lines


def run(command: Callable[..., int], *lines: str) -> tuple[int, list[dict[str, object]], str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    code = command(lines, stdout, stderr)
    return code, [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def test_a_draft_is_answered_with_its_verdict() -> None:
    """A harmless draft is sent as it stands, another with the rule and other words."""
    code, answers, complaints = run(
        guard_lines,
        '{"id": "a", "text": "Está bien, ¿cuántas recámaras?", "bot": "buyer", "language": "es"}',
        "",
        '{"id": "b", "text": "It is a safe area.", "bot": null, "language": null}',
    )

    assert (code, complaints) == (0, "")
    assert answers[0] == {"id": "a", "verdict": "send", "rules": [], "text": "Está bien, ¿cuántas recámaras?"}
    assert (answers[1]["verdict"], answers[1]["rules"]) == ("rewrite", ["safety_or_crime"])


def test_hours_are_answered_with_the_next_moment() -> None:
    """A Sunday morning in Texas waits for noon in its later zone."""
    _, answers, _ = run(hours_lines, '{"id": "a", "kind": "initiated", "at": "2026-03-08T13:30:00Z", "state": "TX"}')

    assert answers == [
        {
            "id": "a",
            "allowed": False,
            "next_allowed_at": "2026-03-08T18:00:00Z",
            "rule": "federal_hours",
            "source": "47 CFR 64.1200(c)(1)",
        }
    ]


@pytest.mark.parametrize(
    ("command", "line", "names"),
    [
        (guard_lines, "not json", "not JSON"),
        (guard_lines, "[1]", "object"),
        (guard_lines, '{"id": "a"}', "`text`"),
        (guard_lines, '{"id": "a", "text": "hi", "bot": "cat"}', "`bot`"),
        (hours_lines, '{"id": 1, "kind": "reply", "at": "2026-03-08T13:30:00Z"}', "`id`"),
        (hours_lines, '{"id": "a", "kind": "call", "at": "2026-03-08T13:30:00Z"}', "`kind`"),
        (hours_lines, '{"id": "a", "kind": "initiated", "at": "tomorrow"}', "`at`"),
        (hours_lines, '{"id": "a", "kind": "initiated", "at": "9999-12-31T23:59:59Z"}', "`at`"),
        (hours_lines, '{"id": "a", "kind": "initiated", "at": "2026-03-08T13:30:00Z", "zip": 78701}', "`zip`"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_answered(command: Callable[..., int], line: str, names: str) -> None:
    """The exit code is 2, the sentence names the line and the field, the good line has its answer."""
    good = '{"id": "good", "text": "Hello", "kind": "reply", "at": "2026-03-08T13:30:00"}'

    code, answers, complaints = run(command, line, good)

    assert code == 2
    assert complaints.startswith("line 1: ")
    assert names in complaints
    assert [answer["id"] for answer in answers] == ["good"]


def test_standard_error_is_where_complaints_go(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stream of one's own they go to the process's."""
    out: TextIO = io.StringIO()

    assert guard_lines(["?"], out) == 2
    assert "line 1" in capsys.readouterr().err
