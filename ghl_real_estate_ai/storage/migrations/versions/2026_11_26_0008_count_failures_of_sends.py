"""Count how often a send failed apart from how often it was taken up: what waits by our own choice has not failed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0008"
down_revision = "2026_11_26_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("outbox", sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.execute("UPDATE outbox SET failures = attempts WHERE state IN ('pending', 'claimed', 'dead')")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("outbox", "failures")
