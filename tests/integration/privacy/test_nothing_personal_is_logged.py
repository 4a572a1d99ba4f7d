"""A conversation full of personal data, with everything going wrong: no log line, error or metric holds any of it."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.settings import Settings
from ghl_real_estate_ai.telemetry.logs import configure_logging

MARKS = (
    "Quillfeather",
    "Zebedee",
    "5125550187",
    "555-0187",
    "zq@quill.example",
    "4711 Marmalade",
    "sekrit-token",
    "dollhouse",
)
NAME, PHONE, MAIL = "Zebedee Quillfeather", "+15125550187", "zq@quill.example"
WORDS = (
    f"Hi, I'm {NAME}, I want to sell 4711 Marmalade Street in Austin, I keep a dollhouse there",
    f"call me at (512) 555-0187 or write to {MAIL}",
    "what data do you have on me?",
    "Quiero vender la casa de Zebedee",
)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that is logged, at every level, as an operator's log collector gets it."""
    lines = io.StringIO()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure_logging("json", level=logging.DEBUG)
    stream = root.handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(lines)
    yield lines
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def settings_of(dsn: str, folder: Path) -> Settings:
    return Settings(
        database_url=dsn,
        data_dir=folder,
        crm="highlevel",
        ghl_token="sekrit-token",
        ghl_base_url="http://127.0.0.1:9",  # nobody answers there: every effect fails
        _env_file=None,
    )


async def test_nobody_is_in_the_logs(said: io.StringIO, database_dsn: str, tmp_path: Path) -> None:
    """Webhooks that are kept and refused, turns, a CRM that is away, errors: the marks are in none of what is told."""
    app = create_app(settings_of(database_dsn, tmp_path), quiet_logs=True)
    told = []
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            for number, text in enumerate(WORDS):
                kept = await client.post("/webhook", json={"contact_id": f"c{number}", "message": text})
                turned = await client.post("/api/chat", json={"contact_id": f"d{number}", "message": text})
                assert (kept.status_code, turned.status_code) == (200, 200)
                told.append(kept.text)
            for refused in (
                {"contact_id": {"name": NAME}, "message": WORDS[0]},
                {"message": [WORDS[1]]},
                {"contact_id": "c9", "message": 7, "metadata": {"phone": PHONE}},
            ):
                answer = await client.post("/webhook", json=refused)
                assert answer.status_code == 422
                told.append(answer.text)
            told.append((await client.post("/webhook", content=json.dumps(WORDS).encode()[:-1])).text)
            told.append((await client.post("/api/chat", json={"contact_id": 1, "message": WORDS[0]})).text)
            told.append((await client.get("/metrics")).text)
            told.append((await client.get("/ready")).text)
            told.append((await client.get("/api/jorge/metrics")).text)

    everything = said.getvalue() + "\n".join(told)
    assert said.getvalue()
    assert [mark for mark in MARKS if mark.casefold() in everything.casefold()] == []
