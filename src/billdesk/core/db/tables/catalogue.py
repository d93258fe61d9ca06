"""Items and their prices."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billdesk.core.db.tables.base import Base, Versioned
from billdesk.core.db.types import Exact, Instant, Key, Uid


class Item(Base, Versioned):
    """A thing or service that is sold again and again."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("ix_item_name", "company_id", "sort_name", "id"),
        Index(
            "uq_item_code",
            "company_id",
            "code",
            unique=True,
            sqlite_where=text("code <> '' AND deleted_at IS NULL"),
            postgresql_where=text("code <> '' AND deleted_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    uid: Mapped[Uid]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(20), default="")
    unit_code: Mapped[str] = mapped_column(String(3), default="C62")
    unit_price: Mapped[Exact]
    currency: Mapped[str] = mapped_column(String(3))
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    custom: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class PriceList(Base):
    """Prices that certain customers get, in one currency."""

    __tablename__ = "price_list"
    __table_args__ = (Index("ix_price_list_company", "company_id", "name"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]


class ItemPrice(Base):
    """An item's price from a quantity on, for everyone or for the customers of a price list."""

    __tablename__ = "item_price"
    __table_args__ = (Index("ix_item_price_item", "item_id"),)

    id: Mapped[Key]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    currency: Mapped[str] = mapped_column(String(3))
    min_quantity: Mapped[Exact]
    unit_price: Mapped[Exact]
    valid_from: Mapped[date | None]
