"""From occasions to words: picks a wording not just used, fills it in, and fits the reply into a text; pure."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ghl_real_estate_ai.bots import wordings_en, wordings_es
from ghl_real_estate_ai.bots.model import Say
from ghl_real_estate_ai.bots.seller import HARDSHIPS
from ghl_real_estate_ai.compliance.guard import may_say
from ghl_real_estate_ai.compliance.sms import LONGEST, WANTED_LENGTH, is_gsm7, septets, to_gsm7
from ghl_real_estate_ai.conversation.model import Bot, Fact, Language, Question, Slot, SlotValue

WORDINGS: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    Language.EN: wordings_en.WORDINGS,
    Language.ES: wordings_es.WORDINGS,
}
KEY_SEPARATOR = "+"
LONGEST_ECHO = 40
LONGEST_BUSINESS_NAME = 60
FALLBACK_BUSINESS_NAME = {Language.EN: "our team", Language.ES: "nuestro equipo"}
_NOT_ECHOED = frozenset('?¿@#$%<>{}[]|\\^~=*_"\n')


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a reply: one occasion, filled in."""

    occasion: str
    values: Mapping[str, str] = field(default_factory=dict)
    attempt: int | None = None
    """For a question: how often it was asked before; None picks any wording."""
    said: str | None = None
    """The team's own words, in place of ours."""


@dataclass(frozen=True, slots=True)
class Worded:
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Words *parts* for one contact, avoiding what was said lately."""

    language: Language
    business_name: str
    used: tuple[str, ...]
    """Keys of earlier replies, newest last, each of its parts' keys."""
    contact_id: str

    @property
    def clean_name(self) -> str:
        return clean_business_name(self.business_name, self.language)

    def wordings(self, part: Part) -> list[Worded]:
        """All wordings of *part*, the one to prefer first: in order for a question, else the longest unused."""
        if part.said is not None:
            return [Worded(to_gsm7(part.said), f"{part.occasion}.team")]
        texts = WORDINGS[self.language][part.occasion]
        first = part.attempt if part.attempt is not None else zlib.crc32(self.contact_id.encode())
        order = [(min(first, len(texts) - 1) if part.attempt is not None else first) + n for n in range(len(texts))]
        worded = [self._worded(part, index % len(texts), texts) for index in order]
        return sorted(worded, key=lambda candidate: self._last_use(candidate.key))

    def _worded(self, part: Part, index: int, texts: Sequence[str]) -> Worded:
        text = to_gsm7(texts[index].format(business_name=self.clean_name, **part.values))
        return Worded(text, f"{part.occasion}.{index}")

    def _last_use(self, key: str) -> int:
        """0 for a wording not said lately, else the larger the more recent."""
        uses = (n for n, reply in enumerate(self.used, start=1) if key in reply.split(KEY_SEPARATOR))
        return max(uses, default=0)


def compose(
    voice: Voice,
    *,
    opening: Worded | None = None,
    answer: Part | None = None,
    acknowledgement: Part | None = None,
    question: Part | None = None,
    question_may_go: bool = False,
) -> tuple[Say, bool]:
    """Word a reply and say whether it holds its question.

    One segment is wanted: for it the acknowledgement goes first, then another wording is taken, then, where
    *question_may_go*, the question; two segments are never passed.
    """
    answers = voice.wordings(answer) if answer else []
    thanks = voice.wordings(acknowledgement) if acknowledgement else []
    questions = voice.wordings(question) if question else []
    tries = _tries(answers, thanks, questions, question_may_go)
    candidates = [[part for part in (opening, *parts) if part is not None] for parts in tries]
    chosen = next((parts for parts in candidates if parts and _length(parts) <= WANTED_LENGTH), None)
    if chosen is None:
        fitting = [parts for parts in candidates if parts and _length(parts) <= LONGEST]
        chosen = _shortest_whole(fitting, questions) or min(candidates, key=_length)
    return _joined(chosen), any(part in questions for part in chosen)


def acknowledgement_of(stated: Sequence[Fact], changed: frozenset[Slot], language: Language) -> Part | None:
    """Thank for what was told, naming it where that is short and harmless; None when nothing was told."""
    if not stated:
        return None
    values = {fact.slot: fact.value for fact in stated}
    if values.get(Slot.MOTIVATION) in HARDSHIPS:
        return Part("ack.hardship")
    name = echo(values.get(Slot.NAME))
    if name:
        return Part("ack.name", {"name": name})
    if set(values) == {Slot.BEDROOMS, Slot.BATHROOMS}:
        return Part("ack.bed_bath", {"value": number(values[Slot.BEDROOMS]), "second": number(values[Slot.BATHROOMS])})
    if len(values) > 1:
        return Part("ack.changed" if changed >= set(values) else "ack.many")
    slot, value = next(iter(values.items()))
    return _acknowledgement_of_one(slot, value, slot in changed, language)


def question_part(bot: Bot, question: Question, attempt: int, manner: str | None = None) -> Part:
    """The part that asks *question* as *bot*, for the (attempt + 1)th time, in the words of *manner* if it has any."""
    own = f"ask.{bot.value}.{manner}.{question.value}"
    occasion = own if manner and own in WORDINGS[Language.EN] else f"ask.{bot.value}.{question.value}"
    return Part(occasion, attempt=attempt)


