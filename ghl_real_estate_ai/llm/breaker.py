"""A circuit breaker: after some failures in a row nobody asks for a while, then one tries; no clock of its own."""

from dataclasses import dataclass, field
from enum import StrEnum

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 30.0
LONGEST_OPEN_SECONDS = 600.0


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One call is on its way to find out; all others keep to the template."""


@dataclass(slots=True)
class Breaker:
    """Of one model in one process; times are readings of a monotonic clock."""

    failures_to_open: int = FAILURES_TO_OPEN
    open_seconds: float = OPEN_SECONDS
    circuit: Circuit = Circuit.CLOSED
    opened: int = 0
    """How often it opened since the start."""
    last_error: str | None = None
    """The kind of the last failure; None after an answer."""
    _failures: int = 0
    _opens_in_a_row: int = field(default=0)
    _until: float = 0.0

    def may_call(self, now: float) -> bool:
        """Whether to call at *now*; when the time of rest is over, True for one caller alone until it reports."""
        if self.circuit is Circuit.CLOSED:
            return True
        if now < self._until:
            return False
        # A trial that never reports (its task was cancelled) does not keep everybody out: the next one tries later.
        self.circuit, self._until = Circuit.HALF_OPEN, now + self.open_seconds
        return True

    def note_answer(self) -> None:
        """The model answered, well or badly: it is there."""
        self.circuit, self._failures, self._opens_in_a_row, self.last_error = Circuit.CLOSED, 0, 0, None

    def note_failure(self, error: str, now: float) -> None:
        """No answer came; the rest after a failed trial is twice the one before, up to ten minutes."""
        self._failures, self.last_error = self._failures + 1, error
        if self.circuit is Circuit.CLOSED and self._failures < self.failures_to_open:
            return
        rest = min(self.open_seconds * 2.0**self._opens_in_a_row, LONGEST_OPEN_SECONDS)
        self.circuit, self._until = Circuit.OPEN, now + rest
        self.opened, self._opens_in_a_row = self.opened + 1, min(self._opens_in_a_row + 1, 10)
