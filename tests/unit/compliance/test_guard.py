"""The guard on our own drafts: what breaks the law is caught, what only sounds alike passes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.compliance.guard import guard, may_say
from ghl_real_estate_ai.compliance.guard_judge import read_judge
from ghl_real_estate_ai.compliance.guard_rules import RULES
from ghl_real_estate_ai.compliance.model import Rewrite, Send, Suppress
from ghl_real_estate_ai.compliance.train_judge import CASES, lesson, load_cases, names_of
from ghl_real_estate_ai.conversation.model import Language

KEPT = Path(__file__).parents[2] / "fixtures" / "compliance"
"""Drafts that no rule and no judge may be mended by: only counted."""


def drafts(verdict: str, folder: Path = CASES) -> list[tuple[Language, str]]:
    return [
        (language, line)
        for language in Language
        for line in (folder / f"{verdict}_{language.value}.txt").read_text(encoding="utf-8").splitlines()
    ]


def sent(verdict: str, folder: Path = CASES) -> list[str]:
    """The drafts of *verdict* that the guard lets through as they are."""
    return [text for language, text in drafts(verdict, folder) if guard(text, language) == Send(text)]


STOPPED = [(language, text) for language, text in drafts("violating") if not may_say(text)]


def test_what_breaks_a_rule_is_not_sent_as_it_is() -> None:
    """Of the labelled drafts that break a rule hardly one passes."""
    assert len(sent("violating")) <= 0.06 * len(drafts("violating")), sent("violating")


def test_what_only_sounds_alike_is_sent() -> None:
    """Of the labelled drafts that are harmless hardly one is changed."""
    changed = {text for _, text in drafts("harmless")} - set(sent("harmless"))

    assert len(changed) <= 0.015 * len(drafts("harmless")), changed


def test_drafts_that_nothing_was_mended_by_are_told_apart() -> None:
    """The kept half is scored, and never learned from."""
    assert len(sent("kept_violating", KEPT)) <= 0.1 * len(drafts("kept_violating", KEPT))
    assert len(sent("kept_harmless", KEPT)) >= 0.9 * len(drafts("kept_harmless", KEPT))
    assert not {text for _, text in drafts("kept_violating", KEPT)} & {text for _, text in drafts("violating")}
    assert not {text for _, text in drafts("kept_harmless", KEPT)} & {text for _, text in drafts("harmless")}


@pytest.mark.parametrize(("language", "text"), drafts("violating"))
def test_what_is_said_in_place_of_a_draft_passes_and_has_a_source(language: Language, text: str) -> None:
    """A verdict names its rules with where they are written down, and what it says may be said."""
    verdict = guard(text, language)

    assert isinstance(verdict, Suppress) or may_say(verdict.text) or verdict == Send(text)
    assert all(rule.source for rule in verdict.rules)


@pytest.mark.parametrize("text", ["{}", "Hi, this is the automated assistant of {}.", "{} can meet you at 10."])
@pytest.mark.parametrize("name", ["Christian Realty", "Church Street Homes", "White & Black", "Young Families Group"])
def test_a_business_may_greet_by_its_name(name: str, text: str) -> None:
    """A protected word in a name of ours is nobody's religion, colour or age."""
    assert guard(text.format(name), own_names=(name,)) == Send(text.format(name))


def test_a_name_of_ours_excuses_nothing_else() -> None:
    """The rest of the sentence is judged as any other."""
    verdict = guard("Christian Realty only sells to Christian families.", own_names=("Christian Realty",))

    assert not isinstance(verdict, Send)


def test_the_shipped_weights_are_those_of_the_cases() -> None:
    """Whoever changes a case trains anew: the judge still stops from what unseen drafts of now say."""
    rows, truth = lesson(load_cases("violating"), [*load_cases("harmless"), *load_cases("ours")])

    assert set(names_of(rows)) == set(read_judge().weights)
    assert truth.sum() > 600


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


@given(st.sampled_from(STOPPED), st.sampled_from(["\u200b", "\u00ad"]), st.booleans())
def test_letters_that_nobody_sees_hide_nothing(draft: tuple[Language, str], unseen: str, loud: bool) -> None:
    """Invisible marks and capitals change nothing."""
    language, text = draft
    hidden = text[:3] + unseen + text[3:]

    assert not isinstance(guard(hidden.upper() if loud else hidden, language), Send)
