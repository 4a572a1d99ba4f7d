"""The one entry point: `uvicorn ghl_real_estate_ai.api.main:app`, `jorge serve`, the demo and `jorge verify`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version

import structlog
from fastapi import FastAPI

from ghl_real_estate_ai.api.access import is_trusted, require_reader
from ghl_real_estate_ai.api.chat_routes import build_chat_router
from ghl_real_estate_ai.api.compose import Jorge, build
from ghl_real_estate_ai.api.errors import ANSWERS, install_error_answers
from ghl_real_estate_ai.api.jorge_routes import JorgeServices, build_jorge_router
from ghl_real_estate_ai.api.oauth_routes import build_oauth_router
from ghl_real_estate_ai.api.people_routes import build_people_router
from ghl_real_estate_ai.api.watch_routes import build_watch_router
from ghl_real_estate_ai.dashboard.people import PeopleReader
from ghl_real_estate_ai.dashboard.store import ConversationReader
from ghl_real_estate_ai.delivery.routes import build_delivery_router
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.intake.routes import build_webhook_router
from ghl_real_estate_ai.intake.signature import read_key
from ghl_real_estate_ai.privacy.key import pseudonyms_of
from ghl_real_estate_ai.privacy.routes import build_privacy_router
from ghl_real_estate_ai.settings import Settings, load_settings
from ghl_real_estate_ai.telemetry.logs import configure_logging
from ghl_real_estate_ai.understanding import read_what_is_learned

log = structlog.get_logger(__name__)


def create_app(
    settings: Settings | None = None,
    *,
    may_migrate: bool = False,
    quiet_logs: bool = False,
    only_watch: bool = False,
) -> FastAPI:
    """Build the program for *settings* (by default those of the environment); nothing starts before the lifespan.

    *quiet_logs* leaves the logging as the caller has set it up; with *only_watch* nothing is answered or delivered.

    Raises:
        Misconfigured: a setting is wrong.
    """
    settings = settings or load_settings()
    jorge = build(settings, only_watch=only_watch)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not quiet_logs:
            configure_logging(settings.log_format.value)
        try:
            await _begin(jorge, may_migrate=may_migrate)
            yield
        finally:
            await jorge.stop()

    app = FastAPI(
        title="Jorge",
        version=version("jorge"),
        summary="Answers a real-estate team's leads by text, and proves what it did.",
        lifespan=lifespan,
    )
    app.state.jorge = jorge
    include_routes(app, jorge)
    return app


async def _begin(jorge: Jorge, *, may_migrate: bool) -> None:
    """Start *jorge*, and meanwhile read what is learned, for which the first lead would have to wait."""
    reading = asyncio.create_task(asyncio.to_thread(read_what_is_learned))
    try:
        await jorge.start(may_migrate=may_migrate)
    finally:
        await reading


def include_routes(app: FastAPI, jorge: Jorge) -> None:
    """Put every route on *app*; who may call which is decided here and tested for the stranger."""
    settings = jorge.settings
    reader = require_reader(settings)
    sandbox_keys = [read_key(jorge.sandbox.public_key)] if jorge.sandbox is not None else []
    webhook = build_webhook_router(
        jorge.inbox,
        settings,
        sandbox_keys,
        counts=jorge.inbox.counts,
        on_uninstalled=None if jorge.installation is None else jorge.installation.tokens.forget,
    )
    app.include_router(webhook)
    app.include_router(build_chat_router(jorge, reader), responses=ANSWERS)
    app.include_router(build_watch_router(jorge, reader, is_trusted=lambda request: is_trusted(request, settings)))
    conversations = None if jorge.database is None else ConversationReader(jorge.database)
    services = JorgeServices(
        repository=jorge.repository,
        tracker=jorge.tracker,
        collector=jorge.collector,
        alerting=jorge.alerting,
        handoffs=jorge.handoffs,
        conversations=conversations,
        default_location=settings.location_id,
    )
    app.include_router(build_jorge_router(services, reader), responses=ANSWERS)
    people = build_people_router(
        jorge.take_turn.change_owner,
        reader,
        people=None if jorge.database is None else PeopleReader(jorge.database),
        conversations=conversations,
        default_location=settings.location_id,
        person_sla=timedelta(minutes=settings.person_sla_minutes),
        clock=jorge.clock,
    )
    app.include_router(people, responses=ANSWERS)
    if jorge.database is not None:
        privacy = build_privacy_router(
            jorge.database, pseudonyms_of(settings), reader, default_location=settings.location_id
        )
        app.include_router(privacy, responses=ANSWERS)
    delivery = build_delivery_router(
        jorge.deliver.outbox, reader, default_location=settings.location_id, wake=jorge.delivery_wake.set
    )
    app.include_router(delivery, responses=ANSWERS)
    if jorge.installation is not None and settings.oauth_client_id and settings.public_url:
        app.include_router(
            build_oauth_router(
                jorge.installation.exchange,
                jorge.installation.tokens,
                client_id=settings.oauth_client_id,
                authorize_url=settings.oauth_authorize_url,
                public_url=settings.public_url,
            )
        )
    install_error_answers(app)


def __getattr__(name: str) -> FastAPI:
    """Build `app` when uvicorn asks for it, so that importing this module starts and reads nothing."""
    if name == "app":
        try:
            return create_app()
        except Misconfigured as error:
            # uvicorn would show forty lines of trace above the one that helps.
            sys.exit(f"jorge: {error}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
