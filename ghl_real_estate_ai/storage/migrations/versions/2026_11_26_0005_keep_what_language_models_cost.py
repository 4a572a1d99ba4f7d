"""Keep what language models cost."""

from alembic import op

revision = "2026_11_26_0005"
down_revision = "2026_11_26_0004"
branch_labels = None
depends_on = None


SPENDING = """
CREATE TABLE llm_spending (
    location_id TEXT NOT NULL,
    day DATE NOT NULL,
    calls INTEGER NOT NULL,
    tokens BIGINT NOT NULL,
    cost_usd DOUBLE PRECISION NOT NULL,
    updated_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    CONSTRAINT pk_llm_spending PRIMARY KEY (location_id, day)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(SPENDING)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE llm_spending")
