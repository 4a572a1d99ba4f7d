"""Whether a draft of ours steers or describes people: who lives there, schools' quality, crime, safety; pure.

Fair Housing Act, 42 USC 3604, and 24 CFR 100.70 (steering), 100.75 (statements).  Good intent is no defence, so the
guard looks at words alone; phrases that only name a kind of building pass.
"""

import re

_HARMLESS = re.compile(
    r"\b(single|multi|two|2)[ -]?family (home|homes|house|houses|residence|property|properties|unit|units)\b"
    r"|\bfamily (room|rooms)\b|\bfair housing( law| rules| act)?\b|\bmaster bedroom\b"
    r"|\bwhite (kitchen|cabinets?|walls?|paint)\b"
    r"|\bsafe(ly)? (to say|deposit)\b|\bviviendas? (justa|unifamiliar(es)?)\b|\bequal housing\b",
    re.IGNORECASE,
)
_STEERING = re.compile(
    r"\b(great|perfect|ideal|good|best|suited) (for|place for) "
    r"(families|kids|children|couples|singles|seniors|retirees)\b"
    r"|\bfamily[ -](friendly|oriented)\b|\b(safe|safer|safest|dangerous|sketchy|rough|crime[ -]?(free|ridden)) "
    r"(area|neighbou?rhood|street|community|part)s?\b|\b(low|high|no)[ -]crime\b|\bcrime rates?\b"
    r"|\b(good|great|top|best|excellent|bad|poor)([ -]rated)? (schools?|school districts?)\b"
    r"|\b(good|bad|desirable|exclusive) neighbou?rhoods?\b|\bpeople like you\b|\byour kind of people\b"
    r"|\bno (kids|children)\b|\badults? only\b|\b(near|close to|walking distance to) (a |the )?"
    r"(church|mosque|synagogue|temple)\b"
    r"|\b(ideal|perfecto|bueno) para (familias|niños|ninos|parejas)\b|\b(zona|barrio|vecindario) (segur|peligros)[oa]\b"
    r"|\b(buenas|malas|mejores) escuelas\b|\bgente como usted\b",
    re.IGNORECASE,
)
_PROTECTED = re.compile(
    r"\b(white|black|african[ -]american|asian|hispanic|latino|latina|arab|immigrants?|foreigners?|jewish|muslim"
    r"|christian|catholic|hindu|gay|lesbian|disabled|handicapped|elderly)\b"
    r"|\b(blancos|negros|hispanos|latinos|inmigrantes|extranjeros|judíos|judios|musulmanes|cristianos|discapacitados)\b",
    re.IGNORECASE,
)


def steering_words(draft: str) -> tuple[str, ...]:
    """The words in *draft* that steer or name a protected class, in order; empty when it may be said."""
    rest = _HARMLESS.sub(" ", draft)
    return tuple(match.group(0) for pattern in (_STEERING, _PROTECTED) for match in pattern.finditer(rest))
