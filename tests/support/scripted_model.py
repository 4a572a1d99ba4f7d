"""A language model in memory that answers from a script, and a clock that is moved by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ghl_real_estate_ai.conversation.model import Bot, Language, Question
from ghl_real_estate_ai.llm.model import Completion, OpinionRequest, PhrasingRequest, Usage
from ghl_real_estate_ai.turns.question_words import vocabulary_of

BEGIN = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)


@dataclass
class MovedClock:
    """Stands still until it is moved."""

    at: datetime = BEGIN

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return (self.at - BEGIN).total_seconds()

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class ScriptedModel:
    """Answers each request with the next of `script`, the last one again and again; an error is raised."""

    script: Sequence[str | Exception]
    usage: Usage = field(default_factory=lambda: Usage(200, 20))
    name: str = "fake:scripted"
    requests: list[PhrasingRequest | OpinionRequest] = field(default_factory=list)

    async def phrase(self, request: PhrasingRequest) -> Completion:
        return await self._answer(request)

    async def _answer(self, request: PhrasingRequest | OpinionRequest) -> Completion:
        self.requests.append(request)
        answer = self.script[min(len(self.requests), len(self.script)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Completion(answer, self.usage)

    async def read(self, request: OpinionRequest) -> Completion:
        return await self._answer(request)

    async def close(self) -> None:
        return


def a_request(
    text: str = "3 bedrooms, got it. What's the most you'd like to spend?",
    question: str = "What's the most you'd like to spend?",
    *,
    asks: Question = Question.BUDGET,
    bot: Bot = Bot.BUYER,
    language: Language = Language.EN,
    facts: tuple[str, ...] = (),
    most_segments: int = 1,
    recent: tuple[str, ...] = (),
) -> PhrasingRequest:
    """A request as a turn makes it."""
    return PhrasingRequest(
        text=text,
        question=question,
        kinds=("ack.bedrooms", f"ask.{bot.value}.{asks.value}"),
        facts=facts,
        language=language,
        most_segments=most_segments,
        recent=recent,
        vocabulary=vocabulary_of(bot, asks, language),
    )
