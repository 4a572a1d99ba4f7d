"""Turns one by one, in the words a lead reads."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision, Flag, Say, Silence
from ghl_real_estate_ai.conversation.model import (
    Bot,
    Contact,
    ContactId,
    Conversation,
    Direction,
    Fact,
    Facts,
    Language,
    LocationId,
    Message,
    MessageId,
    Owner,
    Question,
    Slot,
    SlotValue,
)
from ghl_real_estate_ai.crm.model import AddNote, AddTag, RemoveTag
from ghl_real_estate_ai.understanding.model import Found, Intent, Objection, Signals, Span, StatedSlot

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
MESSAGE_ID = MessageId(UUID(int=7))
GREETING = "Hi, this is the automated assistant of Lone Star."


def known(**values: SlotValue) -> Facts:
    return Facts({Slot(name): Fact(Slot(name), value, None, NOW) for name, value in values.items()})


def a_conversation(owner: Owner, **changes: object) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset({"Needs Qualifying"}))
    begun = {"disclosed": True, "replies_used": ("greeting+ask.lead.goal.0",)}
    return replace(Conversation(contact=contact, owner=owner), **(begun | changes))


def understood(
    *intents: Intent, objection: Objection | None = None, language: Language = Language.EN, **slots: SlotValue
) -> Signals:
    span = Span(0, 1)
    return Signals(
        language=language,
        intents=tuple(Found(intent, 0.9, span) for intent in intents),
        objections=(Found(objection, 0.8, span),) if objection else (),
        slots=tuple(StatedSlot(Slot(name), value, 0.9, span) for name, value in slots.items()),
    )


def turn(conversation: Conversation, text: str, signals: Signals) -> Decision:
    message = Message(message_id=MESSAGE_ID, direction=Direction.INBOUND, author="lead", text=text, at=NOW)
    return decide(conversation, signals, message, at=NOW, business_name="Lone Star")


def words(decision: Decision) -> str:
    assert isinstance(decision.speech, Say)
    return decision.speech.text


def test_a_first_hello_is_met_by_a_machine_that_says_so_and_one_question() -> None:
    """The first reply names who writes and asks whether to buy or sell."""
    fresh = a_conversation(Owner.LEAD, disclosed=False, replies_used=())

    decision = turn(fresh, "hey", understood(Intent.GREETING))

    assert words(decision) == f"{GREETING} Are you looking to buy, sell, or both?"
    assert decision.asked is Question.GOAL
    assert decision.conversation.disclosed


def test_the_walk_through_sentence_goes_to_the_buyer_bot_in_one_turn() -> None:
    """Wish and budget in one sentence: the buyer bot greets, and asks the next thing but the budget."""
    fresh = a_conversation(Owner.LEAD, disclosed=False, replies_used=())

    decision = turn(fresh, "I want to buy a house with a $500k budget", understood(Intent.BUY, budget_max=500_000))

    assert words(decision).startswith(GREETING)
    assert words(decision).count("Lone Star") == 1
    assert decision.bot is Bot.BUYER
    assert decision.asked is Question.FINANCING
    assert decision.completed is Bot.LEAD
    assert decision.effects[:3] == (
        RemoveTag("Needs Qualifying"),
        AddTag("Buyer-Lead"),
        AddTag("Handoff-Lead-to-Buyer"),
    )
    assert decision.conversation.contact.tags == {"Buyer-Lead", "Handoff-Lead-to-Buyer", "Stage-Awareness"}
    assert decision.conversation.goals == ("buy",)


@pytest.mark.parametrize(
    ("text", "owner", "goals"),
    [("both", Owner.SELLER, ("sell", "buy")), ("Selling", Owner.SELLER, ("sell",)), ("comprar", Owner.BUYER, ("buy",))],
)
def test_a_bare_answer_to_the_first_question_is_enough(text: str, owner: Owner, goals: tuple[str, ...]) -> None:
    """One word after "buy, sell, or both" moves the lead, and both threads stay open."""
    decision = turn(a_conversation(Owner.LEAD, asked=Question.GOAL), text, understood())

    assert decision.owner is owner
    assert decision.conversation.goals == goals


def test_selling_first_keeps_the_purchase_open() -> None:
    """A buyer who must sell first goes to the seller bot, which forgets the wanted home's size and place only."""
    facts = known(budget_max=620_000, bedrooms=4, locations=("Carmel",), financing="conventional")
    buying = a_conversation(Owner.BUYER, goals=("buy",), facts=facts)

    decision = turn(buying, "we have to sell our house first", understood(Intent.SELL))

    assert decision.owner is Owner.SELLER
    assert decision.conversation.goals == ("sell", "buy")
    assert set(decision.conversation.facts) == {Slot.BUDGET_MAX, Slot.FINANCING}
    assert decision.asked is Question.ADDRESS


