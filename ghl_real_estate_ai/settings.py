"""All settings, read once from the environment or `.env`; docs/settings.md documents each (a test compares)."""

import hashlib
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ghl_real_estate_ai.errors import Misconfigured

LLM_PROVIDERS = ("anthropic", "openai", "google")
PROJECT_ROOT = Path(__file__).resolve().parent.parent


class CrmKind(StrEnum):
    SANDBOX = "sandbox"
    HIGHLEVEL = "highlevel"


class Persistence(StrEnum):
    ON = "on"
    OFF = "off"


class Shipping(StrEnum):
    TASK = "task"
    PROCESS = "process"


class SellerMode(StrEnum):
    """How much the seller bot asks before it offers an appointment."""

    SIMPLE = "simple"
    """Address, reason, timing, condition, price."""
    FULL = "full"
    """Also the mortgage, upgrades, earlier listings, who decides, and how to get in touch."""


class Durability(StrEnum):
    """What a record of the journal survives; the names say it."""

    PROCESS = "process"
    """The death of the process; a power cut costs what the kernel had not written yet, about half a minute."""
    HOST = "host"
    """A power cut costs at most 10 ms and one sync."""
    STRICT = "strict"
    """A reply waits until the disk has the records of its turn."""


class WhenFull(StrEnum):
    """What happens when the journal reaches its bound."""

    REFUSE = "refuse"
    """New webhooks are answered 429; what was accepted is still recorded."""
    DROP_OLDEST = "drop_oldest"
    """The oldest measurements go; never a message, a turn or a handoff."""


class LogFormat(StrEnum):
    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


