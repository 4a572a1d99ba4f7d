"""Keep what events and sends need: when a send was first asked for and ended, and what a turn began from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_26_0007"
down_revision = "2026_11_26_0006"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("turns", sa.Column("version", sa.BigInteger))
    op.add_column("turns", sa.Column("state_before", postgresql.JSONB))
    op.add_column("outbox", sa.Column("asked_at", Moment))
    op.add_column("outbox", sa.Column("ended_at", Moment))
    op.add_column("outbox", sa.Column("initiated", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.execute("UPDATE outbox SET ended_at = sent_at WHERE sent_at > now() - interval '1 day'")
    op.create_index(
        "ix_outbox_ended_texts",
        "outbox",
        ["ended_at", "location_id"],
        postgresql_where=sa.text("kind = 'send_text'"),
    )
    op.create_index(
        "ix_inbox_send_failed",
        "inbox",
        ["received_at", "location_id"],
        postgresql_where=sa.text("reason = 'send_failed'"),
    )
    op.create_index("ix_suppressions_suppressed_at", "suppressions", ["suppressed_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_suppressions_suppressed_at", "suppressions")
    op.drop_index("ix_inbox_send_failed", "inbox")
    op.drop_index("ix_outbox_ended_texts", "outbox")
    op.drop_column("outbox", "initiated")
    op.drop_column("outbox", "ended_at")
    op.drop_column("outbox", "asked_at")
    op.drop_column("turns", "state_before")
    op.drop_column("turns", "version")
