"""Who may post a webhook: HighLevel by its signature, a workflow by the shared secret, else only this machine.

Pure.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ghl_real_estate_ai.intake.loopback import is_local_call
from ghl_real_estate_ai.intake.signature import SIGNATURE_HEADER, is_signed

SECRET_HEADER = "x-jorge-secret"  # noqa: S105 - the name of the header, not a secret


@dataclass(frozen=True, slots=True)
class Allowed:
    """The call may be kept; `signed` when its signature was verified."""

    signed: bool


@dataclass(frozen=True, slots=True)
class Denied:
    """The call is refused; `reason` is fit for the answer and the log."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookGate:
    """What the settings say about webhooks."""

    keys: tuple[Ed25519PublicKey, ...]
    """Whose signature is trusted."""
    key_is_set: bool = False
    """Whether the operator has set a key of their own: unsigned calls then need the secret."""
    our_app: str | None = None
    """The id of our app in HighLevel, whose installations are told by signed events."""
    secret: str | None = None
    """What `X-Jorge-Secret` must hold on unsigned calls."""


def may_post(
    gate: WebhookGate, *, body: bytes, headers: Mapping[str, str], peer: str | None, local_address: str | None
) -> Allowed | Denied:
    """Decide about one call; `headers` by lower-case name, the addresses are those of the connection."""
    signature = headers.get(SIGNATURE_HEADER, "N/A")
    if signature.strip().upper() != "N/A":
        return Allowed(signed=True) if is_signed(body, signature, gate.keys) else Denied("The signature is wrong.")
    if gate.secret is not None:
        return _by_secret(gate.secret, headers.get(SECRET_HEADER))
    if gate.key_is_set:
        return Denied("The signature is missing.")
    if is_local_call(peer=peer, local_address=local_address, headers=headers):
        return Allowed(signed=False)
    return Denied("The signature is missing, and unsigned calls are taken from this machine only.")


def _by_secret(secret: str, given: str | None) -> Allowed | Denied:
    if given is None:
        return Denied("The signature and X-Jorge-Secret are missing.")
    if hmac.compare_digest(secret.encode(), given.encode("latin-1", "replace")):
        return Allowed(signed=False)
    return Denied("X-Jorge-Secret is wrong.")
