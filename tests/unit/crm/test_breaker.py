"""A location that fails again and again is left alone, and tried now and then."""

from ghl_real_estate_ai.crm.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker


def broken(at: float) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        breaker.note_failure(at)
    return breaker


def test_opens_after_failures_in_a_row_only() -> None:
    """A success in between begins the count anew."""
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN * 2):
        breaker.note_failure(0.0)
        breaker.note_success()

    assert breaker.may_ask(0.0) is True
    assert broken(0.0).may_ask(1.0) is False


def test_lets_one_try_after_the_pause() -> None:
    """After the pause one call may try, and the others wait for how it ends."""
    breaker = broken(0.0)

    assert [breaker.may_ask(OPEN_SECONDS) for _ in range(2)] == [True, False]


def test_closes_when_the_try_succeeds() -> None:
    """A call that succeeds lets all others go."""
    breaker = broken(0.0)
    breaker.may_ask(OPEN_SECONDS)
    breaker.note_success()

    assert [breaker.may_ask(OPEN_SECONDS) for _ in range(3)] == [True] * 3


def test_tries_again_when_the_try_never_came_back() -> None:
    """A try that was cancelled does not keep the location closed for ever."""
    breaker = broken(0.0)
    breaker.may_ask(OPEN_SECONDS)

    assert breaker.may_ask(2 * OPEN_SECONDS) is True
