"""The embedded PostgreSQL through a whole life: started, joined, adopted, killed, refused."""

import fcntl
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded import (
    EmbeddedServer,
    embedded_dsn,
    patience,
    postmaster,
    psql_binary,
    start_or_join,
)
from ghl_real_estate_ai.storage.errors import DatabaseAway
from ghl_real_estate_ai.storage.locate import database_address, locate_database

PROJECT = Path(__file__).parents[3]

OTHER_PROCESS = """
import sys
from pathlib import Path
from ghl_real_estate_ai.storage.embedded import start_or_join

server = start_or_join(Path(sys.argv[1]))
print("owned" if server.owned else "joined", flush=True)
sys.stdin.readline()
server.stop()
print("stopped", flush=True)
"""


@pytest.fixture
def data_dir(open_folder: Path) -> Iterator[Path]:
    """A data dir that does not exist yet; a server that a test left in it is stopped."""
    folder = open_folder / secrets.token_hex(4) / "var"
    yield folder
    if (folder / "postgres" / "postmaster.pid").exists():
        start_or_join(folder).stop()


class OtherProcess:
    """A second Jorge on the same data dir."""

    def __init__(self, data_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, str(data_dir)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def says(self) -> str:
        assert self._process.stdout is not None
        lines = iter(self._process.stdout.readline, "")
        return next(line.strip() for line in lines if line.strip() in {"owned", "joined", "stopped"})

    def stop(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.says()

    def kill(self) -> None:
        self._process.kill()
        self.close()

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def other_process(data_dir: Path) -> Iterator[OtherProcess]:
    """A second process on the test's data dir, ended after the test."""
    process = OtherProcess(data_dir)
    yield process
    process.close()


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def socket_folder(data_dir: Path) -> Path:
    return Path(psycopg.conninfo.conninfo_to_dict(embedded_dsn(data_dir))["host"])


def answer(server: EmbeddedServer, query: str = "SELECT current_database()") -> object:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def write_a_row(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")


class TestStartAndStop:
    def test_first_start_makes_the_database(self, data_dir: Path) -> None:
        """The first start makes a database called jorge, in UTF-8, reachable by socket alone."""
        server = start_or_join(data_dir)

        found = (answer(server), answer(server, "SHOW server_encoding"), answer(server, "SHOW listen_addresses"))

        server.stop()
        assert found == ("jorge", "UTF8", "")
        assert server.owned

    def test_stop_leaves_no_process_and_no_socket(self, data_dir: Path) -> None:
        """After stop the server is gone, and so is its socket folder; a second stop does nothing."""
        server = start_or_join(data_dir)
        pid = postmaster_pid(data_dir)

        server.stop()
        server.stop()

        assert not is_running(pid)
        assert not socket_folder(data_dir).exists()

    def test_rows_outlive_a_restart(self, data_dir: Path) -> None:
        """What was committed is there after stop and start."""
        first = start_or_join(data_dir)
        write_a_row(first)
        first.stop()

        second = start_or_join(data_dir)
        word = answer(second, "SELECT word FROM kept")

        second.stop()
        assert word == "still here"

    def test_open_connections_do_not_hold_up_the_stop(self, data_dir: Path) -> None:
        """An idle transaction is cut off, not waited for."""
        server = start_or_join(data_dir)
        connection = psycopg.connect(server.dsn)
        connection.execute("SELECT 1")

        server.stop()

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()

    def test_the_wheels_psql_reaches_it(self, data_dir: Path) -> None:
        """The address works with the client that comes along."""
        server = start_or_join(data_dir)

        done = subprocess.run(
            [str(psql_binary()), server.dsn, "-Atc", "SELECT 41 + 1"], capture_output=True, text=True, check=False
        )

        server.stop()
        assert done.stdout == "42\n"

    def test_surroundings_do_not_change_the_address(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """PGPORT and its like, meant for another server, lead neither server nor client astray."""
        monkeypatch.setenv("PGPORT", "6543")
        monkeypatch.setenv("PGDATA", "/nowhere")
        monkeypatch.setenv("PGUSER", "stranger")

        server = start_or_join(data_dir)
        user = answer(server, "SELECT current_user")

        server.stop()
        assert user == "jorge"


class TestSeveralProcesses:
    def test_second_process_joins(self, data_dir: Path) -> None:
        """Who comes second uses the server and does not stop it."""
        server = start_or_join(data_dir)
        second = OtherProcess(data_dir)

        said = (second.says(), second.stop())
        second.close()
        still_there = answer(server)

        server.stop()
        assert said == ("joined", "stopped")
        assert still_there == "jorge"

    def test_second_call_in_one_process_joins(self, data_dir: Path) -> None:
        """The same holds for two callers in one process."""
        first = start_or_join(data_dir)
        second = start_or_join(data_dir)

        second.stop()
        still_there = answer(first)

        first.stop()
        assert (first.owned, second.owned) == (True, False)
        assert still_there == "jorge"

    def test_of_many_that_start_at_once_one_owns(self, data_dir: Path) -> None:
        """Four processes that start together make one server with one owner."""
        processes = [OtherProcess(data_dir) for _ in range(4)]

        said = [process.says() for process in processes]

        for process in processes:
            process.stop()
            process.close()
        assert sorted(said) == ["joined", "joined", "joined", "owned"]

    def test_the_last_to_leave_stops_it(self, data_dir: Path, other_process: OtherProcess) -> None:
        """An owner that ends, such as a client that came first, leaves the server to those who still use it."""
        owner = other_process.says()
        pid = postmaster_pid(data_dir)
        server = start_or_join(data_dir)

        other_process.stop()
        found = answer(server)
        server.stop()

        assert (owner, server.owned, found) == ("owned", False, "jorge")
        assert not is_running(pid)

    def test_a_killed_owners_server_is_adopted(self, data_dir: Path, other_process: OtherProcess) -> None:
        """After kill -9 of its owner the server runs on, and the next to come owns and stops that same server."""
        other_process.says()
        pid = postmaster_pid(data_dir)
        other_process.kill()

        server = start_or_join(data_dir)
        adopted_pid = postmaster_pid(data_dir)
        server.stop()

        assert (server.owned, adopted_pid) == (True, pid)
        assert not is_running(pid)

    @pytest.mark.parametrize("lock", ["postgres.owner", "postgres.users"])
    def test_a_folder_in_use_by_another_container_is_refused(self, data_dir: Path, lock: str) -> None:
        """A server whose owner, or user, lives in another container looks dead from here, but must not be doubled."""
        start_or_join(data_dir).stop()
        with (data_dir / lock).open("w") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX)
            owner.write("1 pid:[1234567890]\n")
            owner.flush()

            with pytest.raises(Misconfigured, match="another container"):
                start_or_join(data_dir)


class TestAfterAnAccident:
    def test_a_killed_postmaster_is_started_again(self, data_dir: Path) -> None:
        """After kill -9 of the postmaster everything committed is there again."""
        first = start_or_join(data_dir)
        write_a_row(first)
        os.kill(postmaster_pid(data_dir), signal.SIGKILL)

        second = start_or_join(data_dir)
        word = answer(second, "SELECT word FROM kept")

        first.stop()
        assert word == "still here"

    def test_a_zombie_is_not_taken_for_a_server(self, data_dir: Path, other_process: OtherProcess) -> None:
        """A killed postmaster whose parent does not reap it still answers to its pid, yet a new one is started."""
        other_process.says()
        zombie = postmaster_pid(data_dir)
        os.kill(zombie, signal.SIGKILL)

        server = start_or_join(data_dir)
        found = answer(server)

        os.kill(zombie, 0)  # it does answer
        assert found == "jorge"
        assert postmaster_pid(data_dir) != zombie
        assert other_process.stop() == "stopped"

    def test_a_pid_file_that_names_a_stranger_is_removed(self, data_dir: Path) -> None:
        """After a crash and a reboot the old pid may be anybody's, such as ours."""
        start_or_join(data_dir).stop()
        socket_folder(data_dir).mkdir(mode=0o700)
        (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir / 'postgres'}\n")
        (socket_folder(data_dir) / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

        server = start_or_join(data_dir)
        found = answer(server)

        server.stop()
        assert found == "jorge"

    @pytest.mark.parametrize("content", ["", "\x00\x00\x00", "-17\n"], ids=["empty", "zeros", "single-user"])
    def test_a_torn_pid_file_is_removed(self, data_dir: Path, content: str) -> None:
        """A pid file without a usable pid, as a power cut leaves it, does not stop the start."""
        start_or_join(data_dir).stop()
        (data_dir / "postgres" / "postmaster.pid").write_text(content)

        server = start_or_join(data_dir)
        found = answer(server)

        server.stop()
        assert found == "jorge"

    def test_a_lost_socket_is_made_again(self, data_dir: Path, other_process: OtherProcess) -> None:
        """When a cleaner of /tmp took the socket away and nobody uses the server any more, it is replaced."""
        other_process.says()
        lost = postmaster_pid(data_dir)
        other_process.kill()
        shutil.rmtree(socket_folder(data_dir))

        server = start_or_join(data_dir)
        found = answer(server)

        server.stop()
        assert found == "jorge"
        assert not is_running(lost)

    def test_a_lost_socket_ends_no_server_in_use(self, data_dir: Path, other_process: OtherProcess) -> None:
        """Its users' connections live on: whoever comes new is told to restart them, and takes nothing away."""
        other_process.says()
        pid = postmaster_pid(data_dir)
        shutil.rmtree(socket_folder(data_dir))

        with pytest.raises(DatabaseAway, match="socket"):
            start_or_join(data_dir)

        assert is_running(pid)
        assert other_process.stop() == "stopped"
        assert not is_running(pid)

    def test_a_stopped_postmaster_is_waited_for(
        self, data_dir: Path, other_process: OtherProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A server that lives and does not answer, as on a machine with too much to do, is not ended, nor doubled."""
        monkeypatch.setattr(patience, "CONNECT_SECONDS", 2)
        monkeypatch.setattr(patience, "START_SECONDS", 1.0)
        other_process.says()
        pid = postmaster_pid(data_dir)
        os.kill(pid, signal.SIGSTOP)

        with pytest.raises(DatabaseAway, match="lives, but let nobody in"):
            start_or_join(data_dir)
        os.kill(pid, signal.SIGCONT)
        monkeypatch.setattr(patience, "START_SECONDS", 60.0)
        server = start_or_join(data_dir)
        found = answer(server)

        assert (found, postmaster_pid(data_dir)) == ("jorge", pid)
        server.stop()
        assert other_process.stop() == "stopped"

    def test_a_full_server_is_waited_for(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With every connection taken it lives all the same."""
        monkeypatch.setitem(postmaster.SERVER_SETTINGS, "max_connections", "5")
        server = start_or_join(data_dir)
        pid = postmaster_pid(data_dir)
        taken = [psycopg.connect(server.dsn) for _ in range(5)]
        monkeypatch.setattr(patience, "START_SECONDS", 0.1)

        with pytest.raises(DatabaseAway, match="lives, but let nobody in"):
            start_or_join(data_dir)
        taken.pop().close()
        monkeypatch.setattr(patience, "START_SECONDS", 60.0)
        second = start_or_join(data_dir)

        assert (second.owned, postmaster_pid(data_dir)) == (False, pid)
        for connection in taken:
            connection.close()
        second.stop()
        server.stop()

    def test_a_first_start_cut_short_is_begun_again(self, data_dir: Path) -> None:
        """The wreck of an unfinished first start is thrown away."""
        wreck = data_dir / "postgres.unfinished"
        wreck.mkdir(parents=True)
        (wreck / "PG_VERSION").write_text("18\n")

        server = start_or_join(data_dir)
        found = answer(server)

        server.stop()
        assert found == "jorge"
        assert not wreck.exists()

    def test_a_missing_database_is_made_again(self, data_dir: Path) -> None:
        """A process killed between the first start and CREATE DATABASE leaves nothing to mend by hand."""
        first = start_or_join(data_dir)
        with psycopg.connect(first.dsn.replace("/jorge?", "/postgres?"), autocommit=True) as connection:
            connection.execute("DROP DATABASE jorge")

        second = start_or_join(data_dir)
        found = answer(second)

        first.stop()
        assert found == "jorge"


class TestPaths:
    @pytest.mark.parametrize(
        "name",
        ["with a space", "per%cent & 'quote' \"double\" $HOME", "né ü", "/".join(["a-rather-long-name" * 6] * 8)],
        ids=["space", "special", "accents", "900-characters"],
    )
    def test_any_path_will_do(self, open_folder: Path, name: str) -> None:
        """Spaces, quotes, accents and paths far longer than a socket's may be are all fine."""
        data_dir = open_folder / secrets.token_hex(4) / name

        server = start_or_join(data_dir)
        found = answer(server)

        server.stop()
        assert found == "jorge"

    def test_no_mode_above_the_data_dir_changes(self, open_folder: Path) -> None:
        """The folders above keep the modes and owners they had."""
        top = open_folder / secrets.token_hex(4)
        parents = [top, top / "one", top / "one" / "two"]
        for parent, mode in zip(parents, (0o711, 0o755, 0o775), strict=True):
            parent.mkdir()
            parent.chmod(mode)
        before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in (open_folder, *parents)]

        start_or_join(parents[-1] / "var").stop()

        after = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in (open_folder, *parents)]
        assert after == before

    def test_nobody_else_may_use_the_socket(self, data_dir: Path) -> None:
        """The socket's folder is closed to all other users, since the socket asks for no password."""
        server = start_or_join(data_dir)
        mode = stat.S_IMODE(socket_folder(data_dir).stat().st_mode)

        server.stop()
        assert mode == 0o700

    def test_the_working_folder_does_not_matter(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative data dir and an absolute one lead to the same server."""
        data_dir.parent.mkdir(mode=0o755)
        monkeypatch.chdir(data_dir.parent)

        server = start_or_join(Path("var"))

        server.stop()
        assert server.dsn == embedded_dsn(data_dir)


class TestRefusals:
    def test_a_database_of_another_version(self, data_dir: Path) -> None:
        """A data folder of another PostgreSQL is left alone, and both versions are named."""
        start_or_join(data_dir).stop()
        (data_dir / "postgres" / "PG_VERSION").write_text("16\n")

        with pytest.raises(Misconfigured, match="made by PostgreSQL 16, but the embedded server is PostgreSQL 18"):
            start_or_join(data_dir)
        assert not socket_folder(data_dir).exists()

    def test_a_folder_of_something_else(self, data_dir: Path) -> None:
        """A folder that holds other things is not overwritten."""
        (data_dir / "postgres").mkdir(parents=True)
        (data_dir / "postgres" / "letters.txt").write_text("dear John")

        with pytest.raises(Misconfigured, match="holds no PostgreSQL database"):
            start_or_join(data_dir)

    def test_a_folder_that_cannot_be_made(self, open_folder: Path) -> None:
        """A data dir below a file is refused in a sentence that names it."""
        (open_folder / "a-file").write_text("")

        with pytest.raises(Misconfigured, match=r"Cannot use .*a-file"):
            start_or_join(open_folder / "a-file" / "var")

    def test_a_folder_that_is_read_only(self, data_dir: Path) -> None:
        """A data dir we may not write to is refused in a sentence that names it."""
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o500)
        # Root may write everywhere but in the kernel's own file systems.
        read_only = Path("/sys/jorge") if os.geteuid() == 0 else data_dir

        with pytest.raises(Misconfigured, match=r"Cannot use .*(Permission denied|not permitted|Read-only)"):
            start_or_join(read_only)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
    def test_a_parent_closed_to_the_servers_user(self, open_folder: Path) -> None:
        """As root, a data dir under a closed folder is refused, the folder named and left closed."""
        closed = open_folder / secrets.token_hex(4)
        closed.mkdir(mode=0o700)

        with pytest.raises(Misconfigured, match=f"to whom {closed} is closed"):
            start_or_join(closed / "var")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
    def test_as_root_the_server_runs_as_another_user(self, data_dir: Path) -> None:
        """PostgreSQL refuses root, so neither the server nor its files are root's."""
        server = start_or_join(data_dir)
        owners = {Path(f"/proc/{postmaster_pid(data_dir)}").stat().st_uid, (data_dir / "postgres").stat().st_uid}

        server.stop()
        assert 0 not in owners
        assert len(owners) == 1

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
    def test_a_socket_folder_of_another_user(self, data_dir: Path) -> None:
        """A folder that another user put where our socket goes is not used."""
        squatted = socket_folder(data_dir)
        squatted.mkdir()
        os.chown(squatted, 12345, 12345)

        try:
            with pytest.raises(Misconfigured, match="belongs to another user"):
                start_or_join(data_dir)
        finally:
            squatted.rmdir()

    def test_a_socket_folder_that_is_a_link(self, data_dir: Path, tmp_path: Path) -> None:
        """A link in the socket folder's place is not followed."""
        squatted = socket_folder(data_dir)
        squatted.symlink_to(tmp_path)

        try:
            with pytest.raises(Misconfigured, match="belongs to another user"):
                start_or_join(data_dir)
        finally:
            squatted.unlink()

    def test_a_server_that_refuses_to_start_says_why(self, data_dir: Path) -> None:
        """The server's own last words are in the sentence."""
        start_or_join(data_dir).stop()
        with (data_dir / "postgres" / "postgresql.conf").open("a") as conf:
            conf.write("no_such_setting = 1\n")

        with pytest.raises(Misconfigured, match=r"does not start: .*postgresql\.conf"):
            start_or_join(data_dir)

    def test_the_lock_is_free_after_a_refusal(self, data_dir: Path) -> None:
        """Who was refused may mend it and try again in the same process."""
        start_or_join(data_dir).stop()
        version = data_dir / "postgres" / "PG_VERSION"
        version.write_text("16\n")
        with pytest.raises(Misconfigured):
            start_or_join(data_dir)
        version.write_text("18\n")

        server = start_or_join(data_dir)

        server.stop()
        assert server.owned


class TestLocate:
    def test_a_given_address_is_used(self, tmp_path: Path) -> None:
        """With an address of the operator's own nothing is started."""
        location = locate_database("postgres://user:pass@db.example:5432/jorge", tmp_path / "var")

        location.stop()
        assert (location.dsn, location.embedded) == ("postgresql://user:pass@db.example:5432/jorge", None)
        assert not (tmp_path / "var").exists()

    def test_without_one_the_embedded_server_is_started(self, data_dir: Path) -> None:
        """Without an address, or with a blank one, the embedded server is used, and stop ends it."""
        location = locate_database(" ", data_dir)
        pid = postmaster_pid(data_dir)

        location.stop()

        assert location.dsn == database_address(None, data_dir)
        assert not is_running(pid)
