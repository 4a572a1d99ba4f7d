"""The sandbox as an ASGI app: HighLevel's paths, bodies and status codes, and `/sandbox/...` for people and tests."""

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp

from ghl_real_estate_ai.crm.sandbox.access import access_check
from ghl_real_estate_ai.crm.sandbox.calendar_routes import build_calendar_routes
from ghl_real_estate_ai.crm.sandbox.contact_routes import build_contact_routes
from ghl_real_estate_ai.crm.sandbox.conversation_routes import build_conversation_routes
from ghl_real_estate_ai.crm.sandbox.faults import Faults
from ghl_real_estate_ai.crm.sandbox.location_routes import build_location_routes
from ghl_real_estate_ai.crm.sandbox.oauth_routes import build_oauth_routes
from ghl_real_estate_ai.crm.sandbox.signing import SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.crm.sandbox.trial_routes import build_trial_routes
from ghl_real_estate_ai.crm.sandbox.webhook_routes import build_webhook_routes
from ghl_real_estate_ai.crm.sandbox.work_routes import build_work_routes


def build_sandbox_app(state: SandboxState, signer: SandboxSigner, *, token: str | None = None) -> ASGIApp:
    """Return the app over *state*; with *token* it accepts that one alone, without it any."""
    app = FastAPI(title="Sandbox CRM", description="HighLevel's API, in memory, for trials.")
    access = [Depends(access_check(state, token))]
    app.include_router(build_conversation_routes(state), dependencies=access)
    app.include_router(build_location_routes(state), dependencies=access)
    app.include_router(build_calendar_routes(state), dependencies=access)
    app.include_router(build_work_routes(state), dependencies=access)
    app.include_router(build_contact_routes(state), dependencies=access)
    app.include_router(build_oauth_routes(state))
    app.include_router(build_trial_routes(state))
    app.include_router(build_webhook_routes(state, signer))
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(StarletteHTTPException, _answer_refused)
    return Faults(app, state)


async def _answer_refused(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    detail = error.detail if isinstance(error, StarletteHTTPException) else "Internal server error"
    return JSONResponse({"statusCode": status, "message": detail}, status_code=status)


async def _answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """HighLevel's 422: its message is a list."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    sentences = [f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}" for problem in problems]
    return JSONResponse({"statusCode": 422, "message": sentences, "error": "Unprocessable Entity"}, status_code=422)
