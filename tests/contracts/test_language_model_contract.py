"""What the language-model port promises, kept by the scripted one and by the adapter over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import fake_language_model as fakes
import pytest
from fake_language_model import INPUT_TOKENS, OUTPUT_TOKENS, FakeLanguageModel, fake_language_model
from scripted_model import ScriptedModel, a_request

from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.llm.model import Usage
from ghl_real_estate_ai.llm.ports import LanguageModel, ModelAway, ModelBusy, ModelConfused, ModelRefused
from ghl_real_estate_ai.llm.pydantic_ai_model import PydanticAiModel

SAID = "Great, thanks! What's the most you'd like to spend?"
KEY = "sk-not-to-be-seen"
SHORT_SECONDS = 0.3

Misbehaviour = Callable[..., object]
FAILURES: list[tuple[Misbehaviour, type[JorgeError]]] = [
    (fakes.fails, ModelAway),
    (fakes.closes_the_connection, ModelAway),
    (fakes.is_cut_off, ModelAway),
    (fakes.never_ends, ModelAway),
    (fakes.is_busy, ModelBusy),
    (fakes.refuses_the_key, ModelRefused),
    (fakes.answers_other_json, ModelConfused),
    (fakes.says_nothing, ModelConfused),
]


def address_for(provider: str, fake: FakeLanguageModel) -> str:
    """OpenAI's protocol counts the version to the address, the others to the path."""
    return fake.address if provider == "openai" else fake.address.removesuffix("/v1")


@dataclass
class Bench:
    """A model, and how to make it fail."""

    model: LanguageModel
    fake: FakeLanguageModel | None

    def fails(self, misbehaviour: Misbehaviour, error: type[JorgeError]) -> None:
        if self.fake is not None:
            self.fake.misbehaves = misbehaviour
        elif isinstance(self.model, ScriptedModel):
            self.model.script = [error("scripted")]


@pytest.fixture(params=["scripted", "openai", "anthropic", "google"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "scripted":
        yield Bench(ScriptedModel([SAID], Usage(INPUT_TOKENS, OUTPUT_TOKENS)), None)
        return
    async with fake_language_model(say=SAID) as fake:
        model = PydanticAiModel(request.param, "small", api_key=KEY, base_url=address_for(request.param, fake))
        yield Bench(model, fake)
        await model.close()


async def test_answers_with_the_providers_own_counts(bench: Bench) -> None:
    """The text comes unjudged, with the tokens as the provider counted them."""
    completion = await bench.model.phrase(a_request())

    assert (SAID, Usage(INPUT_TOKENS, OUTPUT_TOKENS)) == (completion.text, completion.usage)


@pytest.mark.parametrize(("misbehaviour", "error"), FAILURES)
async def test_says_what_the_caller_can_do(bench: Bench, misbehaviour: Misbehaviour, error: type[JorgeError]) -> None:
    """Each failure is one of four, asked for once and without the key in its words."""
    bench.fails(misbehaviour, error)

    with pytest.raises(error) as raised:
        await bench.model.phrase(a_request())

    assert KEY not in str(raised.value)
    assert "sk-secret" not in str(raised.value)
    assert bench.fake is None or len(bench.fake.requests) == 1


async def test_a_page_in_place_of_an_answer(bench: Bench) -> None:
    """What is no JSON is no answer."""
    bench.fails(fakes.answers_no_json, ModelConfused)

    with pytest.raises((ModelAway, ModelConfused)):
        await bench.model.phrase(a_request())


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
@pytest.mark.parametrize("misbehaviour", [fakes.never_answers, fakes.hangs_after_the_headers, fakes.drips])
async def test_can_be_cancelled_at_any_time(misbehaviour: Misbehaviour, provider: str) -> None:
    """Whoever waits too long goes, and the next call works."""
    async with fake_language_model(say=SAID, misbehaves=misbehaviour, well_after=1) as fake:
        model = PydanticAiModel(provider, "small", api_key=KEY, base_url=address_for(provider, fake))

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SHORT_SECONDS):
                await model.phrase(a_request())
        completion = await model.phrase(a_request())
        await model.close()

    assert completion.text == SAID


@pytest.mark.parametrize("provider", ["openai", "google"])
async def test_counts_that_are_missing_are_unknown(provider: str) -> None:
    """A server that does not count leaves them unknown."""
    async with fake_language_model(say=SAID, counts_tokens=False) as fake:
        model = PydanticAiModel(provider, "small", api_key=KEY, base_url=address_for(provider, fake))
        completion = await model.phrase(a_request())
        await model.close()

    assert completion.usage == Usage()


async def test_names_itself_without_its_key(bench: Bench) -> None:
    """The name is what is kept of it."""
    assert KEY not in bench.model.name
    assert ":" in bench.model.name
