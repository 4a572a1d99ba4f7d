"""One turn's thinking: a conversation and what its newest message says in, a `Decision` out; pure.

`RULES` is the whole behaviour: the first rule with an answer ends the turn.  The law comes first, then whoever else
owns the contact, then what needs a plain answer, then the bots' own conversation.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ghl_real_estate_ai.bots.activation import activated_owner
from ghl_real_estate_ai.bots.conclude import conclude, plain_answer, silent
from ghl_real_estate_ai.bots.converse import converse
from ghl_real_estate_ai.bots.effects import follow_up, of_handoff, of_opt_in, of_opt_out, with_tags
from ghl_real_estate_ai.bots.goals import goals_after
from ghl_real_estate_ai.bots.heard import Heard, hear
from ghl_real_estate_ai.bots.model import Decision, Flag, Say
from ghl_real_estate_ai.bots.settle_question import is_lost
from ghl_real_estate_ai.bots.team import Team
from ghl_real_estate_ai.bots.topics import advice_sought
from ghl_real_estate_ai.bots.wording import KEY_SEPARATOR, clean_business_name
from ghl_real_estate_ai.compliance.opt_out import confirmation, is_bare_yes, is_start_word, wants_no_more
from ghl_real_estate_ai.compliance.sms import to_gsm7
from ghl_real_estate_ai.compliance.stop_tags import hands_to_a_person, stopping_tag
from ghl_real_estate_ai.conversation.model import Conversation, Message, Owner, Slot
from ghl_real_estate_ai.crm.model import AddNote, Effect
from ghl_real_estate_ai.handoff.decide_handoff import HUMAN_THRESHOLD, Adjustments, Health
from ghl_real_estate_ai.handoff.model import HandoffDecision
from ghl_real_estate_ai.understanding.model import Intent, Objection, Signals

COURTESIES = frozenset({Intent.THANKS, Intent.AFFIRM, Intent.DENY, Intent.NOT_INTERESTED})
"""What needs no answer once we said goodbye."""
LEAVES_IN_PEACE = ("stay", "objection.thinking", "objection.decision_maker", "objection.timing")
"""Answers after which a bare "ok" asks for nothing."""
WORDS_OF_A_YES = 6
"""A longer yes says something more, whether or not it was understood."""
MOST_LOST = 3
"""After so many messages in a row that gave a bot nothing, a person is better."""
HONEST_FIRST = frozenset({Flag.FAIR_HOUSING, Flag.INJECTION, Flag.DISCLOSED_AI})
"""What is answered before any other question in the same message."""


def decide(
    conversation: Conversation,
    signals: Signals,
    message: Message,
    *,
    at: datetime,
    business_name: str,
    adjustments: Adjustments | None = None,
    health: Health | None = None,
    team: Team | None = None,
) -> Decision:
    """Decide what becomes of *message* of a lead, understood as *signals*, in *conversation* as loaded before it.

    *adjustments* are the learned changes of the handoff thresholds, *health* says how the bots do, *team* how the
    team wants them.  Never raises for any conversation and signals.
    The conversation of the result has the same version and the same messages; saving adds to both.
    """
    heard = hear(
        conversation,
        signals,
        message,
        at=at,
        business_name=business_name,
        adjustments=adjustments or {},
        health=health,
        team=team,
    )
    return next(decision for rule in RULES if (decision := rule(heard)) is not None)


def _opt_out(heard: Heard) -> Decision | None:
    """Whoever wants no more messages gets none: before anything else, from any bot or person, in any words."""
    if not wants_no_more(heard.text, heard.signals):
        return None
    if heard.before.opted_out:
        return silent(heard, heard.before, "opted_out", flags=[Flag.OPT_OUT])
    was_off = hands_to_a_person(heard.before.contact.tags or ())
    left = replace(heard.conversation, owner=Owner.NONE, opted_out=True, closed=True, attempts={}, was_off=was_off)
    name = clean_business_name(heard.business_name, left.language)
    words = confirmation(heard.text, left.language, name)
    if words is None or why_silent(heard.before) is not None:
        return silent(heard, left, "opted_out", effects=of_opt_out(), flags=[Flag.OPT_OUT])
    decision = conclude(
        heard,
        left,
        Say(to_gsm7(words), "opt_out"),
        effects=of_opt_out(),
        flags=[Flag.OPT_OUT],
        reasons=("The lead wants no more messages.",),
    )
    return _still_pending(decision, heard)


def _opt_in(heard: Heard) -> Decision | None:
    """START and the like lift an opt-out: the lead bot answers again, and goes on with what the lead was about.

    It asks in the place of the bot that had the contact, until the limits let that one have it again.  A contact that
    no tag hands to a bot may be texted again, and is left to the team.
    """
    before = heard.before
    if not lifts_opt_out(before, heard.text, heard.signals):
        return None
    is_activated = activated_owner(before.contact.tags or ()) is not None
    effects = of_opt_in(is_activated=is_activated, was_off=before.was_off)
    back = replace(
        before,
        contact=with_tags(before.contact, effects),
        owner=Owner.LEAD,
        opted_out=False,
        was_off=False,
        closed=False,
        asked=None,
        goals=(),
        told_goal=next(iter(before.goals), before.told_goal),
        attempts={},
    )
    again = hear(
        back,
        heard.signals,
        heard.message,
        at=heard.at,
        business_name=heard.business_name,
        adjustments=heard.adjustments,
        health=heard.health,
        team=heard.team,
    )
    again = replace(again, before=replace(back, owner=before.owner, asked=before.asked))
    why = why_silent(back) or (None if is_activated else "not_activated")
    if why is not None:
        return silent(again, again.conversation, why, effects=effects, flags=[Flag.OPT_IN])
    goes_on = again.move is None and back.told_goal is not None
    answer = f"resumed.{back.told_goal}" if goes_on else "resumed"
    return converse(again, effects=effects, flags=frozenset({Flag.OPT_IN}), answer=answer)


def _suppressed(heard: Heard) -> Decision | None:
    """Nobody who opted out hears from us, nor is anything more noted of them."""
    if not heard.before.opted_out and heard.before.owner is not Owner.NONE:
        return None
    return silent(replace(heard, stated=()), heard.before, "opted_out")


def _not_ours(heard: Heard) -> Decision | None:
    """A person's conversation, a stop tag, do-not-disturb or unknown tags keep the bots quiet."""
    if heard.before.owner is Owner.HUMAN:
        return silent(heard, heard.conversation, "a_person_answers", flags=heard.flags)
    why = why_silent(heard.before)
    return None if why is None else silent(heard, heard.conversation, why, flags=heard.flags | {Flag.HELD})


