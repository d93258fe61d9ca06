"""What is answered about the company and its settings."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
)


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """How invoices are numbered; ``next_number`` is what one issued today would get.

    A pattern with ``{customer}`` shows the number of a customer "C-0001".
    """

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

    Nothing is posted on or before ``locked_through``.
    """

    id: int
    uid: str
    name: str
    currency: str
    scale: int
    is_practice: bool
    chart: str
    locked_through: date | None
    profile: CompanyProfile
    invoice_defaults: InvoiceDefaults
    online_payment: OnlinePayment
    mail: MailSettings
    series: SeriesInfo
    users: tuple[UserInfo, ...]