def test_who_stops_selling_is_only_a_buyer() -> None:
    """ "Not selling anymore, but I want to buy" closes the sale."""
    selling = a_conversation(Owner.SELLER, goals=("sell",))

    decision = turn(selling, "im not selling anymore. but i do want to buy a condo", understood(Intent.BUY))

    assert decision.owner is Owner.BUYER
    assert decision.conversation.goals == ("buy",)


def test_a_later_statement_replaces_an_earlier_one() -> None:
    """A new budget replaces the old one and is said back."""
    buying = a_conversation(Owner.BUYER, facts=known(budget_max=450_000))

    decision = turn(buying, "we have to bring it down to 415", understood(budget_max=415_000))

    assert decision.conversation.facts.value(Slot.BUDGET_MAX) == 415_000
    assert [fact.source_message_id for fact in decision.stated] == [MESSAGE_ID]
    assert "$415k" in words(decision)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("kyle instead", ("Kyle",)), ("kyle too", ("Buda", "Kyle")), ("también kyle", ("Buda", "Kyle"))],
)
def test_places_are_replaced_unless_added(text: str, expected: tuple[str, ...]) -> None:
    """A later place replaces, "too" adds."""
    buying = a_conversation(Owner.BUYER, facts=known(locations=("Buda",)))

    decision = turn(buying, text, understood(locations=("Kyle",)))

    assert decision.conversation.facts.value(Slot.LOCATIONS) == expected


def test_an_unanswered_question_is_put_in_other_words_and_then_left() -> None:
    """Plainly, in other words, with choices, and then the next question."""
    conversation, asked, said = a_conversation(Owner.BUYER), [], []

    for _ in range(4):
        decision = turn(conversation, "hmm", understood())
        conversation = decision.conversation
        asked.append(decision.asked)
        said.append(words(decision))

    assert asked == [Question.BUDGET, Question.BUDGET, Question.BUDGET, Question.FINANCING]
    assert len(set(said)) == 4


def test_when_all_is_known_an_appointment_is_offered_and_never_claimed() -> None:
    """The last answer completes the bot, the wish is passed on, and only a person confirms it."""
    facts = known(budget_max=300_000, financing="cash", bedrooms=3, timeline_days=60)

    offered = turn(a_conversation(Owner.BUYER, facts=facts), "Hutto", understood(locations=("Hutto",)))
    wished = turn(offered.conversation, "sunday 1pm", understood(appointment="sunday 1pm"))

    assert (offered.completed, offered.asked) == (Bot.BUYER, Question.APPOINTMENT)
    assert wished.completed is None
    assert "sunday 1pm" in words(wished)
    assert "confirm" in words(wished)
    assert AddTag("Needs-Manual-Scheduling") in wished.effects


@pytest.mark.parametrize("text", ["STOP", "stop", "Unsubscribe", "QUIT."])
def test_the_stop_family_is_obeyed_without_a_word(text: str) -> None:
    """The carrier answers STOP, so we do not; tags and owner change at once."""
    decision = turn(a_conversation(Owner.SELLER), text, understood())

    assert decision.speech == Silence("opted_out")
    assert decision.owner is Owner.NONE
    assert decision.flags == {Flag.OPT_OUT}
    assert decision.effects == (AddTag("AI-Off"), AddTag("TCPA-Opt-Out"))


