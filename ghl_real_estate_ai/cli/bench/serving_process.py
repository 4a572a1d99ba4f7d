"""The real server, recording by one of the ways; prints its port when it serves.

python -m ghl_real_estate_ai.cli.bench.serving_process WAY DSN DATA_DIR
"""

import logging
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop

from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.cli.bench.controls import WayToRecord, build_way
from ghl_real_estate_ai.cli.bench.serve_app import serve_app
from ghl_real_estate_ai.settings import CrmKind, load_settings
from ghl_real_estate_ai.telemetry.logs import configure_logging
from ghl_real_estate_ai.telemetry.model import RecordBatch
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn


@dataclass(frozen=True, slots=True)
class RecordOtherwise(RecordTurn):
    """Records a turn by a control; counting in memory goes on as ever, but not where nothing is recorded at all."""

    way: WayToRecord
    counts: bool

    def record(self, batch: RecordBatch) -> None:
        if self.counts:
            RecordTurn(self.tracker, self.collector, None).record(batch)
        self.way.record(batch)


async def serve(way_name: str, dsn: str, data_dir: Path) -> None:
    """Serve until killed."""
    settings = load_settings(database_url=dsn, data_dir=data_dir, crm=CrmKind.SANDBOX)
    # Only what a turn needs: the loops of an idle server are no part of it, and there are three servers.
    app = create_app(settings, quiet_logs=True, only_watch=True)
    jorge = app.state.jorge
    if way_name != "journal":
        way = build_way(way_name, dsn, data_dir)
        await way.open()
        record = RecordOtherwise(jorge.tracker, jorge.collector, None, way, way_name != "off")
        jorge.take_turn = replace(jorge.take_turn, record=record)
    await serve_app(app)


if __name__ == "__main__":
    configure_logging()
    logging.disable()
    uvloop.run(serve(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
