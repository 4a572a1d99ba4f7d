"""Whether this process can serve, part by part, asked and never assumed.

Only what keeps leads from being answered makes it unready: a load balancer must not take a node away because a
measurement was not written.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ghl_real_estate_ai.api.compose import Jorge
from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.storage.schema import find_current_revision, head_revision
from ghl_real_estate_ai.telemetry import JorgeMetricsRepository
from ghl_real_estate_ai.telemetry.model import WiringStatus

ASK_SECONDS = 4.0
"""A database that answers later than this counts as away."""
ANSWERING_PARTS = frozenset({"turns", "delivery"})
"""The loops without which no lead gets an answer; the work of the others can wait, and other nodes do it too."""


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it works, and what there is to say."""

    ok: bool
    detail: str
    needed: bool = True
    """Whether the program cannot serve while this part does not work."""


@dataclass(frozen=True, slots=True)
class Readiness:
    checks: dict[str, Check]
    persistence: str

    @property
    def ready(self) -> bool:
        return all(check.ok for check in self.checks.values() if check.needed)

    @property
    def status(self) -> str:
        """`ready`, `degraded` when something that is not needed fails, or `not_ready`."""
        if not self.ready:
            return "not_ready"
        return "ready" if all(check.ok for check in self.checks.values()) else "degraded"


async def look(jorge: Jorge) -> Readiness:
    """Ask every part how it is."""
    if jorge.database is None or jorge.repository is None:
        off = Check(True, "off: everything is in memory only")
        return Readiness({"persistence": off, "language_model": _language_model(jorge)}, "off")
    checks = await _database_checks(jorge)
    checks["journal"] = _journal(jorge.repository)
    shipper = jorge.repository.shipper_status()
    checks["shipper"] = Check(shipper.is_ok, shipper.detail, needed=False)
    for name, status in services(jorge).items():
        checks[name] = _wiring(status)
    checks["parts"] = _parts(jorge.dead_parts())
    checks["language_model"] = _language_model(jorge)
    return Readiness(checks, "on")


def services(jorge: Jorge) -> dict[str, WiringStatus]:
    """Each service's own account of its wiring."""
    return {
        "performance_tracker": jorge.tracker.status(),
        "bot_metrics_collector": jorge.collector.status(),
        "alerting_service": jorge.alerting.status(),
        "handoff_service": jorge.handoffs.status(),
    }


async def _database_checks(jorge: Jorge) -> dict[str, Check]:
    assert jorge.database is not None  # noqa: S101 - the caller has asked
    address = jorge.database.shown_address
    try:
        async with asyncio.timeout(ASK_SECONDS), jorge.database.begin() as connection:
            revision = await find_current_revision(connection)
    except (JorgeError, TimeoutError) as error:
        reason = str(error) or "no answer in time"
        return {"database": Check(False, f"{address}: {reason}"), "migrations": Check(False, "not known")}
    current = revision == head_revision()
    needs = "" if current else f", needs {head_revision()}: run `alembic upgrade head`"
    return {
        "database": Check(True, address),
        "migrations": Check(current, f"at {revision or 'nothing'}{needs}"),
    }


def _language_model(jorge: Jorge) -> Check:
    """Never needed: without it, or while it fails, the templates speak."""
    if jorge.phrase is None:
        return Check(True, "none: the templates speak", needed=False)
    return Check(jorge.phrase.is_well, jorge.phrase.state, needed=False)


def _journal(repository: JorgeMetricsRepository) -> Check:
    """A record that cannot be written costs no reply; a journal at a bound that refuses webhooks costs all of them."""
    if repository.must_refuse:
        return Check(False, "at its bound: webhooks are refused until there is room (JORGE_JOURNAL_MAX_MB)")
    recorder, counted = repository.recorder_status(), repository.counted_by_node()
    told = f"{counted.recorded} batches recorded by this node, {counted.refused} refused"
    return Check(recorder.is_writing, recorder.last_error or told, needed=False)


def _parts(dead: Sequence[str]) -> Check:
    detail = f"ended by an error: {', '.join(dead)}" if dead else "all running"
    return Check(not dead, detail, needed=not ANSWERING_PARTS.isdisjoint(dead))


def _wiring(status: WiringStatus) -> Check:
    """Needed is that the service is attached and hydrated; a write that failed is told and can be made up for."""
    parts = {"attached": status.attached, "hydrated": status.hydrated, "writing": status.writing}
    missing = ", ".join(f"not {name}" for name, is_so in parts.items() if not is_so)
    detail = f"{missing}; {status.detail}" if missing else status.detail
    return Check(status.is_ok, detail, needed=not (status.attached and status.hydrated))
