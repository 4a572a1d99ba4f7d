"""When we may begin to text: every state, zone and change of clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ghl_real_estate_ai.compliance.places import (
    ANYWHERE,
    WESTERN_PACIFIC,
    ZONES_OF_STATE,
    place_of_phone,
    state_of_zip,
    zones_of,
)
from ghl_real_estate_ai.compliance.quiet_hours import STATE_HOURS, Kind, Whereabouts, may_text, places_of

MAINLAND = sorted(set(ZONES_OF_STATE) - WESTERN_PACIFIC)
CLOCK_CHANGES = [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 3, 14, tzinfo=UTC)]

moments = st.one_of(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    st.builds(
        lambda day, minutes: day + timedelta(minutes=minutes), st.sampled_from(CLOCK_CHANGES), st.integers(-2880, 4320)
    ),
)
phones = st.sampled_from([None, "+12125550100", "+13055550100", "+19155550100", "+18085550100", "+18005550100", "x"])
zips = st.one_of(st.none(), st.integers(0, 99999).map(lambda n: f"{n:05d}"))
places = st.builds(
    Whereabouts,
    phone=phones,
    state=st.one_of(st.none(), st.sampled_from(MAINLAND)),
    postal_code=zips.filter(lambda z: state_of_zip(z) not in WESTERN_PACIFIC),
    timezone=st.one_of(st.none(), st.sampled_from(ANYWHERE)),
)


def allowed(at: datetime, **where: str) -> bool:
    return may_text(Kind.INITIATED, at, Whereabouts(**where)).is_allowed


def local(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]  # year to minute


@settings(max_examples=150, deadline=None)
@given(moments, places)
def test_the_next_moment_is_allowed_and_none_before_it_is(at: datetime, where: Whereabouts) -> None:
    """The moment named is allowed; nothing looked at before it is."""
    verdict = may_text(Kind.INITIATED, at, where)

    assert verdict.next_allowed_at is not None
    assert may_text(Kind.INITIATED, verdict.next_allowed_at, where).is_allowed
    assert verdict.is_allowed == (verdict.next_allowed_at == at)
    waits = verdict.next_allowed_at - at
    earlier = [at + timedelta(hours=1) * n for n in range(int(waits / timedelta(hours=1)) + 1)]
    before = [*earlier, verdict.next_allowed_at - timedelta(microseconds=1)] if waits else []
    assert not [one for one in before if at <= one < verdict.next_allowed_at and allowed_at(one, where)]


def allowed_at(at: datetime, where: Whereabouts) -> bool:
    return may_text(Kind.INITIATED, at, where).is_allowed


@settings(max_examples=200, deadline=None)
@given(moments, places)
def test_what_is_allowed_is_within_the_federal_hours_everywhere(at: datetime, where: Whereabouts) -> None:
    """No zone a contact may be in has it earlier than 8 or as late as 21 o'clock."""
    if may_text(Kind.INITIATED, at, where).is_allowed:
        assert all(8 <= at.astimezone(ZoneInfo(zone)).hour < 21 for zone in places_of(where).zones)


@settings(max_examples=200, deadline=None)
@given(moments, places, places)
def test_knowing_less_never_allows_more(at: datetime, where: Whereabouts, other: Whereabouts) -> None:
    """With nothing known a moment is allowed only if it is wherever the contact may be."""
    if allowed(at):
        assert allowed_at(at, where)
        assert allowed_at(at, other)


@given(moments, places)
def test_a_reply_goes_at_any_hour(at: datetime, where: Whereabouts) -> None:
    """Who writes at night is answered at night."""
    assert may_text(Kind.REPLY, at, where).next_allowed_at == at


@pytest.mark.parametrize("state", sorted(ZONES_OF_STATE))
@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 9), date(2026, 10, 31), date(2026, 11, 2)])
def test_every_state_opens_and_closes_by_its_own_clock(state: str, day: date) -> None:
    """On the days about a change of clocks each state is open between its hours, in each of its zones."""
    hours = STATE_HOURS.get(state)
    opens, closes = (8, 21) if hours is None else (hours.on(day) or (0, 0))
    zones = [ZoneInfo(zone) for zone in ZONES_OF_STATE[state]]
    start = datetime(day.year, day.month, day.day, tzinfo=zones[0])
    for minutes in range(0, 24 * 60, 30):
        at = (start + timedelta(minutes=minutes)).astimezone(UTC)
        hour_everywhere = [at.astimezone(zone) for zone in zones]
        if all(there.date() == day for there in hour_everywhere):
            assert allowed(at, state=state) == all(opens <= there.hour < closes for there in hour_everywhere)


