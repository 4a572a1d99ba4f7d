"""Whether what nobody wrote for may be started now: the hours where the contact may be, and how often we did; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ghl_real_estate_ai.compliance.model import Rule
from ghl_real_estate_ai.compliance.quiet_hours import Kind, Whereabouts, may_text

DAY, MONTH = timedelta(days=1), timedelta(days=30)
MOST_A_DAY, MOST_A_MONTH = 3, 20
DAILY_CAP = Rule("three_a_day", "Fla. Stat. 501.616(6), Okla. Stat. tit. 15 sec. 775C.4; ours everywhere")
NO_CONSENT = Rule("no_consent", "47 CFR 64.1200(a)(2) and (c)(2)(ii)")
MONTHLY_CAP = Rule("twenty_a_month", "our own limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is known at the moment at which a text of ours would start."""

    at: datetime
    where: Whereabouts
    sent_in_a_day: int
    """Texts that we started with this contact, or its number, in the last 24 hours."""
    sent_in_a_month: int
    has_consent: bool
    """Whether the contact, or its number, agreed to texts and did not take it back."""
    in_own_word: bool = True
    """Whether they said so to us; else it rests on the CRM, or on nothing, and the CRM is asked again."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: in *span*, because of *rule*."""

    span: timedelta
    rule: Rule

    @property
    def reason(self) -> str:
        return f"held: {self.rule.name} ({self.rule.source})"


def wait_before(start: Start) -> Wait | None:
    """How long a text that we start must wait, or None when it may leave now; asked again when the wait is over."""
    if start.sent_in_a_month >= MOST_A_MONTH:
        return Wait(DAY, MONTHLY_CAP)
    if start.sent_in_a_day >= MOST_A_DAY:
        return Wait(timedelta(hours=6), DAILY_CAP)
    moment = may_text(Kind.INITIATED, start.at, start.where)
    if moment.is_allowed:
        return None
    return Wait(DAY if moment.next_allowed_at is None else moment.next_allowed_at - start.at, moment.rule)
