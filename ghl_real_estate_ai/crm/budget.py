"""How many requests a location may send, and who may send them; pure.

HighLevel allows 100 requests in any 10 seconds and 200,000 a day, for each app and location. Whoever sends takes leave
for a few requests at a time, so that a reply does not pay a round trip to the database for each; a leave ends after
`LEAVE_SECONDS`. Whatever 10 seconds HighLevel looks at, the requests that arrive in them were therefore granted in the
`WINDOW_SECONDS` before their end, and at most `PER_WINDOW` are granted in any such window.
"""

from dataclasses import dataclass, replace

from ghl_real_estate_ai.crm.model import Urgency

LEAVE_SECONDS = 1.0
TRAVEL_SECONDS = 1.0
"""How much later than it left a request may be counted."""
WINDOW_SECONDS = 10.0 + LEAVE_SECONDS + TRAVEL_SECONDS
PER_WINDOW = 98
KEPT_FOR_REPLIES = 28
"""Of those, background work leaves so many alone."""
PER_DAY = 200_000
KEPT_FOR_REPLIES_TODAY = 20_000
DAY_SECONDS = 86_400.0
LONGEST_HOLD_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a location has been granted; moments are seconds since 1970, by the clock that all share."""

    grants: tuple[tuple[float, int], ...] = ()
    """Moment and number, oldest first, of the last `WINDOW_SECONDS`."""
    day: int = 0
    today: int = 0
    held_until: float = 0.0
    """The CRM said that it is enough."""
    background_held_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Leave:
    """The answer to an asking: so many requests may go, or none before `wait_seconds` are over."""

    granted: int
    wait_seconds: float = 0.0


def take(spent: Spent, *, at: float, wanted: int, urgency: Urgency) -> tuple[Spent, Leave]:
    """Grant up to *wanted* requests of *urgency* at the moment *at*."""
    spent = _up_to(spent, at)
    held = max(spent.held_until, spent.background_held_until if urgency is Urgency.BACKGROUND else 0.0)
    if held > at:
        return spent, Leave(0, held - at)
    is_background = urgency is Urgency.BACKGROUND
    in_window = sum(number for _, number in spent.grants)
    room = PER_WINDOW - in_window - (KEPT_FOR_REPLIES if is_background else 0)
    room_today = PER_DAY - spent.today - (KEPT_FOR_REPLIES_TODAY if is_background else 0)
    if room_today <= 0:
        return spent, Leave(0, (spent.day + 1) * DAY_SECONDS - at)
    if room <= 0:
        return spent, Leave(0, _until_room(spent, at, 1 - room))
    granted = min(wanted, room, room_today)
    grants = (*spent.grants, (at, granted))
    return replace(spent, grants=grants, today=spent.today + granted), Leave(granted)


def hold(spent: Spent, *, at: float, seconds: float, urgency: Urgency) -> Spent:
    """Grant nothing of *urgency* for *seconds*; a hold on replies holds everything. A longer hold stands."""
    until = at + min(max(seconds, 0.0), LONGEST_HOLD_SECONDS)
    if urgency is Urgency.REPLY:
        return replace(spent, held_until=max(spent.held_until, until))
    return replace(spent, background_held_until=max(spent.background_held_until, until))


@dataclass(frozen=True, slots=True)
class Hold:
    """What an answer's headers ask of us."""

    urgency: Urgency
    seconds: float


def hold_asked_by(
    status: int, *, retry_after: float | None, interval: float | None, left: int | None, left_today: int | None
) -> Hold | None:
    """What an answer asks of us: nothing, to hold background work, or to hold everything.

    By our own requests what is left never falls that low: others use the same token, or another clock counts.
    """
    window = interval or 10.0
    if status == 429:
        return Hold(Urgency.REPLY, window if retry_after is None else retry_after)
    if left_today is not None and left_today <= 0:
        return Hold(Urgency.REPLY, 60.0)
    if left is not None and left <= 0:
        return Hold(Urgency.REPLY, window)
    if left_today is not None and left_today <= KEPT_FOR_REPLIES_TODAY:
        return Hold(Urgency.BACKGROUND, 60.0)
    if left == 1:
        return Hold(Urgency.BACKGROUND, window)
    return None


def _up_to(spent: Spent, at: float) -> Spent:
    """Forget what no longer counts."""
    grants = tuple((granted_at, number) for granted_at, number in spent.grants if at - granted_at < WINDOW_SECONDS)
    day = int(at // DAY_SECONDS)
    return replace(spent, grants=grants, day=day, today=spent.today if day == spent.day else 0)


def _until_room(spent: Spent, at: float, needed: int) -> float:
    """How long until so many more may be granted."""
    freed = 0
    for granted_at, number in spent.grants:
        freed += number
        if freed >= needed:
            return granted_at + WINDOW_SECONDS - at
    return WINDOW_SECONDS
