"""Leaves a location alone whose calls fail again and again, and tries it with one call now and then; pure."""

from dataclasses import dataclass

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 15.0


@dataclass(slots=True)
class Breaker:
    """One location's; moments are readings of a monotonic clock."""

    failures: int = 0
    """In a row."""
    open_until: float = 0.0

    def may_ask(self, at: float) -> bool:
        """Tell whether a call may be tried; once the pause is over, one may, and the others wait for how it ends."""
        if self.failures < FAILURES_TO_OPEN:
            return True
        if at < self.open_until:
            return False
        # The one that is tried may never come back to us (cancelled): after another pause the next is.
        self.open_until = at + OPEN_SECONDS
        return True

    def note_failure(self, at: float) -> None:
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.open_until = at + OPEN_SECONDS

    def note_success(self) -> None:
        self.failures = 0
        self.open_until = 0.0
