"""Only a program on this machine passes without a password: no tunnel, no web page, no other machine."""

import pytest

from ghl_real_estate_ai.intake.loopback import headers_by_name, is_local_call, is_loopback_address

LOCAL = {"host": "localhost:8000"}


def local(headers: dict[str, str], peer: str | None = "127.0.0.1", address: str | None = "127.0.0.1") -> bool:
    return is_local_call(peer=peer, local_address=address, headers=headers)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000", "[::1]"])
def test_a_loopback_host_passes(host: str) -> None:
    """Each way of naming this machine passes."""
    assert local({"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "jorge.example.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "0.0.0.0:8000",
        "192.168.1.5",
        "user@localhost",
        "localhost, localhost",
        "localhost:port",
        "[::1",
        "::1",
        "2130706433",
        "localhost/",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    """A name that leads here by way of DNS is not this machine's own."""
    assert not local({"host": host})


def test_a_missing_host_is_refused() -> None:
    """HTTP/1.0 without a Host proves nothing."""
    assert not local({})


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:8000"])
def test_a_page_of_this_machine_passes(origin: str) -> None:
    """Our own pages may call."""
    assert local(LOCAL | {"origin": origin})


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://localhost.evil.com",
        "file://",
        "http://localhost@evil.com",
        "localhost",
    ],
)
def test_a_foreign_page_is_refused(origin: str) -> None:
    """A web page that the user looks at also arrives on loopback; its Origin gives it away."""
    assert not local(LOCAL | {"origin": origin})


@pytest.mark.parametrize(
    "header", ["forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "cf-ray", "cf-connecting-ip"]
)
def test_a_tunnel_is_refused(header: str) -> None:
    """A header that a proxy or tunnel adds shows that the call comes from elsewhere, whatever it holds."""
    assert not local(LOCAL | {header: "127.0.0.1"})


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "::", "169.254.1.1", "testclient", "", None])
def test_both_ends_must_be_loopback(address: str | None) -> None:
    """Neither a peer elsewhere nor a connection to an outer address passes; a socket without one does not either."""
    assert not local(LOCAL, peer=address)
    assert not local(LOCAL, address=address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_loopback_addresses_of_both_families_are_known(address: str) -> None:
    """IPv4, IPv6 and IPv4 in IPv6 are known."""
    assert is_loopback_address(address)


def test_a_header_that_comes_twice_matches_nothing() -> None:
    """Two Host headers are joined, so that no reader takes only the friendly one."""
    headers = headers_by_name([(b"Host", b"localhost"), (b"host", b"evil.example"), (b"Origin", b" http://localhost ")])

    assert headers == {"host": "localhost, evil.example", "origin": "http://localhost"}
    assert not local(headers)
