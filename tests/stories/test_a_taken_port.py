"""A server whose port somebody has ends by itself, and cleanly."""

import os
import socket
import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 60.0


def test_a_start_on_a_taken_port_ends(database_dsn: str, tmp_path: Path):
    """It says that the address is in use and exits, with nothing left hanging."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        environment = {**os.environ, "DATABASE_URL": database_dsn, "JORGE_DATA_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "uvicorn", "ghl_real_estate_ai.api.main:app", "--port", port]

        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )

    assert 0 != result.returncode
    assert "Jorge stopped" in result.stderr
