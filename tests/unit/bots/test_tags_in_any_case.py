"""A tag is the same tag in whatever case it is written."""

from ghl_real_estate_ai.bots.effects import with_tags
from ghl_real_estate_ai.conversation.model import Contact, ContactId, LocationId
from ghl_real_estate_ai.crm.model import AddTag, RemoveTag


def test_removing_and_adding_ignore_the_case():
    """HighLevel's lower-case tags are removed and not added twice."""
    contact = Contact(
        location_id=LocationId("here"), contact_id=ContactId("c1"), tags=frozenset({"ai-off", "buyer-lead"})
    )

    after = with_tags(contact, [RemoveTag("AI-Off"), AddTag("Buyer-Lead"), AddTag("VIP")])

    assert frozenset({"buyer-lead", "VIP"}) == after.tags
