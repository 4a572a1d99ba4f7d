"""Keeps one shipper process running beside the workers: a dead or hung one is replaced, and at the end it drains."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

from ghl_real_estate_ai.telemetry.journal.segments import SHIPPER_LOCK

log = structlog.get_logger(__name__)

COMMAND = (sys.executable, "-m", "ghl_real_estate_ai.cli", "shipper")
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LIVED_WELL_SECONDS = 60.0
"""A shipper that lived so long died of something new: the pause begins anew."""
LOOK_SECONDS = 0.25
HUNG_SECONDS = 60.0
"""Longer than one transaction may take: a shipper that has not moved on for so long is killed."""


class ShipperProcess:
    """The shipper of this node, as a process that is started again whenever it ends before `stop`."""

    def __init__(
        self, data_dir: Path, *, command: tuple[str, ...] = COMMAND, hung_seconds: float = HUNG_SECONDS
    ) -> None:
        """Prepare for the journal under *data_dir*; starts nothing yet."""
        self._heartbeat = data_dir / "journal" / SHIPPER_LOCK
        self._command = command
        self._hung_seconds = hung_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="shipper-watch", daemon=True)
        self.replaced = 0
        """How often it had to be started again."""

    @property
    def pid(self) -> int | None:
        """The process now, if one runs."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Start it and the thread that watches it."""
        self._process = self._launch()
        self._thread.start()

    def stop(self, deadline_seconds: float) -> None:
        """Let it drain and end; one that has not ended by the deadline is killed, and the journal keeps the rest."""
        self._stop.set()
        self._thread.join()
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(deadline_seconds)
        except subprocess.TimeoutExpired:
            log.warning("shipper.killed", reason="it did not end in time")
            process.kill()
            process.wait()

    def _launch(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stdin=subprocess.PIPE)

    def _keep(self) -> None:
        pause, began = FIRST_PAUSE_SECONDS, time.monotonic()
        while not self._stop.wait(LOOK_SECONDS):
            process = self._process
            if process is None:
                continue
            if process.poll() is None:
                self._end_if_hung(process, began)
                continue
            if time.monotonic() - began > LIVED_WELL_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.error("shipper.died", exit_code=process.returncode, again_in_seconds=pause)
            if process.stdin is not None:
                process.stdin.close()
            if self._stop.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._process, began = self._launch(), time.monotonic()
            self.replaced += 1

    def _end_if_hung(self, process: "subprocess.Popen[bytes]", began: float) -> None:
        """Kill one that lives and does not move on; the next look finds it dead."""
        if min(time.monotonic() - began, self._silent_seconds()) > self._hung_seconds:
            log.error("shipper.hung", process=process.pid, silent_seconds=round(self._silent_seconds()))
            process.kill()
            process.wait()

    def _silent_seconds(self) -> float:
        try:
            return time.time() - self._heartbeat.stat().st_mtime
        except FileNotFoundError:
            return 0.0
