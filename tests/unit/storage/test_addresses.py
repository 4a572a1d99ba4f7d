"""Addresses as people write them, as drivers take them, and as they may be shown."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.address import masked_dsn, normalise_dsn, sqlalchemy_url

REST = "user:pass@db.example:5432/jorge?sslmode=require"
passwords = st.text(alphabet=string.ascii_letters, min_size=12)


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "postgresql+asyncpg", "POSTGRES"]
)
def test_every_way_to_write_postgresql_is_taken(scheme: str) -> None:
    """Hosting services and other drivers write the scheme in their own ways."""
    dsn = normalise_dsn(f"{scheme}://{REST}")

    assert dsn == f"postgresql://{REST}"


def test_quotes_and_blanks_around_are_dropped() -> None:
    """An address pasted with its quotes works."""
    assert normalise_dsn(f' "postgres://{REST}"\n') == f"postgresql://{REST}"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://u:hidden@h/d", "begins with mysql://"),
        ("sqlite:///jorge.db", "begins with sqlite://"),
        ("db.example", "must look like"),
        ("postgresql://u:hidden@h:hidden/d", "its port is not a number"),
        ("postgresql://u:hid@hidden@h/d", "an @ too many"),
        ("postgresql://u:12/hidden@h/d", "an @ too many"),
        ("postgresql://u:12?hidden@h/d", "an @ too many"),
        ("postgresql://u:%zzhidden@h/d", "cannot be read"),
        ("postgresql://u:%aahidden@h/d", "cannot be read"),
        ("postgresql://u:%00hidden@h/d", "cannot be read"),
        ("postgresql://u:hidden@h/d?ssl=require", "ssl"),
    ],
)
def test_other_addresses_are_refused(url: str, complaint: str) -> None:
    """What is no PostgreSQL address is refused in a sentence that does not repeat the password."""
    with pytest.raises(Misconfigured, match=complaint) as refusal:
        normalise_dsn(url)

    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgres://{REST}", "postgresql://user:***@db.example:5432/jorge?sslmode=require"),
        ("postgresql://user@db.example/jorge", "postgresql://user@db.example/jorge"),
        ("postgresql://jorge@/jorge?host=%2Ftmp%2Fx&port=5432", "postgresql://jorge@/jorge?host=%2Ftmp%2Fx&port=5432"),
        ("postgresql://u:secret@one:1,two:2/d", "postgresql://u:***@one:1,two:2/d"),
        ("postgresql://u:secret@[::1]:5432/d", "postgresql://u:***@[::1]:5432/d"),
        ("postgresql://u@h/d?password=secret", "postgresql://u:***@h/d"),
        ("postgresql://h/d?user=u&sslpassword=secret", "postgresql://u@h/d?sslpassword=***"),
        ("mysql://u:secret@h/d", "postgresql://***"),
        ("secret", "postgresql://***"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    """Wherever the password stands, it is masked."""
    assert masked_dsn(url) == shown


SHAPES = [
    "postgresql://u:{}@h/d",
    "postgresql://u:1/{}@h/d",
    "postgresql://u:1?{}@h/d",
    "postgresql://u:x@{}@h/d",
    "postgresql://u:%{}@h/d",
    "postgresql://u@h/d?password={}",
    "mysql://u:{}@h/d",
    "u:{}",
]


@given(passwords, st.sampled_from(SHAPES))
def test_no_password_is_ever_shown(password: str, shape: str) -> None:
    """Not even one that was written without its escapes."""
    shown = masked_dsn(shape.format(password))

    assert password not in shown


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://{REST}",
        "postgresql://jorge@/jorge?host=%2Ftmp%2Fwith%20space&port=5432",
        "postgresql://user@db.example/jorge",
        "postgresql://user:p%40ss%2Fword%25@db.example/jorge",
        "postgresql://user@[::1]:5433/jorge",
        "postgresql://",
    ],
)
def test_sqlalchemy_connects_to_the_same_place(dsn: str) -> None:
    """The parameters that reach psycopg through SQLAlchemy are those that libpq reads from the address."""
    _, parameters = PGDialect_psycopg().create_connect_args(sqlalchemy_url(dsn))

    reached = {name: str(value) for name, value in parameters.items() if name != "context"}
    assert reached == conninfo_to_dict(dsn)


def test_several_hosts_reach_psycopg() -> None:
    """A list of hosts survives the way through SQLAlchemy."""
    url = sqlalchemy_url("postgresql://u@one:5432,two:5433/d?target_session_attrs=read-write")

    _, parameters = PGDialect_psycopg().create_connect_args(url)

    assert (parameters["host"], str(parameters["port"])) == ("one,two", "5432,5433")
