"""Installed locations: tokens sealed, renewed once by all processes together, and not lost by a process that dies."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from ghl_real_estate_ai.api.oauth_routes import build_oauth_router
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.oauth.exchange import TokenExchange
from ghl_real_estate_ai.crm.oauth.model import RENEWED_BEFORE, TokenPair
from ghl_real_estate_ai.crm.oauth.rescue import RescueFolder
from ghl_real_estate_ai.crm.oauth.seal import Sealer, WrongTokenKey
from ghl_real_estate_ai.crm.oauth.store import SqlInstallations
from ghl_real_estate_ai.crm.oauth.tokens import InstalledTokens
from ghl_real_estate_ai.crm.ports import CrmAccessDenied
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import ACCESS_LIFE, Fault, FaultKind, SandboxState
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import locations

HERE, ELSEWHERE = LocationId("loc-1"), LocationId("loc-2")
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_KEY = base64.b64encode(bytes([7] * 32)).decode()
DUE = ACCESS_LIFE - RENEWED_BEFORE


class MovedClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 16, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()


class Killed(BaseException):
    """The process ends here."""


@dataclass
class World:
    clock: MovedClock
    sandbox: SandboxServer
    client: httpx.AsyncClient
    database: Database
    folder: Path
    processes: int = 0

    def process(self, *, node: str = "a", sealer: Sealer | None = None) -> InstalledTokens:
        """Another process, on *node*; it knows nothing but what is kept."""
        self.processes += 1
        sealer = sealer or Sealer(KEY)

        async def look_again(_seconds: float) -> None:
            await asyncio.sleep(0)

        return InstalledTokens(
            SqlInstallations(self.database, sealer),
            TokenExchange(self.client, "app-1", "secret", self.clock),
            sealer,
            RescueFolder(self.folder / node),
            clock=self.clock,
            claimer=f"process-{self.processes}",
            sleep=look_again,
        )

    async def install(self, location_id: LocationId = HERE) -> str:
        access, refresh = self.sandbox.state.grant(location_id)
        pair = TokenPair(access=access, refresh=refresh, expires_at=self.clock.now() + ACCESS_LIFE)
        await self.process().install(location_id, pair)
        return access

    async def end_claims(self) -> None:
        """The claim of a dead process has run out."""
        async with self.database.begin() as connection:
            await connection.execute(
                update(locations)
                .where(locations.c.tokens_claimed_until.is_not(None))
                .values(tokens_claimed_until=datetime(2020, 1, 1, tzinfo=UTC))
            )


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    clock = MovedClock()
    sandbox = SandboxServer(state=SandboxState(clock=clock.now))
    async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
        yield World(clock, sandbox, client, database, tmp_path)
    await sandbox.stop()


class TestToken:
    async def test_is_renewed_once_by_many_processes(self, world: World) -> None:
        """However many processes need it at once, the refresh token is used once, and all go on."""
        old = await world.install()
        world.clock.at += DUE
        processes = [world.process(node=f"n-{n}") for n in range(4)]

        given = await asyncio.gather(*(one.token(HERE) for one in processes for _ in range(5)))
        after = {await one.token(HERE) for one in processes}

        assert len(world.sandbox.state.access_tokens) == 2
        assert set(given) <= {old, *after}
        assert len(after) == 1
        assert after != {old}

    async def test_one_that_ran_out_is_waited_for(self, world: World) -> None:
        """With the old one dead, all wait for the one that renews, and get the new one."""
        await world.install()
        world.clock.at += ACCESS_LIFE

        given = await asyncio.gather(*(world.process(node=f"n-{n}").token(HERE) for n in range(3)))

        assert (len(set(given)), len(world.sandbox.state.access_tokens)) == (1, 2)

    async def test_is_not_kept_in_the_open(self, world: World) -> None:
        """Neither token stands in the database, and no other key or location opens what does."""
        access = await world.install()
        async with world.database.connect() as connection:
            sealed = (await connection.execute(select(locations.c.sealed_tokens))).scalar_one()

        assert access.encode() not in sealed
        with pytest.raises(WrongTokenKey):
            Sealer(OTHER_KEY).open(HERE, sealed)
        with pytest.raises(WrongTokenKey):
            Sealer(KEY).open(ELSEWHERE, sealed)
        with pytest.raises(Misconfigured, match="openssl"):
            Sealer("too short")

    async def test_one_that_the_crm_refuses_is_replaced(self, world: World) -> None:
        """A token that HighLevel has ended early is renewed, and the call goes through."""
        old = await world.install()
        del world.sandbox.state.access_tokens[old]
        crm = HighLevelCrm(world.client, world.process(), True)

        await crm.add_tags(HERE, ContactId("ann"), frozenset({"Hot"}))

        assert world.sandbox.state.take_up_contact(HERE, "ann").tags == ["Hot"]

    async def test_of_one_location_is_never_anothers(self, world: World) -> None:
        """A location without an installation gets no other's token."""
        await world.install()

        with pytest.raises(CrmAccessDenied, match="/oauth/install"):
            await world.process().token(ELSEWHERE)


