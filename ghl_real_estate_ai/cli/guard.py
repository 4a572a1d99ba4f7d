"""`jorge guard`: a draft of ours a line; whether it may be sent, in which words, and by which rules."""

import sys
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TextIO, assert_never

from ghl_real_estate_ai.cli.json_lines import answer_lines, text_of, text_or_none
from ghl_real_estate_ai.compliance.guard import guard
from ghl_real_estate_ai.compliance.model import HoldUntil, Rewrite, Send, Suppress
from ghl_real_estate_ai.conversation.model import Bot, Language
from ghl_real_estate_ai.errors import Rejected


def guard_lines(
    stdin: Iterable[str], stdout: TextIO, stderr: TextIO | None = None, *, own_names: tuple[str, ...] = ()
) -> int:
    """Answer each line of *stdin*; a bad one is named on *stderr* and the code is 2.

    *own_names* are names of ours, that no rule is held against.
    """
    answer = partial(_answer, own_names=own_names)
    return answer_lines(stdin, stdout, sys.stderr if stderr is None else stderr, answer)


def _answer(given: Mapping[str, Any], own_names: tuple[str, ...]) -> dict[str, object]:
    draft_id, text, language = text_of(given, "id"), text_of(given, "text"), _language(given)
    _check_bot(given)
    verdict = guard(text, language, own_names)
    match verdict:
        case Send(said):
            return {"id": draft_id, "verdict": "send", "rules": [], "text": said}
        case Rewrite(said, rules):
            return {"id": draft_id, "verdict": "rewrite", "rules": [rule.name for rule in rules], "text": said}
        case Suppress(rules):
            return {"id": draft_id, "verdict": "suppress", "rules": [rule.name for rule in rules], "text": None}
        case HoldUntil():  # pragma: no cover - words know no clock
            raise AssertionError("The guard looks at words alone.")
        case _:
            assert_never(verdict)


def _language(given: Mapping[str, Any]) -> Language:
    """English unless said; another language is answered in English."""
    named = (text_or_none(given, "language") or "en").lower()[:2]
    return Language.ES if named == "es" else Language.EN


def _check_bot(given: Mapping[str, Any]) -> None:
    named = text_or_none(given, "bot")
    if named is not None and named.removesuffix("_bot") not in [bot.value for bot in Bot]:
        raise Rejected(f"`bot` is none of {', '.join(bot.value for bot in Bot)}", field="bot")
