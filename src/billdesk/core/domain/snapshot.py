"""The frozen document: everything its PDF, e-invoice and ledger entry are made from.

Written once at issue, hashed into the audit log, never changed. ``schema`` grows when a field
changes its meaning; new optional fields do not need it (see ``canonical``).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.canonical import canonical_json, from_json, sha256_hex
from billdesk.core.domain.custom_fields import FieldType
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import Adjustment, Deposit, PriceMode, TaxRounding

SCHEMA = 1


class Paper(StrEnum):
    """Paper sizes a document can be drawn on."""

    A4 = "A4"
    LETTER = "Letter"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a customer may transfer the money; any part may be empty."""

    holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    # For countries without IBAN: "Routing 0210…, account 12345".
    other: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """The company as it stood at issue (BG-4)."""

    name: str
    address: Address
    claim: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    vat_id: str = ""
    tax_number: str = ""
    register_entry: str = ""
    management: str = ""
    bank: BankAccount = BankAccount()
    # SHA-256 of the logo's bytes, which are kept as an attachment of the company.
    logo_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer as they stood at issue (BG-7)."""

    name: str
    address: Address
    contact: str = ""
    email: str = ""
    vat_id: str = ""
    customer_number: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where goods go, if not to the buyer (BG-13, BT-70 and BG-15)."""

    name: str = ""
    address: Address = Address()


@dataclass(frozen=True, slots=True)
class SnapshotField:
    """A printed field of the company's own; ``value`` as ``domain.custom_fields`` writes it."""

    label: str
    value: str
    field_type: FieldType = FieldType.TEXT


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """One line (BG-25); ``unit_price`` in major units, amounts in minor units.

    ``unit`` is the word printed ("h", "pcs"), ``unit_code`` its UN/ECE Rec 20 code (BT-130).
    """

    name: str
    quantity: Decimal
    unit_price: Decimal
    amount_minor: int
    net_minor: int
    description: str = ""
    unit: str = ""
    unit_code: str = "C62"
    taxes: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    adjustments_minor: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotAdjustment:
    """A document allowance or charge (BG-20 / BG-21) with its signed effect in minor units."""

    adjustment: Adjustment
    effect_minor: int


@dataclass(frozen=True, slots=True)
class SnapshotTax:
    """One row of the tax breakdown (BG-23), or of the taxes withheld."""

    tax: Tax
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class SnapshotReference:
    """Another document this one names (BG-3); ``kind`` says why (``DocumentReferenceKind``)."""

    kind: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class SnapshotPayment:
    """The payment a receipt is for; ``method`` as ``domain.outside.PaymentMethod``."""

    received_on: date
    method: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A movement of a customer's account: what they owe grows by ``minor``, or shrinks.

    ``kind`` as ``domain.statements.EntryWord``; ``balance_minor`` is what they owe after it.
    """

    on: date
    kind: str
    number: str
    minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class SnapshotStatement:
    """A customer's account over a period, in minor units of the document's currency.

    ``ageing`` is what was open on the last day: not due yet, then late by up to 30, 60, 90 and
    by more days.
    """

    first_on: date
    last_on: date
    opening_minor: int
    closing_minor: int
    entries: tuple[StatementEntry, ...] = ()
    ageing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotReminder:
    """The invoice a reminder is of, as it stood then; the fee is the reminder's own total."""

    step: int
    number: str
    issued_on: date
    due_on: date
    total_minor: int
    open_minor: int
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class BaseTotals:
    """A document in foreign currency as it counts in the company's (BT-6, BT-111).

    ``rate`` is company currency per unit of the document's; amounts in minor units of ``currency``
    with ``scale`` decimals. The tax in the company's currency must be stated by Article 230 of
    Directive 2006/112/EC.
    """

    currency: str
    scale: int
    rate: Decimal
    tax_minor: int
    total_minor: int
    rate_on: date | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """How the document is drawn. ``accent`` is ``#RRGGBB`` with at least 4.5:1 on white."""

    name: str = "classic"
    accent: str = "#1D4ED8"
    paper: Paper = Paper.A4
    fold_marks: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One issued document. ``scale`` is the currency's exponent on the day of issue.

    ``prepaid_minor`` holds the ``deposits`` too; ``withheld`` are less what was withheld of them.
    """

    kind: str
    number: str
    language: str
    currency: str
    scale: int
    issued_on: date
    seller: Seller
    buyer: Buyer
    lines: tuple[SnapshotLine, ...]
    subtotal_minor: int
    net_minor: int
    tax_minor: int
    total_minor: int
    due_minor: int
    due_on: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    order_reference: str = ""
    subject: str = ""
    adjustments: tuple[SnapshotAdjustment, ...] = ()
    taxes: tuple[SnapshotTax, ...] = ()
    rounding_minor: int = 0
    prepaid_minor: int = 0
    price_mode: PriceMode = PriceMode.NET
    tax_rounding: TaxRounding = TaxRounding.PER_DOCUMENT
    introduction: str = ""
    terms: str = ""
    legal_texts: tuple[str, ...] = ()
    online_payment: bool = False
    delivery: Delivery | None = None
    custom: tuple[SnapshotField, ...] = ()
    template: Template = Template()
    cash_step_minor: int = 0
    withheld: tuple[SnapshotTax, ...] = ()
    withheld_minor: int = 0
    # Of a final invoice; of a credit note that takes one back, the deposits it frees again.
    deposits: tuple[Deposit, ...] = ()
    discount: DiscountTerms | None = None
    base: BaseTotals | None = None
    valid_until: date | None = None
    references: tuple[SnapshotReference, ...] = ()
    # Of a credit note by lines: the indexes in the invoice of the lines it credits.
    credited_lines: tuple[int, ...] = ()
    payment: SnapshotPayment | None = None
    statement: SnapshotStatement | None = None
    reminder: SnapshotReminder | None = None
    schema: int = SCHEMA

    def to_json(self) -> str:
        """The canonical text that is stored and hashed."""
        return canonical_json(self)

    def sha256(self) -> str:
        """Hash of the canonical text, as written into the audit log."""
        return sha256_hex(self.to_json())

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """Read a stored snapshot. Raises ``ValueError`` when it is not one."""
        return from_json(cls, text)
