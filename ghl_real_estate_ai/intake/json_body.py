"""A raw body as a JSON object, whatever is sent."""

import json
from typing import Any

import orjson

from ghl_real_estate_ai.intake.errors import NotJson

DEEPEST = 64
"""Levels of nesting that any honest event stays below."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*.

    Raises:
        NotJson: it is empty, not JSON, not an object, or nested deeper than `DEEPEST`.
    """
    if not body.strip():
        raise NotJson("The body is empty; a JSON object is expected.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        value = _with_broken_characters(body, error)
    if not isinstance(value, dict):
        raise NotJson("The body is not a JSON object.")
    _refuse_deep(value, body)
    return value


def _with_broken_characters(body: bytes, error: orjson.JSONDecodeError) -> object:
    """Half an emoji (a lone surrogate) is what a cut text becomes in JavaScript: no reason to lose the message."""
    if b"\\ud" not in body.lower():
        raise NotJson(f"The body is not JSON: {error.msg}.") from None
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NotJson(f"The body is not JSON: {error.msg}.") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _refuse_deep(value: object, body: bytes) -> None:
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise NotJson(f"The body is nested more than {DEEPEST} levels deep.")


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return [child for child in node.values() if isinstance(child, dict | list)]
    if isinstance(node, list):
        return [child for child in node if isinstance(child, dict | list)]
    return []
