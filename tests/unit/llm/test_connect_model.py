"""Settings lead to a model, or to a sentence that says what is missing."""

import sys

import pytest
from pydantic import SecretStr

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.llm.connect_model import connect_model, price_of
from ghl_real_estate_ai.llm.model import Price
from ghl_real_estate_ai.llm.ports import ModelNotReady
from ghl_real_estate_ai.settings import Settings, load_settings

LOCAL = "http://127.0.0.1:9/v1"


def _settings(**given: object) -> Settings:
    return load_settings(_env_file=None, **given)


@pytest.mark.parametrize("llm", [None, "none", "None"])
def test_none_is_none(llm: str | None) -> None:
    """Without a model there is none, and no package is needed."""
    assert connect_model(_settings(llm=llm), {"OPENAI_API_KEY": "k"}) is None


@pytest.mark.parametrize("llm", ["gpt-4o", "mistral:large", "openai:", ":x"])
def test_an_unknown_model_is_told(llm: str) -> None:
    """A name that is no provider and model stops the start."""
    with pytest.raises(Misconfigured, match="JORGE_LLM"):
        _settings(llm=llm)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the extra to install."""
    monkeypatch.setitem(sys.modules, "pydantic_ai.direct", None)
    monkeypatch.delitem(sys.modules, "ghl_real_estate_ai.llm.pydantic_ai_model", raising=False)

    with pytest.raises(ModelNotReady, match=r"pip install 'jorge\[llm\]'"):
        connect_model(_settings(llm="openai:small"), {"OPENAI_API_KEY": "k"})


def test_a_missing_key_is_told() -> None:
    """The sentence names the variables that may hold it."""
    with pytest.raises(ModelNotReady, match="JORGE_LLM_API_KEY or ANTHROPIC_API_KEY"):
        connect_model(_settings(llm="anthropic:small"), {"OPENAI_API_KEY": "k"})


@pytest.mark.parametrize(
    ("llm", "variable"),
    [
        ("openai:small", "OPENAI_API_KEY"),
        ("anthropic:small", "ANTHROPIC_API_KEY"),
        ("google:small", "GOOGLE_API_KEY"),
        ("google:small", "GEMINI_API_KEY"),
    ],
)
async def test_each_provider_has_its_customary_key(llm: str, variable: str) -> None:
    """Where the provider's own tools find the key, so do we."""
    model = connect_model(_settings(llm=llm), {variable: "k"})

    assert model is not None
    assert model.name == llm
    await model.close()


async def test_a_providers_key_is_not_for_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key from the environment stays away from JORGE_LLM_BASE_URL; the one given for it is used."""
    seen = []

    class Seen:
        def __init__(self, *given: object, **named: object) -> None:
            seen.append(named["api_key"])

    from ghl_real_estate_ai.llm import pydantic_ai_model

    monkeypatch.setattr(pydantic_ai_model, "PydanticAiModel", Seen)
    connect_model(_settings(llm="openai:small", llm_base_url=LOCAL), {"OPENAI_API_KEY": "sk-theirs"})
    connect_model(_settings(llm="openai:small", llm_base_url=LOCAL, llm_api_key=SecretStr("ours")), {})

    assert seen == ["none", "ours"]


def test_prices_are_known_only_together() -> None:
    """One of two prices is no price."""
    assert price_of(_settings(llm_input_usd_per_million=3)) is None
    assert price_of(_settings(llm_input_usd_per_million=3, llm_output_usd_per_million=15)) == Price(3, 15)


def test_dollars_need_prices() -> None:
    """A budget that could not be held is refused at the start."""
    with pytest.raises(Misconfigured, match="JORGE_LLM_INPUT_USD_PER_MILLION"):
        _settings(llm="openai:small", llm_daily_budget_usd=5)


def test_an_address_needs_a_model() -> None:
    """An address alone says nothing of whom to ask for."""
    with pytest.raises(Misconfigured, match="JORGE_LLM_BASE_URL needs JORGE_LLM"):
        _settings(llm_base_url=LOCAL)
