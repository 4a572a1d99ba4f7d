"""Tuesday: the team turns a language model on, it words a reply, it dies, and nobody but the operator notices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_language_model as fakes
import psycopg
import pytest
from fake_language_model import fake_language_model
from pydantic import SecretStr
from running_jorge import serving

from ghl_real_estate_ai.settings import CrmKind, Persistence, Settings

KEY = "sk-story-secret"
DEADLINE_SECONDS = 0.5
"""What a dead model is waited for."""
PATIENT_SECONDS = 10.0
"""Where not the time is in question: a busy machine is no fault of the model."""
TALK = ("hi, I want to buy a house, up to 400k", "3 bedrooms")


def _settings(
    database_dsn: str, folder: Path, address: str | None, deadline_seconds: float = PATIENT_SECONDS, **more: Any
) -> Settings:
    model = {"llm": "openai:small", "llm_base_url": address, "llm_api_key": SecretStr(KEY)} if address else {}
    return Settings(
        database_url=SecretStr(database_dsn), data_dir=folder, crm=CrmKind.SANDBOX, business_name="Lone Star",
        llm_deadline_seconds=deadline_seconds, **model, **more,
    )  # fmt: skip


async def _talk(settings: Settings, contact_id: str) -> tuple[list[str], dict[str, Any], str]:
    async with serving(settings) as jorge:
        for text in TALK:
            said = await jorge.says(contact_id, text)
        ready = (await jorge.client.get("/ready")).json()
        metrics = (await jorge.client.get("/metrics")).text
    return [message["text"] for message in said["messages"] if message["direction"] == "outbound"], ready, metrics


async def _talk_from_memory(settings: Settings) -> list[str]:
    async with serving(settings) as jorge:
        posts = [{"contact_id": "ann", "message": text} for text in TALK]
        return [(await jorge.client.post("/api/chat", json=post)).json()["reply"] for post in posts]


async def test_a_model_words_a_reply(database_dsn: str, tmp_path: Path) -> None:
    """Tuesday 09:00 - the second reply is the model's; the call is kept with its real counts, without the key."""
    async with fake_language_model(say="Wonderful, I appreciate it! {question}") as fake:
        prices = {"llm_input_usd_per_million": 3.0, "llm_output_usd_per_million": 15.0}
        replies, ready, metrics = await _talk(_settings(database_dsn, tmp_path, fake.address, **prices), "ann")

    assert replies[0].startswith("Hi, this is the automated assistant of Lone Star.")
    assert replies[1].startswith("Wonderful, I appreciate it! ")
    assert ready["checks"]["language_model"] == {"ok": True, "detail": "openai:small, circuit closed"}
    assert 'jorge_llm_replies_total{result="phrased"} 1.0' in metrics
    with psycopg.connect(database_dsn) as connection:
        calls = connection.execute(
            "SELECT model, purpose, contact_id, input_tokens, output_tokens, cost_usd, success, error FROM llm_calls"
        ).fetchall()
        spent = connection.execute("SELECT calls, tokens FROM llm_spending").fetchall()
        everything = str(connection.execute("SELECT llm_calls::text FROM llm_calls").fetchall())
    cost = pytest.approx(0.000948)
    assert calls == [("openai:small", "phrase", "ann", fakes.INPUT_TOKENS, fakes.OUTPUT_TOKENS, cost, True, None)]
    assert spent == [(1, fakes.INPUT_TOKENS + fakes.OUTPUT_TOKENS)]
    assert KEY not in everything + str(ready) + metrics
    assert f"Bearer {KEY}" in fake.headers[0]


@pytest.mark.parametrize("misbehaviour", [fakes.never_answers, fakes.refuses_the_key])
async def test_a_dead_model_changes_only_the_wording(
    database_dsn: str, tmp_path: Path, misbehaviour: Callable[..., object]
) -> None:
    """Tuesday 10:00 - the model is gone: the templates speak, `/ready` says degraded and stays 200."""
    async with fake_language_model(misbehaves=misbehaviour) as fake:
        settings = _settings(database_dsn, tmp_path / "with", fake.address, DEADLINE_SECONDS)
        replies, ready, _ = await _talk(settings, "ann")
    plain = await _talk_from_memory(Settings(data_dir=tmp_path, persistence=Persistence.OFF, business_name="Lone Star"))

    assert replies == plain
    assert ready["status"] == "degraded"
    assert not ready["checks"]["language_model"]["ok"]
    assert all(check["ok"] for name, check in ready["checks"].items() if name != "language_model")


async def test_without_money_the_templates_speak(database_dsn: str, tmp_path: Path) -> None:
    """Tuesday 11:00 - the day's budget is gone: nobody is asked."""
    async with fake_language_model(say="Wonderful! {question}") as fake:
        settings = _settings(database_dsn, tmp_path, fake.address, llm_daily_budget_tokens=10)
        replies, ready, metrics = await _talk(settings, "ann")

    assert not replies[1].startswith("Wonderful!")
    assert fake.requests == []
    assert ready["checks"]["language_model"]["ok"]
    assert 'jorge_llm_replies_total{result="budget_spent"} 1.0' in metrics
