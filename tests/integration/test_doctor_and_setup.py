"""`jorge setup` and `jorge doctor` against a sandbox that nobody has prepared."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fake_language_model import FakeLanguageModel, fake_language_model, never_answers

from ghl_real_estate_ai.cli import doctor
from ghl_real_estate_ai.cli.open_crm import OpenCrm, open_crm
from ghl_real_estate_ai.cli.setup import Lacking, find_lacking, make
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.needs import FIELDS, SCOPES, TAGS
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.settings import Persistence, Settings

HERE = LocationId("loc-1")


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    server = SandboxServer(state=SandboxState(is_prepared=False))
    yield server
    await server.stop()


async def settings_for(sandbox: SandboxServer) -> Settings:
    return Settings(sandbox_url=await sandbox.start(), location_id=HERE, persistence=Persistence.OFF, _env_file=None)


@pytest.fixture
async def opened(sandbox: SandboxServer) -> AsyncIterator[OpenCrm]:
    async with open_crm(await settings_for(sandbox)) as crm:
        yield crm


def with_model(fake: FakeLanguageModel, deadline_seconds: float = 10.0) -> Settings:
    return Settings(llm="openai:tiny", llm_base_url=fake.address, llm_deadline_seconds=deadline_seconds, _env_file=None)


async def refuses_the_key(fake: FakeLanguageModel, writer: asyncio.StreamWriter) -> None:
    fake.write(writer, b'{"error": {"message": "wrong key"}}', status="401 Unauthorized")


class TestSetUp:
    async def test_makes_what_is_lacking_and_only_that(self, sandbox: SandboxServer, opened: OpenCrm) -> None:
        """What is there stays, in whatever case it is written; the rest is made, and then nothing is lacking."""
        place = sandbox.state.location(HERE)
        place.tags["t-1"] = TAGS[0].upper()
        kept = sandbox.state.add_field(place, "Handoff_Context")

        before = await find_lacking(opened.crm, HERE)
        await make(opened.crm, HERE, before)

        assert before == Lacking(TAGS[1:], FIELDS[1:])
        assert await find_lacking(opened.crm, HERE) == Lacking((), ())
        assert {one.key for one in place.fields.values()} == set(FIELDS)
        assert place.fields[kept.field_id] == kept


class TestDoctor:
    async def findings(self, sandbox: SandboxServer) -> dict[str, doctor.Finding]:
        found = await doctor._examine(await settings_for(sandbox))
        return {finding.what: finding for finding in found}

    async def test_names_what_is_lacking(self, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
        """Tags and fields that are not there are bad, and the mending is named."""
        monkeypatch.delenv("JORGE_URL", raising=False)
        found = await self.findings(sandbox)

        assert found["tags and fields"].state is doctor.State.BAD
        assert "jorge setup --apply" in found["tags and fields"].detail
        assert found["scopes"].state is doctor.State.GOOD

    @pytest.mark.parametrize("scope", sorted(set(SCOPES) - {"conversations.write"}))
    async def test_names_a_missing_scope(
        self, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, scope: str
    ) -> None:
        """Each scope that the token lacks is found, and no other is blamed."""
        monkeypatch.delenv("JORGE_URL", raising=False)
        sandbox.state.scopes = frozenset(SCOPES) - {scope}

        found = await self.findings(sandbox)

        assert found["scopes"].detail == f"the token lacks {scope}: add them in HighLevel"
        assert (sandbox.state.messages, sandbox.state.contacts) == ([], {})

    async def test_warns_of_a_second_bot(self, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
        """A native bot on auto-pilot is warned of by name; one that only suggests is not."""
        monkeypatch.delenv("JORGE_URL", raising=False)
        sandbox.state.location(HERE).native_bots |= {"Reception": "auto-pilot", "Helper": "suggestive"}

        found = await self.findings(sandbox)

        assert found["native bots"].state is doctor.State.WARNING
        assert "Reception" in found["native bots"].detail
        assert "Helper" not in found["native bots"].detail

    async def test_asks_the_language_model_within_its_deadline(self) -> None:
        """None is fine; one that answers is named with its time; one that hangs, or refuses, is bad."""
        none = await doctor._language_model(Settings(_env_file=None))
        async with fake_language_model() as fake:
            well = await doctor._language_model(with_model(fake))
        async with fake_language_model(misbehaves=never_answers) as fake:
            hangs = await doctor._language_model(with_model(fake, 0.3))
        async with fake_language_model(misbehaves=refuses_the_key) as fake:
            refused = await doctor._looked("language model", lambda: doctor._language_model(with_model(fake)))

        assert (none.state, "none configured" in none.detail) == (doctor.State.GOOD, True)
        assert (well.state, "openai:tiny answered" in well.detail) == (doctor.State.GOOD, True)
        assert (hangs.state, "no answer within 0.3 s" in hangs.detail) == (doctor.State.BAD, True)
        assert (refused.state, "401" in refused.detail) == (doctor.State.BAD, True)

    async def test_tells_another_program_from_jorge(
        self, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An address at which something else answers is no webhook of ours."""
        settings = await settings_for(sandbox)
        monkeypatch.setenv("JORGE_URL", str(settings.sandbox_url))

        finding = await doctor._webhook()

        assert (finding.state, "404" in finding.detail) == (doctor.State.BAD, True)
