"""The in-memory database keeps the promises of a transaction."""

import asyncio

import pytest

from ghl_real_estate_ai.storage.memory import MemoryDatabase, row


async def test_what_a_transaction_wrote_stays() -> None:
    """A block that ends well has written."""
    database = MemoryDatabase()

    async with database.begin() as tables:
        tables["contacts"]["default", "c1"] = row(first_name="Ana")

    assert database.tables == {"contacts": {("default", "c1"): {"first_name": "Ana"}}}


async def test_what_a_failed_transaction_wrote_is_undone() -> None:
    """A block that raises has written nothing: no new row, no change, no removal."""
    database = MemoryDatabase()
    async with database.begin() as tables:
        tables["contacts"]["c1",] = row(first_name="Ana")
        tables["contacts"]["c2",] = row(first_name="Ben")

    async def write_and_fail() -> None:
        async with database.begin() as tables:
            tables["contacts"]["c1",] = row(first_name="Eve")
            del tables["contacts"]["c2",]
            tables["messages"]["m1",] = row(text="hello")
            raise KeyError

    with pytest.raises(KeyError):
        await write_and_fail()

    assert database.tables == {"contacts": {("c1",): {"first_name": "Ana"}, ("c2",): {"first_name": "Ben"}}}


async def test_transactions_come_one_after_the_other() -> None:
    """Two that read, wait and write do not lose each other's write."""
    database = MemoryDatabase()

    async def add_one() -> None:
        async with database.begin() as tables:
            seen = tables["counters"].get(("n",), row(value=0))["value"]
            await asyncio.sleep(0)
            tables["counters"]["n",] = row(value=seen + 1)

    await asyncio.gather(*(add_one() for _ in range(20)))

    assert database.tables["counters"]["n",]["value"] == 20


def test_a_row_cannot_be_changed() -> None:
    """A change needs a new row, so that the old one can be put back."""
    kept = row(first_name="Ana")

    with pytest.raises(TypeError):
        kept["first_name"] = "Eve"  # type: ignore[index]
