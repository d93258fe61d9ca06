"""A line of the bank may be a refund that was recorded by hand."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# SQLite only auto-numbers columns declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    refund = sa.ForeignKey("refund.id", name="fk_bank_line_refund_id_refund")
    with op.batch_alter_table("bank_line") as batch:
        batch.add_column(sa.Column("refund_id", KEY, refund, nullable=True))
    op.create_index(
        "ix_bank_line_refund",
        "bank_line",
        ["refund_id"],
        unique=False,
        sqlite_where=sa.text("refund_id IS NOT NULL"),
        postgresql_where=sa.text("refund_id IS NOT NULL"),
    )
