"""What counts as consent to texts, and what takes it back."""

import pytest

from ghl_real_estate_ai.compliance.consent import (
    OURS,
    ConsentBook,
    ConsentHeld,
    ConsentNews,
    ConsentRules,
    follow_consent,
    says_yes,
)
from ghl_real_estate_ai.compliance.parse_consent import parse_consent
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.errors import Misconfigured

TAGGED = ConsentNews(tags=frozenset({"Needs Qualifying", "SMS-Consent"}))
BARE = ConsentNews(tags=frozenset({"Needs Qualifying"}))
RULES = ConsentRules(tags=OURS.tags, fields=OURS.fields, forms={"spring mailer": "Text me about my home"})


def held(marks: dict[str, str] | None = None, **known: bool) -> ConsentHeld:
    return ConsentHeld(marks=marks, **{"is_open": False, "taken_back": False, "is_suppressed": False, **known})


@pytest.mark.parametrize(
    "value",
    [
        "Yes",
        "true",
        "Sí",
        "I agree to receive text messages",
        "By checking this box, I consent to texts. Consent is not a condition of purchase. Reply STOP to opt out.",
        "Autorizo que me manden mensajes",
    ],
)
def test_a_ticked_box_is_a_yes(value: str):
    """A plain yes, or the label of the box, with what the law wants beside it."""
    assert says_yes(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "No",
        "false",
        "0",
        "Email only",
        "I do not consent to texts",
        "I don\u2019t agree",
        "Opt out",
        "No acepto mensajes",
        "Yes to email. I do not consent to texts.",
    ],
)
def test_what_is_no_plain_yes_is_none(value: str):
    """What declines, limits or says nothing gives no consent."""
    assert not says_yes(value)


def test_a_mark_gives_consent_when_first_seen_and_not_again():
    """With what said it as evidence."""
    change = follow_consent(TAGGED, RULES, held())

    assert ("tag sms consent", {"tag sms consent": "SMS-Consent"}) == (change.gives, change.marks)
    assert follow_consent(TAGGED, RULES, held({"tag sms consent": "SMS-Consent"}, taken_back=True)).gives is None


def test_a_removed_mark_takes_back_whatever_stands_and_gives_it_again_when_it_is_set_anew():
    """Whoever takes the tag off means that the contact is not to be texted."""
    gone = follow_consent(BARE, RULES, held({"tag sms consent": "SMS-Consent"}, is_open=True))

    assert ("tag sms consent removed", {}) == (gone.takes_back, gone.marks)
    assert "tag sms consent" == follow_consent(TAGGED, RULES, held(dict(gone.marks))).gives


def test_another_mark_set_in_its_place_keeps_consent():
    """The newer mark is the evidence from then on."""
    news = ConsentNews(tags=frozenset({"Text Opt In"}))

    change = follow_consent(news, RULES, held({"tag sms consent": "SMS-Consent"}, is_open=True))

    assert ("tag sms consent removed", "tag text opt in") == (change.takes_back, change.gives)


def test_do_not_disturb_takes_back_what_stands_and_remembers_the_marks():
    """Once it is lifted, the old mark gives nothing: only one that is set after it does."""
    news = ConsentNews(tags=TAGGED.tags, dnd=True)
    closed = follow_consent(news, RULES, held({"tag sms consent": "SMS-Consent"}, is_open=True))

    assert "dnd" == closed.takes_back
    assert follow_consent(TAGGED, RULES, held(dict(closed.marks), taken_back=True)).gives is None


@pytest.mark.parametrize("known", [{"is_suppressed": True}, {"taken_back": True}])
def test_nobody_who_took_it_back_is_opted_in_by_an_old_mark(known: dict[str, bool]):
    """A tag that may be older than the opt-out weighs less."""
    assert follow_consent(TAGGED, RULES, held(**known)).gives is None


def test_what_is_not_told_stays():
    """An event with tags alone says nothing of fields and forms."""
    marks = {"field sms_consent": "sms_consent: yes", "form spring mailer": "Spring Mailer"}

    change = follow_consent(BARE, RULES, held(marks, is_open=True))

    assert (None, marks) == (change.takes_back, change.marks)


def test_an_emptied_field_takes_consent_back_and_another_form_does_not():
    """A source is how the contact came: one that came since takes nothing away."""
    marks = {"field sms_consent": "sms_consent: yes", "form spring mailer": "Spring Mailer"}
    news = ConsentNews(tags=BARE.tags, fields={"sms_consent": "No"}, form="Open House")

    change = follow_consent(news, RULES, held(marks, is_open=True))

    assert "field sms_consent removed" == change.takes_back
    assert {"form spring mailer"} == set(change.marks)


def test_a_form_counts_where_its_team_says_so_with_the_words_it_showed():
    """What a form showed its team alone knows."""
    news = ConsentNews(form="Spring Mailer ")

    assert follow_consent(news, ConsentRules(), held()).gives is None
    change = follow_consent(news, RULES, held())
    assert {"form spring mailer": "Spring Mailer (Text me about my home)"} == change.marks


def test_a_location_has_marks_of_its_own():
    """On top of those of all, of which it may take some away."""
    book = parse_consent(
        {
            "consent": {"tags": {"Club": "Join our text club"}},
            "locations": {"there": {"consent": {"tags": {"club": None}, "fields": {"contact.ok_to_text": True}}}},
        }
    )

    assert "Join our text club" == book.of(LocationId("here")).tags["club"]
    assert "club" not in book.of(LocationId("there")).tags
    assert {"ok_to_text", *OURS.fields} == set(book.of(LocationId("there")).fields)
    assert ConsentBook() == parse_consent({})


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({"consent": []}, "`consent`"),
        ({"consent": {"tag": {}}}, "`consent`"),
        ({"consent": {"tags": {"Club": 3}}}, "`consent.tags.Club`"),
        ({"consent": {"fields": {"x": "w" * 401}}}, "`consent.fields.x`"),
        ({"locations": {"a": {"tags": {}}}}, "`locations.a`"),
        ({"locations": {"a": {"consent": {"forms": 1}}}}, "`locations.a.consent.forms`"),
    ],
)
def test_a_wrong_entry_is_named(told: dict[str, object], names: str):
    """The start stops with a sentence that says which."""
    with pytest.raises(Misconfigured, match=names.replace(".", r"\.")):
        parse_consent(told)
