"""A language model's server on loopback that speaks the providers' protocols, and misbehaves when told to."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

INPUT_TOKENS, OUTPUT_TOKENS = 231, 17


@dataclass
class FakeLanguageModel:
    """Answers every request with `say`, unless `misbehaves` is set: then that writes the answer.

    `{question}` in `say` stands for the question that the request wants kept.
    """

    say: str = "Great, thanks!"
    misbehaves: Callable[["FakeLanguageModel", asyncio.StreamWriter], Any] | None = None
    well_after: int | None = None
    """After so many requests it behaves again."""
    counts_tokens: bool = True
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    address: str = ""
    protocol: str = "openai"
    """Of the last request, by its path: openai, anthropic or google."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
            body = json.loads(await reader.readexactly(length))
            self.protocol = _protocol_of(head.splitlines()[0])
            self.headers.append(head)
            self.requests.append(body)
            well = self.well_after is not None and len(self.requests) > self.well_after
            if self.misbehaves is not None and not well:
                await self.misbehaves(self, writer)
            else:
                said = self.say.replace("{question}", _question_in(body))
                self.write(writer, self.payload(said))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller gave up, which is what some tests are about
        finally:
            writer.close()

    def payload(self, text: str) -> bytes:
        """A whole and valid answer of *text*, in the protocol of the last request."""
        match self.protocol:
            case "anthropic":
                answer: dict[str, Any] = {
                    "id": "msg_1", "type": "message", "role": "assistant", "model": "fake", "stop_reason": "end_turn",
                    "stop_sequence": None, "content": [{"type": "text", "text": text}],
                    "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS},
                }  # fmt: skip
            case "google":
                answer = {
                    "candidates": [
                        {"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": [{"text": text}]}}
                    ],
                    "modelVersion": "fake", "responseId": "r1",
                    "usageMetadata": {
                        "promptTokenCount": INPUT_TOKENS, "candidatesTokenCount": OUTPUT_TOKENS,
                        "totalTokenCount": INPUT_TOKENS + OUTPUT_TOKENS,
                    },
                }  # fmt: skip
            case _:
                answer = {
                    "id": "c1", "object": "chat.completion", "created": 1_790_000_000, "model": "fake",
                    "choices": [
                        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
                    ],
                    "usage": {
                        "prompt_tokens": INPUT_TOKENS, "completion_tokens": OUTPUT_TOKENS,
                        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
                    },
                }  # fmt: skip
        if not self.counts_tokens:
            answer.pop("usageMetadata" if self.protocol == "google" else "usage")
        return json.dumps(answer).encode()

    def write(self, writer: asyncio.StreamWriter, body: bytes, *, status: str = "200 OK", length: int = -1) -> None:
        size = len(body) if length < 0 else length
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
        writer.write(head.encode() + body)


def _protocol_of(request_line: str) -> str:
    if "/v1/messages" in request_line:
        return "anthropic"
    return "google" if ":generateContent" in request_line else "openai"


def _question_in(body: dict[str, Any]) -> str:
    asked = body.get("messages") or body["contents"]
    found = re.search(r"The question to keep: (.*?)\n", str(asked).replace("\\n", "\n"))
    return found.group(1) if found else ""


@asynccontextmanager
async def fake_language_model(**given: Any) -> AsyncIterator[FakeLanguageModel]:
    """A running fake; its `address` is what JORGE_LLM_BASE_URL takes."""
    fake = FakeLanguageModel(**given)
    serving: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        task.add_done_callback(serving.discard)
        await fake.answer(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    fake.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
        fake.ending.set()
        await asyncio.gather(*serving, return_exceptions=True)


# --- how it misbehaves --------------------------------------------------------------------------------------------


async def never_answers(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    await fake.ending.wait()


async def hangs_after_the_headers(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b"", length=500)
    await writer.drain()
    await fake.ending.wait()


async def drips(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    """A byte at a time, so that no timeout between two bytes ever passes."""
    fake.write(writer, b"", length=100_000)
    while not fake.ending.is_set():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def never_ends(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b"", length=1 << 40)
    while not fake.ending.is_set():
        writer.write(b" " * 65536)
        await writer.drain()


async def fails(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b'{"error": {"message": "oops"}}', status="500 Internal Server Error")


async def is_busy(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b'{"error": {"message": "slow down"}}', status="429 Too Many Requests")


async def refuses_the_key(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b'{"error": {"message": "Incorrect API key: sk-secret"}}', status="401 Unauthorized")


async def answers_no_json(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b"<html>Welcome to our gateway</html>")


async def answers_other_json(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b'[{"choices": 7}]')


async def is_cut_off(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    whole = fake.payload(fake.say)
    fake.write(writer, whole[: len(whole) // 2], length=len(whole))


async def closes_the_connection(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def says_nothing(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, fake.payload(""))


BROKEN = (
    never_answers,
    hangs_after_the_headers,
    drips,
    never_ends,
    fails,
    is_busy,
    refuses_the_key,
    answers_no_json,
    answers_other_json,
    is_cut_off,
    closes_the_connection,
    says_nothing,
)
