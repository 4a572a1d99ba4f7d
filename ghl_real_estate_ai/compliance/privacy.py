"""What a lead may ask of their own data, by when it is due, and what is kept of somebody who is forgotten; pure."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from ghl_real_estate_ai.compliance.model import Rule
from ghl_real_estate_ai.conversation.model import Language

ANSWERED_WITHIN = timedelta(days=45)
DEADLINE = Rule(
    "privacy_request_45_days", "Cal. Civ. Code 1798.130(a)(2); Tex. Bus. & Com. Code 541.052(b); the states alike"
)
NOBODY = "deleted:"
"""How the contact of a row is called once the person is forgotten; a reference follows."""


class PrivacyKind(StrEnum):
    """What is asked."""

    DELETE = "delete"
    EXPORT = "export"
    OTHER = "other"
    """About the data, but neither: a person must read it."""


_DELETE = re.compile(
    r"\b(?:delet\w+|eras\w+|remov\w+|forget|forgotten|wip\w+|purg\w+|destroy\w*|scrub\w*|get rid of"
    r"|take (?:me|my \w+) (?:off|out)"
    r"|borr\w+|elimin\w+|olvid\w+|suprim\w+|quit(?:e|en|ar) mis? (?:datos?|informacion|numero))\b"
)
_EXPORT = re.compile(
    r"\b(?:what|which|how much)\b.{0,40}\b(?:data|info\w*|records?|hold|have|know|store|keep|saved?)\b"
    r"|\b(?:copy|copies|export|access|report|list|download|see|show|send)\b"
    r".{0,40}\b(?:data|info\w*|records?|hold|everything|file)\b|\bright to (?:know|access|see)\b"
    r"|\b(?:que|cual\w*)\b.{0,30}\b(?:datos|informacion|saben|tienen|guardan)\b|\bcopia\b.{0,30}\b(?:datos|informacion)\b"
)
_OWN_DATA = re.compile(
    r"\b(?:my|our|all|the|mis?|tod[oa]s?)\b.{0,20}"
    r"\b(?:data|info|information|records?|details|history|file|everything|datos|informacion|historial|expediente)\b"
)
_FORGET_ME = re.compile(r"\b(?:forget|erase) me\b|\b(?:olviden?|borren?)me\b")
_WHAT_WE_HAVE = re.compile(
    r"\b(?:from|out of) (?:all )?your (?:records?|database|files)\b"
    r"|\b(?:all|anything|everything|whatever) (?:that )?(?:you|u|y'?all) (?:have|hold|keep|got|know|store)\b"
    r"|\btodo lo que (?:tienen?|saben?|guardan?)\b"
)
_FOLD = str.maketrans("áéíóúüñ", "aeiouun")


def kinds_asked(text: str) -> tuple[PrivacyKind, ...]:
    """What *text*, known to be a privacy request, asks for; a message may ask for both."""
    plain = text.lower().translate(_FOLD)
    found = ((PrivacyKind.DELETE, _DELETE), (PrivacyKind.EXPORT, _EXPORT))
    return tuple(kind for kind, wording in found if wording.search(plain)) or (PrivacyKind.OTHER,)


def asks_to_forget(text: str) -> bool:
    """Whether *text*, known to be an opt-out, wants the data deleted as well: "stop, and delete my data"."""
    plain = text.lower().translate(_FOLD)
    named = (_OWN_DATA, _WHAT_WE_HAVE, _FORGET_ME)
    return bool(_DELETE.search(plain) and any(wording.search(plain) for wording in named))


def asks_to_be_forgotten(text: str) -> bool:
    """Whether *text*, known to be a privacy request, is of the person, who wants no more messages, and not of data."""
    return _FORGET_ME.search(text.lower().translate(_FOLD)) is not None


def reference_of(request_id: UUID) -> str:
    """What a person is told to name the request by: the end of its id, since the beginning is the time."""
    return request_id.hex[-8:].upper()


CONFIRMATIONS = {
    PrivacyKind.DELETE: {
        Language.EN: "As you asked, we're deleting the data we hold on you within a day. Reference {reference}.",
        Language.ES: "Como pidió, en un día borramos los datos que tenemos de usted. Referencia {reference}.",
    },
    PrivacyKind.EXPORT: {
        Language.EN: "A copy of the data we hold on you is ready; the team will get it to you. Reference {reference}.",
        Language.ES: "La copia de sus datos está lista; el equipo se la hace llegar. Referencia {reference}.",
    },
}


def confirmation(kind: PrivacyKind, language: Language, request_id: UUID) -> str:
    """The one confirmation that a carried-out request is due.

    Raises:
        KeyError: nothing is carried out for *kind*.
    """
    return CONFIRMATIONS[kind][language].format(reference=reference_of(request_id))


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Keyed hashes under which an opt-out outlives a deletion: who has the key can compare, nobody can read."""

    key: bytes

    def of(self, value: str) -> str:
        """The pseudonym of a contact's id or a phone number."""
        return NOBODY + hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest()[:40]
