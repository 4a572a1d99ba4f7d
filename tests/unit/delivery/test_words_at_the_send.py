"""The last look at the words of an effect."""

from ghl_real_estate_ai.crm.model import AddNote, SendText
from ghl_real_estate_ai.delivery.deliver import forbidden_words


def test_words_that_break_a_rule_do_not_leave() -> None:
    """Whoever wrote the text, the reason names the rule and its source."""
    reason = forbidden_words(SendText("The schools there are excellent."))

    assert reason is not None
    assert "school_quality (42 USC 3604" in reason


def test_harmless_words_and_notes_for_the_team_leave() -> None:
    """What is not said to the lead is not judged."""
    assert forbidden_words(SendText("Which school district are you in now?")) is None
    assert forbidden_words(AddNote("The lead asked whether it is a safe area.")) is None
