"""What an invoice says, as data: every text formatted and cleaned, before any measuring."""

from dataclasses import dataclass
from datetime import date

from billdesk.core.documents.formatting import Formatter
from billdesk.core.documents.labels import Labels

SEPARATOR = "  ·  "
"""Stands between parts of one line, such as the sender's street and city."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PaidStamp:
    """Turns a rendition into the paid copy; ``paid_on`` is when the last payment came in."""

    paid_on: date


@dataclass(frozen=True, slots=True)
class LineContent:
    """One row of the table. ``amount_minor`` feeds "carried forward"."""

    position: str
    name: str
    detail: str
    quantity: str
    unit: str
    unit_price: str
    tax: str
    amount: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class HeadContent:
    """The names of the table's columns; ``tax`` is empty where the document has no tax."""

    position: str
    description: str
    quantity: str
    unit_price: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class BandContent:
    """The band above the table; a date may be missing."""

    amount_label: str
    amount: str
    date_label: str
    date: str


@dataclass(frozen=True, slots=True)
class TotalsContent:
    """The column of sums: plain rows, the total, rows after it, and the amount it comes to.

    ``total`` is None where it is that very amount and asks for no money.
    """

    rows: tuple[Pair, ...]
    total: Pair | None
    rows_after: tuple[Pair, ...]
    due: Pair


@dataclass(frozen=True, slots=True)
class BankContent:
    """How to pay by transfer; ``epc`` is the text of the EPC code, if there may be one."""

    heading: str
    pairs: tuple[Pair, ...]
    epc: str | None


@dataclass(frozen=True, slots=True)
class AcceptanceContent:
    """Where a customer accepts by signing: a heading, a note, and what the two lines are for."""

    heading: str
    note: str
    place_and_date: str
    signature: str


@dataclass(frozen=True, slots=True)
class InvoiceContent:
    """All texts of one document in reading order."""

    fmt: Formatter
    draft: bool
    firm: str
    claim: str
    title: str
    number: str
    sender: str
    recipient: str
    address: tuple[str, ...]
    buyer_id: str
    meta: tuple[Pair, ...]
    band: BandContent | None
    subject: str
    introduction: str
    head: HeadContent
    lines: tuple[LineContent, ...]
    totals: TotalsContent | None
    bank: BankContent | None
    acceptance: AcceptanceContent | None
    legal: tuple[str, ...]
    footer: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    tax_ids: tuple[str, ...]
    running: str

    @property
    def labels(self) -> Labels:
        return self.fmt.labels
