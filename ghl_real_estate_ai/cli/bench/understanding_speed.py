"""How long understanding one message takes on one core, and how much memory a process needs that does nothing else."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median

from ghl_real_estate_ai.cli.bench.figure import Figure, at_most, percentile
from ghl_real_estate_ai.cli.bench.processes import resident_kib
from ghl_real_estate_ai.cli.bench.throw_away import Stage, clean_environment

MEDIAN_MS = 2.0
P99_MS = 10.0
MEMORY_MIB = 400.0
WARMING = 600
"""How many messages are understood before any is timed: a process that has just begun still prepares its wordings."""
LONG, LONG_ONES = 2_000, 20
"""How many characters a long message has, and how many of them are timed."""


def measure(stage: Stage) -> list[Figure]:
    """Ask a process of its own, so that its memory is that of understanding alone."""
    answer = subprocess.run(
        [sys.executable, "-m", __name__, str(stage.pick(60, 1_800)), str(stage.seed)],
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


def time_messages(many: int, seed: int) -> dict[str, float]:
    """Understand cases that nothing was learned from, each once as in its conversation, and tell what *many* took."""
    from ghl_real_estate_ai.understanding.labelled import LabelledMessage, load_cases
    from ghl_real_estate_ai.understanding.model import MessageContext
    from ghl_real_estate_ai.understanding.understand import understand

    def took_ms(text: str, context: MessageContext) -> float:
        began = time.perf_counter()
        understand(text, context)
        return (time.perf_counter() - began) * 1000

    def all_took_ms(cases: Sequence[LabelledMessage]) -> list[float]:
        return [took_ms(case.text, case.context) for case in cases]

    cases = list(load_cases("kept"))
    random.Random(seed).shuffle(cases)  # noqa: S311 - not for secrets
    first = took_ms(cases[0].text, cases[0].context)
    all_took_ms(cases[1:WARMING])
    took = all_took_ms(cases[WARMING : WARMING + many])
    text = " ".join(case.text for case in cases)
    long_texts = [text[at : at + LONG] for at in range(0, len(text) - LONG, LONG)][: min(LONG_ONES, many)]
    return {
        "first_ms": first,
        "median_ms": median(took),
        "p99_ms": percentile(took, 99),
        "long_ms": median(took_ms(one, MessageContext()) for one in long_texts),
        "memory_mib": resident_kib(os.getpid(), "VmHWM") / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(time_messages(int(sys.argv[1]), int(sys.argv[2]))))
