"""The sandbox's OAuth: a page that agrees at once, codes and refresh tokens that are good once, tokens of a day."""

from typing import Annotated
from urllib.parse import parse_qs, urlencode

import httpx
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse

from ghl_real_estate_ai.crm.sandbox.state import ACCESS_LIFE, SandboxState

REDIRECT_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
"""The page agrees for whoever asks, and therefore sends codes to this machine only."""


def build_oauth_routes(state: SandboxState) -> APIRouter:
    """Return `/v2/oauth/chooselocation` and `/oauth/token`."""
    routes = APIRouter(tags=["HighLevel"])

    @routes.get("/v2/oauth/chooselocation", response_model=None)
    async def choose_location(
        redirect_uri: str,
        location_id: Annotated[str, Query(alias="sandbox_location")] = "default",
        passed_on: Annotated[str | None, Query(alias="state")] = None,
    ) -> RedirectResponse | JSONResponse:
        if httpx.URL(redirect_uri).host not in REDIRECT_HOSTS:
            return JSONResponse({"statusCode": 400, "message": "redirect_uri is not of this machine"}, 400)
        code = state.new_id()
        state.codes[code] = location_id
        query = {"code": code} | ({} if passed_on is None else {"state": passed_on})
        return RedirectResponse(f"{redirect_uri}?{urlencode(query)}", 302)

    @routes.post("/oauth/token")
    async def give_token(request: Request) -> JSONResponse:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        is_v3 = request.headers.get("version") == "v3"
        given = {_snake(name): value for name, value in form.items()}
        missing = [name for name in ("client_id", "client_secret", "grant_type") if not given.get(name)]
        if missing:
            return JSONResponse(
                {"statusCode": 422, "message": [f"{name} should not be empty" for name in missing]}, 422
            )
        kept = state.codes if given["grant_type"] == "authorization_code" else state.refresh_tokens
        secret = given.get("code" if kept is state.codes else "refresh_token", "")
        location_id = kept.pop(secret, None)
        if location_id is None:
            return JSONResponse({"error": "invalid_grant", "error_description": "Invalid grant: it is invalid"}, 400)
        access, refresh = state.grant(location_id)
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": refresh,
            "scope": " ".join(sorted(state.scopes)) if state.scopes is not None else "",
            "userType": "Location",
            "locationId": location_id,
            "companyId": "sandbox-company",
            "userId": "sandbox-user",
        }
        return JSONResponse({_camel(name): value for name, value in answer.items()} if is_v3 else answer)

    return routes


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
