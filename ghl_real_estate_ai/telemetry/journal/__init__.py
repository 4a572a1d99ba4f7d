"""Batches of records come in and are in the kernel when the call returns; the shipper brings them to PostgreSQL."""
