"""Which decided replies a language model may word, what it is given for that, and the words that come back.

Only a bot's everyday question with thanks before it is ever given away.  Whatever the law or good manners word (an
opt-out, HELP, the disclosure, fair housing, privacy, an injection, abuse, a lawyer's question, a handover, hardship)
keeps its template, as does every answer to what the lead asked.
"""

from collections.abc import Sequence
from dataclasses import replace

from ghl_real_estate_ai.bots.model import Decision, Say
from ghl_real_estate_ai.bots.seller import HARDSHIPS
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR, WORDINGS, echo, money, number, places
from ghl_real_estate_ai.compliance.check_draft import check_draft
from ghl_real_estate_ai.compliance.model import Send, Suppress
from ghl_real_estate_ai.compliance.sms import segments, to_gsm7
from ghl_real_estate_ai.conversation.model import Bot, Direction, Fact, Language, Question, Slot
from ghl_real_estate_ai.llm.model import Guarded, PhrasingRequest
from ghl_real_estate_ai.llm.phrase_reply import PhraseReply
from ghl_real_estate_ai.turns.question_words import vocabulary_of
from ghl_real_estate_ai.understanding.model import Archetype, Signals

PHRASED_THANKS = frozenset(
    f"ack.{name}"
    for name in [
        "plain",
        "one",
        "many",
        "changed",
        "name",
        "email",
        "budget",
        "budget_changed",
        "bedrooms",
        "bed_bath",
        "locations",
        "cash",
        "preapproved",
        "needs_lender",
        "timeline",
        "address",
        "condition_good",
        "condition_work",
        "price",
        "mortgage",
        "motivation",
        "occupancy",
        "thanks",
        "hello",
    ]
)
"""Thanks for something told; a new acknowledgement, or one of trouble, is not here and keeps its words."""
KEPT_QUESTIONS = frozenset({Question.SECOND_GOAL})
RECENT_MESSAGES = 3
MONEY = frozenset({Slot.BUDGET_MIN, Slot.BUDGET_MAX, Slot.PRICE_EXPECTATION})


async def phrase_decision(phrase: PhraseReply | None, decision: Decision, signals: Signals) -> Decision:
    """The same decision, its reply perhaps in other words; nothing but `speech.text` ever changes."""
    request = request_for(decision, signals) if phrase is not None else None
    if phrase is None or request is None or not isinstance(decision.speech, Say):
        return decision
    contact = decision.conversation.contact
    phrased = await phrase.phrase(request, contact.location_id, contact.contact_id)
    if phrased.text is None:
        return decision
    return replace(decision, speech=replace(decision.speech, text=phrased.text))


def request_for(decision: Decision, signals: Signals) -> PhrasingRequest | None:
    """What a model is asked for *decision*, or None when its words are not a model's to choose."""
    if not isinstance(decision.speech, Say) or not _may_be_phrased(decision, signals):
        return None
    conversation, said = decision.conversation, decision.speech
    *thanks, ask = said.key.split(KEY_SEPARATOR)
    question = _question_text(ask, conversation.language)
    owner, asked = conversation.owner.bot, decision.asked
    is_of_thanks = all(_occasion(key) in PHRASED_THANKS for key in thanks)
    if owner is None or asked is None or question is None or not is_of_thanks or not said.text.endswith(question):
        return None
    return PhrasingRequest(
        text=said.text,
        question=question,
        kinds=tuple(_occasion(key) for key in (*thanks, ask)),
        facts=_facts_of(decision.stated, conversation.language),
        language=conversation.language,
        most_segments=segments(to_gsm7(said.text)),
        recent=_recent(decision),
        vocabulary=vocabulary_of(_asking_bot(ask), asked, conversation.language),
    )


def guarded(text: str, language: Language) -> Guarded:
    """*text* as it would be sent, judged by the guard that every draft passes."""
    plain = to_gsm7(text)
    verdict = check_draft(plain, language=language)
    broken = () if isinstance(verdict, Send) else tuple(rule.name for rule in verdict.rules)
    sent = plain if isinstance(verdict, Suppress) else verdict.text
    return Guarded(sent, segments(plain), broken)


def _may_be_phrased(decision: Decision, signals: Signals) -> bool:
    conversation = decision.conversation
    is_special = bool(decision.flags) or decision.handoff is not None or decision.blocked is not None
    is_hard = (signals.archetype is not None and signals.archetype.label is Archetype.DISTRESSED) or (
        conversation.facts.value(Slot.MOTIVATION) in HARDSHIPS
    )
    asks = decision.asked is not None and decision.asked not in KEPT_QUESTIONS
    return asks and not is_special and not is_hard and not conversation.opted_out


def _occasion(key: str) -> str:
    return key.rpartition(".")[0]


def _question_text(key: str, language: Language) -> str | None:
    """The question that *key* names, as it was said; None when it names none."""
    occasion, _, index = key.rpartition(".")
    texts = WORDINGS[language].get(occasion, ())
    if not occasion.startswith("ask.") or not index.isdigit() or int(index) >= len(texts):
        return None
    return to_gsm7(texts[int(index)])


def _asking_bot(key: str) -> Bot:
    return Bot(key.split(".")[1])


def _facts_of(stated: Sequence[Fact], language: Language) -> tuple[str, ...]:
    """What was told, where it is harmless to repeat: money, numbers of rooms, places."""
    told = []
    for fact in stated:
        if fact.slot in MONEY:
            told.append(f"{fact.slot.value}: {money(fact.value)}")
        elif fact.slot in (Slot.BEDROOMS, Slot.BATHROOMS):
            told.append(f"{fact.slot.value}: {number(fact.value)}")
        elif fact.slot is Slot.LOCATIONS and (named := echo(places(fact.value, language))):
            told.append(f"{fact.slot.value}: {named}")
    return tuple(told)


def _recent(decision: Decision) -> tuple[str, ...]:
    ours = [message.text for message in decision.conversation.messages if message.direction is Direction.OUTBOUND]
    return tuple(ours[-RECENT_MESSAGES:])
