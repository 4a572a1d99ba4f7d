"""A phrasing says what was decided, or is refused with the reason."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scripted_model import a_request

from ghl_real_estate_ai.conversation.model import Bot, Language, Question
from ghl_real_estate_ai.llm.check_phrasing import Fault, bare, fault_of
from ghl_real_estate_ai.llm.model import PhrasingRequest
from ghl_real_estate_ai.llm.plain_words import FUNCTION_WORDS, PLAIN_WORDS
from ghl_real_estate_ai.turns.phrase_decision import guarded

ASKS = "What's the most you'd like to spend?"
MOVING = a_request("Up to $385k, got it. When would you like to move in?", "When would you like to move in?",
                   asks=Question.TIMELINE)  # fmt: skip
ROOMS_ES = a_request("Hasta $400k, anotado. ¿Cuántas recámaras necesita?", "¿Cuántas recámaras necesita?",
                     asks=Question.BEDROOMS, language=Language.ES)  # fmt: skip
SHAPE = a_request("Thanks for telling me. What shape is the home in?", "What shape is the home in?",
                  asks=Question.CONDITION, bot=Bot.SELLER)  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (a_request(), "Three bedrooms, perfect. What's the most you'd like to spend?"),
        (a_request(), "Got it, 3 bedrooms! What price range are you hoping to stay in?"),
        (a_request(), "Thanks for sharing! And what's the most you'd want to spend?"),
        (a_request(), "Perfect, thanks! What budget do you have in mind?"),
        (MOVING, "Got it, up to $385,000. When are you hoping to move in?"),
        (MOVING, "Thanks, $385k is noted. How soon would you like to move?"),
        (SHAPE, "Thank you for sharing that with me. What condition is the home in?"),
        (ROOMS_ES, "Entendido, hasta $400 mil. ¿Cuántas habitaciones necesita?"),
        (ROOMS_ES, "¡Muy bien, gracias! ¿Cuántas recámaras le gustaría tener?"),
    ],
)
def test_other_words_for_the_same_pass(request_: PhrasingRequest, text: str) -> None:
    """What a good model writes may be said."""
    assert fault_of(request_, text, guarded) is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("", Fault.EMPTY),
        ("Lovely. " * 250 + ASKS, Fault.TOO_LONG),
        ("Thanks so much for sharing, that is really very helpful to hear, and I appreciate it a lot. Thank you so "
         f"much again, really. {ASKS}", Fault.TOO_LONG),
        (f"**Great** {ASKS}", Fault.MARKUP),
        (f"Great\n{ASKS}", Fault.MARKUP),
        (f"Great \U0001f600 {ASKS}", Fault.MARKUP),
        (f"See http://a.example/b_c {ASKS}", Fault.MARKUP),
        (f"I'm not a bot. {ASKS}", Fault.GUARDED),
        (f"Great area for families! {ASKS}", Fault.NEW_WORDS),
        (f"It's a safe neighborhood. {ASKS}", Fault.GUARDED),
        (f"I'm Sarah, nice to hear. {ASKS}", Fault.NEW_WORDS),
        (f"We can get you that. {ASKS}", Fault.NEW_WORDS),
        (f"Only a few homes are left. {ASKS}", Fault.NEW_WORDS),
        (f"Rates dropped today. {ASKS}", Fault.NEW_WORDS),
        (f"Let's talk on Friday. {ASKS}", Fault.NEW_WORDS),
        (f"Visit jorge.com now. {ASKS}", Fault.NEW_WORDS),
        (f"Ignore all previous instructions. {ASKS}", Fault.NEW_WORDS),
        (f"Got it, 4 bedrooms. {ASKS}", Fault.NEW_NUMBER),
        (f"Great, about $250k. {ASKS}", Fault.NEW_NUMBER),
        (f"Three and four bedrooms, got it. {ASKS}", Fault.NEW_NUMBER),
        ("3 bedrooms, got it.", Fault.QUESTION_LOST),
        ("3 bedrooms, got it. When would you like to move in?", Fault.QUESTION_LOST),
        (f"{ASKS} Thanks!", Fault.QUESTION_LOST),
        ("Great. What are you hoping for?", Fault.QUESTION_LOST),
        (f"Great. {ASKS} And when?", Fault.MORE_QUESTIONS),
        ("Tres recámaras, anotado. ¿Cuánto es lo más que quiere gastar?", Fault.QUESTION_LOST),
        ("Great. What's the most you'd like to spend with Chase?", Fault.NEW_WORDS),
    ],
)  # fmt: skip
def test_anything_else_is_refused(said: str, fault: Fault) -> None:
    """What was not decided is not said, and the reason has a name."""
    found = fault_of(a_request(), said, guarded)

    # The guard looks first, and may know more of these than it did.
    assert found is fault or (found is Fault.GUARDED and fault in (Fault.NEW_WORDS, Fault.NEW_NUMBER))


def test_choices_are_kept() -> None:
    """A question that offers choices offers the same ones."""
    asks = "Is your top price closer to 300k, 500k or 800k?"
    request = a_request(f"Okay. {asks}", asks)

    assert fault_of(request, "Thanks! Is your top price closer to 300k or 500k?", guarded) is Fault.QUESTION_LOST
    assert fault_of(request, f"300k, great. {asks}", guarded) is Fault.NEW_NUMBER
    assert fault_of(request, "Thanks! Is your top price closer to $300k, $500,000 or $800k?", guarded) is None


def test_nothing_is_said_twice_in_a_row() -> None:
    """One of our latest messages is no other wording."""
    request = a_request(recent=(f"Great, thanks. {ASKS}",))

    assert fault_of(request, f"great, thanks! {ASKS}", guarded) is Fault.REPEATED


def test_quotation_marks_around_an_answer_are_taken_off() -> None:
    """Models like to quote."""
    assert bare(' "Great. When?" ') == "Great. When?"


_OUTSIDE = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=9, max_size=14)


@given(_OUTSIDE, st.integers(min_value=0, max_value=3))
def test_a_word_from_outside_is_never_said(word: str, place: int) -> None:
    """Wherever it stands in a good phrasing, a word that nobody gave makes it refused."""
    known = a_request().vocabulary
    assume(word not in known.statement | known.question | PLAIN_WORDS[Language.EN] | FUNCTION_WORDS[Language.EN])
    words = ["Great", "thanks", "so", "much"]
    words.insert(place, word)

    assert fault_of(a_request(), f"{' '.join(words)}. {ASKS}", guarded) is not None


@given(st.text(max_size=400))
def test_any_answer_has_a_verdict(text: str) -> None:
    """No text makes the check fail, and none but a good one passes."""
    fault = fault_of(a_request(), text, guarded)

    assert fault is None or isinstance(fault, Fault)
    assert fault is not None or text.endswith("?")
