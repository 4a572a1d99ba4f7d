"""Database addresses as people write them in, as libpq and SQLAlchemy take them out; no password is ever shown."""

import re
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from ghl_real_estate_ai.errors import Misconfigured

SCHEMES = frozenset(
    {"postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "postgres+psycopg"}
)
"""What hosting services and other drivers write; all mean the same server."""
SECRETS = ("password", "sslpassword")
MASK = "***"


def normalise_dsn(url: str) -> str:
    """Turn an address as users give it into one that libpq takes.

    Raises:
        Misconfigured: it is no PostgreSQL address; the sentence never repeats it, since it may hold a password.
    """
    given = url.strip().strip("\"'")
    scheme, separator, rest = given.partition("://")
    if not separator:
        raise Misconfigured("DATABASE_URL must look like postgresql://user:password@host:port/database.")
    if scheme.lower() not in SCHEMES:
        raise Misconfigured(
            f"DATABASE_URL begins with {scheme[:20]}://, but only PostgreSQL is supported (postgresql://...)."
        )
    dsn = f"postgresql://{rest}"
    _refuse_stray_marks(rest)
    _parse(dsn)
    return dsn


def masked_dsn(url: str) -> str:
    """Write an address for showing: the password is replaced, and left out altogether if it cannot be told apart."""
    try:
        parts = _parse(normalise_dsn(url))
    except Misconfigured:
        return f"postgresql://{MASK}"
    for secret in SECRETS:
        if secret in parts:
            parts[secret] = MASK
    return _as_uri(parts)


def sqlalchemy_url(dsn: str) -> URL:
    """Turn a libpq address into SQLAlchemy's, for psycopg (version 3)."""
    parts = _parse(normalise_dsn(dsn))
    query: dict[str, str | tuple[str, ...]] = {}
    host, port = parts.pop("host", None), parts.pop("port", None)
    if host is not None and ("," in host or host.startswith("/")):
        # Sockets and several hosts have no place in a URL's own host part.
        query["host"] = host
        if port is not None:
            query["port"] = port
        host = port = None
    user, password, database = (parts.pop(name, None) for name in ("user", "password", "dbname"))
    query.update(parts)
    return URL.create("postgresql+psycopg", user, password, host, int(port) if port else None, database, query)


def _refuse_stray_marks(rest: str) -> None:
    """Refuse an @ that libpq would take for the end of the password too early: the rest would pass for a host."""
    authority, *path = re.split("[/?]", rest, maxsplit=1)
    if authority.count("@") > 1 or any("@" in part for part in path):
        raise _unreadable("there is an @ too many")


def _parse(dsn: str) -> dict[str, str]:
    try:
        found = conninfo_to_dict(dsn)
    except (psycopg.ProgrammingError, UnicodeDecodeError) as error:
        # libpq quotes parts of what it could not read, and that may be the password.
        detail = str(error).strip() if "query parameter" in str(error) else "a part of it cannot be read"
        raise _unreadable(detail) from None
    parts = {name: str(value) for name, value in found.items() if value is not None}
    if not all(port.isdigit() and 0 < int(port) < 65536 for port in parts.get("port", "5432").split(",") if port):
        raise _unreadable("its port is not a number between 1 and 65535")
    return parts


def _unreadable(detail: str) -> Misconfigured:
    return Misconfigured(
        f"DATABASE_URL is not a PostgreSQL address: {detail}. Percent-encode special characters in the password "
        "(@ as %40, / as %2F, # as %23)."
    )


def _as_uri(parts: dict[str, str]) -> str:
    rest = dict(parts)
    user, password, database = (rest.pop(name, None) for name in ("user", "password", "dbname"))
    hosts, ports = rest.pop("host", ""), rest.pop("port", "")
    if hosts.startswith("/"):
        rest = {"host": hosts, **({"port": ports} if ports else {}), **rest}
        place = ""
    else:
        place = _place(hosts.split(","), ports.split(","))
    login = "" if user is None else quote(user, safe="") + (f":{MASK}" if password is not None else "") + "@"
    path = "" if database is None else "/" + quote(database, safe="")
    query = "?" + urlencode(rest, safe="*") if rest else ""
    return f"postgresql://{login}{place}{path}{query}"


def _place(hosts: list[str], ports: list[str]) -> str:
    shared = ports * len(hosts) if len(ports) == 1 else ports
    bracketed = [f"[{host}]" if ":" in host else host for host in hosts]
    return ",".join(f"{host}:{port}" if port else host for host, port in zip(bracketed, shared, strict=False))
