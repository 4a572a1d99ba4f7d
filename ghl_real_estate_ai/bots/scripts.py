"""Which script a bot goes by."""

from collections.abc import Mapping

from ghl_real_estate_ai.bots import buyer, lead, seller
from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import Bot
from ghl_real_estate_ai.settings import SellerMode

SCRIPTS: Mapping[Bot, Script] = {script.bot: script for script in (lead.SCRIPT, buyer.SCRIPT, seller.SIMPLE)}
"""What every bot wants to know at least."""
SELLERS: Mapping[SellerMode, Script] = {SellerMode.SIMPLE: seller.SIMPLE, SellerMode.FULL: seller.FULL}
ALL: tuple[Script, ...] = (lead.SCRIPT, lead.GENTLE, buyer.SCRIPT, seller.SIMPLE, seller.FULL, seller.GENTLE)


def script_for(bot: Bot, *, mode: SellerMode = SellerMode.SIMPLE, gentle: bool = False) -> Script:
    """The script of *bot*; a seller's depends on the team's *mode* and on whether the lead is in a hard time."""
    if bot is Bot.LEAD and gentle:
        return lead.GENTLE
    if bot is not Bot.SELLER:
        return SCRIPTS[bot]
    return seller.GENTLE if gentle else SELLERS[mode]
