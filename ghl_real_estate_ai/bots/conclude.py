"""From what was decided to the whole `Decision` with the conversation as it is afterwards; pure."""

from collections.abc import Iterable
from dataclasses import replace

from ghl_real_estate_ai.bots.effects import FOLLOW_UP_TAG, with_tags
from ghl_real_estate_ai.bots.heard import Heard
from ghl_real_estate_ai.bots.model import Decision, Flag, Say, Silence, Speech
from ghl_real_estate_ai.bots.packing import card_of, pack
from ghl_real_estate_ai.bots.wording import Part, Voice, Worded, compose
from ghl_real_estate_ai.compliance.disclosure import discloses, greeting
from ghl_real_estate_ai.compliance.sms import to_gsm7
from ghl_real_estate_ai.conversation.model import Bot, Conversation, Handed, Owner, PersonCall, Question
from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, SetField
from ghl_real_estate_ai.handoff.model import HandoffBlocked, HandoffDecision
from ghl_real_estate_ai.handoff.packet import FIELD, ContextPacket, packet_text

REPLIES_REMEMBERED = 6
SURE = 0.9
"""How sure we are of a call for a person that rests on facts and not on words."""


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
    calls: str | None = None,
    reasons: tuple[str, ...] = (),
) -> Decision:
    """Finish the turn: *conversation* is as the rule left it.

    Owner epoch, memory of wordings, tags, and with a handoff the packet and the card follow here.  *calls* is why a
    person is called while the bot goes on answering.
    """
    kept_effects = tuple(dict.fromkeys((*effects, *([AddTag(FOLLOW_UP_TAG)] if calls else []))))
    known = {fact.slot: fact for fact in conversation.facts.values()}
    after = _afterwards(heard, conversation, speech, asked, handoff, kept_effects)
    packet = None
    if handoff is not None:
        packet = _packet(heard, after, handoff.source, handoff.target, handoff.reason)
        kept_effects = (*kept_effects, *of_packet(after, packet, handoff.confidence, heard.text))
    elif calls and after.person_call is None:
        after = replace(after, person_call=PersonCall(at=heard.at, why=calls))
        kept_effects = (*kept_effects, _call_note(heard, after, calls))
    return Decision(
        owner=conversation.owner,
        bot=answering_bot_of(heard.before, conversation),
        speech=speech,
        asked=asked,
        handoff=handoff,
        packet=packet,
        blocked=blocked,
        effects=kept_effects,
        flags=frozenset(flags),
        stated=tuple(fact for fact in heard.stated if known.get(fact.slot) == fact),
        conversation=after,
        completed=completed,
        reasons=reasons,
    )


def of_packet(
    conversation: Conversation, packet: ContextPacket, confidence: float, last_words: str
) -> tuple[Effect, ...]:
    """The CRM's copy of what is handed over, and for a person the card."""
    field = SetField(FIELD, packet_text(packet))
    if packet.target is not Owner.HUMAN:
        return (field,)
    return (field, AddNote(card_of(conversation, packet, confidence=confidence, last_words=last_words)))


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


def answering_bot_of(before: Conversation, after: Conversation) -> Bot:
    """The bot a turn counts for: the owner, else the one that owned last, else the lead bot."""
    owners = [after.owner, before.owner, *(past.source for past in reversed(before.handoffs))]
    return next((owner.bot for owner in owners if owner.bot is not None), Bot.LEAD)


def _packet(heard: Heard, after: Conversation, source: Owner, target: Owner, reason: str) -> ContextPacket:
    return pack(
        after, source=source, target=target, reason=reason, at=heard.at, pending=heard.before.asked, signs=heard.signs
    )


def _call_note(heard: Heard, after: Conversation, why: str) -> AddNote:
    packet = _packet(heard, after, after.owner, Owner.HUMAN, why)
    return AddNote(card_of(after, packet, confidence=SURE, last_words=heard.text, stays_on=True))


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
        if handoff.target is Owner.HUMAN:
            conversation = replace(
                conversation,
                person_call=PersonCall(at=heard.at, why=handoff.reason),
                returns_to=conversation.returns_to or handoff.source,
                lost=0,
            )
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
