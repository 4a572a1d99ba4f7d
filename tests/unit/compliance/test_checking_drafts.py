"""What compliance does with a draft: letters, length, disclosure, fair housing, and the answer to an opt-out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.model import Rewrite, Send, Suppress
from ghl_real_estate_ai.compliance.opt_out import confirmation, is_bare_yes, is_start_word, is_stop_family
from ghl_real_estate_ai.compliance.sms import is_gsm7, segments, to_gsm7, trim
from ghl_real_estate_ai.conversation.model import Language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It\u2019s fine \u2014 \u201creally\u201d\u2026", 'It\'s fine - "really"...'),
        ("¿Cuántas recámaras? Mañana, señor, él", "¿Cuantas recamaras? Mañana, señor, él"),
        ("pingüino ¡sí!", "pingüino ¡si!"),
        ("naïve façade", "naive facade"),
        ("e\u0301l", "él"),
        ("no-break\u00a0space", "no-break space"),
    ],
)
def test_what_gsm7_lacks_is_written_plainly(text: str, expected: str) -> None:
    """Typographic marks and foreign accents become plain letters, and é ñ ü ¿ ¡ stay."""
    assert to_gsm7(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("\U0001f600" * 35, 1),
        ("\U0001f600" * 36, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("\U0001f600" * 67, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_as_carriers_do(text: str, expected: int) -> None:
    """160 and 153 septets, extended characters twice, and 70 and 67 units once a character leaves GSM-7."""
    assert segments(text) == expected


@given(st.text(max_size=900))
def test_trimming_always_fits(text: str) -> None:
    """Whatever is written, the trimmed text takes two segments at most, and a short one is left alone."""
    trimmed = trim(text)

    assert segments(trimmed) <= 2
    assert trimmed == text or segments(text) > 2


def test_trimming_ends_at_a_sentence() -> None:
    """A long text loses whole sentences, not half of one."""
    text = " ".join(["This sentence is one of very many that nobody needs to read at all."] * 6)

    assert trim(text) == " ".join(["This sentence is one of very many that nobody needs to read at all."] * 4)


@given(st.text(max_size=400))
def test_plain_writing_is_settled_at_once(text: str) -> None:
    """Writing plainly twice changes nothing more, and GSM-7 text is left as it is."""
    once = to_gsm7(text)

    assert to_gsm7(once) == once
    assert not is_gsm7(text) or "`" in text or "\t" in text or once == text


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", "Stop All", "OPT-OUT", "opt out", "Unsubscribe!", " QUIT ", "end", "CANCEL"]
)
def test_the_stop_family_gets_no_answer_of_ours(text: str) -> None:
    """Carriers confirm these words themselves."""
    assert is_stop_family(text)
    assert confirmation(text, Language.EN, "Lone Star") is None


@pytest.mark.parametrize(
    "text", ["please stop texting me", "stop. thank you", "no me escriba", "bus stop", "cancel my showing"]
)
def test_other_wordings_are_confirmed_once(text: str) -> None:
    """Any other wording is not a carrier's keyword, so our confirmation names who will be silent."""
    words = confirmation(text, Language.EN, "Lone Star")

    assert words is not None
    assert "Lone Star" in words


def test_only_start_words_lift_an_opt_out() -> None:
    """START and its kin lift, a bare yes is told apart."""
    assert [is_start_word(text) for text in ("START", "unstop!", "start over with pricing", "yes")] == [
        True,
        True,
        False,
        False,
    ]
    assert [is_bare_yes(text) for text in ("Yes", "sí", "yes please call")] == [True, True, False]


@pytest.mark.parametrize(
    "draft",
    [
        "This is a great area for families, wait, perfect for families",
        "It is a safe neighborhood.",
        "The schools: top schools all around",
        "Low crime there.",
        "Mostly Hispanic buyers like it",
        "You'd be close to the church.",
        "Es una zona segura.",
    ],
)
def test_steering_is_never_sent(draft: str) -> None:
    """A draft that says who lives somewhere or how safe it is does not leave the house."""
    verdict = check_draft(draft, first_reply_needs_disclosure=False)

    assert isinstance(verdict, Rewrite)
    assert draft not in verdict.text
    assert isinstance(check_draft(verdict.text), Send | Rewrite)
    assert all("3604" in rule.source for rule in verdict.rules if rule.name != "gsm7")


@pytest.mark.parametrize(
    "draft",
    [
        "Are you looking for a single family home?",
        "What color is the roof?",
        "It has a white kitchen and a family room.",
        "Fair housing law applies to everybody.",
        "It's safe to say we can help.",
        "How many bedrooms do you need?",
    ],
)
def test_kinds_of_buildings_are_not_kinds_of_people(draft: str) -> None:
    """Harmless phrases pass untouched."""
    assert check_draft(draft, first_reply_needs_disclosure=False) == Send(draft)


def test_a_first_reply_without_disclosure_gets_it() -> None:
    """The machine is named in front of whatever the first reply says."""
    verdict = check_draft("What's your budget?", first_reply_needs_disclosure=True, business_name="Lone Star")

    assert isinstance(verdict, Rewrite)
    assert verdict.text == "Hi, this is the automated assistant of Lone Star. What's your budget?"


@pytest.mark.parametrize("draft", ["I'm a real person, promise", "I am not a bot", "Soy una persona real"])
def test_no_draft_claims_to_be_a_person(draft: str) -> None:
    """A lie about the machine becomes the truth."""
    verdict = check_draft(draft, first_reply_needs_disclosure=False)

    assert isinstance(verdict, Rewrite)
    assert "automated assistant" in verdict.text


def test_nothing_goes_to_somebody_who_opted_out() -> None:
    """The last check holds even for a harmless draft."""
    verdict = check_draft("Hello", first_reply_needs_disclosure=False, opted_out=True)

    assert isinstance(verdict, Suppress)
    assert verdict.rules[0].source


@given(st.text(max_size=900), st.booleans())
def test_whatever_may_be_sent_fits_two_segments(draft: str, first: bool) -> None:
    """A verdict that lets words through lets through two segments at most."""
    verdict = check_draft(draft, first_reply_needs_disclosure=first)

    assert isinstance(verdict, Suppress) or segments(verdict.text) <= 2
