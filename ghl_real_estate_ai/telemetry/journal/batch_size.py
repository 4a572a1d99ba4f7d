"""How many rows one transaction ships: many while that goes quickly, few while it does not."""

from dataclasses import dataclass

FEWEST_ROWS = 100
MOST_ROWS = 20_000
QUICK_SECONDS = 0.25
SLOW_SECONDS = 1.0


@dataclass(slots=True)
class BatchSize:
    """Doubles after quick full batches, halves after slow and failed ones."""

    rows: int = 2000

    def note(self, shipped_rows: int, seconds: float) -> None:
        """Learn from a transaction that was committed."""
        if seconds > SLOW_SECONDS:
            self._shrink()
        elif seconds < QUICK_SECONDS and shipped_rows >= self.rows:
            self.rows = min(self.rows * 2, max(MOST_ROWS, self.rows))

    def note_failure(self) -> None:
        """Try less at a time next."""
        self._shrink()

    def _shrink(self) -> None:
        self.rows = max(self.rows // 2, min(FEWEST_ROWS, self.rows))
