"""Settings are read once, and a wrong one is told in a sentence."""

import os

import pytest

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import CrmKind, load_settings


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in [name for name in os.environ if name.startswith("JORGE_") or name == "DATABASE_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JORGE_TURN_CONCURRENCY", "0"),
        ("JORGE_PERSISTENCE", "maybe"),
        ("JORGE_LOCATION_ID", "  "),
        ("JORGE_CRM", "salesforce"),
        ("JORGE_QUIET_SECONDS", "-1"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    """The sentence says which setting is wrong."""
    monkeypatch.setenv(name, value)

    with pytest.raises(Misconfigured, match=name):
        load_settings()


def test_highlevel_needs_a_token(monkeypatch: pytest.MonkeyPatch):
    """HighLevel without a token is no set-up."""
    monkeypatch.setenv("JORGE_CRM", "highlevel")

    with pytest.raises(Misconfigured, match="JORGE_GHL_TOKEN"):
        load_settings()


def test_a_token_chooses_highlevel(monkeypatch: pytest.MonkeyPatch):
    """With a HighLevel token and nothing else said, HighLevel is used; without one the sandbox."""
    without = load_settings().crm_in_use
    monkeypatch.setenv("JORGE_GHL_TOKEN", "pit-123")

    assert (CrmKind.SANDBOX, CrmKind.HIGHLEVEL) == (without, load_settings().crm_in_use)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch):
    """Printing the settings shows no secret."""
    for name in ("JORGE_API_TOKEN", "JORGE_WEBHOOK_SECRET", "JORGE_GHL_TOKEN"):
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@h/d")

    assert "hunter2" not in repr(load_settings())
