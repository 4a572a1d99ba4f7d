"""The guard on our own drafts: what breaks the law is caught, what only sounds alike passes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.compliance.guard import guard, may_say
from ghl_real_estate_ai.compliance.guard_judge import read_judge
from ghl_real_estate_ai.compliance.guard_rules import RULES
from ghl_real_estate_ai.compliance.guard_terms import FRAGMENTS, WORDINGS
from ghl_real_estate_ai.compliance.labelled import CASES, load_cases, load_drafts
from ghl_real_estate_ai.compliance.model import Rewrite, Send, Suppress
from ghl_real_estate_ai.compliance.train_judge import lesson, views_of
from ghl_real_estate_ai.conversation.model import Language

KEPT = Path(__file__).parents[2] / "fixtures" / "compliance"
"""Drafts that the judge never learns from."""


def drafts(verdict: str, folder: Path = CASES) -> list[tuple[Language, str]]:
    return [(language, draft.text) for language in Language for draft in load_drafts(verdict, language, folder)]


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


@pytest.mark.parametrize(
    ("kept", "stopped", "changed"),
    [("kept", 0.95, 0.04), ("kept_scenarios", 0.65, 0.06), ("kept_others", 0.85, 0.1)],
    ids=["same hand", "scenarios", "another hand"],
)
def test_drafts_that_nothing_learned_from_are_told_apart(kept: str, stopped: float, changed: float) -> None:
    """The kept ones are scored, and none of them is learned from."""
    violating, harmless = f"{kept}_violating", f"{kept}_harmless"

    assert len(sent(violating, KEPT)) <= (1 - stopped) * len(drafts(violating, KEPT))
    assert len(sent(harmless, KEPT)) >= (1 - changed) * len(drafts(harmless, KEPT))
    assert not {text for _, text in drafts(violating, KEPT)} & {text for _, text in drafts("violating")}
    assert not {text for _, text in drafts(harmless, KEPT)} & {text for _, text in drafts("harmless")}


def test_whatever_the_bots_say_is_sent() -> None:
    """None of the bots' own wordings is changed."""
    assert set(sent("ours")) == {text for _, text in drafts("ours")}


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
    """Whoever changes a case trains anew: the judge sees what the cases of now show."""
    rows = lesson([*load_cases("violating"), *load_cases("harmless"), *load_cases("ours")])
    views, shipped = views_of([row.sentence for row in rows]), read_judge().views

    assert shipped.columns == views.columns
    assert shipped.word_rarity == views.word_rarity


def test_each_wording_has_a_rule_and_each_fragment_a_wording() -> None:
    """Nothing in the lists is left over, and none of them is too long to be read."""
    names, wordings = sections(WORDINGS)
    fragments, made_of = sections(FRAGMENTS)
    used = set(re.findall(r"\{([a-z_]+)\}", "\n".join([*wordings, *made_of])))

    assert set(names) == {one.rule.name for one in RULES} | {"harmless", "refuses", "winks"}
    assert used == set(fragments)
    assert max(len(line) for line in (*wordings, *made_of)) <= 210


def sections(path: Path) -> tuple[list[str], list[str]]:
    """The names in brackets, and the lines below them."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]
    names = [line[1:-1] for line in lines if re.fullmatch(r"\[[a-z_]+\]", line)]
    return names, [line for line in lines if line[1:-1] not in names]


@pytest.mark.parametrize(
    "text",
    [
        "Is it a single family home?",
        "How are the schools rated? GreatSchools.org and the district publish that.",
        "The color of the roof is gray.",
        "There's a ramp at the side door and the halls are 36 inches wide.",
        "Per the listing it's a 55+ community, with one resident of 55 or older per home.",
        "You're free to use any lender or title company you like.",
        "¿De qué color es el techo?",
        "Es una casa unifamiliar con rampa en la entrada.",
    ],
)
def test_facts_of_a_home_are_said(text: str) -> None:
    """What sounds like something forbidden and is a fact or a free choice passes as it is."""
    assert guard(text) == Send(text)


def test_each_labelled_draft_breaks_a_rule_that_there_is() -> None:
    """The judge names the rule that the labelled drafts nearest to a sentence broke."""
    assert {draft.rule for draft in load_cases("violating")} <= {one.rule.name for one in RULES}


def test_the_judge_says_which_rule_a_draft_comes_near_to() -> None:
    """A wording that no rule holds is stopped with a name and a source."""
    verdict = guard("Folks leave their doors unlocked out there.")

    assert isinstance(verdict, Rewrite)
    assert [rule.name for rule in verdict.rules] in (["safety_or_crime"], ["resembles_safety_or_crime"])
    assert "42 USC 3604" in verdict.rules[0].source


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
