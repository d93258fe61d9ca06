"""Business settings as typed groups, each stored as one row of canonical JSON."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.bank_csv import BankImport
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.snapshot import BankAccount, Template
from billdesk.core.domain.totals import LARGEST_CASH_STEP, PriceMode, TaxRounding


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """What documents say about the company (BG-4)."""

    address: Address = Address()
    claim: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register_entry: str = ""
    management: str = ""
    bank: BankAccount = BankAccount()
    # SHA-256 of the logo in the archive; empty without one.
    logo_sha256: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDefaults:
    """What a new invoice starts with. ``terms_days`` counts from the issue date."""

    terms_days: int = 14
    language: str = "en"
    price_mode: PriceMode = PriceMode.NET
    tax_rounding: TaxRounding = TaxRounding.PER_DOCUMENT
    cash_step_minor: int = 0
    introduction: str = ""
    terms: str = ""
    template: Template = Template()

    def __post_init__(self) -> None:
        if not 0 <= self.terms_days <= 3650:
            raise UserError("Payment terms are 0 to 3650 days.", field="terms_days")
        if not 0 <= self.cash_step_minor <= LARGEST_CASH_STEP:
            raise UserError(
                "Cash is rounded to a multiple between 0 and 1000.", field="cash_step_minor"
            )


@dataclass(frozen=True, slots=True)
class OnlinePayment:
    """Stripe, except the key: that lives in the keychain of each desk.

    ``expiry_days`` after the due date a link is switched off, one made later so many days after it
    was made. ``account`` (a fingerprint) and
    ``livemode`` tell which Stripe account the stored key was connected to; ``account_number``
    (acct_…) and ``account_name`` are how people know it, empty where the key may not read them.
    ``live_since`` is when a live key was connected first: from then on test money books nothing.
    ``has_link`` is false once the account was found to lack the payment method Link.
    ``saved_cards``: customers may leave their card to be charged again.
    With ``receipt_mail`` the customer is sent the paid copy once an online payment settles an
    invoice.
    """

    enabled: bool = False
    instant_only: bool = True
    has_link: bool = True
    saved_cards: bool = False
    expiry_days: int = 30
    account: str = ""
    account_number: str = ""
    account_name: str = ""
    livemode: bool = False
    live_since: datetime | None = None
    receipt_mail: bool = False


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """How the company accounts for tax.

    From ``cash_basis_from`` on, tax of new invoices becomes payable when it is paid (Article 66 of
    Directive 2006/112/EC, § 20 UStG); ``None``: when it is invoiced.
    """

    cash_basis_from: date | None = None

    def on_cash_basis(self, issued_on: date) -> bool:
        """Whether tax of a document issued on ``issued_on`` waits for the money."""
        return self.cash_basis_from is not None and issued_on >= self.cash_basis_from


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Outgoing mail, except the password: that lives in the keychain.

    Empty templates mean the built-in text in the invoice's language.
    """

    host: str = ""
    port: int = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    subject_template: str = ""
    body_template: str = ""

    @property
    def configured(self) -> bool:
        """Whether mail can be sent from here."""
        return bool(self.host and self.from_address)


_ACCENT = re.compile(r"#[0-9A-Fa-f]{6}")
LOWEST_CONTRAST = 4.5


def contrast_with_white(colour: str) -> float:
    """WCAG 2 contrast ratio of ``#RRGGBB`` with white. Raises ``UserError`` for another form."""
    if not _ACCENT.fullmatch(colour):
        raise UserError("A colour is written like #1D4ED8.", field="accent")
    linear = []
    for start in (1, 3, 5):
        part = int(colour[start : start + 2], 16) / 255
        linear.append(part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def check_accent(colour: str) -> str:
    """``colour`` when white text on it can be read. Raises ``UserError`` otherwise."""
    if contrast_with_white(colour) < LOWEST_CONTRAST:
        raise UserError(
            "White text could not be read on this colour; choose a darker one.", field="accent"
        )
    return colour


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """One step of reminding: ``days`` after the due date; empty texts mean the built-in ones.

    ``fee_minor`` is a late fee in minor units of the company's currency; it is asked for only of
    invoices in that currency.
    """

    days: int
    title: str = ""
    text: str = ""
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """When customers are reminded, and how many days a reminder gives them to pay."""

    steps: tuple[ReminderStep, ...] = (ReminderStep(7), ReminderStep(14), ReminderStep(28))
    days_to_pay: int = 7

    def __post_init__(self) -> None:
        days = [step.days for step in self.steps]
        if len(days) > 9 or days != sorted(set(days)) or any(not 1 <= one <= 365 for one in days):
            raise UserError(
                "Each reminder comes 1 to 365 days late, later than the one before.", field="days"
            )
        if any(not 0 <= step.fee_minor <= LARGEST_MINOR for step in self.steps):
            raise UserError("A late fee cannot be negative.", field="fee_minor")
        if not 1 <= self.days_to_pay <= 90:
            raise UserError("A reminder gives 1 to 90 days to pay.", field="days_to_pay")


class SettingName(StrEnum):
    """The stored groups."""

    PROFILE = "profile"
    INVOICES = "invoices"
    ONLINE_PAYMENT = "online_payment"
    MAIL = "mail"
    BANK_IMPORT = "bank_import"
    REMINDERS = "reminders"
    TAXES = "taxes"


GROUPS: dict[type, SettingName] = {
    CompanyProfile: SettingName.PROFILE,
    InvoiceDefaults: SettingName.INVOICES,
    OnlinePayment: SettingName.ONLINE_PAYMENT,
    MailSettings: SettingName.MAIL,
    BankImport: SettingName.BANK_IMPORT,
    ReminderSettings: SettingName.REMINDERS,
    TaxSettings: SettingName.TAXES,
}
