"""What an opt-out is answered with, and the bare keywords that a carrier answers itself; pure.

Carriers and HighLevel confirm the STOP family on their own and block what follows, so a confirmation of ours would
bounce.  Every other wording gets one confirmation without marketing (47 CFR 64.1200(a)(12)).
"""

import re

from ghl_real_estate_ai.compliance.privacy import asks_to_be_forgotten, asks_to_forget
from ghl_real_estate_ai.conversation.model import Language
from ghl_real_estate_ai.understanding import Intent, Signals

OPT_OUT_TAGS = ("AI-Off", "TCPA-Opt-Out")
STOP_FAMILY = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove", "arret"}
)
"""As answered by carriers, spelled without spaces and hyphens ("STOP ALL", "OPT-OUT")."""
START_FAMILY = frozenset({"start", "unstop", "resume", "subscribe", "resubscribe", "comenzar", "reanudar"})
YES_WORDS = frozenset({"yes", "y", "yeah", "yep", "si", "sí"})

_NOT_A_LETTER = re.compile(r"[\W_]+")

CONFIRMATIONS = {
    Language.EN: "You're unsubscribed, no more texts from {business_name}. Reply START if you change your mind.",
    Language.ES: "Listo, no recibirá más mensajes de {business_name}. Responda START si cambia de opinión.",
}

WITH_DELETION = {
    Language.EN: "You're unsubscribed, no more texts from {business_name}. We'll delete your data too, as you asked.",
    Language.ES: "Listo, no recibirá más mensajes de {business_name}. También borraremos sus datos, como pidió.",
}
"""The same for somebody who wants to be forgotten as well: they get no other word about it."""


def is_stop_family(text: str) -> bool:
    """Whether *text* is nothing but a keyword that the carrier answers, so that we must not."""
    return _bare(text) in STOP_FAMILY


def wants_no_more(text: str, signals: Signals) -> bool:
    """Whether *text*, which says *signals*, ends all messages: by an opt-out in any words, a carrier's keyword, or the
    wish to be forgotten."""
    forgotten = signals.has(Intent.PRIVACY_REQUEST) and asks_to_be_forgotten(text)
    return signals.has(Intent.OPT_OUT) or is_stop_family(text) or forgotten


def is_start_word(text: str) -> bool:
    """Whether *text* is nothing but a word that lifts an opt-out; a bare "yes" never is."""
    return _bare(text) in START_FAMILY


def is_bare_yes(text: str) -> bool:
    """Whether *text* is a yes and nothing more, which lifts an opt-out only while no question is pending."""
    return _bare(text) in YES_WORDS


def confirmation(text: str, language: Language, business_name: str) -> str | None:
    """The one confirmation that the opt-out *text* is due, or None where the carrier gives it."""
    if is_stop_family(text):
        return None
    words = WITH_DELETION if asks_to_forget(text) else CONFIRMATIONS
    return words[language].format(business_name=business_name)


def _bare(text: str) -> str:
    return _NOT_A_LETTER.sub("", text).lower()
