"""Whether an operation kept the latencies that were promised for it; pure."""

from dataclasses import dataclass

from ghl_real_estate_ai.telemetry.model import SlaTarget


@dataclass(frozen=True, slots=True)
class SlaVerdict:
    """What holding measurements against a target found."""

    status: str
    """`compliant`, `violated` or `insufficient_data`."""
    violations: tuple[str, ...]
    """Each promise that was broken, as a sentence with both figures."""

    @property
    def is_compliant(self) -> bool | None:
        """None when nothing was measured: no data is neither kept nor broken."""
        return None if self.status == "insufficient_data" else self.status == "compliant"


def sla_verdict(
    target: SlaTarget | None, p50_ms: float | None, p95_ms: float | None, p99_ms: float | None
) -> SlaVerdict:
    """Hold what was measured (ms) against *target*; without measurements or a target the data are insufficient."""
    if target is None or p50_ms is None or p95_ms is None or p99_ms is None:
        return SlaVerdict("insufficient_data", ())
    measured = (
        ("P50", p50_ms, target.p50_ms),
        ("P95", p95_ms, target.p95_ms),
        ("P99", p99_ms, target.p99_ms),
    )
    violations = tuple(
        f"{name} {actual:.0f} ms is over {promised:.0f} ms" for name, actual, promised in measured if actual > promised
    )
    return SlaVerdict("violated" if violations else "compliant", violations)
