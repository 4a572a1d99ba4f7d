"""Keep the tokens and the limits of the CRM."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0006"
down_revision = "2026_11_26_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "crm_budgets",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("spent", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("created_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("location_id", name="pk_crm_budgets"),
    )
    op.add_column("locations", sa.Column("tokens_expire_at", moment))
    generation = sa.Column("tokens_generation", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    op.add_column("locations", generation)
    op.add_column("locations", sa.Column("tokens_claimed_by", sa.Text()))
    op.add_column("locations", sa.Column("tokens_claimed_until", moment))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("tokens_claimed_until", "tokens_claimed_by", "tokens_generation", "tokens_expire_at"):
        op.drop_column("locations", name)
    op.drop_table("crm_budgets")
