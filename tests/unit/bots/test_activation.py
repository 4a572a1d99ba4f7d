"""Which bot a contact's tags call."""

import pytest

from ghl_real_estate_ai.bots.activation import activated_owner
from ghl_real_estate_ai.conversation.model import Owner


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ([], None),
        (["VIP", "Hot-Lead"], None),
        (["Needs Qualifying"], Owner.LEAD),
        (["needs qualifying "], Owner.LEAD),
        (["Needs Qualifying", "Buyer-Lead"], Owner.BUYER),
        (["SELLER-LEAD", "Buyer-Lead"], Owner.SELLER),
    ],
)
def test_tags_call_a_bot(tags: list[str], owner: Owner | None):
    """The most telling tag counts, in whatever case it is written; without one nobody is called."""
    assert owner == activated_owner(tags)
