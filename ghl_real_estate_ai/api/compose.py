"""Every real thing of the program, built in one place and joined in one order.

`build` makes the parts and touches nothing outside; `Jorge.start` brings them to life in the order the logs tell,
`Jorge.stop` ends them so that nothing is lost: intake -> turns -> delivery -> journal and shipper -> pool -> database.
"""

import asyncio
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import httpx
import structlog

from ghl_real_estate_ai.alerts import AlertingService
from ghl_real_estate_ai.api.cron import run_cron, run_every_minute, run_looks_at_sending
from ghl_real_estate_ai.bots.team import read_team
from ghl_real_estate_ai.bots.wording import own_names
from ghl_real_estate_ai.compliance.memory import MemoryConsents
from ghl_real_estate_ai.compliance.ports import Consents
from ghl_real_estate_ai.compliance.store import SqlConsents
from ghl_real_estate_ai.conversation.clock import Clock, NewId, SystemClock, new_uuid7
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.highlevel.calls import ReadRetries
from ghl_real_estate_ai.crm.memory import MemoryBudgets
from ghl_real_estate_ai.crm.oauth.exchange import TokenExchange
from ghl_real_estate_ai.crm.oauth.rescue import RescueFolder
from ghl_real_estate_ai.crm.oauth.seal import Sealer
from ghl_real_estate_ai.crm.oauth.store import SqlInstallations
from ghl_real_estate_ai.crm.oauth.tokens import InstalledTokens
from ghl_real_estate_ai.crm.pace import SharedPace
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.store import SqlBudgets
from ghl_real_estate_ai.delivery.carrier import DailyBudget, SendingRates
from ghl_real_estate_ai.delivery.deliver import Deliver, DeliveryCounts
from ghl_real_estate_ai.delivery.memory import MemoryOutbox
from ghl_real_estate_ai.delivery.ports import Outbox
from ghl_real_estate_ai.delivery.queue_effects import leave_location
from ghl_real_estate_ai.delivery.run import run_delivery
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.errors import Misconfigured, Retryable
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.intake.keep_event import GroupedInbox
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.ports import KeyKeeper
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.llm.call_model import CallModel
from ghl_real_estate_ai.llm.connect_model import budget_of, connect_model, price_of
from ghl_real_estate_ai.llm.memory import MemorySpending
from ghl_real_estate_ai.llm.phrase_reply import PhraseReply
from ghl_real_estate_ai.llm.ports import Spending
from ghl_real_estate_ai.llm.read_message import ReadMessage
from ghl_real_estate_ai.llm.store import SqlSpending
from ghl_real_estate_ai.loops.memory import MemoryDeferrals, MemoryOutcomes, MemoryReturns
from ghl_real_estate_ai.loops.ports import Deferrals, Outcomes, Returns, Thresholds
from ghl_real_estate_ai.loops.run import Loops, run_looks
from ghl_real_estate_ai.loops.store import SqlDeferrals, SqlOutcomes, SqlReturns, SqlThresholds
from ghl_real_estate_ai.privacy.key import passing_pseudonyms, pseudonyms_of
from ghl_real_estate_ai.privacy.memory import MemoryPrivacy
from ghl_real_estate_ai.settings import CrmKind, Settings, Shipping
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.locate import DatabaseLocation, database_address, locate_database
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.storage.partitions import ensure_partitions, weeks_kept
from ghl_real_estate_ai.storage.schema import find_current_revision, head_revision, migrate
from ghl_real_estate_ai.telemetry import BotMetricsCollector, JorgeMetricsRepository, PerformanceTracker
from ghl_real_estate_ai.telemetry.model import LlmCallRecord, RecordBatch
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.phrase_decision import guarded
from ghl_real_estate_ai.turns.ports import TurnStore
from ghl_real_estate_ai.turns.run import run_turns
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

log = structlog.get_logger(__name__)

