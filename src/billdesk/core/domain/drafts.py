"""What an owner types into a document before it is issued."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from billdesk.core.domain.custom_fields import CustomValues
from billdesk.core.domain.dates import due_after
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding

# How long an exchange rate is taken for one of the day: over weekends and holidays.
RATE_HOLDS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line; ``unit_price`` in major units, net or gross by the draft's price mode."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    unit: str = ""
    unit_code: str = "C62"
    tax_rate_ids: tuple[int, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    item_id: int | None = None
    account_id: int | None = None
    cost_centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """A draft as a whole, of whatever kind. An empty currency or language means the default,
    decided at issue.

    ``contact`` stands on the document instead of the customer's own; ``delivery`` is where goods go
    if not to the buyer; ``custom`` are the values of the company's fields for documents.
    ``valid_until`` is of quotes; ``deposit_ids`` are the deposit invoices a final invoice deducts.
    ``issued_on=None`` is the day of issue; ``due_on`` overrides ``terms_days``, and without both
    there is no due date; ``exchange_rate`` is company currency per unit of ``currency``, as
    published or agreed on ``exchange_rate_on``. ``discount`` is offered for paying early.
    """

    customer_id: int | None = None
    currency: str = ""
    exchange_rate: Decimal | None = None
    exchange_rate_on: date | None = None
    issued_on: date | None = None
    terms_days: int | None = None
    due_on: date | None = None
    discount: DiscountTerms | None = None
    service_from: date | None = None
    service_to: date | None = None
    order_reference: str = ""
    subject: str = ""
    introduction: str = ""
    terms: str = ""
    language: str = ""
    price_mode: PriceMode = PriceMode.NET
    tax_rounding: TaxRounding = TaxRounding.PER_DOCUMENT
    cash_step_minor: int = 0
    online_payment: bool = False
    contact: str = ""
    delivery: Delivery | None = None
    custom: CustomValues = ()
    lines: tuple[LineDraft, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    valid_until: date | None = None
    deposit_ids: tuple[int, ...] = ()

    def due_date(self, issued_on: date) -> date | None:
        """When the invoice falls due if issued on ``issued_on``."""
        if self.due_on is not None or self.terms_days is None:
            return self.due_on
        return due_after(issued_on, self.terms_days)

    def valid_until_day(self, issued_on: date) -> date | None:
        """Until when it can be accepted, if it is a quote: as an invoice would fall due."""
        return self.valid_until or self.due_date(issued_on)

    @property
    def supplied_on(self) -> date | None:
        """When the supply is made, which decides the tax rate; ``None``: on the day of issue.

        A period counts at its end (Article 64 of Directive 2006/112/EC, § 27 (1) UStG).
        """
        return self.service_to or self.service_from or self.issued_on

    def with_rate_of_the_day(self, known_on: date, today: date) -> "InvoiceDraft":
        """The same without an exchange rate that was of too long ago to be billed at ``today``.

        ``known_on`` is when the rate was given, if it names no day of its own. The rate of the day
        of supply counts (Article 91 of Directive 2006/112/EC); a new one is somebody's decision.
        """
        rate_on = self.exchange_rate_on or known_on
        if self.exchange_rate is None or today - rate_on <= RATE_HOLDS:
            return self
        return replace(self, exchange_rate=None, exchange_rate_on=None)

    def copy_for_new_invoice(self) -> "InvoiceDraft":
        """The same content without the dates and order of the old invoice."""
        return replace(
            self,
            issued_on=None,
            exchange_rate_on=None,
            due_on=None,
            service_from=None,
            service_to=None,
            order_reference="",
            valid_until=None,
            deposit_ids=(),
        )
