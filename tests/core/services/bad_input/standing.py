"""A company with one of everything, and another one, for requests that must change nothing."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from books import CUSTOMER, RATES, Shop, StillTime, line, new_company, open_shelf
from furnishing import TODAY, Ids, furnished

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.payments import PaymentInput
from billdesk.core.services.tax_rates import TaxRateInput

NOWHERE = 987_654


class Watch:
    """Notices every change that is committed to the books, be it to one column of one row."""

    def __init__(self, shop: Shop) -> None:
        self._connection = sqlite3.connect(shop.books.paths.books)

    def seen(self) -> int:
        """Another number than before once anything was committed (``PRAGMA data_version``)."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


@dataclass
class Standing:
    """The company that is asked, and what another one has."""

    shop: Shop
    mine: Ids
    other: Ids
    watch: Watch
    # The books before what must change nothing.
    before: int = 0

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
        self.before = self.watch.seen()
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


Request = Callable[[Standing], object]
# What is asked, the error it ends in and the field that is named (``None``: it is about no field).
Case = tuple[Request, type[UserError], str | None]


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
    return Standing(shops[0], mine, other, Watch(shops[0]))
