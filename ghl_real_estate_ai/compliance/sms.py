"""How a text travels as SMS: GSM-7 where possible, counted in segments, trimmed at a sentence; pure.

One GSM-7 segment holds 160 septets, one of several 153; UCS-2 holds 70 and 67 (3GPP TS 23.038).
"""

import re
import unicodedata

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENDED = frozenset("^{}\\[~]|€")
"""Characters that cost two septets."""
SINGLE, PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
WANTED_LENGTH = 160
LONGEST = 2 * PART

_TYPOGRAPHY = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'", "\u0060": "'", "\u00b4": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2026": "...", "\u2022": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
        "\u200b": "", "\u200d": "", "\ufeff": "", "\u00ad": "",
        "\u00ba": "o", "\u00aa": "a", "\u00d7": "x", "\u2122": "(TM)", "\u00ae": "(R)", "\u00a9": "(C)",
        "\u00bd": "1/2", "\u00bc": "1/4", "\u00be": "3/4",
    }
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def to_gsm7(text: str) -> str:
    """Put typographic marks plainly and take the accents GSM-7 lacks (á, í, ó, ú and others); the rest stays."""
    return "".join(_plain(char) for char in unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY))


def is_gsm7(text: str) -> bool:
    return all(char in GSM7 or char in GSM7_EXTENDED for char in text)


def septets(text: str) -> int:
    """The length of a GSM-7 *text*, its extended characters counted twice."""
    return sum(2 if char in GSM7_EXTENDED else 1 for char in text)


def segments(text: str) -> int:
    """How many SMS segments *text* takes, as it stands."""
    if is_gsm7(text):
        costs, single, part = [septets(char) for char in text], SINGLE, PART
    else:
        costs, single, part = [len(char.encode("utf-16-le")) // 2 for char in text], UCS2_SINGLE, UCS2_PART
    return 1 if sum(costs) <= single else _parts(costs, part)


def _parts(costs: list[int], most: int) -> int:
    """How many parts of *most* the characters fill: none is cut in two, so that a part may end one short."""
    parts, filled = 1, 0
    for cost in costs:
        if filled + cost > most:
            parts, filled = parts + 1, 0
        filled += cost
    return parts


def trim(text: str, most_segments: int = 2) -> str:
    """Shorten *text* to *most_segments*, ending at a sentence where one fits, else at a word."""
    if segments(text) <= most_segments:
        return text
    kept = _longest_fitting(_SENTENCE_END.split(text), most_segments, "")
    return kept or _longest_fitting(text.split(), most_segments, "...") or _cut(text, most_segments)


def _longest_fitting(pieces: list[str], most_segments: int, ending: str) -> str:
    kept = ""
    for piece in pieces:
        longer = f"{kept} {piece}".strip()
        if segments(longer + ending) > most_segments:
            break
        kept = longer
    return kept + ending if kept else ""


def _cut(text: str, most_segments: int) -> str:
    while segments(text) > most_segments:
        text = text[:-1]
    return text


def _plain(char: str) -> str:
    if char in GSM7 or char in GSM7_EXTENDED:
        return char
    base = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return base if base and is_gsm7(base) else char
