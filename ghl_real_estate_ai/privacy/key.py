"""The key under which an opt-out outlives a deletion: the operator's, or our own beside the embedded database."""

import contextlib
import os
import secrets
from pathlib import Path

from ghl_real_estate_ai.compliance.privacy import Pseudonyms
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import Settings

FILE = "suppression.key"


def pseudonyms_of(settings: Settings) -> Pseudonyms | None:
    """The pseudonyms in use; None on a database of the operator's own without JORGE_SUPPRESSION_KEY.

    Several machines may share such a database, and a key of one of them would find nothing of the others'.
    """
    if settings.suppression_key is not None:
        return Pseudonyms(settings.suppression_key.get_secret_value().encode())
    return None if settings.database_address else Pseudonyms(_own_key(settings.data_dir / FILE))


def passing_pseudonyms(settings: Settings) -> Pseudonyms:
    """The pseudonyms of a process that keeps nothing: without a key of the operator's one that ends with it."""
    if settings.suppression_key is not None:
        return Pseudonyms(settings.suppression_key.get_secret_value().encode())
    return Pseudonyms(secrets.token_bytes(32))


def demand_pseudonyms(settings: Settings) -> Pseudonyms:
    """The pseudonyms in use.

    Raises:
        Misconfigured: there is no key.
    """
    found = pseudonyms_of(settings)
    if found is None:
        raise Misconfigured("Forgetting a lead needs JORGE_SUPPRESSION_KEY, or an opt-out would be forgotten too.")
    return found


def _own_key(path: Path) -> bytes:
    """The key in *path*, made if there is none; whole or not there at all, whoever else makes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        part.touch(mode=0o600)
        part.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            os.link(part, path)
        part.unlink()
    return path.read_text().strip().encode()
