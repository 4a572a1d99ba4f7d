"""How many turns each bot took and how they went, and the handoffs between them, as this process sees them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ghl_real_estate_ai.errors import Retryable
from ghl_real_estate_ai.telemetry.model import (
    BOT_TYPES,
    HandoffEventRecord,
    InteractionRecord,
    RecordBatch,
    WiringStatus,
    check_name,
)
from ghl_real_estate_ai.telemetry.tallies import (
    MOMENT,
    RESOLUTIONS,
    Key,
    LatencyMemory,
    Resolution,
    Tallies,
    Tally,
    handoff_figures,
    interaction_figures,
    utc_now,
)
from ghl_real_estate_ai.telemetry.wiring import wiring_of

if TYPE_CHECKING:
    from ghl_real_estate_ai.telemetry.repository import JorgeMetricsRepository
    from ghl_real_estate_ai.telemetry.stored_records import HandoffBucket, InteractionBucket

HANDOFFS: Key = ("handoffs",)


class BotMetricsCollector:
    """Counts interactions and handoffs; every share or duration without data is None, never 0."""

    def __init__(self, clock: Callable[[], datetime] = utc_now, *, location_id: str = "default") -> None:
        self._clock = clock
        self._location_id = location_id
        self._memory = LatencyMemory()
        self._last_at: dict[str, datetime] = {}
        self._repository: JorgeMetricsRepository | None = None
        self._hydrated = False

    def set_repository(self, repository: "JorgeMetricsRepository | None") -> None:
        """Write what is recorded from now on through *repository*; None stops that."""
        self._repository = repository
        self._hydrated = False

    def status(self) -> WiringStatus:
        """Say whether a repository is attached, was read, and takes what is written."""
        return wiring_of(self._repository, self._hydrated)

    def record_bot_interaction(
        self,
        bot_type: str,
        duration_ms: float,
        success: bool,
        cache_hit: bool | None = False,
        metadata: Mapping[str, Any] | None = None,
        contact_id: str | None = None,
    ) -> None:
        """Count one turn of a bot and write it down; a plain call that waits for nothing.

        Raises:
            ValueError: an unknown bot type, or a duration that is no number >= 0.
        """
        record = InteractionRecord(
            bot_type=bot_type,
            duration_ms=duration_ms,
            success=success,
            cache_hit=cache_hit,
            metadata=metadata,
            contact_id=contact_id,
            timestamp=self._clock(),
            location_id=self._location_id,
        )
        self.observe(record)
        self._write(record)

    def record_handoff(self, source: str, target: str, success: bool, duration_ms: float) -> None:
        """Count one handoff and write its event down; a plain call that waits for nothing.

        Raises:
            ValueError: an unknown bot type, or a duration that is no number >= 0.
        """
        record = HandoffEventRecord(
            source_bot=source,
            target_bot=target,
            success=success,
            duration_ms=duration_ms,
            timestamp=self._clock(),
            location_id=self._location_id,
        )
        self.observe(record)
        self._write(record)

    def observe(self, record: InteractionRecord | HandoffEventRecord) -> None:
        """Count *record* in memory alone; the turn writes its records and its handoff itself."""
        cache_hit = None
        if isinstance(record, InteractionRecord):
            self._saw(record.bot_type, record.timestamp)
            cache_hit = record.cache_hit
        self._memory.observe(_key(record), record.timestamp, record.duration_ms, record.success, cache_hit)

    def get_bot_summary(self, bot_type: str, window_minutes: int = 60) -> dict[str, Any]:
        """The figures of one bot, in ms and shares of 1; durations are those of successful turns.

        Windows over an hour are kept in coarser slots, and reach back 7 days at most.

        Raises:
            ValueError: an unknown bot type.
        """
        check_name(bot_type, BOT_TYPES, "bot_type")
        return interaction_figures(self._within((bot_type,), window_minutes))

    def get_system_summary(self, window_minutes: int = 60) -> dict[str, Any]:
        """The figures of every bot (`bots`), of the handoffs (`handoffs`) and of all bots together (`overall`)."""
        by_bot = {bot_type: self._within((bot_type,), window_minutes) for bot_type in BOT_TYPES}
        overall = Tally()
        for tally in by_bot.values():
            overall.merge(tally)
        return {
            "bots": {bot_type: interaction_figures(tally) for bot_type, tally in by_bot.items()},
            "handoffs": handoff_figures(self._within(HANDOFFS, window_minutes)),
            "overall": {
                **interaction_figures(overall),
                "last_interaction_at": max(self._last_at.values(), default=None),
            },
        }

    def last_interaction_at(self, bot_type: str) -> datetime | None:
        """When the bot last took a turn; None when it never did, as far as this process knows."""
        check_name(bot_type, BOT_TYPES, "bot_type")
        return self._last_at.get(bot_type)

    async def load_from_db(self, since_minutes: int = 60) -> int:
        """Put back the interactions and handoffs of the time before this process; return how many interactions.

        Safe to repeat: what was read before is replaced, and nothing of this process counts twice.  Without a
        repository there is nothing to read.

        Raises:
            Retryable: the database is away; the memory is as before.
        """
        repository = self._repository
        if repository is None:
            return 0
        now = self._clock()
        # What happens while we read is seen live, so it must not be read as well.
        before = self._memory.live_since or now + MOMENT
        earliest = now - timedelta(minutes=since_minutes)
        interactions: list[InteractionBucket] = []
        try:
            read = [Tallies(resolution) for resolution in RESOLUTIONS]
            for resolution, filled in _readings(read, timedelta(minutes=since_minutes)):
                since = max(earliest, resolution.start_of(now - resolution.window))
                slot_seconds = resolution.slot_seconds
                interactions = await repository.load_interaction_buckets(since, before, slot_seconds=slot_seconds)
                handoffs = await repository.load_handoff_buckets(since, before, slot_seconds=slot_seconds)
                for tallies in filled:
                    _merge(tallies, slot_seconds, interactions, handoffs)
        except Retryable:
            self._hydrated = False
            raise
        self._memory.replace_read(read)
        # The last reading reaches back as far as was asked, or as memory goes.
        for bucket in interactions:
            self._saw(bucket.bot_type, bucket.last_at)
        self._hydrated = True
        return sum(bucket.tally.count for bucket in interactions)

    def _within(self, key: Key, window_minutes: int) -> Tally:
        return self._memory.within(key, timedelta(minutes=window_minutes), self._clock())

    def _saw(self, bot_type: str, at: datetime) -> None:
        known = self._last_at.get(bot_type)
        if known is None or at > known:
            self._last_at[bot_type] = at

    def _write(self, record: InteractionRecord | HandoffEventRecord) -> None:
        if self._repository is not None:
            self._repository.record(RecordBatch(turn_id=None, records=(record,)))


def _key(record: InteractionRecord | HandoffEventRecord) -> Key:
    return (record.bot_type,) if isinstance(record, InteractionRecord) else HANDOFFS


def _readings(read: Sequence[Tallies], span: timedelta) -> Iterator[tuple[Resolution, Sequence[Tallies]]]:
    """What to ask the database for, and which tallies the answer fills: whatever reaches over the span fills the rest.

    The slots of a coarser resolution are made of whole slots of each finer one.
    """
    for n, tallies in enumerate(read):
        if tallies.resolution.window >= span:
            yield tallies.resolution, read[n:]
            return
        yield tallies.resolution, (tallies,)


def _merge(
    tallies: Tallies,
    slot_seconds: int,
    interactions: "Sequence[InteractionBucket]",
    handoffs: "Sequence[HandoffBucket]",
) -> None:
    """Add what was read in slots of so many seconds to *tallies*, whose own slots are as long, or hold several."""
    for bucket in interactions:
        tallies.merge((bucket.bot_type,), _slot(tallies, bucket.slot, slot_seconds), bucket.tally)
    for handed in handoffs:
        tallies.merge(HANDOFFS, _slot(tallies, handed.slot, slot_seconds), handed.tally)


def _slot(tallies: Tallies, slot: int, slot_seconds: int) -> int:
    return slot * slot_seconds // tallies.resolution.slot_seconds
