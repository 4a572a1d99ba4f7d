"""What the guard looks for: each rule, its source, its wordings (guard_wordings.txt) and what may be said instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ghl_real_estate_ai.compliance.guard_terms import wordings_of
from ghl_real_estate_ai.compliance.model import Rule
from ghl_real_estate_ai.conversation.model import Language

FAIR_HOUSING_LAW = "42 USC 3604, 24 CFR 100.70, 100.75"
NOTHING = re.compile(r"(?!)")

Texts = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class GuardRule:
    """A family of wordings that may not be sent."""

    rule: Rule
    wordings: re.Pattern[str]
    instead: Texts | None
    """What may be said in its place; None where nothing can be."""
    yields_to_refusal: bool = False
    """A clause that declines to speak of it may name it."""
    negation_reaches: int = 0
    """A negation at most so many words before makes it the opposite of what is looked for ("no kickbacks")."""


def _rule(
    name: str, source: str, instead: Texts | None, *, yields_to_refusal: bool = False, negation_reaches: int = 0
) -> GuardRule:
    return GuardRule(Rule(name, source), wordings_of(name), instead, yields_to_refusal, negation_reaches)


def _says(english: str, spanish: str) -> Texts:
    return {Language.EN: english, Language.ES: spanish}


def _by_facts(english: str, spanish: str) -> Texts:
    return _says(
        f"{english} I'm glad to search by price, size, features and the places you name.",
        f"{spanish} Con gusto busco por precio, tamaño, características y los lugares que usted diga.",
    )


SLURS = _rule("slur", FAIR_HOUSING_LAW, None)
DENIES = _rule(
    "machine_denied",
    "California B&P Code 17941",
    _says(
        "I'm an automated assistant. A person from the team can take over whenever you like.",
        "Soy un asistente automático. Una persona del equipo puede atenderle cuando guste.",
    ),
)
AVAILABILITY = _rule(
    "availability_misstated",
    "42 USC 3604(d), 24 CFR 100.80",
    _says(
        "Every home that is for sale is open to everyone. I'll have someone confirm what's available.",
        "Toda casa en venta está abierta a todos. Pediré que alguien confirme qué está disponible.",
    ),
)
SCHOOLS = _rule(
    "school_quality",
    FAIR_HOUSING_LAW,
    _says(
        "How schools do is best looked up at public sources such as GreatSchools.org and the state's education "
        "department.",
        "Sobre las escuelas, lo mejor es consultar fuentes públicas como GreatSchools.org y el departamento de "
        "educación del estado.",
    ),
    yields_to_refusal=True,
)
SAFETY = _rule(
    "safety_or_crime",
    FAIR_HOUSING_LAW,
    _says(
        "I can't speak to how safe an area is; the local police department's public crime map shows what is reported "
        "there.",
        "No puedo opinar sobre la seguridad de una zona; el mapa público de la policía local muestra lo que se reporta "
        "allí.",
    ),
    yields_to_refusal=True,
)
FAMILIES = _rule(
    "familial_status",
    "42 USC 3604(c), 24 CFR 100.75",
    _by_facts("Every home is open to everyone.", "Toda casa está abierta a todos."),
    yields_to_refusal=True,
)
PEOPLE = _rule(
    "protected_class",
    FAIR_HOUSING_LAW,
    _by_facts(
        "I can't speak to who lives in an area, and every home is open to everyone.",
        "No puedo hablar de quién vive en una zona; toda casa está abierta a todos.",
    ),
    yields_to_refusal=True,
)
STEERING = _rule(
    "steering",
    FAIR_HOUSING_LAW,
    _by_facts("I can't say who an area suits.", "No puedo decir para quién es una zona."),
    yields_to_refusal=True,
)
KICKBACKS = _rule(
    "respa",
    "12 USC 2607, 2608; 12 CFR 1024.14",
    _says(
        "You're free to choose any lender, title company or inspector, and comparing a few is a good idea.",
        "Usted puede elegir el prestamista y la compañía de títulos que prefiera; comparar varios es buena idea.",
    ),
    negation_reaches=6,
)
SECRETS = _rule(
    "asks_for_secrets",
    "15 USC 45, 16 CFR 314",
    _says(
        "Please don't send account, card or Social Security numbers by text; they aren't needed here.",
        "Por favor no envíe números de cuenta, de tarjeta ni de Seguro Social por mensaje; aquí no hacen falta.",
    ),
    negation_reaches=4,
)
PRESSURE = _rule(
    "pressure",
    "15 USC 45; invented scarcity and urgency are deceptive",
    _says(
        "There's no rush at all, take the time you need. I'm here whenever you want to talk.",
        "No hay ninguna prisa, tómese el tiempo que necesite. Aquí estoy cuando quiera hablar.",
    ),
    negation_reaches=3,
)
ADVICE = _rule(
    "advice_or_promise",
    "licensed professionals only; 15 USC 45",
    _says(
        "I can't give legal, tax or financial advice; a licensed professional can. I can have someone follow up with "
        "you.",
        "No puedo dar consejos legales, fiscales ni financieros; un profesional con licencia sí. Puedo pedir que "
        "alguien le contacte.",
    ),
    negation_reaches=6,
)
TESTIMONIALS = _rule(
    "invented_claim",
    "15 USC 45, 16 CFR 255 and 465",
    _says(
        "I can have someone from the team tell you about their work.",
        "Puedo pedir que alguien del equipo le cuente de su trabajo.",
    ),
    negation_reaches=3,
)

RULES: tuple[GuardRule, ...] = (
    SLURS, DENIES, AVAILABILITY, SCHOOLS, SAFETY, FAMILIES, PEOPLE, STEERING, KICKBACKS, SECRETS, PRESSURE, ADVICE,
    TESTIMONIALS,
)  # fmt: skip
"""In the order in which a draft that breaks several is mended."""

ASIDE = _says(
    "That's one for the team, and I can have someone follow up.",
    "Eso lo ve el equipo; puedo pedir que alguien le contacte.",
)
"""Said in place of a sentence that only the trained judge stops: what it breaks is not known for sure."""


@cache
def resembling(name: str) -> GuardRule:
    """What a sentence breaks that is very much like those that break the rule called *name*."""
    source = next(one.rule.source for one in RULES if one.rule.name == name)
    return GuardRule(Rule(f"resembles_{name}", f"{source}; judged by likeness to labelled drafts"), NOTHING, ASIDE)