def _help(heard: Heard) -> Decision | None:
    if not heard.signals.has(Intent.HELP):
        return None
    return _still_pending(_answered(heard, "help", "The lead sent the HELP keyword.", greets=False), heard)


def _privacy(heard: Heard) -> Decision | None:
    if not heard.signals.has(Intent.PRIVACY_REQUEST):
        return None
    note = "Privacy request: the lead asks about, or for deletion of, their data. Please confirm it with them."
    return _answered(heard, "privacy", "The lead asks about their data.", note=note)


def _wrong_number(heard: Heard) -> Decision | None:
    """Somebody else holds this number and never agreed to texts, so they are suppressed like an opt-out."""
    if not heard.signals.has(Intent.WRONG_NUMBER):
        return None
    left = replace(heard.conversation, owner=Owner.NONE, opted_out=True, closed=True, attempts={})
    return conclude(
        heard,
        left,
        plain_answer(heard, "wrong_number"),
        effects=(*of_opt_out(), AddNote("Wrong number: the person at this number is not the lead.")),
        flags=heard.flags,
        reasons=("The number belongs to somebody else.",),
    )


def _person(heard: Heard) -> Decision | None:
    """Whoever asks for a person gets one, at once and without conditions."""
    handoff = heard.handoff
    if handoff is None or handoff.target is not Owner.HUMAN:
        return None
    occasion = "person.after_bot_question" if heard.signals.has(Intent.BOT_QUESTION) else "person"
    wish = heard.conversation.facts.value(Slot.APPOINTMENT) if heard.states(Slot.APPOINTMENT) else None
    return _to_person(heard, handoff, occasion, effects=(AddNote(f"Wished time: {wish}"),) if wish else ())


def _advice(heard: Heard) -> Decision | None:
    """A question for a lawyer, a tax adviser or a banker goes to a person: we may not answer it, and somebody must."""
    topic = advice_sought(heard.text)
    if topic is None or heard.flags & HONEST_FIRST:
        return None
    return _to_person(heard, _call(heard, f"The lead asks for {topic.value} advice"), f"answer.{topic.value}")


def _lost(heard: Heard) -> Decision | None:
    """Whoever was not understood three times in a row gets somebody who understands."""
    if not is_lost(heard) or heard.before.lost + 1 < MOST_LOST:
        return None
    return _to_person(heard, _call(heard, "Three messages in a row were not understood"), "person.lost")


def _abuse(heard: Heard) -> Decision | None:
    """Hostile words without anything else in them are met calmly, and a person is told."""
    if not heard.signals.has(Intent.ABUSE) or heard.stated or heard.move is not None:
        return None
    return _answered(
        heard, "abuse", "The lead is hostile.", note="The lead is upset with the texts. Please have a look."
    )


