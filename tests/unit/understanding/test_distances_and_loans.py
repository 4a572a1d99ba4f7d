"""A horizon told as a distance, and a loan whose name is a Spanish word."""

import pytest

from ghl_real_estate_ai.conversation.model import Language, Slot
from ghl_real_estate_ai.understanding.understand import understand


@pytest.mark.parametrize(
    ("text", "days"),
    [("closing is 6 weeks out", 42), ("the hearing is 20 days from now", 20), ("we are 2 months away", 60)],
)
def test_a_distance_is_a_horizon(text: str, days: int):
    """What lies ahead is a horizon, also behind "is" and "are"."""
    assert [days] == [stated.value for stated in understand(text).slots if stated.slot is Slot.TIMELINE_DAYS]


def test_what_lies_behind_is_none():
    """The past states no horizon."""
    assert [] == list(understand("we bought it 3 years ago").slots)


def test_a_va_loan_is_english():
    """The name of the loan does not make a message Spanish."""
    assert Language.EN is understand("VA loan").language
