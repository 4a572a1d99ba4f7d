"""The words in which each question may be asked: those of its templates, and a few that people use for the same."""

from collections.abc import Mapping
from functools import cache

from ghl_real_estate_ai.bots.wording import WORDINGS
from ghl_real_estate_ai.conversation.model import Bot, Language, Question
from ghl_real_estate_ai.llm.check_phrasing import words_of
from ghl_real_estate_ai.llm.model import Vocabulary
from ghl_real_estate_ai.llm.plain_words import FUNCTION_WORDS

ALSO_ASKED_AS: Mapping[Language, Mapping[Question, str]] = {
    Language.EN: {
        Question.GOAL: "buying selling buy sell goal",
        Question.BUDGET: "budget range max maximum spend spending comfortable limit",
        Question.FINANCING: "financing finance loan cash mortgage lender preapproved pre approved paying pay",
        Question.BEDROOMS: "bedroom bedrooms beds many minimum least need",
        Question.TIMELINE: "timeline timing timeframe soon move moving sold date ready",
        Question.LOCATIONS: "areas area towns town city cities neighborhood neighborhoods location locations focus",
        Question.ADDRESS: "address street home property",
        Question.MOTIVATION: "reason why brings considering decided sell selling sale",
        Question.CONDITION: "condition shape state repairs work updates",
        Question.PRICE: "price amount number hope target aiming sell",
        Question.APPOINTMENT: "day time works call tour visit talk available suits",
    },
    Language.ES: {
        Question.GOAL: "comprar vender busca",
        Question.BUDGET: "presupuesto máximo rango precio gastar límite",
        Question.FINANCING: "financiamiento préstamo efectivo crédito hipoteca banco pagaría preaprobado",
        Question.BEDROOMS: "recámaras recámara habitaciones mínimo necesita",
        Question.TIMELINE: "plazo tiempo fecha pronto mudarse mudanza venderla",
        Question.LOCATIONS: "zonas zona ciudad ciudades áreas área lugar",
        Question.ADDRESS: "dirección calle casa propiedad",
        Question.MOTIVATION: "motivo razón vender venta",
        Question.CONDITION: "estado condición condiciones casa arreglos",
        Question.PRICE: "precio cantidad recibir espera",
        Question.APPOINTMENT: "día hora llamada visita hablar cita",
    },
}


@cache
def vocabulary_of(bot: Bot, question: Question, language: Language) -> Vocabulary:
    """What a reply that asks *question* as *bot* may be made of, besides its own words and the plain ones."""
    own = _words_of_question(bot, question, language)
    others = [other for other in Question if other is not question]
    elsewhere = frozenset[str]().union(*(_words_of_question(bot, other, language) for other in others))
    return Vocabulary(
        statement=_words_of_thanks(language),
        question=own,
        telling=own - elsewhere - FUNCTION_WORDS[language],
    )


def _words_of_question(bot: Bot, question: Question, language: Language) -> frozenset[str]:
    """Empty where *bot* does not ask *question*."""
    texts = WORDINGS[language].get(f"ask.{bot.value}.{question.value}")
    if texts is None:
        return frozenset()
    return frozenset(word for text in (*texts, ALSO_ASKED_AS[language].get(question, "")) for word in words_of(text))


def _words_of_thanks(language: Language) -> frozenset[str]:
    """Those with which our templates thank for something told; what is told stands in the reply itself."""
    general = ("ack.plain", "ack.one", "ack.many", "ack.changed", "ack.thanks", "ack.hello", "ack.timeline")
    return frozenset(word for occasion in general for text in WORDINGS[language][occasion] for word in words_of(text))
