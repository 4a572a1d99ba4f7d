"""How many signed webhooks a second one core takes, each committed before its 200, against a bare route beside it.

The bare route does the same verification and parsing, and keeps nothing.  Both are served by the same server on the
same core, and are asked by turns; whoever asks and the database have the other cores.
"""

import asyncio
import base64
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, at_least_ratio, percentile
from ghl_real_estate_ai.cli.bench.processes import Process, cpu_seconds
from ghl_real_estate_ai.cli.bench.throw_away import Stage

WAYS = ("jorge", "bare")
CONNECTIONS = 200
AT_LEAST = 0.4
TEXT = "Hi, is the house on Palmetto Way still for sale? We could come by on Saturday around noon."


@dataclass(frozen=True, slots=True)
class Round:
    """How one server answered a round of requests."""

    seconds: float
    took_ms: list[float]
    cpu_seconds: float = 0.0
    """Of the server."""

    @property
    def rate(self) -> float:
        return len(self.took_ms) / self.seconds


def measure(stage: Stage) -> list[Figure]:
    """With two hundred connections, each of which sends as soon as it is answered."""
    dsn, folder = stage.new_database(), stage.new_folder("webhook")
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    numbers = itertools.count()
    with ExitStack() as ends:
        servers = {way: Process("webhook_process", way, dsn, str(folder), public, folder=folder) for way in WAYS}
        for server in servers.values():
            ends.enter_context(server)
        ports = {way: int(server.first_line) for way, server in servers.items()}

        def asking(way: str, requests: int) -> Callable[[], Round]:
            def ask() -> Round:
                events, before = _signed_events(key, numbers, requests), cpu_seconds(servers[way].pid)
                round_ = _ask_all(ports[way], events)
                return replace(round_, cpu_seconds=cpu_seconds(servers[way].pid) - before)

            return ask

        for way in WAYS:
            asking(way, 500)()
        requests = stage.pick(1_000, 4_000)
        took = alternate({way: asking(way, requests) for way in WAYS}, stage.pick(3, 7))
    return _figures(took)


def _figures(took: Mapping[str, list[Round]]) -> list[Figure]:
    rates = {way: [one.rate for one in rounds] for way, rounds in took.items()}

    cpu = {way: [one.cpu_seconds / len(one.took_ms) * 1e6 for one in rounds] for way, rounds in took.items()}

    def wait(way: str, percent: int) -> float:
        return median(percentile(one.took_ms, percent) for one in took[way])

    return [
        Figure(
            name="signed webhooks, verified and committed, on one core",
            unit="a second",
            value=median(rates["jorge"]),
            baseline=median(rates["bare"]),
            against="a bare route, nothing kept",
            rounds=[ours / bare for ours, bare in zip(rates["jorge"], rates["bare"], strict=True)],
            target=at_least_ratio(AT_LEAST),
        ),
        Figure(
            name="processor time of the server, a webhook",
            unit="us",
            value=median(cpu["jorge"]),
            baseline=median(cpu["bare"]),
            against="the bare route",
        ),
        *(
            Figure(
                name=f"wait for the 200, P{percent}, {CONNECTIONS} connections",
                unit="ms",
                value=wait("jorge", percent),
                baseline=wait("bare", percent),
                against="the bare route",
            )
            for percent in (50, 99)
        ),
    ]


def _signed_events(key: Ed25519PrivateKey, numbers: Iterator[int], most: int) -> list[bytes]:
    """Whole requests: two texts of each contact, none like another."""
    return [_request(key, next(numbers)) for _ in range(most)]


def _request(key: Ed25519PrivateKey, number: int) -> bytes:
    event = {
        "type": "InboundMessage",
        "webhookId": f"webhook-{number:010d}",
        "timestamp": "2026-03-03T16:00:00.000Z",
        "locationId": "bench",
        "contactId": f"contact-{number // 2:010d}",
        "conversationId": f"conversation-{number // 2:010d}",
        "messageId": f"message-{number:010d}",
        "body": TEXT,
        "attachments": [],
        "contentType": "text/plain",
        "dateAdded": "2026-03-03T16:00:00.000Z",
        "direction": "inbound",
        "messageType": "SMS",
        "status": "delivered",
    }
    body = json.dumps(event).encode()
    signature = base64.b64encode(key.sign(body))
    return (
        b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"X-GHL-Signature: %b\r\nContent-Length: %d\r\n\r\n%b" % (signature, len(body), body)
    )


def _ask_all(port: int, requests: list[bytes]) -> Round:
    return uvloop.run(_over_connections(port, requests))


async def _over_connections(port: int, requests: list[bytes]) -> Round:
    took: list[float] = []
    left = iter(requests)
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for reader, writer in opened:
            group.create_task(_one_connection(reader, writer, left, took))
    return Round(time.perf_counter() - began, took)


async def _one_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: Iterator[bytes], took: list[float]
) -> None:
    # By hand, for a client's own work would be measured too: the two of us share the machine.
    for request in left:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        took.append((time.perf_counter() - began) * 1000)
        if not head.startswith(b"HTTP/1.1 200") or b'"accepted"' not in body:
            raise RuntimeError(f"the server answered {head.splitlines()[0]!r}: {body[:200]!r}")
    writer.close()
