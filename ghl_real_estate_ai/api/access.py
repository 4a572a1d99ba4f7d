"""Who may read and operate: the bearer of the token; without a token only a program on this machine."""

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ghl_real_estate_ai.intake.loopback import headers_by_name, is_local_call
from ghl_real_estate_ai.settings import Settings

_BEARER = HTTPBearer(auto_error=False, description="JORGE_API_TOKEN; without one only this machine may call.")


def is_trusted(request: Request, settings: Settings) -> bool:
    """Tell whether the caller may see details: with a token set only its bearer, else only this machine."""
    headers = headers_by_name(request.scope["headers"])
    if settings.api_token is not None:
        return _bears(headers.get("authorization", ""), settings.api_token.get_secret_value())
    peer, local = request.scope.get("client"), request.scope.get("server")
    return is_local_call(
        peer=str(peer[0]) if peer else None, local_address=str(local[0]) if local else None, headers=headers
    )


def require_reader(settings: Settings) -> Callable[..., None]:
    """Return the FastAPI dependency of `/api/*` and `/metrics`: 401 for everyone who is not trusted."""

    def check_reader(
        request: Request, _credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None
    ) -> None:
        if is_trusted(request, settings):
            return
        detail = (
            "A valid bearer token is needed."
            if settings.api_token is not None
            else "Without JORGE_API_TOKEN only this machine may call."
        )
        raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})

    return check_reader


def _bears(authorization: str, token: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    return scheme.lower() == "bearer" and same
