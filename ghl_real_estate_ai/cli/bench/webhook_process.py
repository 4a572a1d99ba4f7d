"""A server of webhooks on one core: ours, or a bare route beside it; prints its port when it serves.

python -m ghl_real_estate_ai.cli.bench.webhook_process WAY DSN DATA_DIR PUBLIC_KEY
"""

import logging
import os
import sys
from pathlib import Path

import orjson
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.cli.bench.serve_app import serve_app
from ghl_real_estate_ai.conversation.model import EventId
from ghl_real_estate_ai.intake.loopback import headers_by_name
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.signature import SIGNATURE_HEADER, is_signed, read_key
from ghl_real_estate_ai.settings import CrmKind, load_settings
from ghl_real_estate_ai.telemetry.logs import configure_logging


def bare_app(key: Ed25519PublicKey) -> Starlette:
    """The least that a webhook can do: the same verification and parsing as ours, and nothing is kept."""

    async def receive(request: Request) -> Response:
        body = await request.body()
        headers = headers_by_name(request.scope["headers"])
        if not is_signed(body, headers[SIGNATURE_HEADER], (key,)):
            return Response(status_code=401)
        event = parse_event(body, headers, default_location="default", event_id=EventId(uuid7()))
        answer = {"status": "accepted", "event_id": str(event.event_id)}
        return Response(orjson.dumps(answer), media_type="application/json")

    return Starlette(routes=[Route("/webhook", receive, methods=["POST"])])


def stay_on_one_core() -> None:
    """Keep this process, with all its threads, on its first core; whoever asks and the database have the others."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def app_for(way: str, dsn: str, data_dir: Path, public_key: str) -> ASGIApp:
    """Ours as it is, but for the turns, whose cost is no part of it; or the bare one."""
    if way == "bare":
        return bare_app(read_key(public_key))
    settings = load_settings(database_url=dsn, data_dir=data_dir, crm=CrmKind.SANDBOX, ghl_public_key=public_key)
    return create_app(settings, quiet_logs=True, only_watch=True)


if __name__ == "__main__":
    configure_logging()
    logging.disable()
    stay_on_one_core()
    uvloop.run(serve_app(app_for(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4])))
