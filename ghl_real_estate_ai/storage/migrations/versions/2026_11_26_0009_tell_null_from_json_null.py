"""Turn the JSON value null into NULL where handoffs were written without details: IS NULL did not find those rows.

Only rows of that kind are touched, and locked against nobody but who would change them; reading goes on.
"""

from alembic import op

revision = "2026_11_26_0009"
down_revision = "2026_11_26_0008"
branch_labels = None
depends_on = None

TABLES = ("jorge_handoff_events", "jorge_handoff_outcomes")
"""Where metadata was written through SQLAlchemy; the journal has always written NULL."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"UPDATE {table} SET metadata = NULL WHERE metadata = 'null'::jsonb")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")  # both mean the same to an earlier version: nothing to take back
