"""The facts of HighLevel's published operations that we use, and whether an exchange keeps to them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

FACTS = Path(__file__).parent.parent / "fixtures/highlevel/operations.json"


class Operations:
    """Finds the operation of an exchange, and says what in it is not as published."""

    def __init__(self) -> None:
        self.known: list[dict[str, Any]] = json.loads(FACTS.read_text())
        self.met: set[tuple[str, str]] = set()

    def find(self, method: str, path: str) -> dict[str, Any] | None:
        fitting = [one for one in self.known if one["method"] == method and _pattern(one["path"]).fullmatch(path)]
        return min(fitting, key=lambda one: one["path"].count("{"), default=None)

    def faults(self, request: httpx.Request, answer: httpx.Response, *, is_v3: bool = False) -> list[str]:
        """Each way in which the exchange differs from what is published."""
        operation = self.find(request.method, request.url.path)
        if operation is None:
            return [f"{request.method} {request.url.path} is no operation"]
        self.met.add((operation["method"], operation["path"]))
        return [
            f"{operation['method']} {operation['path']}: {fault}"
            for fault in (
                *_request_faults(operation, request, is_v3=is_v3),
                *_answer_faults(operation, answer),
            )
        ]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _request_faults(operation: dict[str, Any], request: httpx.Request, *, is_v3: bool) -> Iterator[str]:
    version = "v3" if is_v3 else operation["version"]
    if version is not None and request.headers.get("version") != version:
        yield f"Version is {request.headers.get('version')}, not {version}"
    yield from (f"query {name} is missing" for name in operation["query_required"] if name not in request.url.params)
    stated = operation["body"]
    if stated is None:
        if request.content not in (b"", b"null"):
            yield "a body, where none is published"
        return
    if not request.headers["content-type"].startswith(stated["content_type"]):
        yield f"content type {request.headers['content-type']}"
    if stated["content_type"] == "application/json":
        given = json.loads(request.content)
        yield from (f"body {name} is missing" for name in stated["required"] if name not in given)
        yield from (f"body {name} is unknown" for name in given if name not in stated["fields"])


def _answer_faults(operation: dict[str, Any], answer: httpx.Response) -> Iterator[str]:
    if answer.status_code not in operation["statuses"]:
        yield f"status {answer.status_code}"
    if not operation["answer"]:
        return
    found = dict(_flat(answer.json()))
    for path, value in found.items():
        stated = operation["answer"].get(path)
        if stated is None:
            yield f"answer {path} is unknown"
        elif not _is_of(value, stated):
            yield f"answer {path} is {type(value).__name__}, not {stated}"
    for path in operation["answer_required"]:
        parent = path.rpartition(".")[0]
        if path not in found and (not parent or any(one.startswith(f"{parent}.") for one in found)):
            yield f"answer {path} is missing"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, f"{path}[]")
    else:
        yield path, value


def _is_of(value: Any, stated: str) -> bool:
    if value is None or stated in ("any", "object"):
        return True
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool}
    return isinstance(value, kinds.get(stated, object))
