"""After failures nobody asks for a while, then one tries."""

from ghl_real_estate_ai.llm.breaker import LONGEST_OPEN_SECONDS, OPEN_SECONDS, Breaker, Circuit


def _opened() -> Breaker:
    breaker = Breaker()
    for _ in range(breaker.failures_to_open):
        assert breaker.may_call(0.0)
        breaker.note_failure("ModelAway", 0.0)
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    """Three failures open it, and it stays open for its time."""
    breaker = _opened()

    assert breaker.circuit is Circuit.OPEN
    assert not breaker.may_call(OPEN_SECONDS - 0.1)


def test_an_answer_between_failures_keeps_it_closed() -> None:
    """Only failures in a row count."""
    breaker = Breaker()

    for _ in range(10):
        breaker.note_failure("ModelAway", 0.0)
        breaker.note_failure("ModelAway", 0.0)
        breaker.note_answer()

    assert breaker.circuit is Circuit.CLOSED
    assert breaker.opened == 0


def test_one_tries_when_the_time_is_over() -> None:
    """Half open, one caller goes and the others keep to the template."""
    breaker = _opened()

    assert breaker.may_call(OPEN_SECONDS)
    assert breaker.circuit is Circuit.HALF_OPEN
    assert not breaker.may_call(OPEN_SECONDS)


def test_a_good_trial_closes_it() -> None:
    """The first answer ends the rest."""
    breaker = _opened()
    breaker.may_call(OPEN_SECONDS)

    breaker.note_answer()

    assert breaker.circuit is Circuit.CLOSED
    assert breaker.may_call(OPEN_SECONDS)


def test_a_bad_trial_rests_longer_up_to_a_bound() -> None:
    """Each failed trial doubles the rest, up to ten minutes."""
    breaker, now, rests = _opened(), 0.0, []
    for rest in (30.0, 60.0, 120.0, 240.0, 480.0, 600.0, 600.0):
        assert not breaker.may_call(now + rest - 0.5)
        now += rest
        assert breaker.may_call(now)
        breaker.note_failure("ModelAway", now)
        rests.append(rest)

    assert max(rests) == LONGEST_OPEN_SECONDS


def test_a_trial_that_never_reports_keeps_nobody_out_for_good() -> None:
    """When the one that tried was cancelled, another tries later."""
    breaker = _opened()
    breaker.may_call(OPEN_SECONDS)

    assert breaker.may_call(2 * OPEN_SECONDS)
