"""The two pages of an installation: `/oauth/install` sends to HighLevel, `/oauth/callback` takes what it sends back."""

import hmac
import secrets
from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Cookie
from fastapi.responses import HTMLResponse, RedirectResponse

from ghl_real_estate_ai.crm.needs import SCOPES
from ghl_real_estate_ai.crm.oauth.exchange import TokenExchange
from ghl_real_estate_ai.crm.oauth.tokens import InstalledTokens
from ghl_real_estate_ai.crm.ports import CrmRefused
from ghl_real_estate_ai.errors import Retryable

log = structlog.get_logger(__name__)

COOKIE = "jorge_install"
COOKIE_SECONDS = 3600
PATH = "/oauth"
CHOOSE_ONE = "Open /oauth/install, choose one sub-account, and begin again."
NEXT = "Next: run <code>jorge setup --location ...</code> for this sub-account."


def build_oauth_router(
    exchange: TokenExchange, tokens: InstalledTokens, *, client_id: str, authorize_url: str, public_url: str
) -> APIRouter:
    """Return the routes; *public_url* is where HighLevel sends the browser back to."""
    routes = APIRouter(prefix=PATH, tags=["Installation"])
    redirect_uri = f"{public_url.rstrip('/')}{PATH}/callback"
    is_secure = public_url.startswith("https:")

    @routes.get("/install")
    async def install() -> RedirectResponse:
        """Send the browser to HighLevel, to choose a sub-account."""
        state = secrets.token_urlsafe(24)
        query = {
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "client_id": client_id,
            "scope": " ".join(SCOPES),
            "state": state,
        }
        answer = RedirectResponse(f"{authorize_url}?{urlencode(query)}", 302)
        answer.set_cookie(
            COOKIE, state, max_age=COOKIE_SECONDS, path=PATH, httponly=True, secure=is_secure, samesite="lax"
        )
        return answer

    @routes.get("/callback")
    async def callback(
        code: str = "", state: str | None = None, begun: Annotated[str, Cookie(alias=COOKIE)] = ""
    ) -> HTMLResponse:
        """Keep the tokens of the sub-account that was chosen."""
        # The cookie binds the end to the browser that began: HighLevel is not documented to hand `state` back.
        if not begun or (state is not None and not hmac.compare_digest(state.encode(), begun.encode())):
            return _page(400, "This browser did not begin the installation", "Open /oauth/install and begin again.")
        if not code:
            return _page(400, "HighLevel sent no code", "Open /oauth/install and begin again.")
        try:
            location_id, pair = await exchange.redeem(code, redirect_uri)
            await tokens.install(location_id, pair)
        except CrmRefused as error:
            log.warning("oauth.install_refused", error=str(error))
            return _page(
                400,
                "HighLevel did not take the installation",
                CHOOSE_ONE,
            )
        except Retryable as error:
            log.warning("oauth.install_failed", error=str(error))
            return _page(503, "Something is away", "Open /oauth/install again in a minute.")
        log.info("oauth.installed", location_id=location_id)
        answer = _page(200, "Jorge is connected", NEXT)
        answer.delete_cookie(COOKIE, path=PATH)
        return answer

    return routes


def _page(status: int, title: str, sentence: str) -> HTMLResponse:
    # Nothing of the request stands on it: there is nothing to escape.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    body = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{sentence}</p>"
    return HTMLResponse(body, status, headers=headers)
