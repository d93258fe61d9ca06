"""The books: every document, tax and movement of money.

Columns that may not be empty are added with what older rows get, then lose that default: the
mapped classes fill them.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# SQLite only auto-numbers columns declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

# Accounts BillDesk posts to from now on: code, name, kind, role.
NEW_ACCOUNTS = (
    ("1230", "Withholding tax receivable", "asset", "withholding_receivable"),
    ("1900", "Currency conversion", "asset", "currency_conversion"),
    ("2110", "Customer deposits", "liability", "customer_deposits"),
    ("2210", "Tax not yet due", "liability", "tax_not_due"),
    ("3900", "Opening balances", "equity", "opening_balance"),
    ("4100", "Late fees", "income", "late_fee_income"),
    ("4800", "Exchange gains", "income", "exchange_gain"),
    ("5200", "Bad debts", "expense", "bad_debt"),
    ("5300", "Early-payment discounts given", "expense", "discount_given"),
    ("5400", "Goodwill", "expense", "goodwill"),
    ("5800", "Exchange losses", "expense", "exchange_loss"),
)
NEW_SERIES = (
    ("quote", "Q-{seq:05}"),
    ("deposit_invoice", "DEP-{seq:05}"),
    ("final_invoice", "FIN-{seq:05}"),
    ("credit_note", "CN-{seq:05}"),
    ("receipt", "REC-{seq:05}"),
    ("statement", "ST-{seq:05}"),
    ("delivery_note", "DN-{seq:05}"),
    ("reminder", "REM-{seq:05}"),
)


def upgrade() -> None:
    _company()
    _customers()
    _documents()
    _money()
    _banking()
    _existing_tables()
    _allocations()
    op.drop_index("ix_payment_document", "payment")
    op.create_index("ix_payment_document", "payment", ["document_id", "company_id"])
    _document_indexes()
    _rows_of_each_company()
    _refunds_at_stripe()
    _search_index()


def _company() -> None:
    op.create_table(
        "change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("desk", sa.String(length=36), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_change_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_table(
        "cost_centre",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_cost_centre_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cost_centre"),
        sa.UniqueConstraint("company_id", "code", name="uq_cost_centre_company_id_code"),
    )
    op.create_table(
        "custom_field",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("field_type", sa.String(length=10), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_printed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_custom_field_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custom_field"),
        sa.UniqueConstraint(
            "company_id", "entity", "key", name="uq_custom_field_company_id_entity_key"
        ),
    )


def _customers() -> None:
    op.create_table(
        "price_list",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_price_list_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_price_list"),
    )
    op.create_index("ix_price_list_company", "price_list", ["company_id", "name"], unique=False)
    op.create_table(
        "customer_address",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=False),
        sa.Column("line2", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_customer_address_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_customer_address_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_customer_address"),
    )
    op.create_index(
        "ix_customer_address_customer", "customer_address", ["customer_id"], unique=False
    )
    op.create_table(
        "customer_contact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("receives", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_customer_contact_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_customer_contact_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_customer_contact"),
    )
    op.create_index(
        "ix_customer_contact_customer", "customer_contact", ["customer_id"], unique=False
    )
    op.create_table(
        "item_price",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("item_id", KEY, nullable=False),
        sa.Column("price_list_id", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("min_quantity", sa.Text(), nullable=False),
        sa.Column("unit_price", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_item_price_company_id_company"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_price_item_id_item"),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name="fk_item_price_price_list_id_price_list"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_item_price"),
    )
    op.create_index("ix_item_price_item", "item_price", ["item_id"], unique=False)


def _documents() -> None:
    op.create_table(
        "document_reference",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("refers_to_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("quantities", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_document_reference_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_reference_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["refers_to_id"], ["document.id"], name="fk_document_reference_refers_to_id_document"
        ),
        sa.PrimaryKeyConstraint(
            "document_id", "refers_to_id", "kind", name="pk_document_reference"
        ),
    )
    op.create_index(
        "ix_document_reference_refers", "document_reference", ["refers_to_id", "kind"], unique=False
    )
    op.create_table(
        "document_revision",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_document_revision_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_revision_document_id_document"
        ),
        sa.PrimaryKeyConstraint("document_id", "version", name="pk_document_revision"),
    )
    op.create_table(
        "reminder",
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_reminder_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_reminder_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["document.id"], name="fk_reminder_invoice_id_document"
        ),
        sa.PrimaryKeyConstraint("invoice_id", "step", name="pk_reminder"),
    )
    op.create_table(
        "recurring_template",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_after", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("price_changes", sa.Text(), nullable=False),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_recurring_template_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_recurring_template_customer_id_customer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recurring_template"),
        sa.UniqueConstraint("uid", name="uq_recurring_template_uid"),
    )
    op.create_index(
        "ix_recurring_template_company",
        "recurring_template",
        ["company_id", "deleted_at", "name"],
        unique=False,
    )
    op.create_table(
        "recurring_run",
        sa.Column("template_id", KEY, nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_recurring_run_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_recurring_run_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["recurring_template.id"],
            name="fk_recurring_run_template_id_recurring_template",
        ),
        sa.PrimaryKeyConstraint("template_id", "period", name="pk_recurring_run"),
    )


def _banking() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("bank_format", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=40), nullable=False),
        sa.Column("statement_number", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_bank_statement_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_statement"),
        sa.UniqueConstraint(
            "company_id",
            "sha256",
            "position",
            name="uq_bank_statement_company_id_sha256_position",
        ),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("statement_id", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("counterparty_iban", sa.String(length=40), nullable=False),
        sa.Column("remittance", sa.Text(), nullable=False),
        sa.Column("end_to_end", sa.String(length=80), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payment_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("duplicate_of_id", KEY, nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_bank_line_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_bank_line_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["bank_line.id"], name="fk_bank_line_duplicate_of_id_bank_line"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_bank_line_payment_id_payment"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name="fk_bank_line_statement_id_bank_statement"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_line"),
        sa.UniqueConstraint(
            "company_id", "fingerprint", name="uq_bank_line_company_id_fingerprint"
        ),
        sa.UniqueConstraint("uid", name="uq_bank_line_uid"),
    )
    op.create_index(
        "ix_bank_line_state", "bank_line", ["company_id", "state", "booked_on", "id"], unique=False
    )
    op.create_index("ix_bank_line_statement", "bank_line", ["statement_id"], unique=False)
    op.create_index(
        "ix_bank_line_payment",
        "bank_line",
        ["payment_id"],
        unique=False,
        sqlite_where=sa.text("payment_id IS NOT NULL"),
        postgresql_where=sa.text("payment_id IS NOT NULL"),
    )


def _money() -> None:
    op.create_table(
        "deduction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("payment_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_deduction_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_deduction_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_deduction_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deduction"),
        sa.UniqueConstraint("uid", name="uq_deduction_uid"),
    )
    op.create_index("ix_deduction_document", "deduction", ["document_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("payment_id", KEY, nullable=True),
        sa.Column("credit_note_id", KEY, nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_currency", sa.String(length=3), nullable=True),
        sa.Column("paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("stripe_refund", sa.String(length=80), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_refund_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["document.id"], name="fk_refund_credit_note_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_refund_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_refund_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.UniqueConstraint(
            "company_id", "stripe_refund", name="uq_refund_company_id_stripe_refund"
        ),
        sa.UniqueConstraint("uid", name="uq_refund_uid"),
    )
    op.create_index(
        "ix_refund_credit_note", "refund", ["credit_note_id", "company_id"], unique=False
    )
    op.create_index("ix_refund_payment", "refund", ["payment_id", "company_id"])


def _existing_tables() -> None:
    _add("account", sa.Column("deleted_at", INSTANT, nullable=True))
    _add(
        "attachment",
        sa.Column("with_mail", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("deleted_at", INSTANT, nullable=True),
    )
    _add(
        "company",
        sa.Column("chart", sa.String(length=10), nullable=False, server_default="generic"),
        sa.Column("closed_at", INSTANT, nullable=True),
    )
    _add(
        "customer",
        sa.Column("discount_percent", sa.Text(), nullable=True),
        sa.Column("discount_days", sa.Integer(), nullable=True),
        sa.Column("tax_treatment", sa.String(length=20), nullable=False, server_default=""),
        _key("customer", "tax_rate_id", "tax_rate"),
        _key("customer", "price_list_id", "price_list"),
        sa.Column("custom", sa.Text(), nullable=False, server_default="{}"),
        _key("customer", "merged_into_id", "customer"),
        sa.Column("erased_at", INSTANT, nullable=True),
    )
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_customer_merged",
        "customer",
        ["merged_into_id"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    _add(
        "document",
        sa.Column("exchange_rate_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("discount_percent", sa.Text(), nullable=True),
        sa.Column("discount_days", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("delivery", sa.Text(), nullable=False, server_default=""),
        sa.Column("custom", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("cash_basis", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("prepaid_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("prepaid_base_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("free_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("free_base_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("declined_at", INSTANT, nullable=True),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=False, server_default="0"),
    )
    _add("document_line", _key("document_line", "cost_centre_id", "cost_centre"))
    _add("item", sa.Column("custom", sa.Text(), nullable=False, server_default="{}"))
    _add(
        "payment",
        sa.Column("received_currency", sa.String(length=3), nullable=True),
        sa.Column("received_minor", sa.BigInteger(), nullable=True),
        sa.Column("explained_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False, server_default="0"),
    )
    _add("posting", _key("posting", "cost_centre_id", "cost_centre"))
    _add(
        "tax_rate",
        _key("tax_rate", "revenue_account_id", "account"),
        sa.Column("kind", sa.String(length=10), nullable=False, server_default="added"),
        sa.Column("is_compound", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reasons", sa.Text(), nullable=False, server_default="{}"),
        _key("tax_rate", "follows_id", "tax_rate"),
    )


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


def _allocations() -> None:
    """Credit notes and deductions settle documents too, each from a day on."""
    _add(
        "allocation",
        _key("allocation", "credit_note_id", "document"),
        _key("allocation", "deduction_id", "deduction"),
        sa.Column("occurred_on", sa.Date(), nullable=True),
    )
    op.execute(
        "UPDATE allocation SET occurred_on = "
        "(SELECT received_on FROM payment WHERE payment.id = allocation.payment_id)"
    )
    with op.batch_alter_table("allocation") as batch:
        batch.alter_column("payment_id", existing_type=KEY, nullable=True)
        batch.alter_column("occurred_on", existing_type=sa.Date(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_allocation_one_source"),
            "(payment_id IS NOT NULL AND credit_note_id IS NULL AND deduction_id IS NULL)"
            " OR (payment_id IS NULL AND credit_note_id IS NOT NULL AND deduction_id IS NULL)"
            " OR (payment_id IS NULL AND credit_note_id IS NULL AND deduction_id IS NOT NULL)",
        )
    given = sa.text("credit_note_id IS NOT NULL")
    for column in ("document", "payment"):
        op.drop_index(f"ix_allocation_{column}", "allocation")
        op.create_index(f"ix_allocation_{column}", "allocation", [f"{column}_id", "company_id"])
    op.create_index("ix_allocation_occurred", "allocation", ["company_id", "occurred_on"])
    op.create_index(
        "ix_allocation_credit_note",
        "allocation",
        ["credit_note_id", "company_id"],
        sqlite_where=given,
        postgresql_where=given,
    )


def _document_indexes() -> None:
    listed = sa.text("deleted_at IS NULL")
    op.drop_index("ix_document_list", "document")
    op.create_index(
        "ix_document_list",
        "document",
        ["company_id", "listed_on", "id"],
        sqlite_where=listed,
        postgresql_where=listed,
    )
    others = sa.text(
        "kind NOT IN ('invoice', 'deposit_invoice', 'final_invoice') AND deleted_at IS NULL"
    )
    op.create_index(
        "ix_document_other",
        "document",
        ["company_id", "kind", "listed_on", "id"],
        sqlite_where=others,
        postgresql_where=others,
    )
    still_open = sa.text("open_minor <> 0")
    op.create_index(
        "ix_document_open",
        "document",
        [
            "company_id",
            "customer_id",
            "currency",
            "due_on",
            "kind",
            "issued_on",
            "open_minor",
            "open_base_minor",
        ],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _search_index() -> None:
    """Every document by the trigrams of its search text; a server gets its index with its guards.

    Padded so that the last characters begin a trigram as well.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE document_search USING fts5(search_text, content='', detail=none, "
        "tokenize='trigram case_sensitive 1')"
    )
    for name, kind in (("terms", "instance"), ("counts", "row")):
        op.execute(
            f"CREATE VIRTUAL TABLE document_search_{name} USING fts5vocab(document_search, {kind})"
        )
    op.execute(
        "INSERT INTO document_search(rowid, search_text) "
        "SELECT id, search_text || '  ' FROM document ORDER BY id"
    )


