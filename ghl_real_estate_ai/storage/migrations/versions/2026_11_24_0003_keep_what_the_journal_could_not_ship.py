"""Keep what retention and dead letters need."""

from alembic import op

revision = "2026_11_24_0003"
down_revision = "2026_11_24_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE dead_letters ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE dead_letters ADD COLUMN tried_at TIMESTAMPTZ NOT NULL DEFAULT now()")
    op.execute(
        """
        CREATE TABLE journal_rebuilds (
            node TEXT NOT NULL,
            looked_until TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_journal_rebuilds PRIMARY KEY (node)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE journal_nodes (
            node TEXT NOT NULL,
            journal TEXT NOT NULL,
            waiting_rows BIGINT NOT NULL,
            waiting_since TIMESTAMPTZ,
            dropped_rows BIGINT NOT NULL,
            dropped_at TIMESTAMPTZ,
            told_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT pk_journal_nodes PRIMARY KEY (node, journal)
        )
        """
    )
    op.execute("CREATE INDEX ix_turns_created_at ON turns (created_at)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_turns_created_at")
    op.execute("DROP TABLE journal_nodes")
    op.execute("DROP TABLE journal_rebuilds")
    op.execute("ALTER TABLE dead_letters DROP COLUMN tried_at")
    op.execute("ALTER TABLE dead_letters DROP COLUMN attempts")