class TestADeadProcess:
    async def test_before_it_asked_costs_nothing(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who dies between the note and the asking leaves a refresh token that is still good."""
        await world.install()
        world.clock.at += DUE
        await self.dies(world, monkeypatch, TokenExchange, "renew")
        await world.end_claims()

        renewed = await world.process(node="b").token(HERE)

        assert world.sandbox.state.access_tokens[renewed][0] == HERE

    async def test_after_the_answer_leaves_it_on_its_disk(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who dies between the answer and the commit has put the new pair where the next one finds it."""
        await world.install()
        world.clock.at += DUE
        await self.dies(world, monkeypatch, SqlInstallations, "replace")
        await world.end_claims()

        renewed = await world.process().token(HERE)
        world.clock.at += DUE
        again = await world.process().token(HERE)

        assert list(world.sandbox.state.access_tokens)[1:] == [renewed, again]

    async def test_with_its_disk_leaves_the_old_one_in_use(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the node is gone too, the old access token serves to its end; then a person must install again."""
        old = await world.install()
        world.clock.at += DUE
        await self.dies(world, monkeypatch, SqlInstallations, "replace")
        await world.end_claims()

        assert await world.process(node="b").token(HERE) == old
        assert await world.process(node="c").token(HERE) == old
        world.clock.at += RENEWED_BEFORE
        await world.end_claims()
        with pytest.raises(CrmAccessDenied, match="install the app again"):
            await world.process(node="b").token(HERE)
        anew = await world.install()
        assert await world.process(node="b").token(HERE) == anew

    async def test_whose_answer_was_lost_is_not_the_end(self, world: World) -> None:
        """A token address that fails is asked again later, and the old access token serves meanwhile."""
        old = await world.install()
        world.clock.at += DUE
        world.sandbox.state.faults.append(Fault(kind=FaultKind.FAILURE, path_prefix="/oauth", times=1))

        during = await world.process().token(HERE)
        await world.end_claims()
        after = await world.process().token(HERE)

        assert (during, after != old) == (old, True)

    @staticmethod
    async def dies(world: World, monkeypatch: pytest.MonkeyPatch, where: type, before: str) -> None:
        async def die(*_arguments: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(where, before, die)
            with pytest.raises(Killed):
                await world.process().token(HERE)


class TestUninstall:
    async def test_wipes(self, world: World) -> None:
        """After an uninstallation nothing of the tokens is left, and they are not to be had."""
        await world.install()
        tokens = world.process()
        await tokens.forget(HERE)
        await tokens.forget(HERE)

        async with world.database.connect() as connection:
            row = (await connection.execute(select(locations.c.sealed_tokens, locations.c.tokens_expire_at))).one()
        assert tuple(row) == (None, None)
        with pytest.raises(CrmAccessDenied):
            await tokens.token(HERE)


class TestInstallPages:
    @pytest.fixture
    async def browser(self, world: World) -> AsyncIterator[httpx.AsyncClient]:
        app = FastAPI()
        app.include_router(
            build_oauth_router(
                TokenExchange(world.client, "app-1", "secret", world.clock),
                world.process(),
                client_id="app-1",
                authorize_url=f"{world.client.base_url}/v2/oauth/chooselocation".replace("//v2", "/v2"),
                public_url="http://testserver",
            )
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            yield client

    async def test_lead_from_the_link_to_a_token(self, world: World, browser: httpx.AsyncClient) -> None:
        """Whoever opens the link chooses a sub-account and is connected."""
        begun = await browser.get("/oauth/install")
        chosen = await world.client.get(begun.headers["location"], params=None)
        ended = await browser.get(chosen.headers["location"])

        assert (ended.status_code, "connected" in ended.text) == (200, True)
        assert await world.process().token(LocationId("default")) in world.sandbox.state.access_tokens

    async def test_refuse_an_end_without_a_beginning(self, world: World, browser: httpx.AsyncClient) -> None:
        """A code that another browser brings is not taken, nor one with another state, nor one that is used."""
        world.sandbox.state.codes["c-1"] = HERE
        stranger = await browser.get("/oauth/callback?code=c-1")
        await browser.get("/oauth/install")
        other_state = await browser.get("/oauth/callback?code=c-1&state=other")
        used = await browser.get("/oauth/callback?code=never-given")

        assert [stranger.status_code, other_state.status_code, used.status_code] == [400, 400, 400]
        assert world.sandbox.state.codes == {"c-1": HERE}
        with pytest.raises(CrmAccessDenied):
            await world.process().token(HERE)


def test_due_well_before_its_end() -> None:
    """A pair is renewed while there is time to mend what goes wrong."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    pair = TokenPair(access="a", refresh="r", expires_at=at + RENEWED_BEFORE + timedelta(seconds=1))

    assert (pair.is_due(at), pair.is_due(at + timedelta(seconds=1))) == (False, True)
