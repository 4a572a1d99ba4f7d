"""Signs the sandbox's webhooks as HighLevel signs its own: Ed25519 over the raw body, base64, with a key of ours."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE_HEADER = "X-GHL-Signature"


class SandboxSigner:
    """Holds a key made for this sandbox alone; it dies with it."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, body: bytes) -> str:
        """Return the value of `X-GHL-Signature` for *body*."""
        return base64.b64encode(self._key.sign(body)).decode()

    @property
    def public_key(self) -> str:
        """The public half as base64 of its DER (SubjectPublicKeyInfo), the form in which HighLevel publishes its."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()