def _after_goodbye(heard: Heard) -> Decision | None:
    """A bare thank-you after a goodbye needs no answer."""
    intents = {found.label for found in heard.signals.intents}
    objections = {found.label for found in heard.signals.objections}
    only_courtesy = bool(intents | objections) and intents <= COURTESIES and objections <= {Objection.REPRESENTED}
    if intents == {Intent.AFFIRM} and not objections and len(heard.text.split()) > WORDS_OF_A_YES:
        return None
    if not _farewell_was_said(heard) or not only_courtesy or heard.stated or heard.topic is not None:
        return None
    return silent(heard, heard.conversation, "goodbye_was_said")


def _farewell_was_said(heard: Heard) -> bool:
    """Whether our last word left the lead in peace: a goodbye, or all the time they need."""
    last = heard.before.replies_used[-1] if heard.before.replies_used else ""
    left_in_peace = heard.before.asked is None and last.split(KEY_SEPARATOR)[-1].startswith(LEAVES_IN_PEACE)
    return heard.before.closed or left_in_peace


def _goodbye(heard: Heard) -> Decision | None:
    """Whoever declines, or has an agent, is let go kindly, without another question."""
    declines, represented = heard.signals.has(Intent.NOT_INTERESTED), heard.signals.has_objection(Objection.REPRESENTED)
    if not (declines or represented) or heard.move is not None:
        return None
    if declines and not represented and (heard.stated or heard.signals.has(Intent.SCHEDULE)):
        return None
    occasion = "objection.represented" if represented else "goodbye"
    return conclude(
        heard,
        replace(heard.conversation, closed=True, attempts={}),
        plain_answer(heard, occasion),
        flags=heard.flags,
        reasons=("The lead has an agent." if represented else "The lead is not interested.",),
    )


RULES: tuple[Callable[[Heard], Decision | None], ...] = (
    _opt_out,
    _opt_in,
    _suppressed,
    _not_ours,
    _help,
    _privacy,
    _wrong_number,
    _person,
    _advice,
    _abuse,
    _after_goodbye,
    _goodbye,
    _lost,
    converse,
)
"""In order; `converse` always answers."""


def _call(heard: Heard, reason: str) -> HandoffDecision:
    return HandoffDecision(
        source=heard.conversation.owner, target=Owner.HUMAN, confidence=1.0, threshold=HUMAN_THRESHOLD, reason=reason
    )


def _to_person(heard: Heard, handoff: HandoffDecision, occasion: str, *, effects: tuple[Effect, ...] = ()) -> Decision:
    """Say that a person comes, and hand everything over; who would have owned the contact now gets it back."""
    wanted = heard.handoff
    returns_to = wanted.target if wanted is not None and wanted.target.bot is not None else handoff.source
    left = replace(
        heard.conversation,
        owner=Owner.HUMAN,
        returns_to=returns_to,
        goals=goals_after(heard.conversation.goals, heard.signals, heard.text, returns_to),
        attempts={},
        closed=False,
    )
    return conclude(
        heard,
        left,
        plain_answer(heard, occasion),
        handoff=handoff,
        effects=(*of_handoff(handoff), *effects),
        flags=heard.flags,
        reasons=(f"{handoff.reason}.",),
    )


def _answered(heard: Heard, occasion: str, reason: str, *, note: str | None = None, greets: bool = True) -> Decision:
    return conclude(
        heard,
        heard.conversation,
        plain_answer(heard, occasion, greets=greets),
        effects=follow_up(note) if note else (),
        flags=heard.flags,
        reasons=(reason,),
    )


def _still_pending(decision: Decision, heard: Heard) -> Decision:
    """What we asked before stays asked, since these words of ours are no part of the talk."""
    return replace(decision, conversation=replace(decision.conversation, asked=heard.before.asked))


def why_silent(conversation: Conversation) -> str | None:
    """What keeps the bots from speaking to this contact at all, or None."""
    contact = conversation.contact
    if contact.tags is None:
        return "tags_unknown"
    if contact.dnd:
        return "do_not_disturb"
    tag = stopping_tag(contact.tags)
    return None if tag is None else f"tag_{tag}"


def lifts_opt_out(conversation: Conversation, text: str, signals: Signals) -> bool:
    """Whether *text*, which says *signals*, takes back an opt-out that *conversation* has."""
    if not conversation.opted_out:
        return False
    if is_bare_yes(text):
        return conversation.asked is None
    return is_start_word(text) or signals.has(Intent.OPT_IN)
