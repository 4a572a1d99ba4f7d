"""Keep how each route's threshold moved, and what was deferred; find what is pending and what was given up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "handoff_deferrals",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("event_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("source_bot", sa.String(50), nullable=False),
        sa.Column("target_bot", sa.String(50), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("adjustment", sa.Float(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("delivers", sa.Boolean(), nullable=False),
        sa.Column("deferred_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False, server_default="waiting"),
        sa.Column("reason", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("location_id", "event_id", name="pk_handoff_deferrals"),
        sa.CheckConstraint(
            "state IN ('waiting', 'moved', 'dropped')", name=op.f("ck_handoff_deferrals_known_state")
        ),
    )
    op.create_index(
        "uq_handoff_deferrals_waiting",
        "handoff_deferrals",
        ["location_id", "contact_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_handoff_deferrals_target_bot_ended_at", "handoff_deferrals", ["target_bot", "ended_at"])
    op.create_table(
        "handoff_thresholds",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("source_bot", sa.String(50), nullable=False),
        sa.Column("target_bot", sa.String(50), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("adjustment", sa.Float(), nullable=False),
        sa.Column("success_rate", sa.Float()),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("interval_low", sa.Float()),
        sa.Column("interval_high", sa.Float()),
        sa.PrimaryKeyConstraint("location_id", "source_bot", "target_bot", "at", name="pk_handoff_thresholds"),
    )
    op.create_index(
        "ix_jorge_handoff_outcomes_pending",
        "jorge_handoff_outcomes",
        ["timestamp", "event_id"],
        postgresql_where=sa.text("outcome = 'pending'"),
    )
    op.create_index(
        "ix_outbox_dead", "outbox", ["location_id", "turn_id"], postgresql_where=sa.text("state = 'dead'")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_outbox_dead", table_name="outbox")
    op.drop_index("ix_jorge_handoff_outcomes_pending", table_name="jorge_handoff_outcomes")
    op.drop_table("handoff_thresholds")
    op.drop_table("handoff_deferrals")
