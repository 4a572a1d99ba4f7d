"""From settings to a model: which provider, with which key; the packages are loaded only here."""

import importlib
from collections.abc import Mapping
from typing import cast

from ghl_real_estate_ai.llm.model import Budget, Price
from ghl_real_estate_ai.llm.ports import LanguageModel, ModelNotReady
from ghl_real_estate_ai.settings import Settings

CUSTOMARY_KEYS: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}
"""Where each provider's own tools look for its key."""
NO_KEY = "none"
"""What an OpenAI-compatible server on the team's own machine is told when no key is set."""


def connect_model(settings: Settings, environment: Mapping[str, str]) -> LanguageModel | None:
    """The model that the settings name, or None when they name none; nothing is asked yet.

    Raises:
        ModelNotReady: the key or the packages are missing; the message says which.
    """
    chosen = settings.llm_in_use
    if chosen is None:
        return None
    provider, model_name = chosen
    key = _key(settings, provider, environment)
    try:
        adapter = importlib.import_module("ghl_real_estate_ai.llm.pydantic_ai_model")
    except ImportError as error:
        raise ModelNotReady(
            f"JORGE_LLM={provider}:{model_name} needs the extra `llm` ({error.name or error} is missing): "
            "install it with `pip install 'jorge[llm]'` (here: `pip install -e '.[llm]'`), or set JORGE_LLM=none."
        ) from error
    model = adapter.PydanticAiModel(provider, model_name, api_key=key, base_url=settings.llm_base_url)
    return cast(LanguageModel, model)


def price_of(settings: Settings) -> Price | None:
    """The price in the settings; None when it is not known, and then no cost is made up."""
    if settings.llm_input_usd_per_million is None or settings.llm_output_usd_per_million is None:
        return None
    return Price(settings.llm_input_usd_per_million, settings.llm_output_usd_per_million)


def budget_of(settings: Settings) -> Budget:
    return Budget(tokens=settings.llm_daily_budget_tokens, cost_usd=settings.llm_daily_budget_usd)


def _key(settings: Settings, provider: str, environment: Mapping[str, str]) -> str:
    if settings.llm_api_key is not None:
        return settings.llm_api_key.get_secret_value()
    customary = CUSTOMARY_KEYS[provider]
    found = next((environment[name] for name in customary if environment.get(name)), None)
    if found is not None and settings.llm_base_url is None:
        return found
    if settings.llm_base_url is not None:
        # A provider's own key is not for another address: a key for that one is given by its own setting.
        return NO_KEY
    raise ModelNotReady(f"JORGE_LLM={provider}:... needs a key: set JORGE_LLM_API_KEY or {' or '.join(customary)}.")
