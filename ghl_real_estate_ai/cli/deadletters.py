"""`jorge deadletters`: the records that PostgreSQL refused, on the database in use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from ghl_real_estate_ai.errors import Rejected
from ghl_real_estate_ai.settings import load_settings
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.locate import locate_database
from ghl_real_estate_ai.storage.reaching import NETWORK_OPTIONS, away_reason, is_connection_failure
from ghl_real_estate_ai.telemetry.dead_letters import (
    count_dead_letters,
    discard_dead_letters,
    list_dead_letters,
    retry_dead_letters,
)


def show(*, most: int, records: bool) -> None:
    """Print the newest *most*, a line each, with their *records* if asked for."""
    with _connection() as connection:
        letters, in_all = list_dead_letters(connection, most=most), count_dead_letters(connection)
    for letter in letters:
        print(f"{letter.id}  {letter.dead_at:%Y-%m-%d %H:%M}  {letter.target_table}  {letter.reason}", end="")
        print(f"  (tried {letter.attempts} times)" if letter.attempts > 1 else "")
        if records:
            print(f"    {letter.record.decode(errors='backslashreplace')}")
    print(f"{in_all} dead letters" + (f", the newest {most} of them shown." if in_all > len(letters) else "."))


def retry(ids: Sequence[int], *, every: bool) -> int:
    """Try those letters, or *every* one, again and return 0, or 1 when some were refused again."""
    _demand_a_choice(ids, every=every)
    with _connection() as connection:
        retried = retry_dead_letters(connection, ids)
    print(f"{retried.stored} stored, {retried.refused} refused again, {retried.unreadable} of another version.")
    return 1 if retried.refused or retried.unreadable else 0


def discard(ids: Sequence[int], *, every: bool) -> None:
    """Delete those letters, or *every* one, for good."""
    _demand_a_choice(ids, every=every)
    with _connection() as connection:
        print(f"{discard_dead_letters(connection, ids)} discarded.")


def _demand_a_choice(ids: Sequence[int], *, every: bool) -> None:
    if bool(ids) == every:
        raise Rejected("Name the dead letters by their numbers, or say --all, and not both.", field="ids")


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    settings = load_settings()
    location = locate_database(settings.database_address, settings.data_dir)
    try:
        with psycopg.connect(location.dsn, autocommit=True, **NETWORK_OPTIONS) as connection:
            yield connection
    except psycopg.Error as error:
        if is_connection_failure(error):
            raise DatabaseAway(away_reason(error)) from error
        raise
    finally:
        location.stop()
