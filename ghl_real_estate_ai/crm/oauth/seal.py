"""Seals tokens for keeping: AES-256-GCM, bound to their location, so that no row can stand in for another."""

import base64
import binascii
import json
import os
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.oauth.model import TokenPair
from ghl_real_estate_ai.errors import Misconfigured

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
"""Of what is sealed: a later one begins with another byte."""


class WrongTokenKey(Misconfigured):
    """What is kept was sealed with another JORGE_TOKEN_KEY: give that one back, or install the app again."""


class Sealer:
    """Seals and opens with one key."""

    def __init__(self, key: str) -> None:
        """Take the key, base64 of 32 bytes.

        Raises:
            Misconfigured: it is not.
        """
        try:
            raw = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise Misconfigured("JORGE_TOKEN_KEY must be base64 of 32 bytes: `openssl rand -base64 32` makes one.")
        self._cipher = AESGCM(raw)

    def seal(self, location_id: LocationId, pair: TokenPair) -> bytes:
        """Return what only this key opens, and only for this location."""
        plain = json.dumps(
            {
                "access": pair.access,
                "refresh": pair.refresh,
                "expires_at": pair.expires_at.isoformat(),
                "scopes": pair.scopes,
            }
        ).encode()
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, location_id.encode())

    def open(self, location_id: LocationId, sealed: bytes) -> TokenPair:
        """Return what was sealed.

        Raises:
            WrongTokenKey: another key has sealed it, or for another location, or it is damaged.
        """
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != FORMAT or len(nonce) != NONCE_BYTES:
            raise WrongTokenKey(f"{WrongTokenKey.__doc__}")
        try:
            kept = json.loads(self._cipher.decrypt(nonce, body, location_id.encode()))
        except (InvalidTag, ValueError):
            raise WrongTokenKey(f"{WrongTokenKey.__doc__}") from None
        return TokenPair(
            access=kept["access"],
            refresh=kept["refresh"],
            expires_at=datetime.fromisoformat(kept["expires_at"]),
            scopes=tuple(kept["scopes"]),
        )
