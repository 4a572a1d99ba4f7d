"""What the logs never show."""

import pytest

from ghl_real_estate_ai.telemetry.logs import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call +1 (909) 555-0142 now", "call ***42 now"),
        ("9095550142", "***42"),
        ("write to ana.b@example.com", "write to ***@***"),
        ("postgresql://user:hunter2@host:5432/db", "postgresql://user:***@host:5432/db"),
        ("a budget of $500,000 by 2026-11-23", "a budget of $500,000 by 2026-11-23"),
        ("at 2026-11-23 12:01:26", "at 2026-11-23 12:01:26"),
    ],
)
def test_people_are_masked_and_figures_are_not(text: str, masked: str):
    """Phones, addresses and passwords are hidden; money and dates stay."""
    assert masked == mask(text)