@pytest.mark.parametrize(
    ("postal_code", "state", "zones"),
    [
        ("79901", "TX", ("America/Denver",)),
        ("78701", "TX", ("America/Chicago",)),
        ("79843", "TX", ("America/Chicago", "America/Denver")),
        ("32501", "FL", ("America/Chicago",)),
        ("33101-1234", "FL", ("America/New_York",)),
        ("37201", "TN", ("America/Chicago",)),
        ("37402", "TN", ("America/New_York",)),
        ("83814", "ID", ("America/Los_Angeles",)),
        ("46320", "IN", ("America/Chicago",)),
        ("86503", "AZ", ("America/Phoenix", "America/Denver")),
        ("85001", "AZ", ("America/Phoenix",)),
        ("nonsense", "KY", ("America/New_York", "America/Chicago")),
        ("90210", "KY", ("America/New_York", "America/Chicago")),
    ],
)
def test_a_zip_narrows_a_split_state(postal_code: str, state: str, zones: tuple[str, ...]) -> None:
    """A ZIP of one zone leaves that zone; one that says nothing leaves all."""
    assert zones_of(state, postal_code) == zones


def test_the_closing_minute_is_out() -> None:
    """The last minute is the one before the hour."""
    assert allowed(local("America/Denver", 2026, 5, 5, 20, 59), state="CO")
    assert not allowed(local("America/Denver", 2026, 5, 5, 21, 0), state="CO")
    assert allowed(local("America/Denver", 2026, 5, 5, 8, 0), state="CO")
    assert not allowed(local("America/Denver", 2026, 5, 5, 7, 59), state="CO")


def test_a_sunday_and_a_holiday_are_closed_where_the_state_says_so() -> None:
    """Alabama rests on Sundays and on its own holidays; Texas begins at noon."""
    confederate_day, sunday = (2026, 4, 27), (2026, 5, 3)

    assert not allowed(local("America/Chicago", *confederate_day, 11, 0), state="AL")
    assert allowed(local("America/Chicago", *confederate_day, 11, 0), state="MS")
    assert not allowed(local("America/Chicago", *sunday, 11, 0), state="MS")
    assert not allowed(local("America/Chicago", *sunday, 11, 59), state="Texas", postal_code="75201")
    assert allowed(local("America/Chicago", *sunday, 12, 0), state="Texas", postal_code="75201")


def test_two_states_both_bind() -> None:
    """A Floridian with a Californian number is texted when both clocks and both rules allow."""
    where = Whereabouts(state="FL", postal_code="33101", phone="+14155550100")

    at = local("America/New_York", 2026, 5, 5, 9, 0)
    assert may_text(Kind.INITIATED, at, where).next_allowed_at == local("America/Los_Angeles", 2026, 5, 5, 9, 0)
    assert not allowed_at(local("America/New_York", 2026, 5, 5, 20, 0), where)


def test_with_nothing_known_the_narrowest_hours_of_all_zones_hold() -> None:
    """A toll-free number and an unknown zone are as good as nothing: after ten in Hawaii, before the first closes."""
    where = Whereabouts(phone="+18005550100", state="??", timezone="Mars/Base", postal_code="0")

    verdict = may_text(Kind.INITIATED, datetime(2026, 5, 5, 12, tzinfo=UTC), where)

    assert verdict.rule.name == "place_unknown"
    assert verdict.next_allowed_at == local("Pacific/Honolulu", 2026, 5, 5, 10, 0)
    assert not allowed_at(datetime(2026, 5, 5, 22, tzinfo=UTC), where)


def test_places_that_share_no_hour_are_never_texted() -> None:
    """Guam and the mainland's narrowest hours never meet: the verdict says so instead of guessing."""
    verdict = may_text(
        Kind.INITIATED, datetime(2026, 5, 5, 12, tzinfo=UTC), Whereabouts(state="RI", timezone="Pacific/Guam")
    )

    assert (verdict.is_allowed, verdict.next_allowed_at, verdict.rule.name) == (False, None, "no_common_hours")


def test_an_area_code_names_its_state_and_a_foreign_number_its_zone() -> None:
    """An area code stands for all of its state; abroad only the clock is known."""
    assert place_of_phone("+1 (915) 555-0100") == ("TX", ("America/Chicago", "America/Denver"))
    assert place_of_phone("+442079460000") == (None, ("Europe/London",))
    assert place_of_phone(None) == (None, ())
