"""The database cluster, made whole or not at all, and our database in it."""

import os
import shutil
import time

import psycopg

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded import patience
from ghl_real_estate_ai.storage.embedded.place import NAME, Place, unusable
from ghl_real_estate_ai.storage.embedded.presence import connect
from ghl_real_estate_ai.storage.embedded.programs import run_as_account, server_binaries
from ghl_real_estate_ai.storage.errors import DatabaseAway

MAJOR_VERSION = "18"

_ERROR_MARKS = ("error:", "FATAL:", "PANIC:")
_AFTERWARDS = ("initdb: removing", "child process ", "pg_ctl: ")


def ensure_initialised(place: Place) -> None:
    """Make the cluster where there is none.

    Raises:
        Misconfigured: what lies there is none of ours, of another version, or cannot be read or made.
    """
    folder = place.data_folder
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise Misconfigured(
                f"{folder} is not empty and holds no PostgreSQL database. "
                "Move it away, or name another folder in JORGE_DATA_DIR."
            ) from None
        _initialise(place)
        return
    except OSError as error:
        raise unusable(folder, error) from error
    if version != MAJOR_VERSION:
        raise Misconfigured(
            f"The database in {folder} was made by PostgreSQL {version}, but the embedded server is PostgreSQL "
            f"{MAJOR_VERSION}. Dump it with version {version} and restore it here, or name another folder in "
            "JORGE_DATA_DIR."
        )


def _initialise(place: Place) -> None:
    """Make the database beside its final place and move it there whole: a start killed half-way leaves no wreck."""
    unfinished = place.unfinished_folder
    try:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if not place.account.is_us:
            os.chown(unfinished, place.account.uid, place.account.gid)
        command = [
            str(server_binaries(place) / "initdb"),
            f"--pgdata={unfinished}",
            f"--username={NAME}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        done = run_as_account(place, command)
        if done.returncode != 0:
            raise Misconfigured(f"Cannot make a database in {place.data_dir}: {why_it_failed(done.stdout)}")
        unfinished.rename(place.data_folder)
    except OSError as error:
        raise unusable(place.data_dir, error) from error


def why_it_failed(output: str) -> str:
    """The line of initdb's *output* that tells what went wrong; it goes on to say how it ended and cleaned up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(_AFTERWARDS)]
    errors = [line for line in told if any(mark in line for mark in _ERROR_MARKS)]
    return (errors or told or lines or ["it said nothing"])[-1]


def ensure_database(place: Place) -> None:
    """Make our database where it lacks; on a full server the slot of our own knock may not be free again yet."""
    deadline = time.monotonic() + patience.START_SECONDS
    while (refusal := _try_to_make_database(place)) is not None:
        if time.monotonic() > deadline:
            raise DatabaseAway(
                f"The embedded PostgreSQL in {place.data_folder} does not let us in: {refusal}"
            ) from refusal
        time.sleep(patience.POLL_SECONDS)


def _try_to_make_database(place: Place) -> psycopg.OperationalError | None:
    try:
        with connect(place) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError as error:
        return error
    return None
