"""`jorge dsn`, `psql` and `migrate`, and plain `alembic`, on both kinds of database."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from ghl_real_estate_ai.cli import database as commands
from ghl_real_estate_ai.storage import schema
from ghl_real_estate_ai.storage.embedded import embedded_dsn

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def embedded_settings(open_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings that name no address, and a data dir of the test's own."""
    data_dir = open_folder / secrets.token_hex(4) / "a var"
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("JORGE_DATA_DIR", str(data_dir))
    monkeypatch.chdir(tmp_path)
    return data_dir


def test_dsn_masks_the_password(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The password is shown only when asked for."""
    monkeypatch.setenv("DATABASE_URL", "postgres://user:s3cret@db.example/jorge")

    commands.dsn()
    commands.dsn(show_password=True)

    shown = capsys.readouterr().out.splitlines()
    assert shown == ["postgresql://user:***@db.example/jorge", "postgresql://user:s3cret@db.example/jorge"]


def test_dsn_starts_nothing(embedded_settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for the embedded address makes no folder and no server."""
    commands.dsn()

    assert capsys.readouterr().out == f"{embedded_dsn(embedded_settings)}\n"
    assert not embedded_settings.exists()


def test_migrate_then_psql(embedded_settings: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each starts the embedded server for itself and stops it after; psql's exit code is ours."""
    commands.migrate()
    found = commands.psql("-Atc", "SELECT count(*) FROM jorge_handoff_outcomes")
    refused = commands.psql("-Atc", "SELECT no_such_thing")

    shown = capfd.readouterr()
    assert (found, refused) == (0, 1)
    assert "0" in shown.out.splitlines()
    assert not (embedded_settings / "postgres" / "postmaster.pid").exists()


def test_psql_keeps_the_password_off_the_command_line(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What others see of the process holds no password; psql itself still has it."""
    monkeypatch.setenv("DATABASE_URL", database_dsn.replace("jorge@", "jorge:s3cret@"))

    commands.psql("-Atc", r"\! tr '\0' ' ' < /proc/$PPID/cmdline; echo; echo password $PGPASSWORD")

    seen, kept = capfd.readouterr().out.splitlines()
    assert "s3cret" not in seen
    assert kept == "password s3cret"


def test_alembic_from_any_folder(embedded_settings: Path, tmp_path: Path) -> None:
    """`alembic upgrade head` without an address migrates the embedded database, wherever it is called."""
    command = [sys.executable, "-m", "alembic", "-c", str(PROJECT / "alembic.ini"), "upgrade", "head"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ), check=False)

    assert done.returncode == 0, done.stderr
    assert f" -> {schema.head_revision()}, " in done.stderr
    assert not (embedded_settings / "postgres" / "postmaster.pid").exists()


def test_alembic_on_an_address(empty_database_dsn: str, tmp_path: Path) -> None:
    """With DATABASE_URL that database is migrated."""
    command = [sys.executable, "-m", "alembic", "-c", str(PROJECT / "alembic.ini"), "upgrade", "head"]
    environment = os.environ | {"DATABASE_URL": empty_database_dsn.replace("postgresql://", "postgres://")}

    subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment, check=True)

    assert schema.is_current(empty_database_dsn)
