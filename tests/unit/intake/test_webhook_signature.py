"""Only what HighLevel, or a key of the operator's choice, has signed passes as signed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.intake.signature import HIGHLEVEL_PUBLIC_KEY, is_signed, read_key, webhook_keys

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SPKI = base64.b64encode(PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
RAW = base64.b64encode(PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signature_of(body: bytes) -> str:
    return base64.b64encode(PRIVATE.sign(body)).decode()


@pytest.mark.parametrize("text", [PEM, PEM.replace("\n", "\\n"), SPKI, RAW, f"  {SPKI}\n"])
def test_a_key_is_read_in_each_customary_form(text: str) -> None:
    """PEM, PEM with written-out line ends, and base64 lead to the same key."""
    key = read_key(text)

    assert key == PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a key",
        "AAAA",
        "é",
        "-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----",
        generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
)
def test_a_wrong_key_stops_with_the_name_of_the_setting(text: str | bytes) -> None:
    """What is no Ed25519 key is refused in a sentence that names the setting."""
    with pytest.raises(Misconfigured, match="JORGE_GHL_PUBLIC_KEY"):
        read_key(text if isinstance(text, str) else text.decode())


def test_highlevels_published_key_is_trusted_unless_replaced() -> None:
    """The operator's own key takes the place of HighLevel's; the sandbox's stands beside it."""
    highlevels = read_key(HIGHLEVEL_PUBLIC_KEY)
    sandbox = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()

    assert webhook_keys(None, [sandbox]) == (highlevels, sandbox)
    assert webhook_keys(SPKI, [sandbox]) == (PUBLIC, sandbox)


@given(st.binary())
def test_a_signature_holds_for_its_own_body(body: bytes) -> None:
    """What was signed verifies, byte for byte."""
    assert is_signed(body, signature_of(body), [PUBLIC])


@given(st.binary(), st.binary())
def test_a_signature_does_not_hold_for_another_body(body: bytes, other: bytes) -> None:
    """A single changed byte is another body."""
    assert is_signed(other, signature_of(body), [PUBLIC]) == (body == other)


@given(st.text() | st.binary(max_size=80).map(lambda raw: base64.b64encode(raw).decode()))
def test_no_invented_signature_holds(signature: str) -> None:
    """Whatever stands in the header, it raises nothing and holds nothing."""
    assert not is_signed(b"body", signature, [PUBLIC])


def test_a_signature_by_any_trusted_key_holds() -> None:
    """One of several trusted keys is enough; none is not."""
    keys: list[Ed25519PublicKey] = [read_key(HIGHLEVEL_PUBLIC_KEY), PUBLIC]

    assert is_signed(b"body", signature_of(b"body"), keys)
    assert not is_signed(b"body", signature_of(b"body"), keys[:1])