def test_an_opt_out_in_other_words_is_confirmed_once() -> None:
    """Another wording gets one confirmation, the next message silence."""
    first = turn(a_conversation(Owner.BUYER), "please dont text me again", understood(Intent.OPT_OUT))
    second = turn(first.conversation, "hello?", understood(Intent.GREETING))

    assert "Lone Star" in words(first)
    assert isinstance(second.speech, Silence)


def test_start_brings_the_lead_bot_back_and_yes_does_not() -> None:
    """UNSTOP lifts the opt-out with its tags; a bare yes while a question is pending is no such wish."""
    out = turn(a_conversation(Owner.BUYER, asked=Question.BUDGET), "no more texts", understood(Intent.OPT_OUT))

    yes = turn(out.conversation, "yes", understood(Intent.AFFIRM))
    start = turn(out.conversation, "UNSTOP", understood(Intent.OPT_IN))

    assert isinstance(yes.speech, Silence)
    assert start.owner is Owner.LEAD
    assert start.flags == {Flag.OPT_IN}
    assert RemoveTag("AI-Off") in start.effects
    assert "AI-Off" not in (start.conversation.contact.tags or ())
    assert start.asked is Question.GOAL


@pytest.mark.parametrize("tags", [None, frozenset(), frozenset({"Newsletter"})])
def test_start_hands_nobody_to_a_bot(tags: frozenset[str] | None) -> None:
    """Without a tag that calls a bot, or while the tags are unknown, UNSTOP lifts the opt-out in silence."""
    before = a_conversation(Owner.NONE, opted_out=True)
    before = replace(before, contact=replace(before.contact, tags=tags))

    start = turn(before, "UNSTOP", understood(Intent.OPT_IN))

    assert (False, {Flag.OPT_IN}) == (start.conversation.opted_out, start.flags)
    assert isinstance(start.speech, Silence)
    assert not [effect for effect in start.effects if isinstance(effect, AddTag)]


def test_a_person_is_called_when_asked_for() -> None:
    """The bot steps back at once and leaves a note."""
    decision = turn(a_conversation(Owner.BUYER), "let me talk to a real agent", understood(Intent.HUMAN))

    assert decision.owner is Owner.HUMAN
    assert Flag.HUMAN_REQUESTED in decision.flags
    assert decision.effects[0] == AddTag("Human-Follow-Up-Needed")
    assert [AddNote] == [type(effect) for effect in decision.effects if isinstance(effect, AddNote)]
    assert decision.asked is None


@pytest.mark.parametrize(
    ("language", "said"), [(Language.EN, "automated assistant"), (Language.ES, "asistente automatico")]
)
def test_are_you_a_bot_is_answered_truthfully(language: Language, said: str) -> None:
    """The machine says that it is one, in the lead's language."""
    conversation = a_conversation(Owner.BUYER, language=language)

    decision = turn(conversation, "are you a bot", understood(Intent.BOT_QUESTION, language=language))

    assert said in words(decision)
    assert Flag.DISCLOSED_AI in decision.flags


@pytest.mark.parametrize(
    ("intent", "flag"),
    [
        (Intent.FAIR_HOUSING, Flag.FAIR_HOUSING),
        (Intent.INJECTION, Flag.INJECTION),
        (Intent.ABUSE, Flag.ABUSE),
        (Intent.PRIVACY_REQUEST, Flag.PRIVACY),
        (Intent.HELP, Flag.HELP),
    ],
)
def test_what_people_must_know_is_flagged_and_answered(intent: Intent, flag: Flag) -> None:
    """Each of these gets its own answer and its flag, and the owner stays."""
    decision = turn(a_conversation(Owner.BUYER), "x", understood(intent))

    assert flag in decision.flags
    assert isinstance(decision.speech, Say)
    assert decision.owner is Owner.BUYER


def test_help_leaves_the_question_pending() -> None:
    """After HELP a bare number still answers what was asked before."""
    decision = turn(a_conversation(Owner.BUYER, asked=Question.BUDGET), "HELP", understood(Intent.HELP))

    assert decision.asked is None
    assert decision.conversation.asked is Question.BUDGET


