"""What a location may send: never over HighLevel's limits, whatever is asked for when."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.crm.budget import (
    KEPT_FOR_REPLIES,
    KEPT_FOR_REPLIES_TODAY,
    LEAVE_SECONDS,
    PER_DAY,
    PER_WINDOW,
    TRAVEL_SECONDS,
    WINDOW_SECONDS,
    Spent,
    hold,
    hold_asked_by,
    take,
)
from ghl_real_estate_ai.crm.model import Urgency

REPLY, BACKGROUND = Urgency.REPLY, Urgency.BACKGROUND
NOON = 1_770_000_000.0


class TestTake:
    @given(
        st.lists(
            st.tuples(
                st.floats(0, 4),
                st.integers(1, 40),
                st.sampled_from(Urgency),
                st.floats(0, LEAVE_SECONDS + TRAVEL_SECONDS),
            ),
            max_size=80,
        )
    )
    def test_no_ten_seconds_hold_more_than_a_hundred(self, asked: list[tuple[float, int, Urgency, float]]) -> None:
        """However late within its leave a request is counted, no ten seconds of the CRM's count over a hundred."""
        spent, at, counted = Spent(), NOON, []
        for pause, wanted, urgency, delay in asked:
            at += pause
            spent, leave = take(spent, at=at, wanted=wanted, urgency=urgency)
            counted += [at + delay] * leave.granted

        counted.sort()

        for index, begin in enumerate(counted):
            in_window = itertools.takewhile(lambda moment, begin=begin: moment < begin + 10, counted[index:])
            assert sum(1 for _ in in_window) <= 100

    def test_background_leaves_room_for_replies(self) -> None:
        """When background work has taken all it may, replies still go at once."""
        spent, first = take(Spent(), at=NOON, wanted=1000, urgency=BACKGROUND)
        spent, second = take(spent, at=NOON, wanted=1, urgency=BACKGROUND)
        spent, reply = take(spent, at=NOON, wanted=1000, urgency=REPLY)

        assert first.granted == PER_WINDOW - KEPT_FOR_REPLIES
        assert (second.granted, second.wait_seconds) == (0, WINDOW_SECONDS)
        assert reply.granted == KEPT_FOR_REPLIES

    def test_waiting_as_long_as_told_is_enough(self) -> None:
        """After the wait that is told, something is granted."""
        spent, _ = take(Spent(), at=NOON, wanted=50, urgency=REPLY)
        spent, _ = take(spent, at=NOON + 3, wanted=1000, urgency=REPLY)
        spent, none = take(spent, at=NOON + 4, wanted=1, urgency=REPLY)

        _, later = take(spent, at=NOON + 4 + none.wait_seconds, wanted=1, urgency=REPLY)

        assert (none.granted, later.granted) == (0, 1)

    def test_the_day_ends_for_background_before_it_ends_for_replies(self) -> None:
        """The last tenth of a day's requests is for replies; at midnight all is new."""
        day = int(NOON // 86_400)
        spent = Spent(day=day, today=PER_DAY - KEPT_FOR_REPLIES_TODAY)

        _, background = take(spent, at=NOON, wanted=5, urgency=BACKGROUND)
        _, reply = take(spent, at=NOON, wanted=5, urgency=REPLY)
        _, next_day = take(spent, at=NOON + background.wait_seconds, wanted=5, urgency=BACKGROUND)

        assert (background.granted, reply.granted, next_day.granted) == (0, 5, 5)


class TestHold:
    def test_a_hold_on_replies_holds_all_and_ends(self) -> None:
        """After a 429 nobody goes until the time is over."""
        spent = hold(Spent(), at=NOON, seconds=10, urgency=REPLY)

        waits = [take(spent, at=NOON + 4, wanted=1, urgency=urgency)[1].wait_seconds for urgency in Urgency]
        after = [take(spent, at=NOON + 10, wanted=1, urgency=urgency)[1].granted for urgency in Urgency]

        assert (waits, after) == ([6.0, 6.0], [1, 1])

    def test_a_hold_on_background_lets_replies_go(self) -> None:
        """Replies go on while background work is held."""
        spent = hold(Spent(), at=NOON, seconds=10, urgency=BACKGROUND)

        assert take(spent, at=NOON, wanted=1, urgency=REPLY)[1].granted == 1
        assert take(spent, at=NOON, wanted=1, urgency=BACKGROUND)[1].granted == 0

    def test_what_headers_ask(self) -> None:
        """A 429 holds all for as long as it says, or for a window; little left holds background work."""
        asked = [
            hold_asked_by(429, retry_after=3.0, interval=10.0, left=0, left_today=9),
            hold_asked_by(429, retry_after=None, interval=10.0, left=0, left_today=9),
            hold_asked_by(200, retry_after=None, interval=10.0, left=0, left_today=100_000),
            hold_asked_by(200, retry_after=None, interval=10.0, left=50, left_today=1_000),
            hold_asked_by(200, retry_after=None, interval=10.0, left=50, left_today=100_000),
            hold_asked_by(200, retry_after=None, interval=None, left=None, left_today=None),
        ]

        found = [None if one is None else (one.urgency, one.seconds) for one in asked]
        assert found == [(REPLY, 3.0), (REPLY, 10.0), (REPLY, 10.0), (BACKGROUND, 60.0), None, None]
