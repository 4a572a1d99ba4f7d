"""`LanguageModel` on pydantic-ai: Anthropic, OpenAI, Google, and whatever speaks OpenAI's protocol.

Imported only where a model is configured (`connect_model`), since the packages are an extra.  Every retry of the
client libraries is off and their timeouts do not matter: the caller holds the one deadline.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UserError
from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from ghl_real_estate_ai.llm import read_message
from ghl_real_estate_ai.llm.model import Completion, OpinionRequest, PhrasingRequest, Usage
from ghl_real_estate_ai.llm.phrase_reply import MOST_OUTPUT_TOKENS
from ghl_real_estate_ai.llm.ports import ModelAway, ModelBusy, ModelConfused, ModelRefused
from ghl_real_estate_ai.llm.prompt import INSTRUCTIONS, OPINION_INSTRUCTIONS, opinion_prompt_of, prompt_of

BACKSTOP_SECONDS = 15.0
"""Beyond every deadline that may be set: it ends only what nobody waits for any more."""
MOST_ANSWER_BYTES = 256 * 1024
"""No answer of two segments needs more, whatever a server sends."""
MOST_TOKENS = 1_000_000
"""A count beyond this for so small a question is a mistake, and counts as unknown."""
TOO_MANY, TIMED_OUT, FIRST_SERVER_ERROR = 429, 408, 500


class PydanticAiModel:
    """One model at one address."""

    def __init__(self, provider: str, model_name: str, *, api_key: str, base_url: str | None = None) -> None:
        self._name = f"{provider}:{model_name}"
        self._http = httpx2.AsyncClient(
            transport=_BoundedTransport(httpx2.AsyncHTTPTransport()), timeout=BACKSTOP_SECONDS
        )
        self._model = _model_of(provider, model_name, api_key, base_url, self._http)

    @property
    def name(self) -> str:
        return self._name

    async def phrase(self, request: PhrasingRequest) -> Completion:
        return await self._ask(INSTRUCTIONS, prompt_of(request), most_tokens=MOST_OUTPUT_TOKENS)

    async def read(self, request: OpinionRequest) -> Completion:
        return await self._ask(
            OPINION_INSTRUCTIONS, opinion_prompt_of(request), most_tokens=read_message.MOST_OUTPUT_TOKENS
        )

    async def _ask(self, instructions: str, prompt: str, *, most_tokens: int) -> Completion:
        messages = [ModelRequest(parts=[SystemPromptPart(instructions), UserPromptPart(prompt)])]
        try:
            response = await model_request(self._model, messages, model_settings=ModelSettings(max_tokens=most_tokens))
        except ModelHTTPError as error:
            raise _of_status(error.status_code) from None
        except (ModelAPIError, httpx2.TransportError) as error:
            raise ModelAway(f"No answer from {self._name}: {type(error).__name__}.") from None
        except UserError:
            raise ModelRefused(f"{self._name} cannot be asked like this.") from None
        except Exception as error:  # noqa: BLE001 - whatever a foreign server makes the clients raise is its confusion
            # Their messages may repeat the key or the answer, so only the type is told.
            raise ModelConfused(f"{self._name} answered something else: {type(error).__name__}.") from None
        return Completion(_text_of(response), _usage_of(response))

    async def close(self) -> None:
        await self._http.aclose()


def _model_of(
    provider: str, model_name: str, api_key: str, base_url: str | None, http_client: httpx2.AsyncClient
) -> Model:
    match provider:
        case "anthropic":
            anthropic = AsyncAnthropic(api_key=api_key, base_url=base_url, max_retries=0, http_client=http_client)
            return AnthropicModel(model_name, provider=AnthropicProvider(anthropic_client=anthropic))
        case "google":
            google = GoogleProvider(api_key=api_key, base_url=base_url, http_client=http_client)
            return GoogleModel(model_name, provider=google)
        case _:
            openai = AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, http_client=http_client)
            return OpenAIChatModel(model_name, provider=OpenAIProvider(openai_client=openai))


def _of_status(status: int) -> Exception:
    if status == TOO_MANY:
        return ModelBusy("The provider of the language model answered 429.")
    if status == TIMED_OUT or status >= FIRST_SERVER_ERROR:
        return ModelAway(f"The provider of the language model answered {status}.")
    return ModelRefused(f"The provider of the language model answered {status}: look at its name, key and address.")


def _text_of(response: ModelResponse) -> str:
    text = response.text
    if not text or not text.strip():
        raise ModelConfused("The language model answered without a text.")
    return text


def _usage_of(response: ModelResponse) -> Usage:
    usage = response.usage
    counted = usage.input_tokens + usage.output_tokens
    is_believable = min(usage.input_tokens, usage.output_tokens) >= 0 and 0 < counted <= MOST_TOKENS
    if not is_believable:
        return Usage()
    return Usage(usage.input_tokens, usage.output_tokens)


@dataclass(slots=True)
class _BoundedTransport(httpx2.AsyncBaseTransport):
    """Cuts off an answer beyond `MOST_ANSWER_BYTES`, so that no server fills our memory within the deadline."""

    inner: httpx2.AsyncBaseTransport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.inner.handle_async_request(request)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _BoundedStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass(slots=True)
class _BoundedStream(httpx2.AsyncByteStream):
    inner: httpx2.AsyncByteStream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self.inner:
            seen += len(chunk)
            if seen > MOST_ANSWER_BYTES:
                raise httpx2.ReadError("the answer is too long")
            yield chunk

    async def aclose(self) -> None:
        await self.inner.aclose()
