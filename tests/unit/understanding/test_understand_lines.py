"""`jorge understand`: labelled messages in, predictions out."""

import io
import json

from ghl_real_estate_ai.cli.understand import understand_lines


def test_each_line_is_answered():
    """A labelled message is answered by one object of the documented shape."""
    stdout, stderr = io.StringIO(), io.StringIO()
    line = json.dumps({"id": "m1", "text": "650", "context": {"bot": "seller", "asked": "price_expectation"}})

    code = understand_lines([line + "\n", "\n"], stdout, stderr)

    assert code == 0
    assert json.loads(stdout.getvalue()) == {
        "id": "m1",
        "language": "en",
        "intents": [],
        "objections": [],
        "slots": {"price_expectation": 650000},
        "archetype": None,
    }


def test_bad_line_is_named_and_skipped():
    """A line that is no labelled message is named, the rest is answered, and the exit code is 2."""
    stdout, stderr = io.StringIO(), io.StringIO()
    lines = [
        "nonsense\n",
        '{"id": "m2"}\n',
        '{"id": "m3", "text": "hi"}\n',
        '{"id":"m4","text":"a","context":{"bot":"x"}}\n',
    ]

    code = understand_lines(lines, stdout, stderr)

    assert code == 2
    assert [json.loads(answer)["id"] for answer in stdout.getvalue().splitlines()] == ["m3"]
    assert [complaint.split(":")[0] for complaint in stderr.getvalue().splitlines()] == ["line 1", "line 2", "line 4"]
