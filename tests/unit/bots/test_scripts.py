"""What each script asks, and when it stops asking."""

from datetime import UTC, datetime

import pytest

from ghl_real_estate_ai.bots import seller
from ghl_real_estate_ai.bots.scripts import ALL, SCRIPTS, script_for
from ghl_real_estate_ai.conversation.model import Bot, Fact, Facts, Question, Slot, SlotValue
from ghl_real_estate_ai.settings import SellerMode

NOW = datetime(2026, 3, 3, tzinfo=UTC)


def facts(**values: SlotValue) -> Facts:
    return Facts({Slot(name): Fact(Slot(name), value, None, NOW) for name, value in values.items()})


def test_the_full_seller_asks_ten_questions_the_simple_one_the_first_five() -> None:
    full = script_for(Bot.SELLER, mode=SellerMode.FULL)

    assert len(full.questions) == 10
    assert script_for(Bot.SELLER).questions == full.questions[:5]


def test_people_in_a_hard_time_are_asked_neither_for_a_price_nor_for_the_reason() -> None:
    """In whatever mode the team works, fewer times, and one offer to talk is enough."""
    gentle = script_for(Bot.SELLER, mode=SellerMode.FULL, gentle=True)

    assert not {Question.PRICE, Question.MOTIVATION} & set(gentle.questions)
    assert gentle.most_asks < script_for(Bot.SELLER).most_asks
    assert gentle.most_offers == 1


def test_an_appointment_makes_the_way_of_contact_needless() -> None:
    assert Question.CONTACT_METHOD in seller.FULL.unknown(facts())
    assert Question.CONTACT_METHOD not in seller.FULL.unknown(facts(appointment="friday"))


def test_what_may_have_been_told_is_passed_over_for_good() -> None:
    """The next question comes instead, and in the end the offer to meet."""
    script = SCRIPTS[Bot.BUYER]
    others = frozenset(script.questions) - {Question.TIMELINE}

    def ask(maybe_told: frozenset[Question]) -> Question | None:
        return script.next_question(facts(), {}, asked=None, told_something=True, maybe_told=maybe_told)

    assert ask(frozenset({Question.BUDGET})) is Question.FINANCING
    assert ask(others) is Question.TIMELINE
    assert ask(frozenset(script.questions)) is Question.APPOINTMENT


@pytest.mark.parametrize("script", ALL, ids=lambda script: f"{script.bot}-{script.manner}-{len(script.steps)}")
def test_every_script_ends(script) -> None:  # type: ignore[no-untyped-def]
    """Asked of somebody who never answers, each question comes no more than its number of times."""
    attempts: dict[Question, int] = {}
    asked = None
    for _ in range(100):
        asked = script.next_question(facts(), attempts, asked=asked, told_something=False)
        if asked is None:
            break
        attempts[asked] = attempts.get(asked, 0) + 1

    assert asked is None
    assert all(attempts[question] == script.most_asks for question in script.questions)