def _rows_of_each_company() -> None:
    """The accounts and number series that a company set up today starts with."""
    connection = op.get_bind()
    companies = [row[0] for row in connection.execute(sa.text("SELECT id FROM company"))]
    for company in companies:
        for code, name, kind, role in NEW_ACCOUNTS:
            connection.execute(
                sa.text(
                    "INSERT INTO account (company_id, code, name, kind, role) "
                    "VALUES (:company, :code, :name, :kind, :role)"
                ),
                {
                    "company": company,
                    "code": _free_code(connection, company, code),
                    "name": name,
                    "kind": kind,
                    "role": role,
                },
            )
        for kind, pattern in NEW_SERIES:
            connection.execute(
                sa.text(
                    "INSERT INTO number_series (company_id, kind, pattern, reset, at_creation, "
                    "version) VALUES (:company, :kind, :pattern, 'never', :no, 1)"
                ),
                {"company": company, "kind": kind, "pattern": pattern, "no": False},
            )


def _refunds_at_stripe() -> None:
    """A row for every refund the ledger knows: what it means was never asked until now."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT e.company_id, e.source_id, e.occurred_on, e.created_at, p.document_id, "
            "p.currency, p.minor, p.base_minor, (SELECT count(*) FROM ledger_entry f "
            "WHERE f.company_id = e.company_id AND f.source_type = e.source_type "
            "AND f.source_id = e.source_id AND f.kind = 'refund_failed') AS failed "
            "FROM ledger_entry e JOIN posting p ON p.entry_id = e.id "
            "WHERE e.source_type = 'refund' AND e.kind = 'refunded' AND p.minor > 0 ORDER BY e.id"
        )
    ).all()
    left: dict[int, int] = {}
    for row in found:
        payments = connection.execute(
            sa.text(
                "SELECT id, customer_id, refunded_minor FROM payment WHERE method = 'stripe' "
                "AND document_id = :document AND charge IS NOT NULL ORDER BY id"
            ),
            {"document": row.document_id},
        ).all()
        # Nearly always there is one; of several, the first that still has so much gone back.
        wanted = 0 if row.failed else row.minor
        fitting = (p for p in payments if left.setdefault(p.id, p.refunded_minor) >= wanted)
        payment = next(fitting, None)
        if payment is None:
            continue
        left[payment.id] -= wanted
        connection.execute(
            sa.text(
                "INSERT INTO refund (uid, company_id, customer_id, payment_id, method, state, "
                "meaning, currency, minor, base_minor, refunded_on, reference, note, "
                "stripe_refund, created_at, updated_at, version) VALUES (:uid, :company, "
                ":customer, :payment, 'stripe', :state, 'unexplained', :currency, :minor, "
                ":base, :day, '', '', :refund, :at, :at, 1)"
            ),
            {
                "uid": str(uuid.uuid4()),
                "company": row.company_id,
                "customer": payment.customer_id,
                "payment": payment.id,
                "state": "failed" if row.failed else "succeeded",
                "currency": row.currency,
                "minor": row.minor,
                "base": row.base_minor,
                "day": row.occurred_on,
                "refund": row.source_id,
                "at": row.created_at,
            },
        )


def _free_code(connection: sa.Connection, company: int, wanted: str) -> str:
    """``wanted``, or the next number after it that the company has not given to an account."""
    rows = connection.execute(
        sa.text("SELECT code FROM account WHERE company_id = :company"), {"company": company}
    )
    taken = {row[0] for row in rows}
    code = int(wanted)
    while str(code) in taken:
        code += 1
    return str(code)
