"""How long things are waited for; read here at each use, so that one place changes them."""

CONNECT_SECONDS = 5
START_SECONDS = 120.0
STOP_SECONDS = 60.0
ORPHANS_SECONDS = 15.0
"""How long the backends of a killed postmaster may need to notice that it is gone."""
POLL_SECONDS = 0.02
