"""What a form, a tag or a field of the CRM says about consent to texts, and what follows from it; pure.

A mark is one such place that says yes.  It gives consent when it is first seen, and not a second time: a box ticked
last year does not outweigh a STOP of today.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.model import CrmContact
from ghl_real_estate_ai.crm.needs import plain_tag
from ghl_real_estate_ai.understanding.phrases import read_phrases

LONGEST_EVIDENCE = 500
OPT_OUT, DND = "opt_out", "dnd"
"""Who takes consent back in person; only their own word gives it again."""

_WORDS = read_phrases(str(Path(__file__).parent / "consent_words.txt"))
_SENTENCE = re.compile(r"[.;!?\n]+")
_WORD = re.compile(r"\w+")
_APOSTROPHE = re.compile("['\u2019]")


class ConsentSource(StrEnum):
    """How consent was given, as in `consents.source`."""

    INBOUND_TEXT = "inbound_text"
    OPT_IN = "opt_in"
    FORM = "form"
    TAG = "tag"


OWN_WORD = frozenset({ConsentSource.INBOUND_TEXT, ConsentSource.OPT_IN})
"""Given by the person to us; the others rest on what the CRM says, which is looked at again before each use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules:
    """Which tags, fields and forms count in a location -> the words shown there, or None where nobody noted them."""

    tags: Mapping[str, str | None] = field(default_factory=dict)
    """By `plain_tag`."""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    """By `field_key`; what is filled in must say yes."""
    forms: Mapping[str, str | None] = field(default_factory=dict)
    """By the contact's source in small letters: to have sent the form is to have agreed."""


OURS = ConsentRules(
    tags=dict.fromkeys(("sms consent", "text consent", "consent to text", "sms opt in", "text opt in")),
    fields=dict.fromkeys(
        ("sms_consent", "text_consent", "consent_to_text", "consent_to_texts", "sms_opt_in", "text_opt_in")
    ),
)
"""Names that mean nothing else.  No form is among them: what a form showed, its team alone knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentBook:
    """The rules of every location."""

    everywhere: ConsentRules = OURS
    places: Mapping[str, ConsentRules] = field(default_factory=dict)

    def of(self, location_id: LocationId) -> ConsentRules:
        return self.places.get(location_id, self.everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNews:
    """What an event or a look-up tells of a contact; what it does not tell stays as it was."""

    tags: frozenset[str] | None = None
    """All of them, or None when nothing is told of tags."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Custom fields by key; an empty value says that it was emptied."""
    all_fields: bool = False
    """Whether a field that is not among *fields* is empty."""
    form: str | None = None
    dnd: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentHeld:
    """What we hold of the contact before the news."""

    marks: Mapping[str, str] | None
    """The marks that said yes when last told -> evidence; None when nothing was ever told."""
    is_open: bool
    """Whether some consent stands."""
    taken_back: bool
    """Whether the person themselves took the last one back."""
    is_suppressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange:
    """What follows: the marks to remember, the mark that gives consent, and why what stood is taken back."""

    marks: Mapping[str, str]
    gives: str | None = None
    takes_back: str | None = None


def news_of(found: CrmContact) -> ConsentNews:
    """What a look-up tells."""
    return ConsentNews(
        tags=found.tags, fields=found.fields, all_fields=found.fields_known, form=found.source, dnd=found.dnd
    )


def source_of(mark: str) -> ConsentSource:
    """How consent by *mark* was given."""
    return ConsentSource.TAG if mark.startswith("tag ") else ConsentSource.FORM


def concerns_consent(news: ConsentNews, rules: ConsentRules) -> bool:
    """Whether *news* can change anything: tags must always be compared, since one may be missing."""
    return (
        news.tags is not None
        or news.dnd is True
        or not rules.fields.keys().isdisjoint(news.fields)
        or _form(news) in rules.forms
    )


def follow_consent(news: ConsentNews, rules: ConsentRules, held: ConsentHeld) -> ConsentChange:
    """What *news* changes.

    Do-not-disturb and the removal of a mark take back whatever stands, also the person's own word.  Afterwards only
    a mark that was set since gives consent again.
    """
    before = held.marks or {}
    told = marks_of(news, rules)
    kept = {mark: evidence for mark, evidence in before.items() if not _covers(news, mark)}
    marks = {**kept, **told}
    if news.dnd:
        return ConsentChange(marks=marks, takes_back=DND if held.is_open else None)
    gone, new = sorted(before.keys() - marks.keys()), sorted(told.keys() - before.keys())
    takes_back = f"{gone[0]} removed" if gone and held.is_open else None
    stands = held.is_open and takes_back is None
    may_be_older = held.marks is None and held.taken_back
    gives = None if stands or held.is_suppressed or may_be_older else next(iter(new), None)
    return ConsentChange(marks=marks, gives=gives, takes_back=takes_back)


def marks_of(news: ConsentNews, rules: ConsentRules) -> dict[str, str]:
    """The marks that say yes, each with what it says and the words shown there."""
    tags = {plain_tag(tag): tag for tag in news.tags or ()}
    marks = {f"tag {plain}": (tag, rules.tags[plain]) for plain, tag in tags.items() if plain in rules.tags}
    marks |= {
        f"field {key}": (f"{key}: {value}", rules.fields[key])
        for key, value in news.fields.items()
        if key in rules.fields and says_yes(value)
    }
    form = _form(news)
    if form in rules.forms:
        marks[f"form {form}"] = ((news.form or "").strip(), rules.forms[form])
    return {mark: _evidence(said, wording) for mark, (said, wording) in marks.items()}


def says_yes(value: str) -> bool:
    """Whether what stands in a consent field is a yes: a plain one, or the label of a ticked box that agrees."""
    said = " ".join(_APOSTROPHE.sub("", value.casefold()).split())
    if said in _WORDS["yes"]:
        return True
    agrees = [_agrees(sentence) for sentence in _SENTENCE.split(said)]
    return True in agrees and False not in agrees


def _agrees(sentence: str) -> bool | None:
    """Whether a sentence agrees, or declines; None where it speaks of something else."""
    words = set(_WORD.findall(sentence))
    if not words & _WORDS["agreeing"] or any(clause in sentence for clause in _WORDS["other clauses"]):
        return None
    return not words & _WORDS["declining"]


def _covers(news: ConsentNews, mark: str) -> bool:
    """Whether *news* tells how *mark* stands now; a form that was sent stays sent."""
    kind, _, name = mark.partition(" ")
    match kind:
        case "tag":
            return news.tags is not None
        case "field":
            return news.all_fields or name in news.fields
        case _:
            return False


def _form(news: ConsentNews) -> str:
    return (news.form or "").strip().casefold()


def _evidence(said: str, wording: str | None) -> str:
    return (said if wording is None else f"{said} ({wording})")[:LONGEST_EVIDENCE]
