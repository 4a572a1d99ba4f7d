"""A claimed conversation comes in, a saved turn goes out; delivery and telemetry are next."""
