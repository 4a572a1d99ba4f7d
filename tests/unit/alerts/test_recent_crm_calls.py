"""The share of refused CRM calls within a window, from counts that only grow."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ghl_real_estate_ai.alerts.gather_stats import Measured, RecentCrmCalls

AT = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Counts:
    """Calls to the CRM so far."""

    crm_calls: int
    crm_busy: int


def test_no_calls_are_no_figure() -> None:
    """Nothing called, nothing to say."""
    assert RecentCrmCalls().share_refused(Counts(0, 0), AT, HOUR) == Measured(None, 0)


def test_the_first_look_counts_since_the_process_began() -> None:
    """Before an hour has passed everything counts."""
    assert RecentCrmCalls().share_refused(Counts(40, 10), AT, HOUR) == Measured(0.25, 40)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    """After an hour only what came since the look of an hour ago counts."""
    recent = RecentCrmCalls()
    recent.share_refused(Counts(100, 100), AT, HOUR)
    recent.share_refused(Counts(110, 100), AT + timedelta(minutes=30), HOUR)

    share = recent.share_refused(Counts(120, 101), AT + HOUR, HOUR)
    later = recent.share_refused(Counts(120, 101), AT + timedelta(minutes=90), HOUR)

    assert (share, later) == (Measured(0.05, 20), Measured(0.1, 10))
