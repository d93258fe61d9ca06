"""A company with real books to write invoices for."""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.bootstrap import Books
from billdesk.core.application import Application
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.payments import PaymentInput


@dataclass
class Shop:
    """A company to write invoices for, with shorthands for what a test needs to exist."""

    app: Application
    books: Books

    def customer(self, name: str, email: str = "office@example.com") -> int:
        address = Address("Karl-Johans gate 4", "", "0154", "Oslo", "", "NO")
        return self.app.customers.create(CustomerInput(name, email=email, address=address))

    def vat(self) -> int:
        return next(rate.id for rate in self.app.queries.tax_rates() if rate.is_default)

    def draft(self, customer_id: int | None, *prices: str, subject: str = "") -> int:
        lines = tuple(
            LineDraft(f"Work {n}", Decimal(1), Decimal(price), tax_rate_ids=(self.vat(),))
            for n, price in enumerate(prices, start=1)
        )
        draft = InvoiceDraft(
            customer_id=customer_id, currency="EUR", terms_days=14, subject=subject, lines=lines
        )
        return self.app.invoices.create(draft).document_id

    def paid_deposit(self, customer_id: int) -> int:
        """A deposit invoice over 119.00, paid."""
        draft = self.app.queries.document(self.draft(customer_id, "100")).draft
        saved = self.app.invoices.create(draft, DocumentKind.DEPOSIT_INVOICE)
        issued = self.app.invoices.issue(saved.document_id, saved.version)
        money = PaymentInput(
            issued.document_id, issued.total_minor, PaymentMethod.BANK, self.app.today()
        )
        self.app.payments.record(money)
        return issued.document_id

    def issued(self, customer_id: int, *prices: str, subject: str = "") -> int:
        document_id = self.draft(customer_id, *prices, subject=subject)
        self.app.invoices.issue(document_id, self.app.queries.document(document_id).version)
        return document_id
