"""What was told elsewhere or half understood is gone by, and what nobody can answer is said honestly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ghl_real_estate_ai.bots.decide import decide
from ghl_real_estate_ai.bots.model import Decision, Flag, Say
from ghl_real_estate_ai.conversation.model import (
    Contact,
    ContactId,
    Conversation,
    Direction,
    Handed,
    LocationId,
    Message,
    MessageId,
    Owner,
    Question,
)
from ghl_real_estate_ai.understanding.model import MessageContext
from ghl_real_estate_ai.understanding.understand import understand

NOW = datetime(2026, 3, 3, 16, tzinfo=UTC)
BEGUN = {"disclosed": True, "replies_used": ("greeting+ask.lead.goal.0",), "version": 1}


def a_conversation(owner: Owner = Owner.LEAD, **changes: object) -> Conversation:
    contact = Contact(location_id=LocationId("l"), contact_id=ContactId("c"), tags=frozenset({"Needs Qualifying"}))
    return replace(Conversation(contact=contact, owner=owner), **(BEGUN | changes))


def turn(conversation: Conversation, text: str, at: datetime = NOW) -> Decision:
    asked = conversation.asked.slot if conversation.asked else None
    signals = understand(text, MessageContext(bot=conversation.owner.bot, asked=asked))
    message = Message(message_id=MessageId(UUID(int=7)), direction=Direction.INBOUND, author="lead", text=text, at=at)
    return decide(conversation, signals, message, at=at, business_name="Lone Star")


def said(decision: Decision) -> str:
    assert isinstance(decision.speech, Say)
    return decision.speech.text


def test_whoever_came_by_a_sellers_form_is_not_asked_what_they_want() -> None:
    decision = turn(a_conversation(told_goal="sell", version=0, disclosed=False), "hello")

    assert decision.owner is Owner.SELLER
    assert decision.asked is Question.ADDRESS
    assert decision.handoff is not None
    assert decision.handoff.reason == "told_before"
    assert decision.conversation.told_goal is None


@pytest.mark.parametrize("text", ["not interested, thanks", "I want to buy a house", "any apartments for rent?"])
def test_words_count_more_than_the_form(text: str) -> None:
    assert turn(a_conversation(told_goal="sell"), text).owner is not Owner.SELLER


def test_after_an_opt_out_the_lead_goes_on_where_they_were() -> None:
    """The limits still bind: the lead bot asks what the seller bot would, until that one may have the contact again."""
    handed = Handed(source=Owner.LEAD, target=Owner.SELLER, at=NOW - timedelta(minutes=5))
    left = a_conversation(Owner.NONE, opted_out=True, goals=("sell",), handoffs=(handed,))

    back = turn(left, "START")
    blocked = turn(back.conversation, "yes we still want to sell the house")
    later = turn(blocked.conversation, "12 Alder Ct", NOW + timedelta(minutes=31))

    assert (back.owner, back.asked) == (Owner.LEAD, Question.ADDRESS)
    assert "your sale" in said(back)
    assert "Asks in the place of seller, which cannot have the contact yet." in back.reasons
    assert (blocked.owner, blocked.asked) == (Owner.LEAD, Question.ADDRESS)
    assert Flag.HANDOFF_BLOCKED in blocked.flags
    assert later.owner is Owner.SELLER
    assert later.asked is not Question.ADDRESS


def test_whoever_comes_back_with_another_wish_is_not_led_back_to_the_old_one() -> None:
    left = a_conversation(Owner.NONE, opted_out=True, goals=("sell",))

    back = turn(left, "you can text me again, I want to buy a house")

    assert back.owner is Owner.BUYER
    assert "sale" not in said(back)


def test_whoever_wants_to_be_forgotten_hears_that_they_will_be() -> None:
    """In the one confirmation of the opt-out, since nothing may be said to them later."""
    asked = a_conversation(Owner.SELLER, asked=Question.CONDITION, goals=("sell",))

    assert "delete your data" in said(turn(asked, "stop texting me and delete all you have on me"))
    assert "delete your data" in said(turn(asked, "forget me please"))
    assert "data" not in said(turn(asked, "please stop texting me"))


@pytest.mark.parametrize("text", ["ok", "Okay.", "ok thanks"])
def test_a_bare_ok_says_nothing_of_the_home(text: str) -> None:
    """It has only been read, so the question comes in other words."""
    asked = a_conversation(Owner.SELLER, asked=Question.CONDITION, goals=("sell",), attempts={Question.CONDITION: 1})

    decision = turn(asked, text)

    assert not decision.conversation.facts
    assert decision.asked is Question.CONDITION


@pytest.mark.parametrize("text", ["yes", "yeah thats right"])
def test_a_half_understood_wish_is_confirmed_and_not_asked_anew(text: str) -> None:
    unsure = a_conversation(goals=("sell",), asked=Question.GOAL)

    assert turn(unsure, text).owner is Owner.SELLER
    assert "selling" in said(turn(unsure, "hm"))


def test_whoever_speaks_of_one_of_the_two_has_answered() -> None:
    asked = a_conversation(asked=Question.GOAL)

    assert turn(asked, "yes im selling but not with people who spam me").owner is Owner.SELLER
    assert turn(asked, "im not selling").owner is Owner.LEAD


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("are you licensed", "license"),
        ("ustedes tienen licencia de agente?", "licencia"),
        ("can you send pics", "pictures"),
        ("are you a buyer or an agent?", "assistant"),
        ("what homes do you have in Cedar Park", "on the market|available"),
        ("what would my payment be", "lender|loan"),
        ("about what", "buy"),
        ("how did you get my number", "how"),
        ("whats your commission", "fees|costs|Costs"),
    ],
)
def test_what_leads_ask_gets_an_honest_answer(text: str, answer: str) -> None:
    reply = said(turn(a_conversation(Owner.BUYER, asked=Question.BUDGET), text))

    assert any(part in reply for part in answer.split("|")), reply


def test_whoever_does_not_understand_gets_other_words() -> None:
    asked = a_conversation(Owner.SELLER, asked=Question.MOTIVATION, attempts={Question.MOTIVATION: 1})

    decision = turn(asked, "what do you mean")

    assert decision.asked is Question.MOTIVATION
    assert "main reason" in said(decision)


def test_whoever_says_goodbye_is_not_asked_anything() -> None:
    decision = turn(a_conversation(Owner.BUYER, asked=Question.BEDROOMS), "ok bye")

    assert decision.asked is None
    assert "?" not in said(decision)


@pytest.mark.parametrize("text", ["no need for bedrooms lol its land", "doesnt matter", "me da igual"])
def test_what_does_not_matter_is_not_asked_again(text: str) -> None:
    asked = a_conversation(Owner.BUYER, asked=Question.BEDROOMS, attempts={Question.BEDROOMS: 1})

    assert turn(asked, text).asked is not Question.BEDROOMS


def test_whoever_would_rather_not_be_called_is_not_asked_when_to_call() -> None:
    asked = a_conversation(Owner.SELLER, asked=Question.APPOINTMENT, attempts={Question.APPOINTMENT: 1})

    decision = turn(asked, "no calls please text only")

    assert decision.asked is not Question.APPOINTMENT
    assert "text" in said(decision)


def test_up_to_500_is_no_hour() -> None:
    asked = a_conversation(Owner.BUYER, asked=Question.APPOINTMENT, attempts={Question.APPOINTMENT: 1})

    assert "500 to our team" not in said(turn(asked, "3 beds up to 500"))


def test_what_would_you_list_it_for_gets_no_empty_yes() -> None:
    assert "Happy to help" not in said(
        turn(a_conversation(Owner.SELLER, asked=Question.ADDRESS), "what would you list it for")
    )


@pytest.mark.parametrize(("text", "speaks"), [("yes ok", False), ("yes lets talk about the house i want", True)])
def test_after_a_goodbye_a_bare_yes_is_left_and_a_longer_one_is_not(text: str, speaks: bool) -> None:
    left = a_conversation(Owner.SELLER, closed=True, replies_used=("ack.by_text.0",))

    assert isinstance(turn(left, text).speech, Say) is speaks


def test_a_figure_of_somebody_else_is_not_the_leads_price() -> None:
    decision = turn(a_conversation(Owner.SELLER), "zillow had it at 455 and my last agent listed at 429")

    assert "429" not in said(decision)


def test_an_angry_lead_hears_a_sorry_before_the_next_question() -> None:
    decision = turn(a_conversation(asked=Question.GOAL), "i filled out one form and now 9 agents are texting me")

    assert any(word in said(decision) for word in ("sorry", "Sorry"))


def test_a_time_that_nothing_sorts_is_passed_on_and_not_asked_again() -> None:
    asked = a_conversation(Owner.BUYER, asked=Question.APPOINTMENT, attempts={Question.APPOINTMENT: 1})

    decision = turn(asked, "any weekend after noon is good i guess")

    assert decision.asked is not Question.APPOINTMENT


def test_delete_it_all_goes_on_about_the_data() -> None:
    asked = a_conversation(Owner.BUYER, replies_used=("privacy.0",))

    assert Flag.PRIVACY in turn(asked, "please delete it all").flags
