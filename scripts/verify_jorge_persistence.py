#!/usr/bin/env python
"""Prove that everything is persisted: exit 0, or 1 with what failed (the same as `jorge verify`)."""

import sys

from ghl_real_estate_ai.cli.verify import verify

if __name__ == "__main__":
    sys.exit(verify())
