"""First schema.

The names of constraints are spelled out: later steps find them by name.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# SQLite only auto-numbers columns declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _company()
    _trade()
    _outside()
    _books()


def _company() -> None:
    op.create_table(
        "company",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("locked_through", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
        sa.UniqueConstraint("uid", name="uq_company_uid"),
    )
    op.create_table(
        "install",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("reference_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_install_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_install"),
    )
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_account_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("company_id", "code", name="uq_account_company_id_code"),
    )
    op.create_index(
        "uq_account_role",
        "account",
        ["company_id", "role"],
        unique=True,
        sqlite_where=sa.text("role IS NOT NULL"),
        postgresql_where=sa.text("role IS NOT NULL"),
    )
    op.create_table(
        "app_user",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_app_user_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_app_user"),
        sa.UniqueConstraint("company_id", "login", name="uq_app_user_company_id_login"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("owner_type", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_attachment_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_owner", "attachment", ["company_id", "owner_type", "owner_id"])
    op.create_table(
        "number_series",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("pattern", sa.String(length=60), nullable=False),
        sa.Column("reset", sa.String(length=10), nullable=False),
        sa.Column("at_creation", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_number_series_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_number_series"),
        sa.UniqueConstraint("company_id", "kind", name="uq_number_series_company_id_kind"),
    )
    op.create_table(
        "number_counter",
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("last_value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["number_series.id"], name="fk_number_counter_series_id_number_series"
        ),
        sa.PrimaryKeyConstraint("series_id", "period", name="pk_number_counter"),
    )
    op.create_table(
        "setting",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_setting_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "name", name="pk_setting"),
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("percent", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_tax_rate_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_tax_rate_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tax_rate"),
    )
    op.create_index("ix_tax_rate_company_id", "tax_rate", ["company_id", "deleted_at"])


def _trade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_name", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=False),
        sa.Column("line2", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("vat_id", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_customer_company_id_company"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.UniqueConstraint("company_id", "number", name="uq_customer_company_id_number"),
        sa.UniqueConstraint("uid", name="uq_customer_uid"),
    )
    op.create_index("ix_customer_name", "customer", ["company_id", "sort_name", "id"])
    op.create_table(
        "item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_name", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_code", sa.String(length=3), nullable=False),
        sa.Column("unit_price", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_rate_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_item_account_id_account"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_item_company_id_company"),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["tax_rate.id"], name="fk_item_tax_rate_id_tax_rate"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("uid", name="uq_item_uid"),
    )
    op.create_index("ix_item_name", "item", ["company_id", "sort_name", "id"])
    op.create_index(
        "uq_item_code",
        "item",
        ["company_id", "code"],
        unique=True,
        sqlite_where=sa.text("code <> '' AND deleted_at IS NULL"),
        postgresql_where=sa.text("code <> '' AND deleted_at IS NULL"),
    )
    op.create_table(
        "document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        sa.Column("service_from", sa.Date(), nullable=True),
        sa.Column("service_to", sa.Date(), nullable=True),
        sa.Column("order_reference", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("price_mode", sa.String(length=10), nullable=False),
        sa.Column("tax_rounding", sa.String(length=10), nullable=False),
        sa.Column("cash_step_minor", sa.Integer(), nullable=False),
        sa.Column("online_payment", sa.Boolean(), nullable=False),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("base_total_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_base_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("credited_minor", sa.BigInteger(), nullable=False),
        sa.Column("written_off_minor", sa.BigInteger(), nullable=False),
        sa.Column("pending_minor", sa.BigInteger(), nullable=False),
        sa.Column("disputed_minor", sa.BigInteger(), nullable=False),
        sa.Column("unexplained_refund_minor", sa.BigInteger(), nullable=False),
        sa.Column("surplus_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("issued_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "issued_at IS NULL OR number IS NOT NULL", name=op.f("ck_document_issued_has_number")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_document_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_document_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["number_series.id"], name="fk_document_series_id_number_series"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint(
            "company_id", "series_id", "number", name="uq_document_company_id_series_id_number"
        ),
        sa.UniqueConstraint("uid", name="uq_document_uid"),
    )
    op.create_index(
        "ix_document_customer", "document", ["company_id", "customer_id", "listed_on", "id"]
    )
    op.create_index(
        "ix_document_draft",
        "document",
        ["company_id", "id"],
        sqlite_where=sa.text("issued_at IS NULL AND deleted_at IS NULL"),
        postgresql_where=sa.text("issued_at IS NULL AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_document_due",
        "document",
        ["company_id", "due_on", "id"],
        sqlite_where=sa.text("open_minor <> 0"),
        postgresql_where=sa.text("open_minor <> 0"),
    )
    op.create_index("ix_document_list", "document", ["company_id", "deleted_at", "listed_on", "id"])
    op.create_table(
        "document_adjustment",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("is_charge", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_adjustment_document_id_document"
        ),
        sa.PrimaryKeyConstraint("document_id", "ordinal", name="pk_document_adjustment"),
    )
    op.create_table(
        "document_line",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_code", sa.String(length=3), nullable=False),
        sa.Column("unit_price", sa.Text(), nullable=False),
        sa.Column("adjustments", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_document_line_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_line_document_id_document"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_document_line_item_id_item"),
        sa.PrimaryKeyConstraint("document_id", "position", name="pk_document_line"),
    )
    op.create_table(
        "document_line_tax",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tax_rate_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "position"],
            ["document_line.document_id", "document_line.position"],
            name="fk_document_line_tax_document_id_position_document_line",
        ),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["tax_rate.id"], name="fk_document_line_tax_tax_rate_id_tax_rate"
        ),
        sa.PrimaryKeyConstraint("document_id", "position", "ordinal", name="pk_document_line_tax"),
    )
    op.create_table(
        "document_snapshot",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_document_snapshot_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_document_snapshot_document_id_document"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_snapshot"),
    )
    op.create_table(
        "rendition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_rendition_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_rendition_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rendition"),
        sa.UniqueConstraint("document_id", "kind", name="uq_rendition_document_id_kind"),
    )


def _outside() -> None:
    op.create_table(
        "payment_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stripe_id", sa.String(length=80), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("first_try_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_payment_link_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_payment_link_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_link"),
        sa.UniqueConstraint("document_id", "revision", name="uq_payment_link_document_id_revision"),
        sa.UniqueConstraint("uid", name="uq_payment_link_uid"),
    )
    op.create_index("ix_payment_link_stripe", "payment_link", ["stripe_id"])
    op.create_index(
        "ix_payment_link_active",
        "payment_link",
        ["company_id"],
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "ix_payment_link_error",
        "payment_link",
        ["company_id", "updated_at", "id"],
        sqlite_where=sa.text("error <> ''"),
        postgresql_where=sa.text("error <> ''"),
    )
    op.create_index(
        "uq_payment_link_live",
        "payment_link",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'sent', 'active')"),
        postgresql_where=sa.text("state IN ('queued', 'sent', 'active')"),
    )
    op.create_table(
        "mail",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rendition_sha256", sa.String(length=64), nullable=True),
        sa.Column("reply", sa.String(length=500), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_mail_company_id_company"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_mail_document_id_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
    )
    op.create_index("ix_mail_document", "mail", ["document_id"])
    op.create_index(
        "ix_mail_error",
        "mail",
        ["company_id", "created_at", "id"],
        sqlite_where=sa.text("error <> ''"),
        postgresql_where=sa.text("error <> ''"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("link_id", KEY, nullable=True),
        sa.Column("mail_id", KEY, nullable=True),
        sa.Column("rendition", sa.String(length=20), nullable=True),
        sa.Column("waits_for_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("correlation_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_outbox_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_outbox_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_link.id"], name="fk_outbox_link_id_payment_link"
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name="fk_outbox_mail_id_mail"),
        sa.ForeignKeyConstraint(
            ["waits_for_id"], ["outbox.id"], name="fk_outbox_waits_for_id_outbox"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_document", "outbox", ["document_id"])
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["company_id", "not_before_at", "id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_failed",
        "outbox",
        ["company_id", "created_at", "id"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_table(
        "stripe_cursor",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("stripe_account", sa.String(length=64), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("connected_at", INSTANT, nullable=False),
        sa.Column("read_through_at", INSTANT, nullable=True),
        sa.Column("resume_after", sa.String(length=80), nullable=True),
        sa.Column("resume_from_at", INSTANT, nullable=True),
        sa.Column("resume_through_at", INSTANT, nullable=True),
        sa.Column("last_ok_at", INSTANT, nullable=True),
        sa.Column("last_deep_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_stripe_cursor_company_id_company"
        ),
        sa.PrimaryKeyConstraint(
            "company_id", "stripe_account", "livemode", name="pk_stripe_cursor"
        ),
    )
    op.create_table(
        "stripe_event",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("api_version", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("root", sa.String(length=140), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("applied_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_stripe_event_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "livemode", "id", name="pk_stripe_event"),
    )
    op.create_index(
        "ix_stripe_event_new",
        "stripe_event",
        ["company_id", "next_try_at"],
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index("ix_stripe_event_root", "stripe_event", ["company_id", "root"])


def _books() -> None:
    op.create_table(
        "payment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("exchange_rate", sa.Text(), nullable=False),
        sa.Column("unallocated_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("disputed_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("review", sa.String(length=500), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("stripe_account", sa.String(length=64), nullable=True),
        sa.Column("payment_intent", sa.String(length=80), nullable=True),
        sa.Column("charge", sa.String(length=80), nullable=True),
        sa.Column("checkout_session", sa.String(length=120), nullable=True),
        sa.Column("link_id", KEY, nullable=True),
        sa.Column("receipt_url", sa.String(length=500), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("fee_state", sa.String(length=10), nullable=False),
        sa.Column("fee_next_try_at", INSTANT, nullable=True),
        sa.Column("fee_tries", sa.Integer(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_currency", sa.String(length=3), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=True),
        sa.Column("balance_transaction", sa.String(length=80), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_payment_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_payment_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_payment_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_link.id"], name="fk_payment_link_id_payment_link"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.UniqueConstraint(
            "company_id",
            "livemode",
            "payment_intent",
            name="uq_payment_company_id_livemode_payment_intent",
        ),
        sa.UniqueConstraint("uid", name="uq_payment_uid"),
    )
    op.create_index("ix_payment_document", "payment", ["document_id"])
    op.create_index(
        "ix_payment_fee_pending",
        "payment",
        ["company_id", "fee_next_try_at"],
        sqlite_where=sa.text("fee_state = 'pending'"),
        postgresql_where=sa.text("fee_state = 'pending'"),
    )
    op.create_index(
        "ix_payment_pending",
        "payment",
        ["company_id", "state"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_payment_review",
        "payment",
        ["company_id", "updated_at", "id"],
        sqlite_where=sa.text("review <> ''"),
        postgresql_where=sa.text("review <> ''"),
    )
    op.create_index("ix_payment_received", "payment", ["company_id", "received_on", "id"])
    op.create_table(
        "allocation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_allocation_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_allocation_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_allocation_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_allocation"),
    )
    op.create_index("ix_allocation_document", "allocation", ["document_id"])
    op.create_index("ix_allocation_payment", "allocation", ["payment_id"])
    op.create_table(
        "ledger_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source_type", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("memo", sa.String(length=300), nullable=False),
        sa.Column("reverses_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_ledger_entry_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entry.id"], name="fk_ledger_entry_reverses_id_ledger_entry"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entry"),
        sa.UniqueConstraint(
            "company_id",
            "source_type",
            "source_id",
            "kind",
            name="uq_ledger_entry_company_id_source_type_source_id_kind",
        ),
    )
    op.create_index("ix_ledger_entry_occurred", "ledger_entry", ["company_id", "occurred_on", "id"])
    op.create_table(
        "posting",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("tax_rate_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_posting_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_posting_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name="fk_posting_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_posting_document_id_document"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
            name="fk_posting_entry_id_ledger_entry",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tax_rate_id"], ["tax_rate.id"], name="fk_posting_tax_rate_id_tax_rate"
        ),
        sa.PrimaryKeyConstraint("entry_id", "position", name="pk_posting"),
    )
    op.create_index(
        "ix_posting_account", "posting", ["account_id", "entry_id", "minor", "base_minor"]
    )
    op.create_index(
        "ix_posting_document",
        "posting",
        ["document_id"],
        sqlite_where=sa.text("document_id IS NOT NULL"),
        postgresql_where=sa.text("document_id IS NOT NULL"),
    )
    op.create_table(
        "audit_log",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("machine", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("correlation_id", sa.String(length=36), nullable=False),
        sa.Column("detail_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_audit_log_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "seq", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["company_id", "subject"])
    op.create_table(
        "audit_detail",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_audit_detail_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", "seq", name="pk_audit_detail"),
    )
    op.create_table(
        "audit_head",
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_audit_head_company_id_company"
        ),
        sa.PrimaryKeyConstraint("company_id", name="pk_audit_head"),
    )
