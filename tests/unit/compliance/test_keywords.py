"""Opt-out, opt-in, HELP and privacy requests in the wordings that people use, and what only looks like them."""

import pytest

from ghl_real_estate_ai.compliance.opt_out import is_start_word, wants_no_more
from ghl_real_estate_ai.compliance.privacy import PrivacyKind, asks_to_forget, kinds_asked
from ghl_real_estate_ai.understanding.model import Intent
from ghl_real_estate_ai.understanding.understand import understand

OPT_OUT = [
    "STOP",
    "stop.",
    "STOPALL",
    "Stop all",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "OPT-OUT",
    "opt out",
    "REMOVE",
    "ARRET",
    "ALTO",
    "PARAR",
    "NO MAS",
    "no más mensajes",
    "Stop. Thank you",
    "please remove me from this list",
    "dejen de escribirme",
    "lose my number",
    "baja",
    "take me off your list",
    "cancelar suscripción",
]
NO_OPT_OUT = [
    "We have got to STOP this bill",
    "cancel my showing",
    "the end of the month",
    "can you stop by at 5?",
    "quit my job last week",
    "remove the shed from the listing",
    "my lease is up at the end of june",
    "alto precio",
    "no mas de 300 mil",
    "bus stop is near",
    "I'd like to opt for FHA",
    "I'm going to remove the carpet",
]
HELP = ("HELP", "help", "Help?", "INFO", "AYUDA", "help me")
NO_HELP = ("can you help me sell my house?", "I need help with financing", "info on 12 Oak St please")
START = ("START", "Start", "UNSTOP", "RESUME", "SUBSCRIBE", "COMENZAR", "REANUDAR", "INICIAR", "EMPEZAR", "opt back in")
NO_START = ("start looking in june", "when do we start?", "yes", "resume the search in may")


@pytest.mark.parametrize("text", OPT_OUT)
def test_an_opt_out_is_understood(text: str) -> None:
    assert understand(text).has(Intent.OPT_OUT)


@pytest.mark.parametrize("text", NO_OPT_OUT)
def test_what_only_holds_the_word_is_none(text: str) -> None:
    assert not understand(text).has(Intent.OPT_OUT)


def test_the_help_keyword_is_told_from_a_wish_for_help() -> None:
    """The keyword is answered with who we are; a wish is answered by the bot."""
    assert [text for text in HELP if not understand(text).has(Intent.HELP)] == []
    assert [text for text in NO_HELP if understand(text).has(Intent.HELP)] == []


def test_start_lifts_and_a_sentence_with_it_does_not() -> None:
    """Neither does a bare yes."""
    assert [text for text in START if not (is_start_word(text) or understand(text).has(Intent.OPT_IN))] == []
    assert [text for text in NO_START if is_start_word(text)] == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("erase everything you have on me", ["delete"]),
        ("purge my details from your files", ["delete"]),
        ("borra mis datos", ["delete"]),
        ("what do you hold on me", ["export"]),
        ("¿qué saben de mí?", ["export"]),
        ("delete my records, but first send me a copy of my data", ["delete", "export"]),
        ("CCPA request", ["other"]),
    ],
)
def test_a_privacy_request_says_what_it_wants(text: str, kinds: list[str]) -> None:
    assert kinds_asked(text) == tuple(PrivacyKind(kind) for kind in kinds)


def test_an_opt_out_may_want_the_data_gone_too() -> None:
    """A list or a number is no data: leaving it is the opt-out itself."""
    assert asks_to_forget("stop, and delete all my data")
    assert asks_to_forget("forget me")
    assert asks_to_forget("Take me out of your records")
    assert asks_to_forget("delete everything you've got on me, and all you have")
    assert asks_to_forget("bórrenme")
    assert asks_to_forget("dejen de escribirme y borren mi información")
    assert not asks_to_forget("please remove me from this list")
    assert not asks_to_forget("delete my number")
    assert not asks_to_forget("forget about it")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("STOP", True),
        ("please quit texting me", True),
        ("forget me please", True),
        ("delete my data please", False),
        ("what do you hold on me?", False),
        ("dont forget me, I still want to see the house", False),
    ],
)
def test_who_is_to_be_forgotten_wants_no_more(text: str, ends: bool) -> None:
    """An opt-out in any words ends messages, and so does the wish to be forgotten; a question about data does not."""
    assert wants_no_more(text, understand(text)) is ends
