"""The parts of a message that may mean different things: its sentences, cut at commas and at "but" as well."""

import re
from collections.abc import Iterator

from ghl_real_estate_ai.understanding.model import Span

_PART_ENDS = re.compile(r"[.!?;,\n]+\s*|\s+(?=(?:but|pero|though|sino)\b)", re.IGNORECASE)


def parts_of(raw: str) -> Iterator[Span]:
    """Yield where each part of *raw* stands, without the sign that ends it; blank ones are left out."""
    start = 0
    for cut in [*(found.span() for found in _PART_ENDS.finditer(raw)), (len(raw), len(raw))]:
        if raw[start : cut[0]].strip():
            yield Span(start, cut[0])
        start = cut[1]
