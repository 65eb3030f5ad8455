"""The tables of model calls: what was asked and answered, and the money held for it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "llm_interactions",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32)),
        sa.Column("correlation_id", sa.String(64)),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("base_url", sa.String(500), nullable=False),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer()),
        sa.Column("cached_tokens", sa.Integer()),
        sa.Column("output_tokens", sa.Integer()),
        sa.Column("cost_usd", sa.BigInteger()),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
    )
    op.create_index("ix_llm_interactions_owner_asked", "llm_interactions", ["owner_id", "asked_at"])
    op.create_index("ix_llm_interactions_account_asked", "llm_interactions", ["account_id", "asked_at"])
    op.create_table(
        "llm_budget",
        sa.Column("owner_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("committed_usd", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "llm_reservations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("reserved_usd", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.BigInteger()),
    )


def downgrade() -> None:
    op.drop_table("llm_reservations")
    op.drop_table("llm_budget")
    op.drop_table("llm_interactions")
