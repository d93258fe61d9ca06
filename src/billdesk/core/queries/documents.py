"""What is asked and answered about documents. Amounts are minor units of ``currency``."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import (
    DocumentGroup,
    DocumentKind,
    DocumentState,
    FilterTab,
    SettledPart,
)
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.outside import (
    FeeState,
    LinkState,
    MailState,
    PaymentMethod,
    PaymentState,
)
from billdesk.core.domain.questions import Question
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.cards import CardRow, ChargeInfo
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.money import RefundRow
from billdesk.core.queries.tone import Tone


class DocumentSort(StrEnum):
    """What a list is ordered by; a draft without number or due date counts as the newest."""

    LISTED = "listed"
    NUMBER = "number"
    CUSTOMER = "customer"
    DUE = "due"
    # The last day of a quote.
    VALID_UNTIL = "valid_until"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents, in which order. Every word of ``search`` must be found.

    ``group=None`` is documents of all kinds.
    """

    group: DocumentGroup | None = DocumentGroup.INVOICES
    tab: FilterTab | None = None
    search: str = ""
    customer_id: int | None = None
    sort: DocumentSort = DocumentSort.LISTED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A line of the list. ``listed_on`` is the issue date, or the day a draft was begun."""

    id: int
    version: int
    kind: DocumentKind
    number: str | None
    customer_id: int | None
    customer_name: str
    subject: str
    issued_on: date | None
    due_on: date | None
    valid_until: date | None
    listed_on: date
    currency: str
    total_minor: int
    open_minor: int
    state: DocumentState
    tab: FilterTab
    settled_part: SettledPart
    days_overdue: int
    has_problem: bool
    # What a reminder asks for, its own late fee (its total) included.
    asked_minor: int | None = None

    @property
    def amount_minor(self) -> int:
        """What the document comes to for the customer."""
        return self.total_minor if self.asked_minor is None else self.asked_minor


@dataclass(frozen=True, slots=True)
class LinkWait:
    """Since when a link waits to be made or switched off, and why in a sentence.

    ``offline`` where nothing answers at all.
    """

    since_at: datetime
    reason: str
    offline: bool


@dataclass(frozen=True, slots=True)
class InstalmentInfo:
    """A part of a plan; ``left_minor`` is not settled yet, ``is_late`` when its day is over."""

    position: int
    due_on: date
    minor: int
    left_minor: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """The newest payment link of a document; ``url`` is set once it can be paid.

    ``is_part``: it asks for a part of what is open. ``wait`` is set while something keeps it from
    being made or switched off.
    """

    id: int
    state: LinkState
    url: str | None
    revision: int
    amount_minor: int
    error: str
    is_part: bool = False
    wait: LinkWait | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money for a document. Fee and net are minor units of ``fee_currency`` once known.

    ``unexplained_minor`` went back without a meaning yet, ``disputed_minor`` the bank took;
    ``refund_under_way_minor`` is ordered and has not arrived as far as anybody knows;
    ``unsent_refunds`` are those of it that can still be withdrawn.
    """

    id: int
    method: PaymentMethod
    state: PaymentState
    amount_minor: int
    currency: str
    received_on: date
    reference: str
    note: str
    refunded_minor: int
    unexplained_minor: int
    disputed_minor: int
    fee_minor: int | None
    net_minor: int | None
    fee_currency: str | None
    fee_state: FeeState
    receipt_url: str
    failure: str
    review: str
    can_undo: bool
    questions: tuple[Question, ...] = ()
    refund_under_way_minor: int = 0
    unsent_refunds: tuple[RefundRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail of a document; ``reply`` is what the server answered."""

    id: int
    recipient: str
    subject: str
    state: MailState
    reply: str
    error: str
    created_at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """Another document that this one refers to (``refers_here`` is false), or that refers to it.

    ``minor`` is the part of the total that is credited, deducted or billed, where there is one.
    """

    id: int
    kind: DocumentKind
    number: str | None
    reference: DocumentReferenceKind
    refers_here: bool
    state: DocumentState
    settled_part: SettledPart
    minor: int


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """One document with everything that happened to it.

    ``scale`` is the currency's exponent. ``draft`` is the content as typed, of an issued document
    as well; ``snapshot`` is set once issued. ``problems`` are sentences for people. ``allowed`` is
    what may be done with it today. ``invoiced_minor`` is what of a quote has been billed. Of an
    invoice ``total_minor`` is what deposits took off (``prepaid_minor``), payments, credit notes
    and deductions settled (``written_off_minor``, with the taxes of ``withheld_minor`` that the
    customer keeps back) and what is open. ``ask_minor`` of that is what a link asks for today, by
    the plan of ``instalments`` where there is one; ``why_not_online`` says why Stripe cannot charge
    it. ``cards`` may be charged for it, ``charge`` is the last time one was.
    """

    id: int
    uid: str
    version: int
    kind: DocumentKind
    number: str | None
    state: DocumentState
    settled_part: SettledPart
    days_overdue: int
    draft: InvoiceDraft
    snapshot: Snapshot | None
    customer: CustomerRow | None
    currency: str
    scale: int
    net_minor: int
    tax_minor: int
    total_minor: int
    open_minor: int
    paid_minor: int
    pending_minor: int
    issued_at: datetime | None
    sent_at: datetime | None
    voided_at: datetime | None
    updated_at: datetime
    is_history: bool
    deleted: bool
    link: LinkInfo | None
    payments: tuple[PaymentRow, ...]
    mails: tuple[MailRow, ...]
    problems: tuple[str, ...]
    pdf_kind: str | None
    related: tuple[RelatedDocument, ...] = ()
    allowed: frozenset[Action] = frozenset()
    invoiced_minor: int = 0
    credited_minor: int = 0
    written_off_minor: int = 0
    prepaid_minor: int = 0
    withheld_minor: int = 0
    instalments: tuple[InstalmentInfo, ...] = ()
    ask_minor: int = 0
    why_not_online: str = ""
    cards: tuple[CardRow, ...] = ()
    charge: ChargeInfo | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to a document.

    ``kind`` is the action of the audit log; the amount, where there is one, is left to the reader
    to format (minor units of ``currency``).
    """

    at: datetime
    kind: str
    text: str
    tone: Tone
    detail: str = ""
    actor: str = ""
    amount_minor: int | None = None
    currency: str = ""
