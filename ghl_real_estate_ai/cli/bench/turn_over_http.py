"""How long a real turn takes over HTTP with recording on, against recording off, and the naive way beside it.

Three whole servers on one database, the same requests to each by turns; every request is the first of a new contact,
so that all are alike.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

import uvloop

from ghl_real_estate_ai.cli.bench.alternate import alternate
from ghl_real_estate_ai.cli.bench.figure import Figure, Target, at_most_ratio, percentile
from ghl_real_estate_ai.cli.bench.processes import Process, start_shipping
from ghl_real_estate_ai.cli.bench.throw_away import Stage

WAYS = ("off", "journal", "naive")
AT_MOST = {50: 1.15, 99: 1.25}
TEXT = "I want to buy a house with a $500k budget"


@dataclass(frozen=True, slots=True)
class Asked:
    """How one server answered a round of requests."""

    took_ms: list[float]
    refused: int


def measure(stage: Stage) -> list[Figure]:
    """With one connection, and with two hundred at a time."""
    dsn, folder = stage.new_database(), stage.new_folder("http")
    contacts = itertools.count()
    with ExitStack() as ends:
        ends.enter_context(start_shipping(dsn, folder))
        ports = {
            way: int(ends.enter_context(Process("serving_process", way, dsn, str(folder), folder=folder)).first_line)
            for way in WAYS
        }
        for port in ports.values():
            _latencies(port, contacts, connections=4, requests=100)
        return [
            *_at(ports, contacts, connections=1, requests=stage.pick(100, 400), rounds=stage.pick(3, 9)),
            *_at(ports, contacts, connections=200, requests=stage.pick(400, 1200), rounds=stage.pick(3, 7)),
        ]


def _at(
    ports: Mapping[str, int], contacts: Iterator[int], *, connections: int, requests: int, rounds: int
) -> list[Figure]:
    def asking(way: str) -> Callable[[], Asked]:
        return lambda: _latencies(ports[way], contacts, connections=connections, requests=requests)

    took = alternate({way: asking(way) for way in WAYS}, rounds)
    return [
        *(_figure(took, way, percent, connections) for percent in AT_MOST for way in ("journal", "naive")),
        Figure(
            name=f"turns refused with 503, of {requests * rounds:,}, {connections} at a time",
            unit="turns",
            value=sum(asked.refused for asked in took["journal"]),
            baseline=sum(asked.refused for asked in took["off"]),
            against="recording off",
        ),
    ]


def _figure(took: Mapping[str, list[Asked]], way: str, percent: int, connections: int) -> Figure:
    by_round = {name: [percentile(asked.took_ms, percent) for asked in took[name]] for name in (way, "off")}
    name = "a turn over HTTP" if way == "journal" else f"the same recorded by {way}"
    target: Target | None = at_most_ratio(AT_MOST[percent]) if way == "journal" else None
    return Figure(
        name=f"{name}, P{percent}, {connections} connection{'s' if connections > 1 else ''}",
        unit="ms",
        value=median(by_round[way]),
        baseline=median(by_round["off"]),
        against="recording off",
        rounds=[ours / off for ours, off in zip(by_round[way], by_round["off"], strict=True)],
        target=target,
    )


def _latencies(port: int, contacts: Iterator[int], *, connections: int, requests: int) -> Asked:
    return uvloop.run(_ask(port, contacts, connections, requests))


async def _ask(port: int, contacts: Iterator[int], connections: int, requests: int) -> Asked:
    """Send so many requests over so many connections, each as soon as the one before is answered; milliseconds."""
    left = iter(range(requests))
    took: list[float] = []
    refused: list[float] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_one_connection(port, contacts, left, took, refused))
    return Asked(took, len(refused))


async def _one_connection(
    port: int, contacts: Iterator[int], left: Iterator[int], took: list[float], refused: list[float]
) -> None:
    # By hand, for a client's own work would be measured too: the two of us share the machine.
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in left:
        request = _request(f"bench-{next(contacts)}")
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        took.append((time.perf_counter() - began) * 1000)
        if head.startswith(b"HTTP/1.1 503"):
            refused.append(took[-1])  # no connection to the database within its patience; it counts as slow as it was
        elif not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the server answered {head.splitlines()[0]!r}: {body[:200]!r}")
    writer.close()


def _request(contact_id: str) -> bytes:
    body = json.dumps({"contact_id": contact_id, "message": TEXT}).encode()
    return (
        b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
