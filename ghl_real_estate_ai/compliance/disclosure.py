"""Saying that a machine writes: in the first reply, and whenever somebody asks; pure.

California B&P Code 17941 and Utah Code 13-75-103 want it said; it is said by code, never left to a model.
"""

import re

from ghl_real_estate_ai.conversation.model import Language

_DISCLOSES = re.compile(
    r"\b(automated|virtual|ai) assistant\b|\basistente (automatic[oa]|automátic[oa]|virtual)\b", re.IGNORECASE
)
GREETINGS = {
    Language.EN: "Hi, this is the automated assistant of {business_name}.",
    Language.ES: "Hola, soy el asistente automático de {business_name}.",
}


def greeting(language: Language, business_name: str) -> str:
    """The first words of a first reply: who writes, and that it is a machine."""
    return GREETINGS[language].format(business_name=business_name)


def discloses(text: str) -> bool:
    """Whether *text* says that a machine writes."""
    return bool(_DISCLOSES.search(text))
