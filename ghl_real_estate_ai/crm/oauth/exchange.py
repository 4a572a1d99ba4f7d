"""HighLevel's token address: a code or a refresh token in, a pair of tokens out."""

from datetime import datetime, timedelta
from typing import Annotated

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.oauth.model import TokenPair
from ghl_real_estate_ai.crm.ports import CrmAway, CrmRefused

TIMEOUT_SECONDS = 15.0


class InvalidGrant(CrmRefused):
    """The code or the refresh token was used before, or was never good."""


class TokenAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    access: Annotated[str, Field(alias="access_token", min_length=1)]
    refresh: Annotated[str, Field(alias="refresh_token", min_length=1)]
    expires_in: Annotated[float, Field(gt=0)]
    scope: str = ""
    location_id: Annotated[str | None, Field(alias="locationId")] = None

    def pair(self, at: datetime) -> TokenPair:
        return TokenPair(
            access=self.access,
            refresh=self.refresh,
            expires_at=at + timedelta(seconds=self.expires_in),
            scopes=tuple(self.scope.split()),
        )


class TokenExchange:
    """Speaks for one app."""

    def __init__(self, client: httpx.AsyncClient, client_id: str, client_secret: str, clock: Clock) -> None:
        self._client = client
        self._app = {"client_id": client_id, "client_secret": client_secret, "user_type": "Location"}
        self._clock = clock

    async def redeem(self, code: str, redirect_uri: str) -> tuple[LocationId, TokenPair]:
        """Change the code of an installation into the location and its first pair.

        Raises:
            InvalidGrant: the code is not good, or not any more.
            CrmRefused: the whole agency was chosen, and not a sub-account.
            CrmAway: no answer.
        """
        answer, at = await self._ask({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
        if not answer.location_id:
            raise CrmRefused("The agency was chosen: install the app in a sub-account.", field="locationId")
        return LocationId(answer.location_id), answer.pair(at)

    async def renew(self, refresh: str) -> TokenPair:
        """Change a refresh token, which is good no more then, into the next pair.

        Raises:
            InvalidGrant: it was used before.
            CrmAway: no answer; whether it was used is not known.
        """
        answer, at = await self._ask({"grant_type": "refresh_token", "refresh_token": refresh})
        return answer.pair(at)

    async def _ask(self, form: dict[str, str]) -> tuple[TokenAnswer, datetime]:
        at = self._clock.now()
        try:
            answer = await self._client.post("/oauth/token", data=self._app | form, timeout=TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise CrmAway(f"The CRM's token address cannot be reached: {type(error).__name__}.") from error
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise CrmAway(f"The CRM's token address answered {answer.status_code}.")
        if answer.is_error:
            # HighLevel says invalid_grant with 400 and with 401; a wrong client too, and that is in the sentence.
            raise InvalidGrant(f"The CRM does not take the grant ({answer.status_code}).")
        try:
            return TokenAnswer.model_validate_json(answer.content), at
        except ValidationError as error:
            raise CrmAway(f"The CRM's token answer cannot be read: {error.error_count()} problems.") from None
