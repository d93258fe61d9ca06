"""What is answered about the company and its settings."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
    ReminderSettings,
    TaxSettings,
)


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """How documents of a kind are numbered; ``next_number`` is what one issued today would get.

    A pattern with ``{customer}`` shows the number of a customer "C-0001".
    """

    kind: DocumentKind
    pattern: str
    reset: Reset
    at_creation: bool
    next_number: str


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A person who works with these books."""

    id: int
    name: str
    login: str
    role: str


@dataclass(frozen=True, slots=True)
class CompanyInfo:
    """The company; ``scale`` is the exponent of its currency.

    Nothing is posted on or before ``locked_through``. ``opening_on`` is the day of the opening
    balances, ``None`` without any; ``has_entries``: whether anything was posted at all.
    """

    id: int
    uid: str
    name: str
    currency: str
    scale: int
    is_practice: bool
    chart: str
    locked_through: date | None
    opening_on: date | None
    has_entries: bool
    profile: CompanyProfile
    invoice_defaults: InvoiceDefaults
    online_payment: OnlinePayment
    mail: MailSettings
    taxes: TaxSettings
    reminders: ReminderSettings
    all_series: tuple[SeriesInfo, ...]
    users: tuple[UserInfo, ...]

    @property
    def series(self) -> SeriesInfo:
        """How invoices are numbered."""
        return self.series_of(DocumentKind.INVOICE)

    def series_of(self, kind: DocumentKind) -> SeriesInfo:
        """How documents of a kind are numbered."""
        return next(one for one in self.all_series if one.kind is kind)
