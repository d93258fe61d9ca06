"""Do things on the days they happened: the application of a company at any moment."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from billdesk.bootstrap import Books, open_application
from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.payments import PaymentInput
from billdesk.practice.company import MORNING_STUDIO
from billdesk.practice.work import Order, exchange_rate

OFFICE_OPENS = time(9, 30, tzinfo=UTC)
BETWEEN = timedelta(minutes=11)
SERVICE = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ids of the books' rows by what the orders call them."""

    customers: dict[str, int]
    items: dict[str, int]
    tax_rates: dict[str, int]

    @classmethod
    def read(cls, app: Application) -> "Catalogue":
        """Look everything up."""
        return cls(
            {row.number: row.id for row in app.queries.customers(limit=1000).rows},
            {row.code: row.id for row in app.queries.items(limit=1000).rows},
            {row.name: row.id for row in app.queries.tax_rates()},
        )


class Diary:
    """The practice company on days gone by."""

    def __init__(self, books: Books, company_id: int) -> None:
        self._books = books
        self._company_id = company_id
        self._last = datetime.min.replace(tzinfo=UTC)

    def on(self, day: date) -> Application:
        """The application on ``day``, some minutes after the last time, but never in the future."""
        moment = max(datetime.combine(day, OFFICE_OPENS), self._last + BETWEEN)
        moment = self._last = min(moment, self._books.now())
        return open_application(
            replace(self._books, now=lambda: moment, today=lambda: day), self._company_id
        )

    def issue(self, order: Order, known: Catalogue, *, online: bool = False) -> int:
        """Write and issue an order's invoice on its day; its id."""
        app = self.on(order.issued_on)
        saved = app.invoices.create(draft_of(order, known, online=online))
        return app.invoices.issue(saved.document_id, saved.version).document_id

    def receive(
        self, document_id: int, on: date, share: Decimal = Decimal(1), reference: str = ""
    ) -> None:
        """Record a bank transfer of ``share`` of what is open."""
        app = self.on(on)
        detail: DocumentDetail = app.queries.document(document_id)
        amount = int(detail.open_minor * share)
        app.payments.record(
            PaymentInput(
                document_id, amount, PaymentMethod.BANK, on, reference or detail.number or ""
            )
        )


def draft_of(order: Order, known: Catalogue, *, online: bool = False) -> InvoiceDraft:
    """The order as an owner would type it."""
    person = order.person
    defaults = MORNING_STUDIO.defaults
    return InvoiceDraft(
        customer_id=known.customers[person.number],
        currency=person.currency,
        exchange_rate=exchange_rate(person.currency, order.issued_on),
        terms_days=person.terms_days,
        service_from=order.issued_on - SERVICE,
        service_to=order.issued_on,
        subject=order.subject,
        introduction=defaults.introduction,
        terms=defaults.terms,
        online_payment=online,
        lines=tuple(
            LineDraft(
                article.name,
                Decimal(quantity),
                article.price_in(person.currency),
                description=article.description,
                unit=article.unit,
                unit_code=article.unit_code,
                tax_rate_ids=(known.tax_rates[person.tax(article.tax)],),
                item_id=known.items[article.code],
            )
            for article, quantity in order.lines
        ),
    )
