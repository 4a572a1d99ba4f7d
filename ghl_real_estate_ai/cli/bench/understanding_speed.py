"""How long understanding one message takes on one core, and how much memory a process needs that does nothing else."""

import json
import os
import subprocess
import sys
import time
from statistics import median

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most, percentile
from ghl_real_estate_ai.cli.bench.processes import resident_kib
from ghl_real_estate_ai.cli.bench.sample_messages import MESSAGES
from ghl_real_estate_ai.cli.bench.throw_away import Stage, clean_environment

MEDIAN_MS = 2.0
P99_MS = 10.0
MEMORY_MIB = 400.0
LONG_TEXT = " ".join(MESSAGES)[:2000]


def measure(stage: Stage) -> list[Figure]:
    """Ask a process of its own, so that its memory is that of understanding alone."""
    answer = subprocess.run(
        [sys.executable, "-m", __name__, str(stage.pick(3, 40))],
        check=True,
        capture_output=True,
        text=True,
        cwd=stage.folder,
        env=clean_environment(),
    )
    found = json.loads(answer.stdout)
    return [
        Figure(name="a message, median", unit="ms", value=found["median_ms"], target=at_most(MEDIAN_MS)),
        Figure(name="a message, P99", unit="ms", value=found["p99_ms"], target=at_most(P99_MS)),
        Figure(name="a message of 2,000 characters, median", unit="ms", value=found["long_ms"]),
        Figure(name="the first message of a process", unit="ms", value=found["first_ms"]),
        Figure(name="memory of the process at most", unit="MiB", value=found["memory_mib"], target=at_most(MEMORY_MIB)),
    ]


def time_messages(rounds: int) -> dict[str, float]:
    """Understand the sample messages again and again, and tell what it took."""
    from ghl_real_estate_ai.understanding.model import MessageContext
    from ghl_real_estate_ai.understanding.understand import understand

    def took_ms(text: str) -> float:
        began = time.perf_counter()
        understand(text, MessageContext())
        return (time.perf_counter() - began) * 1000

    first = took_ms(MESSAGES[0])
    for text in MESSAGES:
        took_ms(text)
    # A text is never the same twice: a cache of whole answers would be measured instead.
    took = [took_ms(f"{text} {number}") for number in range(rounds) for text in MESSAGES]
    return {
        "first_ms": first,
        "median_ms": median(took),
        "p99_ms": percentile(took, 99),
        "long_ms": median(took_ms(f"{number} {LONG_TEXT}") for number in range(max(rounds // 2, 3))),
        "memory_mib": resident_kib(os.getpid(), "VmHWM") / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(time_messages(int(sys.argv[1]))))
