"""Who may post: the signature first, then the secret, then only this machine."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ghl_real_estate_ai.intake.access import Allowed, Denied, WebhookGate, may_post

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = (PRIVATE.public_key(),)
BODY = b'{"contact_id": "c1", "message": "hi"}'
SIGNED = base64.b64encode(PRIVATE.sign(BODY)).decode()

OPEN = WebhookGate(keys=KEYS)
WITH_KEY = WebhookGate(keys=KEYS, key_is_set=True)
WITH_SECRET = WebhookGate(keys=KEYS, secret="pässword")
WITH_BOTH = WebhookGate(keys=KEYS, key_is_set=True, secret="pässword")
GATES = [OPEN, WITH_KEY, WITH_SECRET, WITH_BOTH]
RIGHT_SECRET = "pässword".encode().decode("latin-1")
"""As the header arrives: UTF-8 bytes read as Latin-1."""


def post(gate: WebhookGate, *, peer: str = "127.0.0.1", body: bytes = BODY, **headers: str) -> Allowed | Denied:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return may_post(gate, body=body, headers={"host": "localhost"} | named, peer=peer, local_address="127.0.0.1")


@pytest.mark.parametrize("gate", GATES)
def test_a_right_signature_is_enough_from_anywhere(gate: WebhookGate) -> None:
    """A signed event needs nothing else."""
    verdict = post(gate, peer="203.0.113.9", host="jorge.example.com", x_ghl_signature=SIGNED)

    assert verdict == Allowed(signed=True)


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("signature", ["", "AAAA", SIGNED[:-4] + "AAA=", f"N/A, {SIGNED}", "é"])
def test_a_wrong_signature_is_refused_even_with_all_else_right(gate: WebhookGate, signature: str) -> None:
    """A signature that is present is always verified: no secret and no loopback makes up for it."""
    verdict = post(gate, x_ghl_signature=signature, x_jorge_secret=RIGHT_SECRET)

    assert verdict == Denied("The signature is wrong.")


@pytest.mark.parametrize("gate", GATES)
def test_a_changed_body_is_refused(gate: WebhookGate) -> None:
    """The signature is over the raw body."""
    verdict = post(gate, body=BODY + b" ", x_ghl_signature=SIGNED)

    assert isinstance(verdict, Denied)


@pytest.mark.parametrize("gate", [WITH_SECRET, WITH_BOTH])
def test_the_secret_lets_unsigned_calls_in_from_anywhere(gate: WebhookGate) -> None:
    """A workflow's call carries the shared secret; `N/A` for a signature is none."""
    verdict = post(gate, peer="203.0.113.9", host="x.example", x_jorge_secret=RIGHT_SECRET, x_ghl_signature="N/A")

    assert verdict == Allowed(signed=False)


@pytest.mark.parametrize("gate", [WITH_SECRET, WITH_BOTH])
@pytest.mark.parametrize("headers", [{}, {"x_jorge_secret": ""}, {"x_jorge_secret": "password"}])
def test_with_a_secret_set_even_this_machine_needs_it(gate: WebhookGate, headers: dict[str, str]) -> None:
    """A secret that is set is due from everybody who does not sign."""
    verdict = post(gate, **headers)

    assert isinstance(verdict, Denied)


def test_with_a_key_set_an_unsigned_call_is_refused() -> None:
    """A key of the operator's own says that signed events are expected."""
    verdict = post(WITH_KEY)

    assert verdict == Denied("The signature is missing.")


def test_with_neither_set_this_machine_may_post_unsigned() -> None:
    """The walk-through works on the machine itself, with a needless secret too."""
    assert post(OPEN) == Allowed(signed=False)
    assert post(OPEN, x_jorge_secret="whatever") == Allowed(signed=False)


@pytest.mark.parametrize(
    "trait", [{"peer": "10.0.0.7"}, {"host": "x.example"}, {"origin": "https://x.example"}, {"x_forwarded_for": "::1"}]
)
def test_with_neither_set_nobody_else_may(trait: dict[str, str]) -> None:
    """Another machine, another name, a web page and a tunnel are refused."""
    verdict = post(OPEN, **trait)

    assert isinstance(verdict, Denied)
