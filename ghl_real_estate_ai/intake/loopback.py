"""Whether a call certainly comes from a program on this machine: the one rule for everything without a password.

A tunnel also arrives on loopback, and so does a web page that the user looks at; hence the headers are looked at.
Pure.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address

_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\],]+)(?::\d{1,5})?")
_ORIGIN = re.compile(r"https?://(?P<authority>[^/?#]+)", re.IGNORECASE)
_FORWARDING = ("x-forwarded-", "cf-")
"""Beginnings of the headers that proxies and tunnels add."""


def headers_by_name(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return raw headers by lower-case name; one that comes twice is joined, so that it matches nothing."""
    headers: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def is_local_call(*, peer: str | None, local_address: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a call comes from this machine itself.

    Args:
        peer: the address at the other end of the connection.
        local_address: the address at our end.
        headers: by lower-case name.
    """
    return (
        is_loopback_address(peer)
        and is_loopback_address(local_address)
        and _is_loopback_authority(headers.get("host", ""))
        and _is_loopback_origin(headers.get("origin"))
        and not _was_forwarded(headers)
    )


def is_loopback_address(address: str | None) -> bool:
    """Tell whether *address* is an IP address of the loopback interface."""
    if address is None:
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


def _is_loopback_authority(authority: str) -> bool:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return False
    host = match["host"]
    return host.lower() == "localhost" or is_loopback_address(host.removeprefix("[").removesuffix("]"))


def _is_loopback_origin(origin: str | None) -> bool:
    if origin is None:
        return True
    match = _ORIGIN.fullmatch(origin)
    return match is not None and _is_loopback_authority(match["authority"])


def _was_forwarded(headers: Mapping[str, str]) -> bool:
    return any(name == "forwarded" or name.startswith(_FORWARDING) for name in headers)