INTERACTIONS_HYDRATED_MINUTES = 60
OUTCOMES_HYDRATED_MINUTES = 7 * 24 * 60
STANDS_BY_SECONDS = 5.0
"""How long a shipper process may be gone before a worker ships in its place."""
RETRY_SECONDS = 1.0
"""How often a start that found no database tries again."""


class SchemaTooOld(Misconfigured):
    """The database's schema is older than this program: run `alembic upgrade head` (or start with --migrate)."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Our app in HighLevel."""

    exchange: TokenExchange
    tokens: InstalledTokens


@dataclass(kw_only=True)
class Jorge:
    """The running program: its parts, and how they are started and stopped."""

    settings: Settings
    clock: Clock
    node: str
    database: Database | None
    repository: JorgeMetricsRepository | None
    tracker: PerformanceTracker
    collector: BotMetricsCollector
    alerting: AlertingService
    handoffs: JorgeHandoffService
    inbox: GroupedInbox
    keys: KeyKeeper
    take_turn: TakeTurn
    deliver: Deliver
    counts: DeliveryCounts
    phrase: PhraseReply | None
    """The language model, when one is configured."""
    loops: Loops
    sandbox: SandboxServer | None
    client: httpx.AsyncClient
    pace: SharedPace | None
    """What keeps us within the CRM's limits; a sandbox has none to keep."""
    installation: Installation | None
    """What installs our app in locations and keeps their tokens; None without an app."""
    privacy: MemoryPrivacy | None
    """The requests of leads about their data, with persistence off; else the database's job looks for them."""
    turns_wake: asyncio.Event
    delivery_wake: asyncio.Event
    only_watch: bool = False
    """True for a look at the wiring (`jorge verify`): no waiting message is answered, no cron is run."""
    stop_turns: asyncio.Event = field(default_factory=asyncio.Event)
    stop_delivery: asyncio.Event = field(default_factory=asyncio.Event)
    is_up: bool = False
    """Whether the schema was checked and the services were hydrated."""
    sending: Sequence[SendingRates] = ()
    """What each location sent in the last day, as it was a minute ago."""
    trouble: str | None = None
    """Why it is not up yet."""
    _location: DatabaseLocation | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _rising: asyncio.Task[None] | None = None

    async def start(self, *, may_migrate: bool = False) -> None:
        """Bring everything to life; a database that is away is waited for in the background.

        Raises:
            Misconfigured: an operator must change something; the sentence says what.
        """
        if self.sandbox is not None:
            self.client.base_url = httpx.URL(await self.sandbox.start())
        if self.database is None:
            self.is_up = True
            log.info("Persistence is off: everything is kept in memory and lost at the end")
            self._run()
            return
        await self._find_database(may_migrate=may_migrate)
        self._wire()
        try:
            await self._rise()
        except Retryable as error:
            self._note_away(error)
            self._rising = asyncio.create_task(self._rise_when_possible())
        else:
            self._run()

    async def stop(self) -> None:
        """End everything in order; what was recorded is in the database or safe in the journal."""
        await self.inbox.close()
        if self._rising is not None:
            self._rising.cancel()
            await asyncio.gather(self._rising, return_exceptions=True)
        self.stop_turns.set()
        turns, others = self._tasks[:1], self._tasks[1:]
        await asyncio.gather(*turns, return_exceptions=True)
        self.stop_delivery.set()
        await asyncio.gather(*others, return_exceptions=True)
        if self.pace is not None:
            await self.pace.close()
        await self.client.aclose()
        if self.phrase is not None:
            await self.phrase.model.close()
        if self.sandbox is not None:
            await self.sandbox.stop()
        if self.repository is not None:
            await self.repository.close(self.settings.drain_seconds)
        if self.database is not None:
            await self.database.close()
        if self._location is not None:
            await asyncio.to_thread(self._location.stop)
        log.info("Jorge stopped")

    async def look_at_sending(self) -> None:
        """Bring this process's view of what the locations sent up to date; raises Retryable while it cannot."""
        self.sending = await self.deliver.outbox.sending_rates()

    def dead_parts(self) -> list[str]:
        """Name the loops that an error of ours has ended: they do not come back without a restart."""
        return [task.get_name() for task in self._tasks if task.done() and not self.stop_turns.is_set()]

    async def _find_database(self, *, may_migrate: bool) -> None:
        address = self.settings.database_address
        self._location = await asyncio.to_thread(locate_database, address, self.settings.data_dir)
        if self._location.embedded is not None or may_migrate:
            await asyncio.to_thread(migrate, self._location.dsn)

    def _wire(self) -> None:
        assert self.repository is not None  # noqa: S101 - `start` has asked
        self.repository.start()
        log.info("Jorge metrics repository initialized")
        self.tracker.set_repository(self.repository)
        self.collector.set_repository(self.repository)
        self.alerting.set_repository(self.repository)
        log.info("Repository wired into Jorge services (PerformanceTracker, BotMetricsCollector, AlertingService)")
        self.handoffs.set_repository(self.repository)
        log.info("Repository wired into JorgeHandoffService")

    async def _rise(self) -> None:
        """Check the schema and take over what is known; raises Retryable while the database is away."""
        assert self.database is not None  # noqa: S101 - `start` has asked
        async with self.database.begin() as connection:
            revision = await find_current_revision(connection)
            if revision != head_revision():
                raise SchemaTooOld(
                    f"The database's schema is at {revision or 'nothing'}, this program needs {head_revision()}: "
                    "run `alembic upgrade head`, or start with `jorge serve --migrate`."
                )
            await ensure_partitions(connection, self.clock.now(), back=weeks_kept(self.settings.retention_days))
        # At once: while one waits for the database, another makes memory of what it was answered.
        outcomes, interactions, _, rules = await asyncio.gather(
            self.handoffs.load_from_database(since_minutes=OUTCOMES_HYDRATED_MINUTES),
            self.collector.load_from_db(since_minutes=INTERACTIONS_HYDRATED_MINUTES),
            self.tracker.load_from_db(),
            self.alerting.load_rules(),
        )
        log.info(f"Loaded {outcomes} handoff outcomes from database")
        log.info(f"Loaded {interactions} interaction records from database")
        log.info(f"Loaded {rules} alert rules from database")
        self.is_up, self.trouble = True, None

    async def _rise_when_possible(self) -> None:
        while not self.is_up:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                await self._rise()
            except Exception as error:  # noqa: BLE001 - whatever keeps us down is told in /ready, and tried again
                self._note_away(error)
        self._run()

    def _note_away(self, error: Exception) -> None:
        if str(error) != self.trouble:
            log.warning("start.waiting", reason=str(error))
        self.trouble = str(error)

    def _run(self) -> None:
        if self.only_watch:
            return
        concurrency = self.settings.turn_concurrency
        turns = run_turns(self.take_turn, wake=self.turns_wake, stop=self.stop_turns, concurrency=concurrency)
        delivery = run_delivery(self.deliver, wake=self.delivery_wake, stop=self.stop_delivery)
        cron = run_every_minute(self, self.stop_turns) if self.database is None else run_cron(self, self.stop_turns)
        looks = run_looks(self.loops, stop=self.stop_turns)
        sending = run_looks_at_sending(self, self.stop_turns)
        parts = {"turns": turns, "delivery": delivery, "cron": cron, "loops": looks, "sending": sending}
        self._tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        for task in self._tasks:
            task.add_done_callback(_tell_of_death)