def default_data_dir() -> Path:
    """`var` beside pyproject.toml; for root a folder the database's own user can reach."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        digest = hashlib.sha256(str(PROJECT_ROOT).encode()).hexdigest()[:12]
        return Path("/var/lib/jorge") / digest
    return PROJECT_ROOT / "var"


class Settings(BaseSettings):
    """Every setting with its default; frozen, so that nobody changes one at run time."""

    model_config = SettingsConfigDict(
        env_prefix="JORGE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: Annotated[SecretStr | None, Field(validation_alias=AliasChoices("DATABASE_URL", "database_url"))] = (
        None
    )
    """The PostgreSQL server to use; without it an embedded one is started in the data folder."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Where the embedded server and the journal keep their files."""
    persistence: Persistence = Persistence.ON
    """`off` keeps everything in memory: the rollback switch."""
    location_id: str = "default"
    """The HighLevel location of events that name none."""
    api_token: SecretStr | None = None
    """The bearer token of the API; without one only this machine may call it."""
    webhook_secret: SecretStr | None = None
    """What `X-Jorge-Secret` must hold on unsigned webhooks."""
    ghl_public_key: str | None = None
    """Replaces HighLevel's published key for `X-GHL-Signature` (PEM or base64)."""
    crm: CrmKind | None = None
    """Which CRM to talk to; the sandbox unless a HighLevel token is given."""
    ghl_token: SecretStr | None = None
    """HighLevel private integration token."""
    oauth_client_id: str | None = None
    """The id of our app in HighLevel, where locations install it instead of giving a token."""
    oauth_client_secret: SecretStr | None = None
    """Its secret."""
    oauth_authorize_url: str = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation"
    """HighLevel's page on which a sub-account is chosen."""
    token_key: SecretStr | None = None
    """Seals the tokens of installed locations: base64 of 32 bytes."""
    suppression_key: SecretStr | None = None
    """Hashes the contact and the number of an opt-out that outlives a deletion: any long secret, never to change."""
    public_url: str | None = None
    """Where browsers reach this program, for the end of an installation."""
    ghl_base_url: str = "https://services.leadconnectorhq.com"
    """HighLevel's API."""
    sandbox_url: str | None = None
    """A sandbox CRM that already runs; without it one is started inside the server."""
    business_name: str = "the team"
    """How the bots name the sender in their first message."""
    seller_mode: SellerMode = SellerMode.SIMPLE
    """How much the seller bot asks: `simple` (five questions) or `full` (ten)."""
    team_file: Path | None = None
    """A JSON file of what the bots may say of fees, loans, prices and the like."""
    log_format: LogFormat = LogFormat.AUTO
    """`console`, `json`, or `auto`: console in a terminal and JSON elsewhere."""
    turn_concurrency: Annotated[int, Field(ge=1, le=200)] = 8
    """How many contacts one process answers at the same time."""
    quiet_seconds: Annotated[float, Field(ge=0)] = 2.0
    """How long a contact must be silent before a turn begins."""
    quiet_at_most_seconds: Annotated[float, Field(ge=0)] = 8.0
    """The longest that further messages may put a turn off."""
    shipping: Shipping = Shipping.TASK
    """Who moves the journal to the database: a `task` of this process, or a `process` beside it (`jorge serve`)."""
    person_sla_minutes: Annotated[float, Field(gt=0)] = 15.0
    """How soon a person who was called should write to the lead."""
    return_after_hours: Annotated[float | None, Field(gt=0)] = None
    """How long a person may write nothing before the bot has the conversation again; without it, until given back."""
    durability: Durability = Durability.HOST
    """What a record survives: `process` (kill -9), `host` (a power cut costs 10 ms), `strict` (replies wait)."""
    journal_max_mb: Annotated[int, Field(ge=64)] = 1024
    """How much of the disk may wait to be shipped."""
    journal_full: WhenFull = WhenFull.DROP_OLDEST
    """At that bound: `refuse` webhooks with 429, or `drop_oldest` measurements."""
    backlog_age_seconds: Annotated[float, Field(gt=0)] = 300.0
    """How long a record may wait for the database before `/ready` is degraded and an alert is raised."""
    retention_days: Annotated[int, Field(ge=8)] = 30
    """How long measurements are kept; what is shown and learned looks back 7 days."""
    archive_dir: Path | None = None
    """Where a week of measurements is written before it is dropped; without it, it is only dropped."""
    drain_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a stop waits for the journal to reach the database."""

    sms_daily_limit: Annotated[int, Field(ge=0)] = 200
    """How many texts a location's number may send in 24 hours: its level on HighLevel's ramp; 0 past the ramp."""
    sms_reply_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    """The share of these kept for replies; what we start ourselves gets the rest."""
    llm: str | None = None
    """The language model that words replies, as `provider:model`; `none` or nothing leaves the templates."""
    llm_base_url: str | None = None
    """Another address that speaks the provider's protocol."""
    llm_api_key: SecretStr | None = None
    """The provider's key; without it the variable that the provider's own tools read."""
    llm_deadline_seconds: Annotated[float, Field(gt=0, le=10)] = 2.0
    """The longest that a reply waits for its wording, a retry included."""
    llm_second_opinion_below: Annotated[float | None, Field(gt=0, le=1)] = None
    """Ask the model what a message says whose surest finding is below this; without it no message leaves us."""
    llm_daily_budget_tokens: Annotated[int | None, Field(ge=0)] = 1_000_000
    """The most tokens that a location may use in a day (UTC)."""
    llm_daily_budget_usd: Annotated[float | None, Field(ge=0)] = None
    """The most dollars that a location may spend on the model in a day (UTC); needs the two prices."""
    llm_input_usd_per_million: Annotated[float | None, Field(ge=0)] = None
    """What a million tokens in cost; without it costs are unknown, not guessed."""
    llm_output_usd_per_million: Annotated[float | None, Field(ge=0)] = None
    """What a million tokens out cost."""

    @field_validator("location_id")
    @classmethod
    def _location_is_named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value.strip()

    @model_validator(mode="after")
    def _highlevel_needs_a_token(self) -> "Settings":
        if self.crm is CrmKind.HIGHLEVEL and self.ghl_token is None and self.oauth_client_id is None:
            raise ValueError("JORGE_CRM=highlevel needs JORGE_GHL_TOKEN")
        return self

    @model_validator(mode="after")
    def _an_app_is_whole(self) -> "Settings":
        if self.oauth_client_id is None:
            return self
        needed = {
            "JORGE_OAUTH_CLIENT_SECRET": self.oauth_client_secret,
            "JORGE_TOKEN_KEY": self.token_key,
            "JORGE_PUBLIC_URL": self.public_url,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"JORGE_OAUTH_CLIENT_ID needs {', '.join(missing)}")
        if not self.persists:
            raise ValueError("JORGE_OAUTH_CLIENT_ID needs JORGE_PERSISTENCE=on: tokens are kept in the database")
        return self

    @field_validator("llm")
    @classmethod
    def _llm_is_known(cls, value: str | None) -> str | None:
        if value is None or value.strip().lower() == "none":
            return None
        provider, _, model = value.strip().partition(":")
        if provider not in LLM_PROVIDERS or not model.strip():
            raise ValueError(f"must be {', '.join(f'{name}:<model>' for name in LLM_PROVIDERS)}, or none")
        return f"{provider}:{model.strip()}"

    @field_validator("llm_base_url")
    @classmethod
    def _llm_address_is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @model_validator(mode="after")
    def _llm_settings_belong_together(self) -> "Settings":
        if self.llm is None and self.llm_base_url is not None:
            raise ValueError("JORGE_LLM_BASE_URL needs JORGE_LLM, for example openai:<the model's name there>")
        if self.llm is None and self.llm_second_opinion_below is not None:
            raise ValueError("JORGE_LLM_SECOND_OPINION_BELOW needs JORGE_LLM")
        prices = (self.llm_input_usd_per_million, self.llm_output_usd_per_million)
        if self.llm_daily_budget_usd is not None and None in prices:
            raise ValueError(
                "JORGE_LLM_DAILY_BUDGET_USD needs JORGE_LLM_INPUT_USD_PER_MILLION and JORGE_LLM_OUTPUT_USD_PER_MILLION"
            )
        return self

    @property
    def llm_in_use(self) -> tuple[str, str] | None:
        """Provider and model, or None."""
        if self.llm is None:
            return None
        provider, _, model = self.llm.partition(":")
        return provider, model

    @property
    def crm_in_use(self) -> CrmKind:
        if self.crm is not None:
            return self.crm
        is_highlevel = self.ghl_token is not None or self.oauth_client_id is not None
        return CrmKind.HIGHLEVEL if is_highlevel else CrmKind.SANDBOX

    @property
    def persists(self) -> bool:
        return self.persistence is Persistence.ON

    @property
    def journal_most_bytes(self) -> int:
        return self.journal_max_mb * 1024 * 1024

    @property
    def drops_oldest(self) -> bool:
        return self.journal_full is WhenFull.DROP_OLDEST

    @property
    def database_address(self) -> str | None:
        """The address as text, with its password: for connecting, never for showing."""
        return None if self.database_url is None else self.database_url.get_secret_value()


def load_settings(**instead: object) -> Settings:
    """Read the settings; those of *instead* stand whatever the environment says.

    Raises:
        Misconfigured: a setting is wrong; the sentence says which and why.
    """
    try:
        return Settings(**instead)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise Misconfigured(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    parts = []
    for problem in error.errors():
        field = str(problem["loc"][0]) if problem["loc"] else ""
        name = "DATABASE_URL" if field.lower() == "database_url" else f"JORGE_{field.upper()}"
        message = problem["msg"].removeprefix("Value error, ")
        parts.append(f"{name}: {message}" if field else message)
    return "Wrong setting. " + "; ".join(parts) + ". See docs/settings.md."
