"""The processes of a measurement: started, ordered about and ended, each by its own handle."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from ghl_real_estate_ai.cli.bench.throw_away import clean_environment

PATIENCE_SECONDS = 60.0


class Process:
    """One of ours; killed at the end of the block if it still lives."""

    def __init__(self, module: str, *arguments: str, folder: Path) -> None:
        """Start `python -m` *module*, with the packages of this program and none of its settings."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"ghl_real_estate_ai.cli.bench.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=clean_environment(JORGE_DATA_DIR=str(folder)),
        )
        self.first_line = self.read_line()
        """What it said when it was ready."""

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, order: dict[str, Any]) -> None:
        """Send an order."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Send an order and wait for its answer."""
        self.tell(order)
        answer: dict[str, Any] = json.loads(self.read_line())
        return answer

    def read_line(self) -> str:
        """The next line that it says.

        Raises:
            RuntimeError: it ended without one.
        """
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with code {self._process.wait()}; see above")
        return line

    def kill(self) -> None:
        """kill -9, whatever it is doing; twice does no harm."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def end(self) -> None:
        """Ask it to stop, and wait until it has."""
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Recording(Process):
    """A `recording_process`, and the counter of what it recorded, which outlives it."""

    def __init__(self, way: str, dsn: str, data_dir: Path, counter: Path) -> None:
        self._counter = counter
        counter.write_bytes(bytes(8))
        super().__init__("recording_process", way, dsn, str(data_dir), str(counter), folder=data_dir)

    @property
    def recorded(self) -> int:
        """How many turns of the present run were recorded."""
        number: int = struct.unpack("<q", self._counter.read_bytes())[0]
        return number


def start_shipping(dsn: str, data_dir: Path) -> Process:
    """Start a `shipping_process`."""
    return Process("shipping_process", dsn, str(data_dir), folder=data_dir)


def resident_kib(pid: int, which: str = "VmRSS") -> int:
    """How much memory a process holds (`VmRSS`), or held at most (`VmHWM`)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no {which}")


def cpu_seconds(pid: int) -> float:
    """How much processor time a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
