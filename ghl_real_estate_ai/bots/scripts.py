"""Every bot's script, by bot."""

from collections.abc import Mapping

from ghl_real_estate_ai.bots import buyer, lead, seller
from ghl_real_estate_ai.bots.script import Script
from ghl_real_estate_ai.conversation.model import Bot

SCRIPTS: Mapping[Bot, Script] = {script.bot: script for script in (lead.SCRIPT, buyer.SCRIPT, seller.SCRIPT)}
