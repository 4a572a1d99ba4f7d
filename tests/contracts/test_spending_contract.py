"""What the account of the language model promises, in memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.llm.memory import MemorySpending
from ghl_real_estate_ai.llm.model import Budget, Spent
from ghl_real_estate_ai.llm.ports import Spending
from ghl_real_estate_ai.llm.store import SqlSpending
from ghl_real_estate_ai.storage.database import Database

HERE, ELSEWHERE = LocationId("here"), LocationId("elsewhere")
TEN = Spent(10, 0.5)


@pytest.fixture(params=["memory", "sql"])
async def spending(request: pytest.FixtureRequest) -> AsyncIterator[Spending]:
    if request.param == "memory":
        yield MemorySpending(SystemClock())
        return
    database = Database(request.getfixturevalue("database_dsn"))
    yield SqlSpending(database)
    await database.close()


async def test_sets_aside_until_the_budget_is_gone(spending: Spending) -> None:
    """The last reservation that fits is given, the next is not, and another location has its own."""
    budget = Budget(tokens=25)

    given = [await spending.reserve(HERE, TEN, budget) is not None for _ in range(3)]

    assert given == [True, True, False]
    assert await spending.reserve(ELSEWHERE, TEN, budget) is not None
    assert await spending.spent_today(HERE) == Spent(20, 1.0)


@pytest.mark.parametrize("budget", [Budget(tokens=9), Budget(cost_usd=0.49), Budget(tokens=0), Budget(9, 0.49)])
async def test_a_first_call_may_be_too_much(spending: Spending, budget: Budget) -> None:
    """What a single call could use must fit too."""
    assert await spending.reserve(HERE, TEN, budget) is None
    assert await spending.spent_today(HERE) == Spent(0, 0.0)


async def test_no_bound_sets_none(spending: Spending) -> None:
    """Without a budget everything is given and counted."""
    for _ in range(3):
        assert await spending.reserve(HERE, TEN, Budget()) is not None

    assert await spending.spent_today(HERE) == Spent(30, 1.5)


async def test_settling_puts_the_real_count_in_place(spending: Spending) -> None:
    """What was not used can be used by others."""
    budget = Budget(tokens=15)
    reservation = await spending.reserve(HERE, TEN, budget)
    assert reservation is not None

    await spending.settle(reservation, Spent(4, 0.125))

    assert await spending.spent_today(HERE) == Spent(4, 0.125)
    assert await spending.reserve(HERE, TEN, budget) is not None


async def test_many_at_once_never_pass_the_budget(database_dsn: str) -> None:
    """Two processes together get what the budget has, however they race."""
    databases = [Database(database_dsn, pool_size=5) for _ in range(2)]
    accounts = [SqlSpending(database) for database in databases]
    budget = Budget(tokens=70, cost_usd=100.0)

    got = await asyncio.gather(*(accounts[n % 2].reserve(HERE, TEN, budget) for n in range(20)))

    assert sum(reservation is not None for reservation in got) == 7
    assert await accounts[0].spent_today(HERE) == Spent(70, 3.5)
    for database in databases:
        await database.close()
