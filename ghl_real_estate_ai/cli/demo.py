"""`jorge demo`: the server, a sandbox CRM and a few leads who write; then what came of it, read from the database."""

import asyncio
import contextlib
import logging
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.settings import CrmKind, LogFormat, Persistence, default_data_dir, load_settings
from ghl_real_estate_ai.telemetry.logs import configure_logging

ANSWER_SECONDS = 30.0
"""How long the demo waits for one reply."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who writes."""

    name: str
    texts: tuple[str, ...]


LEADS = (
    Lead(
        "Maya, who buys",
        (
            "I want to buy a house with a $500k budget",
            "we're pre-approved with our bank",
            "3 bedrooms, in Upland or Ontario",
            "within 60 days",
            "can we talk saturday at 10am?",
        ),
    ),
    Lead(
        "Frank, who sells",
        (
            "hi, are you a real person?",
            "ok. I need to sell my house at 1420 Alder Ct",
            "we're relocating for work, out in 2 months",
            "needs paint and carpet, nothing big. thinking 640k",
        ),
    ),
    Lead("Lucia, en espanol", ("hola, quiero comprar una casa", "hasta 420 mil, con fha", "3 recamaras en Fontana")),
    Lead("Sam, who has had enough", ("who is this", "please stop texting me", "hello?")),
    Lead("Dee, who wants a person", ("I'd like to sell my condo", "can I talk to a real agent please")),
)


def demo(*, port: int, serve_on: bool) -> int:
    """Run the demo; returns 0, or 1 when a lead got no answer."""
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_demo(port, serve_on=serve_on))
    return 0


async def _demo(port: int, *, serve_on: bool) -> int:
    console = Console()
    settings = load_settings(
        database_url=None,
        data_dir=_demo_folder(),
        persistence=Persistence.ON,
        crm=CrmKind.SANDBOX,
        sandbox_url=None,
        api_token=None,
        webhook_secret=None,
        ghl_public_key=None,
        log_format=LogFormat.CONSOLE,
        business_name="Jorge's team",
    )
    configure_logging("console", level=logging.WARNING)
    app = create_app(settings, quiet_logs=True)
    listener = _listen(port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    console.print("[bold]Jorge[/bold] is starting: its own PostgreSQL, a sandbox CRM, the server ...")
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with httpx.AsyncClient(base_url=address, timeout=ANSWER_SECONDS) as client:
            await _until_ready(client, serving)
            failed = await _show_leads(client, console)
            await _show_figures(client, console)
    except BaseException:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        raise
    if serve_on:
        _say_goodbye(console, address)
    else:
        server.should_exit = True
    await serving
    console.print("Stopped: the server, the sandbox CRM and the database.")
    return 1 if failed else 0


def _demo_folder() -> Path:
    return default_data_dir() / "demo"


def _listen(port: int) -> socket.socket:
    """Take *port*, or a free one when somebody has it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


async def _until_ready(client: httpx.AsyncClient, serving: "asyncio.Task[None]") -> None:
    """The socket listens already, so the first request waits until the server is up."""
    asking = asyncio.ensure_future(client.get("/ready"))
    await asyncio.wait({asking, serving}, return_when=asyncio.FIRST_COMPLETED)
    if not asking.done():
        asking.cancel()
        await serving
    answer = await asking
    answer.raise_for_status()


async def _show_leads(client: httpx.AsyncClient, console: Console) -> int:
    run = secrets.token_hex(2)
    contacts = [f"demo_{run}_{number}" for number in range(1, len(LEADS) + 1)]
    pairs = list(zip(LEADS, contacts, strict=True))
    done = await asyncio.gather(*(_write(client, lead, contact) for lead, contact in pairs))
    for lead, contact in pairs:
        console.print(await _conversation(client, lead, contact))
    return done.count(False)


async def _write(client: httpx.AsyncClient, lead: Lead, contact: str) -> bool:
    for number, text in enumerate(lead.texts, start=1):
        posted = await client.post("/webhook", json={"contact_id": contact, "message": text})
        posted.raise_for_status()
        if not await _answered(client, contact, turns=number):
            return False
    return True


async def _answered(client: httpx.AsyncClient, contact: str, *, turns: int) -> bool:
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        answer = await client.get(f"/api/jorge/conversations/{contact}")
        if answer.status_code == httpx.codes.OK and len(answer.json()["turns"]) >= turns:
            return True
        await asyncio.sleep(0.05)
    return False


async def _conversation(client: httpx.AsyncClient, lead: Lead, contact: str) -> Panel:
    story = (await client.get(f"/api/jorge/conversations/{contact}")).json()
    text = Text()
    for message in story["messages"]:
        is_lead = message["direction"] == "inbound"
        who = "lead" if is_lead else f"{message['author']} bot"
        text.append(f"{who:>10}  ", style="cyan" if is_lead else "green")
        text.append(f"{message['text']}\n")
    known = ", ".join(f"{fact['slot']}={fact['value']}" for fact in story["facts"])
    text.append(f"\nowner now: {story['owner']}", style="bold")
    if known:
        text.append(f"\nknown: {known}", style="dim")
    return Panel(text, title=f"{lead.name}  ({contact})", title_align="left")


async def _show_figures(client: httpx.AsyncClient, console: Console) -> None:
    handoffs = (await client.get("/api/jorge/handoffs")).json()
    table = Table("from", "to", "count", "pending", "threshold", title="Handoffs", title_justify="left")
    for route in handoffs["routes"]:
        if route["count"]:
            table.add_row(*(_cell(route[name]) for name in ("source", "target", "count", "pending", "threshold")))
    console.print(table)
    # What a turn records reaches the database by the journal, a moment after the turn.
    await _until_shipped(client)
    performance = (await client.get("/api/jorge/performance", params={"window": "1h"})).json()
    columns = ("bot", "operation", "count", "p50_ms", "p95_ms", "p99_ms")
    table = Table(*columns, title="The last hour, from PostgreSQL", title_justify="left")
    for operation in performance["operations"]:
        if operation["operation"] in {"process", "handoff", "execute"} and operation["count"]:
            table.add_row(*(_cell(operation[name]) for name in columns))
    console.print(table)


async def _until_shipped(client: httpx.AsyncClient) -> None:
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        operations = (await client.get("/api/jorge/performance")).json()["operations"]
        if any(operation["count"] for operation in operations):
            return
        await asyncio.sleep(0.1)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _say_goodbye(console: Console, address: str) -> None:
    console.print(f"\nServing on [bold]{address}[/bold]  (API: {address}/docs). Write to it yourself:")
    body = '{"contact_id": "me", "message": "I want to buy a house with a $500k budget"}'
    console.print(
        f"  curl -X POST {address}/webhook -H 'Content-Type: application/json' -d '{body}'",
        markup=False,
        soft_wrap=True,
    )
    console.print(f"  curl {address}/api/jorge/conversations/me", markup=False)
    console.print("Ctrl-C stops everything.")
