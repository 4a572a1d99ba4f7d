"""Effects as rows hold them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveNote, RemoveTag, SendText, SetField
from ghl_real_estate_ai.delivery.effects import KINDS, UnknownEffect, from_json, to_json

texts = st.text()
effects = st.one_of(
    st.builds(SendText, texts, texts, st.booleans()),
    st.builds(AddTag, texts),
    st.builds(RemoveTag, texts),
    st.builds(SetField, texts, texts),
    st.builds(AddNote, texts),
    st.builds(RemoveNote, texts),
)


@given(effect=effects)
def test_effect_survives_the_way_through_json(effect: Effect) -> None:
    """Every effect comes back from its row as it was."""
    kind, payload = to_json(effect)

    assert kind in KINDS
    assert from_json(kind, json.loads(json.dumps(payload))) == effect


@pytest.mark.parametrize(("kind", "payload"), [("start_workflow", {}), ("add_tag", {})])
def test_row_of_another_version_is_refused(kind: str, payload: dict[str, str]) -> None:
    """A kind or a payload that this version does not know is named, not guessed at."""
    with pytest.raises(UnknownEffect, match=kind):
        from_json(kind, payload)


def test_text_written_before_the_exception_was_known_has_none() -> None:
    """A row without the mark of an opt-out's confirmation is an ordinary text."""
    assert from_json("send_text", {"text": "Hi"}) == SendText("Hi", "SMS", even_if_opted_out=False)
