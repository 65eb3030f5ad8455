"""The tables of trading: accounts, leases, journal, commands, and what is read out of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(5), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("halted_reason", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tag"),
    )
    op.create_index("ix_accounts_owner_id", "accounts", ["owner_id"])
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_commands_open", "commands", ["account_id", "consumed_at"])
    op.create_table(
        "decisions",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("decision_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("intent", sa.String(16)),
        sa.Column("maker", sa.String(200)),
        sa.Column("passed", sa.Boolean()),
        sa.Column("rule", sa.String(64)),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "decision_id"),
    )
    op.create_index("ix_decisions_symbol", "decisions", ["account_id", "symbol", "decided_at"])
    op.create_table(
        "diary",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asset", sa.String(32)),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "seq"),
    )
    op.create_index("ix_diary_asset", "diary", ["account_id", "asset", "written_at"])
    op.create_table(
        "equity_snapshots",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("equity", sa.String(40), nullable=False),
        sa.Column("balance", sa.String(40)),
        sa.Column("available", sa.String(40)),
        sa.PrimaryKeyConstraint("account_id", "at"),
    )
    op.create_table(
        "fills",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("trade_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("client_order_id", sa.String(36)),
        sa.Column("side", sa.String(8)),
        sa.Column("price", sa.String(40)),
        sa.Column("quantity", sa.String(40)),
        sa.Column("fee", sa.String(40)),
        sa.Column("fee_currency", sa.String(16)),
        sa.Column("liquidity", sa.String(8)),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "symbol", "trade_id"),
    )
    op.create_index("ix_fills_symbol", "fills", ["account_id", "symbol", "event_at"])
    op.create_table(
        "income",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("venue_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("symbol", sa.String(32)),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(16), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "venue_id", "kind"),
    )
    op.create_index("ix_income_event_at", "income", ["event_at"])
    op.create_table(
        "journal",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(32), nullable=False),
        sa.Column("emergency_id", sa.String(36)),
        sa.PrimaryKeyConstraint("account_id", "seq"),
    )
    op.create_index("ix_journal_correlation", "journal", ["account_id", "correlation_id"])
    op.create_index("ix_journal_emergency", "journal", ["account_id", "emergency_id"], unique=True)
    op.create_table(
        "leases",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "orders",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("client_order_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("venue_order_id", sa.String(64)),
        sa.Column("symbol", sa.String(32)),
        sa.Column("side", sa.String(8)),
        sa.Column("type", sa.String(32)),
        sa.Column("quantity", sa.String(40)),
        sa.Column("filled_quantity", sa.String(40)),
        sa.Column("average_price", sa.String(40)),
        sa.Column("price", sa.String(40)),
        sa.Column("trigger_price", sa.String(40)),
        sa.Column("reduce_only", sa.Boolean()),
        sa.Column("status", sa.String(20)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "client_order_id"),
    )
    op.create_index("ix_orders_symbol", "orders", ["account_id", "symbol", "created_at"])
    op.create_table(
        "performance_snapshots",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "period", "start"),
    )
    op.create_table(
        "positions",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.String(40)),
        sa.Column("entry_price", sa.String(40)),
        sa.Column("liquidation_price", sa.String(40)),
        sa.Column("unrealised_pnl", sa.String(40)),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "symbol"),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    for table in (
        "accounts",
        "commands",
        "decisions",
        "diary",
        "equity_snapshots",
        "fills",
        "income",
        "journal",
        "leases",
        "orders",
        "performance_snapshots",
        "positions",
    ):
        op.drop_table(table)
