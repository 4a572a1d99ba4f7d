"""Every wording of every language, held against what a text message of ours must be."""

import pytest

from ghl_real_estate_ai.bots.script import MOST_ASKS
from ghl_real_estate_ai.bots.scripts import ALL as ALL_SCRIPTS
from ghl_real_estate_ai.bots.topics import Topic, topic_of
from ghl_real_estate_ai.bots.wording import WORDINGS, echo, money, question_part
from ghl_real_estate_ai.compliance.disclosure import greeting
from ghl_real_estate_ai.compliance.guard import may_say
from ghl_real_estate_ai.compliance.sms import WANTED_LENGTH, is_gsm7, septets, to_gsm7
from ghl_real_estate_ai.conversation.model import Language, Question
from ghl_real_estate_ai.understanding.model import Objection

FILLED = {"business_name": "Lone Star Realty", "value": "123 Long Meadow Ln", "second": "2.5", "name": "Keisha"}
ALL = [
    (language, occasion, to_gsm7(text.format(**FILLED)))
    for language, occasions in WORDINGS.items()
    for occasion, texts in occasions.items()
    for text in texts
]
PUSHY = (
    "act now",
    "hurry",
    "last chance",
    "limited time",
    "don't miss",
    "guarantee",
    "urgent",
    "no se pierda",
    "garantiz",
)


@pytest.mark.parametrize(
    ("language", "occasion", "text"), ALL, ids=[f"{a.value}-{b}-{n}" for n, (a, b, _) in enumerate(ALL)]
)
def test_a_wording_is_plain_short_and_kind(language: Language, occasion: str, text: str) -> None:
    """GSM-7, room for more in one segment, a question only where one is asked, no steering, no pressure."""
    assert is_gsm7(text)
    assert septets(text) <= 110
    assert text.count("?") == (1 if occasion.startswith("ask.") else 0)
    assert may_say(text)
    assert not any(word in text.lower() for word in PUSHY)
    assert "distress" not in text.lower()


def test_both_languages_speak_on_the_same_occasions() -> None:
    """Nothing is said in one language alone, and everything has more than one wording."""
    assert set(WORDINGS[Language.EN]) == set(WORDINGS[Language.ES])
    assert all(len(set(texts)) > 1 for occasions in WORDINGS.values() for texts in occasions.values())


def test_every_occasion_that_can_arise_has_words() -> None:
    """Each script question in each way of asking, each objection and each topic is worded."""
    asked = [
        question_part(script.bot, question, 0, script.manner).occasion
        for script in ALL_SCRIPTS
        for question in (*script.questions, *([Question.APPOINTMENT] if script.offers_appointment else []))
    ]
    answered = [f"answer.{topic.value}" for topic in Topic if topic is not Topic.RENTALS]
    objected = [f"objection.{objection.value}" for objection in Objection]

    for language in Language:
        assert set(asked + answered + objected) <= set(WORDINGS[language])
        assert all(len(WORDINGS[language][occasion]) == MOST_ASKS for occasion in asked)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("occasion", ["ask.lead.goal", "ask.buyer.budget_max", "ask.seller.address"])
def test_a_first_reply_fits_one_segment(language: Language, occasion: str) -> None:
    """Who writes, that it is a machine, and the first question fit one segment with an ordinary name."""
    text = to_gsm7(f"{greeting(language, 'Rancho Cucamonga Realty Group')} {WORDINGS[language][occasion][0]}")

    assert septets(text) <= WANTED_LENGTH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what's the market like around cedar park these days", Topic.PRICES),
        ("is 415 enough or am i dreaming", Topic.PRICES),
        ("good elementary schools then?", Topic.SCHOOLS),
        ("is it safe over there", Topic.SAFETY),
        ("ok so what happens now", Topic.PROCESS),
        ("who is this", Topic.SENDER),
        ("how did you get my number", Topic.NUMBER),
        ("do you know anyone who does rentals", Topic.RENTALS),
        ("can they still take it if it goes to foreclosure?", Topic.LEGAL),
        ("¿cuánto cobran de comisión?", Topic.FEES),
        ("do you cover weekends", Topic.OTHER),
        ("need to sell before foreclosure", None),
        ("is vacant right now", None),
        ("3 bedrooms at least, 2 baths", None),
        ("when i sell i want to move to tampa", None),
        ("??", None),
        ("", None),
    ],
)
def test_the_topic_of_a_question(text: str, expected: Topic | None) -> None:
    """A question is told from a statement, and its topic by its words."""
    assert topic_of(text) == expected


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [(385_000, "$385k"), (1_200_000, "$1.2M"), (412_500, "$412,500"), (1_050_000, "$1.05M"), (0, "$0")],
)
def test_money_is_written_as_people_do(dollars: int, expected: str) -> None:
    """Round figures are short, odd ones are whole."""
    assert money(dollars) == expected


@pytest.mark.parametrize(
    "text", ["x" * 41, "is it safe?", "foreclosure st", "http://a.b", "房产", "mostly white area", "a\nb?"]
)
def test_odd_words_of_a_lead_are_not_repeated(text: str) -> None:
    """What is long, odd, or not ours to say is acknowledged without being echoed."""
    assert echo(text) == ""
