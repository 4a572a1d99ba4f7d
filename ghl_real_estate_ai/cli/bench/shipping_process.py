"""A shipper in a process of its own, to be measured and to be killed; a SIGTERM ends it in order.

python -m ghl_real_estate_ai.cli.bench.shipping_process DSN DATA_DIR
"""

import logging
import signal
import sys
import threading
from pathlib import Path

from ghl_real_estate_ai.telemetry.journal.shipper import Shipper
from ghl_real_estate_ai.telemetry.logs import configure_logging


def ship(dsn: str, data_dir: Path) -> None:
    """Ship the journal of *data_dir* until told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    shipper = Shipper(dsn, data_dir / "journal", "bench")
    print("ready", flush=True)
    shipper.run(stop)
    shipper.close()


if __name__ == "__main__":
    configure_logging()
    logging.disable()  # an outage is what we try: the figures tell of it
    ship(sys.argv[1], Path(sys.argv[2]))