def _tell_of_death(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("part.died", part=task.get_name(), exc_info=task.exception())


def build(
    settings: Settings, *, clock: Clock | None = None, new_id: NewId = new_uuid7, only_watch: bool = False
) -> Jorge:
    """Build every part for *settings*; nothing is started, opened or asked."""
    clock = clock or SystemClock()
    node = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
    here = settings.location_id
    tracker, collector = PerformanceTracker(location_id=here), BotMetricsCollector(location_id=here)
    alerting, handoffs = AlertingService(), JorgeHandoffService(location_id=here)
    counts = DeliveryCounts()
    budget = DailyBudget(limit=settings.sms_daily_limit, reply_share=settings.sms_reply_share)
    turns_wake, delivery_wake = asyncio.Event(), asyncio.Event()
    quiet = timedelta(seconds=settings.quiet_seconds)
    quiet_at_most = timedelta(seconds=settings.quiet_at_most_seconds)
    database, repository = None, None
    team = read_team(settings.team_file, settings.seller_mode)
    inbox: SqlInbox | MemoryInbox
    consents: Consents
    privacy: MemoryPrivacy | None = None
    store: TurnStore
    outbox: Outbox
    outcomes: Outcomes
    deferrals: Deferrals
    returns: Returns
    thresholds: Thresholds | None = None
    spending: Spending
    person_sla = timedelta(minutes=settings.person_sla_minutes)
    if settings.persists:
        dsn = database_address(settings.database_address, settings.data_dir)
        database = Database(dsn)
        repository = JorgeMetricsRepository(
            dsn,
            data_dir=settings.data_dir,
            location_id=settings.location_id,
            stands_by_seconds=STANDS_BY_SECONDS if settings.shipping is Shipping.PROCESS else 0.0,
            durability=settings.durability,
            most_bytes=settings.journal_most_bytes,
            drops_oldest=settings.drops_oldest,
            backlog_age_seconds=settings.backlog_age_seconds,
        )
        inbox = SqlInbox(
            database,
            quiet=quiet,
            quiet_at_most=quiet_at_most,
            leave_location=leave_location,
            consent=team.consent,
        )
        consents = SqlConsents(database, team.consent)
        pseudonyms = pseudonyms_of(settings)
        store = SqlTurnStore(database, person_sla=person_sla, pseudonyms=pseudonyms)
        outbox = SqlOutbox(database, pseudonyms=pseudonyms)
        outcomes = SqlOutcomes(database, person_sla=person_sla)
        returns = SqlReturns(database)
        deferrals, thresholds = SqlDeferrals(database), SqlThresholds(database, settings.location_id)
        spending = SqlSpending(database)
    else:
        memory = MemoryDatabase()
        inbox = MemoryInbox(memory, clock.now, quiet=quiet, quiet_at_most=quiet_at_most, consent=team.consent)
        consents = MemoryConsents(memory, team.consent, clock.now)
        pseudonyms = passing_pseudonyms(settings)
        store = MemoryTurnStore(memory, clock, person_sla=person_sla, pseudonyms=pseudonyms)
        outbox = MemoryOutbox(memory, now=clock.now, pseudonyms=pseudonyms)
        privacy = MemoryPrivacy(memory, pseudonyms, clock.now)
        outcomes = MemoryOutcomes(memory, clock, person_sla=person_sla)
        deferrals, returns = MemoryDeferrals(memory, clock), MemoryReturns(memory, clock)
        spending = MemorySpending(clock)
    pace = _pace(settings, database)
    sandbox, client = _crm_client(settings)
    installation = build_installation(settings, database, client, clock, node)
    crm = _crm(settings, client, pace, installation)
    phrase = _phrase(settings, spending, repository, clock)
    take_turn = TakeTurn(
        store=store,
        crm=crm,
        record=RecordTurn(tracker, collector, repository),
        handoffs=handoffs,
        clock=clock,
        new_id=new_id,
        node=node,
        business_name=settings.business_name,
        makes_contacts=settings.crm_in_use is CrmKind.SANDBOX,
        on_saved=delivery_wake.set,
        team=team,
        consents=consents,
        phrase=phrase,
        look_ups_each=max(1, settings.turn_concurrency // 4),
        second_opinion=_second_opinion(settings, phrase),
    )
    return Jorge(
        settings=settings,
        clock=clock,
        node=node,
        database=database,
        repository=repository,
        tracker=tracker,
        collector=collector,
        alerting=alerting,
        handoffs=handoffs,
        inbox=GroupedInbox(
            inbox, wake=turns_wake, must_refuse=lambda: repository is not None and repository.must_refuse
        ),
        keys=inbox,
        take_turn=take_turn,
        deliver=Deliver(
            outbox,
            crm,
            sender=node,
            counts=counts,
            settle=None if repository is None else repository.settle,
            budget=budget,
            own_names=own_names(settings.business_name),
            consents=consents,
        ),
        counts=counts,
        phrase=phrase,
        loops=Loops(
            outcomes=outcomes,
            deferrals=deferrals,
            returns=returns,
            return_after=timedelta(hours=settings.return_after_hours) if settings.return_after_hours else None,
            thresholds=thresholds,
            handoffs=handoffs,
            change_owner=take_turn.change_owner,
            repository=repository,
            tracker=tracker,
            wake_delivery=delivery_wake,
        ),
        sandbox=sandbox,
        client=client,
        pace=pace,
        installation=installation,
        privacy=privacy,
        turns_wake=turns_wake,
        delivery_wake=delivery_wake,
        only_watch=only_watch,
    )


def _pace(settings: Settings, database: Database | None) -> SharedPace | None:
    if settings.crm_in_use is CrmKind.SANDBOX:
        return None
    here = MemoryBudgets()
    return SharedPace(here) if database is None else SharedPace(SqlBudgets(database), instead=here)


def _phrase(
    settings: Settings, spending: Spending, repository: JorgeMetricsRepository | None, clock: Clock
) -> PhraseReply | None:
    model = connect_model(settings, os.environ)
    if model is None:
        return None

    def record(call: LlmCallRecord) -> None:
        # At once and in a frame of its own: the call was paid for, whatever becomes of the turn.
        if repository is not None:
            repository.record(RecordBatch(turn_id=None, records=(call,)))

    return PhraseReply(
        model=model,
        spending=spending,
        guard=guarded,
        record=record,
        clock=clock,
        deadline_seconds=settings.llm_deadline_seconds,
        budget=budget_of(settings),
        price=price_of(settings),
    )


def _second_opinion(settings: Settings, calls: CallModel | None) -> ReadMessage | None:
    """Off unless a team asks for it; on the same account, and past the same breaker, as the wordings."""
    below = settings.llm_second_opinion_below
    return None if calls is None or below is None else ReadMessage(calls=calls, below=below)


def _crm_client(settings: Settings) -> tuple[SandboxServer | None, httpx.AsyncClient]:
    if settings.crm_in_use is CrmKind.HIGHLEVEL:
        return None, httpx.AsyncClient(base_url=settings.ghl_base_url)
    if settings.sandbox_url is not None:
        return None, httpx.AsyncClient(base_url=settings.sandbox_url)
    return SandboxServer(), httpx.AsyncClient()


def _crm(
    settings: Settings, client: httpx.AsyncClient, pace: SharedPace | None, installation: Installation | None
) -> HighLevelCrm:
    if settings.crm_in_use is CrmKind.SANDBOX:
        return HighLevelCrm(client, "sandbox", is_sandbox=True)
    token = settings.ghl_token.get_secret_value() if settings.ghl_token else ""
    tokens = token if installation is None else installation.tokens
    return HighLevelCrm(client, tokens, is_sandbox=False, pace=pace, retries=ReadRetries())


def build_installation(
    settings: Settings, database: Database | None, client: httpx.AsyncClient, clock: Clock, node: str
) -> Installation | None:
    """Build what keeps installed locations' tokens; None without an app or a database."""
    app, secret, key = settings.oauth_client_id, settings.oauth_client_secret, settings.token_key
    if database is None or app is None or secret is None or key is None:
        return None
    exchange = TokenExchange(client, app, secret.get_secret_value(), clock)
    sealer = Sealer(key.get_secret_value())
    tokens = InstalledTokens(
        SqlInstallations(database, sealer),
        exchange,
        sealer,
        RescueFolder(settings.data_dir / "crm-tokens"),
        clock=clock,
        claimer=node,
        private_token=settings.ghl_token.get_secret_value() if settings.ghl_token else None,
    )
    return Installation(exchange, tokens)
