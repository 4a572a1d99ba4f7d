"""Text and ids from outside, made fit to store and to read."""

import html
import re
import unicodedata

LONGEST_ID = 255
LONGEST_DETAIL = 500
LONGEST_MARKUP = 200_000
"""Characters of an e-mail's HTML that are looked at."""

_DEEPEST_MARKUP = 50
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]*>")
_TAG_NAME = re.compile(r"</?\s*([a-zA-Z0-9]+)")
_UNREAD_ELEMENTS = frozenset({"style", "script", "head", "title", "blockquote"})
"""Elements whose content the writer did not write: a quoted reply repeats our own words."""
_LINE_ENDING_ELEMENTS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3"})
_QUOTE_BEGINS = re.compile(
    r"\n(?:>|On [^\n]{5,200} wrote:|-{2,} ?Original Message|From: [^\n]+\nSent: )", re.IGNORECASE
)


def clean_text(text: str) -> str:
    """Return *text* without NUL, controls and broken surrogates; line ends become a single newline."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_blank(text: str) -> bool:
    """Tell whether nothing visible is written: spaces and invisible format characters alone."""
    return all(char.isspace() or unicodedata.category(char) == "Cf" for char in text)


def clean_id(value: object) -> str | None:
    """Return *value* as an id, or None when it is no text, blank, over-long, or holds controls."""
    if not isinstance(value, str):
        return None
    trimmed = value.strip()
    fits = 0 < len(trimmed) <= LONGEST_ID and _CONTROLS.search(trimmed) is None and "\n" not in trimmed
    return trimmed if fits else None


def clean_detail(value: object) -> str | None:
    """Return *value* as one short line, or None when it is no text or blank."""
    if not isinstance(value, str):
        return None
    line = " ".join(clean_text(value[: 2 * LONGEST_DETAIL]).split())
    return line[:LONGEST_DETAIL] or None


def text_of_email(markup: str) -> str:
    """Return what the sender of an e-mail wrote: no markup, no styles, no quoted earlier message."""
    lines: list[str] = []
    unread: list[str] = []
    position = 0
    source = markup[:LONGEST_MARKUP]
    for tag in _TAG.finditer(source):
        if not unread:
            lines.append(source[position : tag.start()])
        position = tag.end()
        _follow(tag.group(), unread, lines)
    if not unread:
        lines.append(source[position:])
    return without_quoted(html.unescape("".join(lines))).strip()


def without_quoted(text: str) -> str:
    """Return *text* up to where an earlier message is quoted; a reply that only quotes stays whole."""
    found = _QUOTE_BEGINS.search(text)
    head = text[: found.start()] if found else text
    return head if head.strip() else text


def _follow(tag: str, unread: list[str], lines: list[str]) -> None:
    named = _TAG_NAME.match(tag)
    if named is None:
        return
    name = named.group(1).lower()
    if name in _UNREAD_ELEMENTS:
        _step(name, tag, unread)
    elif name in _LINE_ENDING_ELEMENTS and not unread:
        lines.append("\n")


def _step(name: str, tag: str, unread: list[str]) -> None:
    if not tag.startswith("</"):
        if not tag.endswith("/>") and len(unread) < _DEEPEST_MARKUP:
            unread.append(name)
    elif name in unread:
        while unread.pop() != name:
            pass
