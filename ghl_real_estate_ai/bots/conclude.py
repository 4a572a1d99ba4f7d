"""From what was decided to the whole `Decision` with the conversation as it is afterwards; pure."""

from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.bots.effects import with_tags
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.model import Decision, Flag, Say, Silence, Speech
from ghl_real_estate_ai.bots.wording import Part, Voice, Worded, compose
from ghl_real_estate_ai.compliance.disclosure import discloses, greeting
from ghl_real_estate_ai.compliance.sms import to_gsm7
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Handed, Question
from ghl_real_estate_ai.crm.model import Effect
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision

REPLIES_REMEMBERED = 6


def conclude(
    heard: Heard,
    conversation: Conversation,
    speech: Speech,
    *,
    asked: Question | None = None,
    handoff: HandoffDecision | None = None,
    blocked: HandoffBlocked | None = None,
    effects: Iterable[Effect] = (),
    flags: Iterable[Flag] = (),
    completed: Bot | None = None,
    reasons: tuple[str, ...] = (),
) -> Decision:
    """Finish the turn: *conversation* is as the rule left it; owner epoch, memory of wordings and tags follow here."""
    kept_effects = tuple(dict.fromkeys(effects))
    known = {fact.slot: fact for fact in conversation.facts.values()}
    return Decision(
        owner=conversation.owner,
        bot=answering_bot(heard, conversation),
        speech=speech,
        asked=asked,
        handoff=handoff,
        blocked=blocked,
        effects=kept_effects,
        flags=frozenset(flags),
        stated=tuple(fact for fact in heard.stated if known.get(fact.slot) == fact),
        conversation=_afterwards(heard, conversation, speech, asked, handoff, kept_effects),
        completed=completed,
        reasons=reasons,
    )


def silent(
    heard: Heard, conversation: Conversation, reason: str, *, effects: Iterable[Effect] = (), flags: Iterable[Flag] = ()
) -> Decision:
    """Say nothing; what our last message asked stays pending."""
    return conclude(heard, conversation, Silence(reason), effects=effects, flags=flags, reasons=(_sentence(reason),))


def voice_of(heard: Heard) -> Voice:
    return Voice(
        language=heard.conversation.language,
        business_name=heard.business_name,
        used=heard.before.replies_used,
        contact_id=heard.before.contact.contact_id,
    )


def opening_of(heard: Heard, voice: Voice) -> Worded | None:
    """The greeting with the machine's disclosure, until it was said once."""
    if heard.before.disclosed:
        return None
    return Worded(to_gsm7(greeting(voice.language, voice.clean_name)), "greeting")


def plain_answer(heard: Heard, occasion: str, *, greets: bool = True) -> Say:
    """A reply of one wording, after the greeting where that is still due."""
    voice = voice_of(heard)
    say, _ = compose(voice, opening=opening_of(heard, voice) if greets else None, answer=Part(occasion))
    return say


def answering_bot(heard: Heard, conversation: Conversation) -> Bot:
    """The bot a turn counts for: the owner, else the one that owned last, else the lead bot."""
    owners = [conversation.owner, heard.before.owner, *(past.source for past in reversed(heard.before.handoffs))]
    return next((owner.bot for owner in owners if owner.bot is not None), Bot.LEAD)


def _afterwards(
    heard: Heard,
    conversation: Conversation,
    speech: Speech,
    asked: Question | None,
    handoff: HandoffDecision | None,
    effects: tuple[Effect, ...],
) -> Conversation:
    before = heard.before
    said = isinstance(speech, Say)
    handoffs = before.handoffs
    if handoff is not None:
        handoffs = (*handoffs, Handed(source=handoff.source, target=handoff.target, at=heard.at))
    return replace(
        conversation,
        contact=with_tags(conversation.contact, effects),
        epoch=before.epoch + (conversation.owner is not before.owner),
        asked=asked if said else conversation.asked,
        disclosed=conversation.disclosed or (isinstance(speech, Say) and discloses(speech.text)),
        handoffs=handoffs,
        replies_used=_remembered(before.replies_used, speech),
    )


def _remembered(used: tuple[str, ...], speech: Speech) -> tuple[str, ...]:
    return (*used, speech.key)[-REPLIES_REMEMBERED:] if isinstance(speech, Say) else used


def _sentence(reason: str) -> str:
    return f"Silent: {reason.replace('_', ' ')}."
