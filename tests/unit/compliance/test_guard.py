"""The guard on our own drafts: what breaks the law is caught, what only sounds alike passes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.compliance.guard import guard, may_say
from ghl_real_estate_ai.compliance.guard_rules import RULES
from ghl_real_estate_ai.compliance.model import Rewrite, Send, Suppress
from ghl_real_estate_ai.conversation.model import Language

FIXTURES = Path(__file__).parents[2] / "fixtures" / "compliance"


def drafts(name: str) -> list[tuple[Language, str]]:
    return [
        (language, line)
        for language in Language
        for line in (FIXTURES / f"{name}_{language.value}.txt").read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize(("language", "text"), drafts("guard_violating"))
def test_what_breaks_a_rule_is_not_sent_as_it_is(language: Language, text: str) -> None:
    """Each draft of the corpus that breaks a rule is changed or held, and what is said instead passes."""
    verdict = guard(text, language)

    assert not isinstance(verdict, Send)
    assert isinstance(verdict, Suppress) or may_say(verdict.text)
    assert all(rule.source for rule in verdict.rules)


@pytest.mark.parametrize(("language", "text"), drafts("guard_harmless"))
def test_what_only_sounds_alike_is_sent(language: Language, text: str) -> None:
    """Each harmless draft of the corpus passes untouched."""
    assert guard(text, language) == Send(text)


@pytest.mark.parametrize("one", [one for one in RULES if one.instead], ids=lambda one: str(one.rule.name))
def test_what_is_said_instead_passes(one: object) -> None:
    """No replacement breaks a rule."""
    instead = one.instead  # type: ignore[attr-defined]  # parametrized by its rules

    assert [text for text in instead.values() if not may_say(text)] == []


def test_the_question_of_a_changed_draft_is_still_asked() -> None:
    """Only the sentence that breaks a rule is replaced."""
    verdict = guard("Happy to help. The schools are excellent there. What's your budget?")

    assert isinstance(verdict, Rewrite)
    assert verdict.text.startswith("Happy to help.")
    assert verdict.text.endswith("What's your budget?")
    assert "excellent" not in verdict.text


def test_a_slur_leaves_nothing_to_say() -> None:
    """No sentence can stand in its place."""
    assert isinstance(guard("No wetbacks on this street."), Suppress)


@pytest.mark.parametrize("text", ["", "  \n", "a" * 3000])
def test_what_is_no_text_message_is_not_sent(text: str) -> None:
    """Nothing, or more than can be judged, is held."""
    assert isinstance(guard(text), Suppress)


@given(st.text(max_size=400))
def test_whatever_leaves_the_guard_passes_it(text: str) -> None:
    """The verdict on what a verdict says is to send it."""
    verdict = guard(text)

    assert isinstance(verdict, Suppress) or guard(verdict.text) == Send(verdict.text)


@given(st.sampled_from(drafts("guard_violating")), st.sampled_from(["\u200b", "\u00ad"]), st.booleans())
def test_letters_that_nobody_sees_hide_nothing(draft: tuple[Language, str], unseen: str, loud: bool) -> None:
    """Invisible marks and capitals change nothing."""
    language, text = draft
    hidden = text[:3] + unseen + text[3:]

    assert not isinstance(guard(hidden.upper() if loud else hidden, language), Send)
