"""HighLevel's signature: base64 of Ed25519 over the raw body, in `X-GHL-Signature`."""

import base64
import binascii
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from ghl_real_estate_ai.errors import Misconfigured

SIGNATURE_HEADER = "x-ghl-signature"
HIGHLEVEL_PUBLIC_KEY = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg="
"""The key that HighLevel publishes in its webhook guide (base64 of the SubjectPublicKeyInfo)."""

_RAW_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


def read_key(text: str) -> Ed25519PublicKey:
    """Read an Ed25519 public key from PEM, or from base64 of the SubjectPublicKeyInfo or of the 32 raw bytes.

    Raises:
        Misconfigured: it is none of these.
    """
    # In an environment variable the line ends of a PEM are often written out.
    written = text.strip().replace("\\n", "\n")
    try:
        key = _load_key(written)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise Misconfigured(_WRONG_KEY) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured(_WRONG_KEY)
    return key


def webhook_keys(replacement: str | None, extra: Iterable[Ed25519PublicKey] = ()) -> tuple[Ed25519PublicKey, ...]:
    """Return the keys to trust: HighLevel's, or *replacement* in its place, and the *extra* ones."""
    return (read_key(replacement or HIGHLEVEL_PUBLIC_KEY), *extra)


def is_signed(body: bytes, signature: str, keys: Iterable[Ed25519PublicKey]) -> bool:
    """Tell whether *signature* (base64) is one of *body* by any of *keys*."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except ValueError:  # also what is not ASCII
        return False
    return len(raw) == _SIGNATURE_BYTES and any(_verifies(key, raw, body) for key in keys)


_WRONG_KEY = (
    "Wrong setting. JORGE_GHL_PUBLIC_KEY: not an Ed25519 public key in PEM or base64. "
    "Leave it out to use HighLevel's published key."
)


def _load_key(written: str) -> object:
    if written.startswith("-----BEGIN"):
        return load_pem_public_key(written.encode())
    raw = base64.b64decode(written, validate=True)
    return Ed25519PublicKey.from_public_bytes(raw) if len(raw) == _RAW_KEY_BYTES else load_der_public_key(raw)


def _verifies(key: Ed25519PublicKey, signature: bytes, body: bytes) -> bool:
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return False
    return True