def test_a_wrong_number_is_never_texted_again() -> None:
    """Somebody else's number is apologised to once and suppressed."""
    first = turn(a_conversation(Owner.LEAD), "wrong number", understood(Intent.WRONG_NUMBER))
    second = turn(first.conversation, "??", understood())

    assert first.owner is Owner.NONE
    assert Flag.OPT_OUT not in first.flags
    assert isinstance(second.speech, Silence)


def test_thanks_after_a_goodbye_needs_no_answer() -> None:
    """Whoever declines is let go, and a bare thank-you ends it."""
    first = turn(a_conversation(Owner.LEAD), "not interested", understood(Intent.NOT_INTERESTED))
    second = turn(first.conversation, "ok thanks", understood(Intent.THANKS))

    assert first.asked is None
    assert second.speech == Silence("goodbye_was_said")


def test_who_has_an_agent_is_left_in_peace() -> None:
    """No question follows "we signed with an agent"."""
    decision = turn(a_conversation(Owner.BUYER), "we have an agent", understood(objection=Objection.REPRESENTED))

    assert decision.asked is None
    assert decision.conversation.closed


def test_a_renter_stays_with_the_lead_bot_and_hears_the_truth() -> None:
    """Rentals are honestly declined."""
    decision = turn(a_conversation(Owner.LEAD, asked=Question.GOAL), "only a rental", understood(Intent.RENT))

    assert decision.owner is Owner.LEAD
    assert "rental" in words(decision)


@pytest.mark.parametrize(
    "question", ["how are the schools there?", "is the market crazy?", "what do you charge?", "whats next"]
)
def test_a_question_gets_an_honest_answer_without_figures(question: str) -> None:
    """No figure is ever invented in an answer."""
    decision = turn(a_conversation(Owner.SELLER), question, understood())

    answer = words(decision).rsplit(".", 1)[0]
    assert not any(char.isdigit() for char in answer)
    assert "?" not in answer


def test_hardship_is_met_with_sympathy_and_never_named() -> None:
    """Foreclosure brings sympathy, not urgency, and the word is not echoed."""
    fresh = a_conversation(Owner.LEAD, disclosed=False, replies_used=())

    decision = turn(fresh, "need to sell before foreclosure", understood(Intent.SELL, motivation="foreclosure"))

    assert "sorry" in words(decision)
    assert "foreclos" not in words(decision).lower()


def test_a_blocked_move_is_told_to_the_team() -> None:
    """A limit that keeps a lead where they are is flagged, and a person hears of the wish."""
    there = turn(a_conversation(Owner.BUYER), "we must sell first", understood(Intent.SELL)).conversation
    back = turn(replace(there, asked=None), "no, buying it is", understood(Intent.BUY)).conversation

    decision = turn(back, "actually sell", understood(Intent.SELL))

    assert back.owner is Owner.BUYER
    assert decision.blocked is not None
    assert Flag.HANDOFF_BLOCKED in decision.flags
    assert AddTag("Human-Follow-Up-Needed") in decision.effects


def test_a_stop_tag_is_obeyed_in_any_spelling() -> None:
    """ "Do Not Contact" written by hand is a do-not-contact tag."""
    start = a_conversation(Owner.BUYER)
    tagged = replace(start, contact=replace(start.contact, tags=frozenset({"Do Not Contact", "Buyer-Lead"})))

    assert isinstance(turn(tagged, "hello", understood(Intent.GREETING)).speech, Silence)


def test_spanish_is_answered_in_spanish() -> None:
    """A Spanish wish is greeted and asked in Spanish, written in GSM-7 letters."""
    fresh = a_conversation(Owner.LEAD, disclosed=False, replies_used=())

    decision = turn(fresh, "quiero vender mi casa", understood(Intent.SELL, language=Language.ES))

    assert words(decision).startswith("Hola, soy el asistente automatico de Lone Star.")
    assert decision.conversation.language is Language.ES
