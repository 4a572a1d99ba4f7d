"""Whether a seller is an investor or distressed; each signal counts once, and a denied one not at all.

The label of a distressed person is sensitive: it is found from what the lead says of their own trouble, never from
an urgent tone alone, and never shown to them.
"""

from ghl_real_estate_ai.understanding.model import Archetype, Found, Intent
from ghl_real_estate_ai.understanding.rules import Rule, evidence, pattern, weigh
from ghl_real_estate_ai.understanding.text import Text

_INVESTOR_RULES = (
    Rule(Archetype.INVESTOR, 0.7, pattern(r"(?:1031(?: exchange)?|like kind exchange|cap rates?|\d+(?:\.\d+)? ?(?:%|pct|percent)? ?cap|noi|net operating income|cash ?flow(?:s|ing)?|roi|return on investment|gross rents?|rent roll|de cap|passive income)"), fixed=False),
    Rule(Archetype.INVESTOR, 0.7, pattern(r"(?:(?:rental |whole |my |entire |real estate )*portfolio|(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|multiple|a few|couple(?: of)?|dozen|both(?: of)?|all)\s+(?:of )?(?:my |our )?(?:more |other |paid off |single family |sfr |long term |small |section 8 )*(?:doors|units|rentals?|rental (?:properties|houses|homes)|investment (?:properties|houses|homes)|sfrs?|duplexes|plexes|fourplexes|quads|airbnbs|flips|casas (?:de|en) renta|propiedades (?:de|en) renta|departamentos|propiedades|tenant occupied)|(?:[3-9]|\d\d|four|tri|quad|three) ?(?:-| )?plex(?:es)?|apartment (?:building|complex)|\d+ ?unit (?:building|complex|apartment)|multi ?family|package deal|edificio de (?:departamentos|apartamentos))"), fixed=False),
    Rule(Archetype.INVESTOR, 0.65, pattern(r"(?:investment (?:property|home|house|condo)|(?:i am|im|we are|were|as) (?:an |a )?(?:\w+ )?(?:investors?|flippers?|landlords? with)|(?:fix and|n|&) flip|i flip (?:houses|homes)|flipped (?:it|this)|soy inversionista|(?:propiedad|casa) de inversion|my llc|held in (?:an )?llc|depreciat\w+|buy and hold|off ?load\w* (?:some|a few|my) (?:rentals|properties))"), fixed=False),
)  # fmt: skip
_DISTRESSED_RULES = (
    Rule(Archetype.DISTRESSED, 0.75, pattern(r"(?:pre-? ?)?foreclos\w*|notice of default|lis pendens|short sale|(?:sheriff|trustee|tax) sale|auction(?: date|ed)?|(?:behind|late|missed|missing|cant (?:make|keep up (?:with|on)|afford)|struggling (?:to (?:make|pay)|with)|fell behind|falling behind|stopped (?:paying|making))\s+(?:on |w |with |\w+ ){0,4}?(?:payments?|mortgage|house note|the note|taxes|bills?)|\d+ (?:payments?|months?|mortgage payments?) (?:behind|late|past due)(?! (?:on |w |with )?(?:the |their |his |her |my )?rent)|(?:bank|lender) (?:\w+ ){0,4}?(?:take|takes|taking|foreclos\w*|repossess\w*|threatening|calling the loan)|underwater on"), fixed=False),
    Rule(Archetype.DISTRESSED, 0.75, pattern(r"(?:atrasad\w+ (?:\w+ ){0,3}?(?:pagos?|mortgage|hipoteca|mensualidad\w*|casa)|embarg\w+|ejecucion hipotecaria|remate|subasta|(?:debo|deudas?|deber|debemos) (?:\w+ ){0,4}?(?:tarjetas?|muchas?|mucho|hospital|impuestos|deudas?)|(?:el|que) banco (?:\w+ ){0,3}?(?:quit\w+|va a quitar)|no (?:puedo|podemos) (?:\w+ )?pagar\w*|ahogad\w+ (?:en|de) deudas?|muchas deudas|bancarrota|(?:me|nos) (?:van a|quieren|estan por) quitar la casa)"), fixed=False),
    Rule(Archetype.DISTRESSED, 0.7, pattern(r"(?:divorc\w*|nos (?:vamos a )?separa\w+|separacion|splitting (?:up|with (?:my|the))|separat(?:ed|ing|ion))\b(?!.{0,60}(?:ready to buy|want to buy|my own))"), fixed=False),
    Rule(Archetype.DISTRESSED, 0.7, pattern(r"probate|(?:tax|mechanics?|irs|hoa|city|medical|federal) liens?|liens? on|back taxes|owe (?:\w+ )?(?:back )?taxes|code (?:violations?|enforcement)|(?:city|county) (?:is |keeps |has been )*(?:fin(?:ing|ed)|cit(?:ing|ed)|condemn\w*|threatening|on me|on us)|condemned|(?:medical|hospital) (?:bills?|debt)|(?:credit card|too much|drowning in|buried in|lots of|so much|deep in|in|my|crushing|all this) (?:\w+ )?debts?\b(?! free)|judge?ments? against|bankruptcy|chapter (?:7|13)|need (?:the )?(?:cash|money) (?:fast|now|asap|quick\w*|bad\w*|urgent\w*|yesterday|today|immediately)|desperate\w*|(?:going|gone|go) broke|(?:cant|can no longer|couldnt) (?:afford|keep up|pay)\b|financial (?:hardship|trouble|mess)|collections|wage garnish\w*|drowning|creditors"), fixed=False),
)  # fmt: skip
_NOT_DISTRESS = pattern(
    r"(?:bought|buy|purchased|got) (?:it |this |at |a )*(?:at |in |a )?(?:auction|foreclosure|short sale)|looking for (?:a )?(?:foreclosures?|short sales?|auctions?)|divorced (?:in|last|years|\d)|after (?:my|our) divorce"
)


def find_archetype(text: Text, intents: frozenset[Intent], *, seller_asked: bool) -> Found[Archetype] | None:
    """Return what kind of seller *text* shows, or None; a message that is not of a sale shows none."""
    if not intents & {Intent.SELL, Intent.VALUATION} and not seller_asked:
        return None
    investor = weigh(evidence(text, _INVESTOR_RULES))
    distressed = [] if _NOT_DISTRESS.search(text.plain) else weigh(evidence(text, _DISTRESSED_RULES))
    found = [*investor, *distressed]
    if seller_asked and not intents & {Intent.SELL, Intent.VALUATION}:
        # An answer to one question names one trouble; alone it is a motive, and two of them are an archetype.
        found = [f for f in found if f.confidence >= 0.9]
    return max(found, key=lambda f: f.confidence, default=None)
