"""Who may ask the sandbox what: a bearer token, a `Version`, and the token's scopes, refused as HighLevel does."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, HTTPException, Request

from ghl_real_estate_ai.crm.sandbox.state import SandboxState

VERSIONS = frozenset({"2021-04-15", "2021-07-28", "v3"})

SCOPES = (
    ("/conversations/messages", {"POST": "conversations/message.write"}),
    ("/conversations/search", {"GET": "conversations.readonly"}),
    ("/conversations", {"GET": "conversations/message.readonly"}),
    ("/conversation-ai", {"GET": "conversation-ai.readonly"}),
    ("/contacts", {"GET": "contacts.readonly", "*": "contacts.write"}),
    ("/calendars/events", {"GET": "calendars/events.readonly", "*": "calendars/events.write"}),
    ("/calendars", {"GET": "calendars.readonly"}),
    ("/workflows", {"GET": "workflows.readonly"}),
)
"""By the beginning of the path, the first that fits; those of locations follow from the path's end."""


def access_check(state: SandboxState, token: str | None) -> Callable[..., None]:
    """Return the dependency; with *token* that one alone is taken, and any that the sandbox has granted itself."""

    def check(
        request: Request,
        authorization: Annotated[str | None, Header()] = None,
        version: Annotated[str | None, Header()] = None,
    ) -> None:
        given = (authorization or "").removeprefix("Bearer ").strip()
        granted = state.access_tokens.get(given)
        if granted is not None:
            if granted[1] <= state.now():
                raise HTTPException(401, "The token has expired")
        elif not given or given.startswith("access-") or (token is not None and given != token):
            raise HTTPException(401, "Invalid JWT")
        if version not in VERSIONS:
            raise HTTPException(401, "version header was not found." if not version else "version header is invalid.")
        needed = scope_for(request.method, request.url.path)
        if state.scopes is not None and needed is not None and needed not in state.scopes:
            raise HTTPException(401, "The token is not authorized for this scope.")

    return check


def scope_for(method: str, path: str) -> str | None:
    """The scope that a request needs; None when we know of none."""
    if path.startswith("/locations"):
        right = "readonly" if method == "GET" else "write"
        part = {"tags": "locations/tags", "customFields": "locations/customFields"}.get(path.rsplit("/", 1)[-1])
        return f"{part or 'locations'}.{right}"
    for beginning, by_method in SCOPES:
        if path.startswith(beginning):
            found = by_method.get(method) or by_method.get("*")
            if found is not None:
                return found
    return None


def _named_location(
    state_location: Annotated[str | None, Header(alias="X-Sandbox-Location")] = None,
) -> str | None:
    """A header holds little more than ASCII, so that the location comes percent-encoded."""
    return None if state_location is None else unquote(state_location)


Location = Annotated[str | None, Depends(_named_location)]
