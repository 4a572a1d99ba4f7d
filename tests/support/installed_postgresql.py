"""The PostgreSQL servers that are installed on this machine, and one of them started for a test."""

import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

START_SECONDS = 60.0
SUPPORTED = range(15, 19)


def installed_servers() -> dict[str, Path]:
    """By major version, the folder of the programs, where Debian's packages put them."""
    found = {path.parent.parent.name: path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    return {major: path for major, path in sorted(found.items()) if major.isdigit() and int(major) in SUPPORTED}


@contextmanager
def started_server(programs: Path, folder: Path) -> Iterator[str]:
    """Give the address of a new server in *folder*, and stop it after; as root it runs as nobody."""
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder.mkdir(mode=0o700)
    os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"

    def run_as(*command: str | Path) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=account.pw_uid if os.geteuid() == 0 else None,
            group=account.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        )

    initdb = run_as(programs / "initdb", "-D", data, "-U", "jorge", "--auth=trust", "--encoding=UTF8", "-N")
    assert initdb.wait() == 0
    server = run_as(programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off")
    dsn = f"postgresql://jorge@/postgres?host={quote(str(folder), safe='')}&port=5432"
    try:
        _wait_for(dsn, server)
        yield dsn
    finally:
        server.terminate()
        server.wait(START_SECONDS)


def _wait_for(dsn: str, server: "subprocess.Popen[bytes]") -> None:
    ends_at = time.monotonic() + START_SECONDS
    while True:
        assert server.poll() is None
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < ends_at
            time.sleep(0.05)
