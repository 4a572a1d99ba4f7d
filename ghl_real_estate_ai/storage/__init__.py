"""Keeps what must outlive a restart: dataclasses of the slices come in, PostgreSQL rows go out; telemetry is next."""
