"""Stripe without a server: orders, disputes, balance and payouts, and how services are doing.

Columns that may not be empty are added with what older rows get, then lose that default: the
mapped classes fill them.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# SQLite only auto-numbers columns declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _customers_money()
    _orders()
    _balance()
    _services()
    _existing_tables()


def _customers_money() -> None:
    """What customers may, tried and objected to."""
    op.create_table(
        "instalment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_instalment_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_instalment_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_instalment"),
        sa.UniqueConstraint("document_id", "position", name="uq_instalment_document_id_position"),
    )
    op.create_table(
        "payment_attempt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("payment_intent", sa.String(length=80), nullable=False),
        sa.Column("charge", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("decline_code", sa.String(length=80), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_payment_attempt_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_payment_attempt_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_attempt"),
        sa.UniqueConstraint(
            "company_id", "livemode", "charge", name="uq_payment_attempt_company_id_livemode_charge"
        ),
    )
    op.create_index("ix_payment_attempt_at", "payment_attempt", ["company_id", "at"])
    op.create_index("ix_payment_attempt_document", "payment_attempt", ["document_id"])
    op.create_table(
        "saved_card",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("consented_at", INSTANT, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("stripe_customer", sa.String(length=80), nullable=False),
        sa.Column("payment_method", sa.String(length=80), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("expires_month", sa.Integer(), nullable=True),
        sa.Column("expires_year", sa.Integer(), nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_saved_card_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_saved_card_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_saved_card_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_card"),
        sa.UniqueConstraint(
            "company_id",
            "livemode",
            "payment_method",
            name="uq_saved_card_company_id_livemode_payment_method",
        ),
        sa.UniqueConstraint("uid", name="uq_saved_card_uid"),
    )
    op.create_index("ix_saved_card_customer", "saved_card", ["customer_id"])
    op.create_table(
        "dispute",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("stripe_dispute", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_base_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("is_refundable", sa.Boolean(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_dispute_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_dispute_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
        sa.UniqueConstraint(
            "company_id", "stripe_dispute", name="uq_dispute_company_id_stripe_dispute"
        ),
    )
    op.create_index("ix_dispute_payment", "dispute", ["payment_id"])


def _orders() -> None:
    op.create_table(
        "stripe_order",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("payment_id", KEY, nullable=True),
        sa.Column("card_id", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stripe_id", sa.String(length=80), nullable=True),
        sa.Column("first_try_server_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["saved_card.id"], name="fk_stripe_order_card_id_saved_card"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_stripe_order_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_stripe_order_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_stripe_order_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_order"),
        sa.UniqueConstraint("idempotency_key", name="uq_stripe_order_idempotency_key"),
        sa.UniqueConstraint("uid", name="uq_stripe_order_uid"),
    )
    op.create_index("ix_stripe_order_document", "stripe_order", ["document_id"])
    op.create_index("ix_stripe_order_payment", "stripe_order", ["payment_id"])


def _balance() -> None:
    op.create_table(
        "balance_transaction",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("exchange_rate", sa.Text(), nullable=True),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("payout", sa.String(length=80), nullable=True),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_balance_transaction_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "livemode", "id", name="pk_balance_transaction"),
    )
    op.create_index(
        "ix_balance_transaction_payout", "balance_transaction", ["company_id", "payout"]
    )
    op.create_index(
        "ix_balance_transaction_source", "balance_transaction", ["company_id", "source"]
    )
    op.create_table(
        "stripe_payout",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("stripe_payout", sa.String(length=80), nullable=False),
        sa.Column("balance_transaction", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("listed_after", sa.String(length=80), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.Column("bank_line_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_line.id"], name="fk_stripe_payout_bank_line_id_bank_line"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_stripe_payout_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_payout"),
        sa.UniqueConstraint(
            "company_id", "stripe_payout", name="uq_stripe_payout_company_id_stripe_payout"
        ),
        sa.UniqueConstraint("uid", name="uq_stripe_payout_uid"),
    )
    op.create_index("ix_stripe_payout_bank_line", "stripe_payout", ["bank_line_id"])


def _services() -> None:
    op.create_table(
        "service_state",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("forbidden", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before_at", INSTANT, nullable=True),
        sa.Column("probe_until_at", INSTANT, nullable=True),
        sa.Column("tokens_milli", sa.BigInteger(), nullable=True),
        sa.Column("tokens_at", INSTANT, nullable=True),
        sa.Column("last_ok_at", INSTANT, nullable=True),
        sa.Column("last_failed_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_service_state_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "service", "livemode", name="pk_service_state"),
    )
    op.create_table(
        "service_call_hour",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("hour_at", INSTANT, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("sum_ms", sa.BigInteger(), nullable=False),
        sa.Column("within_100", sa.Integer(), nullable=False),
        sa.Column("within_300", sa.Integer(), nullable=False),
        sa.Column("within_1000", sa.Integer(), nullable=False),
        sa.Column("within_3000", sa.Integer(), nullable=False),
        sa.Column("within_10000", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_service_call_hour_company_id_company"
        ),
        sa.PrimaryKeyConstraint(
            "company_id",
            "service",
            "livemode",
            "hour_at",
            name="pk_service_call_hour",
        ),
    )


def _existing_tables() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("document_id", existing_type=KEY, nullable=True)
        batch.add_column(_key("outbox", "order_id", "stripe_order"))
    _add(
        "payment",
        sa.Column("method_type", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("read_at", INSTANT, nullable=True),
    )
    _add(
        "payment_link",
        sa.Column("is_part", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("first_try_server_at", INSTANT, nullable=True),
        sa.Column("replays", sa.Integer(), nullable=False, server_default="0"),
    )
    # The desktop's clock is all that is known of those sent before.
    op.execute("UPDATE payment_link SET first_try_server_at = first_try_at")
    _add(
        "refund",
        _key("refund", "order_id", "stripe_order"),
        sa.Column("stripe_status", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("reason", sa.String(length=40), nullable=False, server_default=""),
    )
    _add("mail", sa.Column("settlement", sa.Integer(), nullable=True))
    op.create_index(
        "uq_mail_settlement", "mail", ["document_id", "recipient", "settlement"], unique=True
    )
    failed = sa.text("state = 'failed'")
    op.create_index(
        "ix_refund_failed",
        "refund",
        ["company_id", "updated_at", "id"],
        sqlite_where=failed,
        postgresql_where=failed,
    )
    _add(
        "stripe_cursor",
        sa.Column("account_id", sa.String(length=80), nullable=True),
        sa.Column("last_ok_server_at", INSTANT, nullable=True),
        sa.Column("deep_from_at", INSTANT, nullable=True),
        sa.Column("deep_place", sa.String(length=140), nullable=True),
        sa.Column("balance_through_at", INSTANT, nullable=True),
        sa.Column("balance_after", sa.String(length=80), nullable=True),
        sa.Column("balance_begun_at", INSTANT, nullable=True),
        sa.Column("permissions", sa.Text(), nullable=False, server_default=""),
    )
    _add("stripe_event", sa.Column("intent", sa.String(length=80), nullable=True))
    op.create_index("ix_stripe_event_applied", "stripe_event", ["company_id", "applied_at"])


def _key(table: str, column: str, parent: str) -> "sa.Column[Any]":
    name = f"fk_{table}_{column}_{parent}"
    return sa.Column(column, KEY, sa.ForeignKey(f"{parent}.id", name=name), nullable=True)


def _add(table: str, *columns: "sa.Column[Any]") -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(column)
    filled = [column for column in columns if column.server_default is not None]
    if filled:
        with op.batch_alter_table(table) as batch:
            for column in filled:
                batch.alter_column(column.name, server_default=None)
