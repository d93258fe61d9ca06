"""A company with one of everything, and another one, for requests that must change nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from books import CUSTOMER, RATES, Shop, StillTime, line, new_company, open_shelf

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.custom_fields import CustomField, Entity, FieldType
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.accounts import AccountInput
from billdesk.core.services.cost_centres import CostCentreInput
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.payments import PaymentInput
from billdesk.core.services.tax_rates import TaxRateInput

TODAY = date(2026, 11, 24)
# Through this day the books are closed.
CLOSED = date(2026, 6, 30)
NOWHERE = 987_654


@dataclass(frozen=True)
class Ids:
    """What one company has."""

    customer: int
    deleted_customer: int
    item: int
    rate: int
    account: int
    cost_centre: int
    field: int
    draft: int
    draft_version: int
    deleted_draft: int
    issued: int
    paid: int
    void: int
    payment: int
    undone_payment: int


@dataclass
class Standing:
    """The company that is asked, and what another one has."""

    shop: Shop
    mine: Ids
    other: Ids
    # The books before what must change nothing.
    before: object = None

    def draft(self, **changes: Any) -> InvoiceDraft:
        """A good draft but for ``changes``."""
        good = {"customer_id": self.mine.customer, "lines": (line(),), "terms_days": 14}
        return InvoiceDraft(**{**good, **changes})

    def create(self, **changes: Any) -> object:
        """Store a draft."""
        return self.shop.app.invoices.create(self.draft(**changes))

    def with_line(self, **changes: Any) -> object:
        """Store a draft whose only line is ``changes``."""
        price = changes.pop("price", "100")
        return self.create(lines=(line(price, changes.pop("quantity", "1"), **changes),))

    def issue(self, **changes: Any) -> object:
        """Issue a draft that could be stored."""
        saved = self.shop.app.invoices.save(
            self.mine.draft, self.version(self.mine.draft), self.draft(**changes)
        )
        self.before = books_now(self.shop)
        return self.shop.app.invoices.issue(saved.document_id, saved.version)

    def version(self, document_id: int) -> int:
        """The version a careful window would give."""
        return int(self.shop.document(document_id).version)

    def pay(self, **changes: Any) -> object:
        """Record a payment of the open invoice."""
        good = {
            "document_id": self.mine.issued,
            "amount_minor": 100,
            "method": PaymentMethod.BANK,
            "received_on": TODAY,
        }
        return self.shop.app.payments.record(PaymentInput(**{**good, **changes}))

    def customer(self, **changes: Any) -> object:
        """Add a customer."""
        good = {name: getattr(CUSTOMER, name) for name in CUSTOMER.__slots__}
        return self.shop.app.customers.create(CustomerInput(**{**good, **changes}))

    def item(self, **changes: Any) -> object:
        """Add an item."""
        good = {"name": "Bolt", "unit_price": Decimal(1)}
        return self.shop.app.items.create(ItemInput(**{**good, **changes}))

    def tax_rate(self, **changes: Any) -> object:
        """Add a tax rate."""
        good = {"name": "Tax", "percent": Decimal(5)}
        return self.shop.app.tax_rates.create(TaxRateInput(**{**good, **changes}))


def books_now(shop: Shop) -> tuple[tuple[object, ...], ...]:
    """The number of rows of every table, and the end of every audit log."""
    with closing(sqlite3.connect(shop.books.paths.books)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in names)
        heads = "SELECT company_id, seq, hash FROM audit_head ORDER BY company_id"
        return (*connection.execute(counts), *connection.execute(heads))


Request = Callable[[Standing], object]
# What is asked, the error it ends in and the field that is named (``None``: it is about no field).
Case = tuple[Request, type[UserError], str | None]


def furnished(shop: Shop) -> Ids:
    """One of everything; the books are closed through ``CLOSED``."""
    app = shop.app
    customer = shop.customer()
    deleted = shop.customer(name="Gone Ltd")
    app.customers.delete(deleted)
    item = app.items.create(ItemInput("Bolt", Decimal(1), code="B-1"))
    account = app.accounts.add(AccountInput("4010", "Workshops", AccountKind.INCOME))
    centre = app.cost_centres.create(CostCentreInput("P1", "Project"))
    field = app.custom_fields.create(
        Entity.DOCUMENT, CustomField("order_day", "Order day", FieldType.DATE)
    )
    draft = app.invoices.create(shop.draft(customer_id=customer))
    deleted_draft = app.invoices.create(shop.draft(customer_id=customer))
    app.invoices.delete(deleted_draft.document_id)
    issued, paid, void = (shop.issued("100", customer_id=customer).document_id for _ in range(3))
    payment = shop.receive(paid, 10_000)
    undone = shop.receive(issued, 500)
    app.payments.undo(undone)
    app.invoices.void(void, "a mistake")
    app.periods.close_through(CLOSED)
    return Ids(
        customer=customer,
        deleted_customer=deleted,
        item=item,
        rate=shop.rates()[0],
        account=account,
        cost_centre=centre,
        field=field,
        draft=draft.document_id,
        draft_version=draft.version,
        deleted_draft=deleted_draft.document_id,
        issued=issued,
        paid=paid,
        void=void,
        payment=payment,
        undone_payment=undone,
    )


def open_standing(folder: Path) -> Standing:
    """Two companies in one file, both furnished."""
    time = StillTime()
    books = open_shelf(folder, time)
    shops = [
        Shop.open(books, new_company(books, name, tax_rates=RATES), time)
        for name in ("Werkstatt Lang GmbH", "Somebody else")
    ]
    mine, other = (furnished(shop) for shop in shops)
    shops[1].app.close()
    return Standing(shops[0], mine, other)