def money(value: SlotValue) -> str:
    """Dollars as people write them: $385k, $1.2M, $412,500."""
    dollars = int(value) if isinstance(value, (int, float)) else 0
    if dollars >= 1_000_000 and dollars % 50_000 == 0:
        return f"${dollars / 1_000_000:g}M"
    return f"${dollars // 1000}k" if dollars >= 1000 and dollars % 1000 == 0 else f"${dollars:,}"


def number(value: SlotValue) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def echo(value: SlotValue | None) -> str:
    """The lead's own words as we may repeat them, empty when they are long, odd, or not ours to say."""
    text = " ".join(str(value or "").split())
    harmless = len(text) <= LONGEST_ECHO and not set(text) & _NOT_ECHOED and is_gsm7(to_gsm7(text))
    return text if harmless and may_say(text) and not _names_distress(text) else ""


def own_names(business_name: str) -> tuple[str, ...]:
    """The name as configured and as it is said, which the guard reads as a name."""
    return tuple({business_name, *(clean_business_name(business_name, language) for language in Language)})


def clean_business_name(name: str, language: Language) -> str:
    """The name as it may stand within a sentence of ours: plain letters, no question, not too long."""
    kept = "".join(char for char in to_gsm7(name) if char not in "?¿" and is_gsm7(char))
    plain = " ".join(kept.split())[:LONGEST_BUSINESS_NAME].strip().rstrip(".")
    # No name was set: the default is English, and would stand out in a sentence of another language.
    unnamed = plain.casefold() in ("", "the team", "our team") and (not plain or language is not Language.EN)
    return FALLBACK_BUSINESS_NAME[language] if unnamed else plain


_OF_ONE = {
    Slot.EMAIL: "ack.email",
    Slot.TIMELINE_DAYS: "ack.timeline",
    Slot.MORTGAGE_BALANCE: "ack.mortgage",
    Slot.MOTIVATION: "ack.motivation",
    Slot.OCCUPANCY: "ack.occupancy",
}
_OF_VALUE: Mapping[tuple[Slot, SlotValue], str] = {
    (Slot.FINANCING, "cash"): "ack.cash",
    (Slot.FINANCING, "preapproved"): "ack.preapproved",
    (Slot.FINANCING, "needs_lender"): "ack.needs_lender",
    (Slot.CONDITION, "turnkey"): "ack.condition_good",
    (Slot.CONDITION, "cosmetic"): "ack.condition_work",
    (Slot.CONDITION, "major"): "ack.condition_work",
}


def _acknowledgement_of_one(slot: Slot, value: SlotValue, changed: bool, language: Language) -> Part:
    if slot in (Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION):
        if changed:
            return Part("ack.budget_changed", {"value": money(value)})
        return Part("ack.budget" if slot is Slot.BUDGET_MAX else "ack.price", {"value": money(value)})
    if changed:
        return Part("ack.changed")
    if slot is Slot.BEDROOMS and value != 1:
        return Part("ack.bedrooms", {"value": number(value)})
    if slot in (Slot.LOCATIONS, Slot.ADDRESS):
        named = echo(places(value, language))
        occasion = "ack.locations" if slot is Slot.LOCATIONS else "ack.address"
        return Part(occasion, {"value": named}) if named else Part("ack.one")
    return Part(_OF_VALUE.get((slot, value)) or _OF_ONE.get(slot, "ack.one"))


def places(value: SlotValue, language: Language) -> str:
    """Place names in a row, or the text itself."""
    if not isinstance(value, tuple):
        return str(value)
    joint = " y " if language is Language.ES else " and "
    return joint.join([", ".join(value[:-1]), value[-1]]) if len(value) > 1 else "".join(value)


def _names_distress(text: str) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in ("distress", "foreclos", "embargo", "http", "www."))


def _tries(
    answers: Sequence[Worded], thanks: Sequence[Worded], questions: Sequence[Worded], question_may_go: bool
) -> Iterable[tuple[Worded | None, ...]]:
    """Ways to say it, the best first; a wording just used comes last."""
    first_answer = answers[0] if answers else None
    first_question = questions[0] if questions else None
    for thank in (*thanks[:2], None):
        yield (thank, first_answer, first_question)
    others = [(a, q) for q in _fresh(questions) for a in _fresh(answers)]
    for answer, question in others:
        yield (None, answer, question)
    if question_may_go and answers:
        yield (None, answers[0], None)


def _fresh(wordings: Sequence[Worded]) -> Sequence[Worded | None]:
    """All but the wording used last, which comes last; the only one when there is no other."""
    return wordings[:-1] if len(wordings) > 1 else (wordings or (None,))


def _shortest_whole(fitting: Sequence[list[Worded]], questions: Sequence[Worded]) -> list[Worded] | None:
    """The shortest that keeps its question, else the shortest; None when nothing fits."""
    asking = [parts for parts in fitting if any(part in questions for part in parts)]
    return min(asking or fitting, key=_length, default=None)


def _length(parts: Sequence[Worded]) -> int:
    return septets(" ".join(part.text for part in parts))


def _joined(parts: Sequence[Worded]) -> Say:
    return Say(" ".join(part.text for part in parts), KEY_SEPARATOR.join(part.key for part in parts))
