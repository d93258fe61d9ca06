"""What the home page shows. Amounts are minor units of the company's currency."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billdesk.core.queries.tone import Tone


class AttentionKind(StrEnum):
    """What somebody has to look at."""

    OVERDUE = "overdue"
    PAYMENT = "payment"
    MAIL = "mail"
    LINK = "link"
    JOB = "job"
    REFUND = "refund"
    CARD = "card"
    INBOX = "inbox"
    BANK = "bank"
    RECURRING = "recurring"
    KEY = "key"


class AttentionAction(StrEnum):
    """What helps with it."""

    REMIND = "remind"
    REVIEW_PAYMENT = "review_payment"
    SEND_AGAIN = "send_again"
    NEW_LINK = "new_link"
    OPEN = "open"
    OPEN_ACTIVITY = "open_activity"
    MATCH_BANK = "match_bank"
    OPEN_RECURRING = "open_recurring"
    OPEN_ONLINE_PAYMENT = "open_online_payment"


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """A task. ``title`` names the document, ``detail`` says what is the matter.

    ``amount_minor`` is in ``currency``, which may differ from the company's; ``mail_id`` and
    ``payment_id`` are what the action is about.
    """

    kind: AttentionKind
    document_id: int | None
    title: str
    detail: str
    action: AttentionAction
    tone: Tone
    amount_minor: int | None = None
    currency: str = ""
    days_overdue: int = 0
    mail_id: int | None = None
    payment_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecentItem:
    """Something that happened, newest first."""

    at: datetime
    text: str
    document_id: int
    kind: str
    tone: Tone
    number: str | None = None
    customer_name: str = ""
    amount_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Sums are of documents and payments in ``currency`` only, never mixed.

    ``other_currencies`` counts the open documents left out of ``owed_minor``, the fields
    ``*_other`` what is left out of the figure beside them. ``days_to_pay`` is the average from
    issue to settlement over the last year, ``cash_in`` the money received in each of the last
    twelve months (first day of the month), oldest first.
    """

    currency: str
    scale: int
    owed_minor: int
    overdue_minor: int
    overdue_count: int
    oldest_overdue_days: int
    due_30_minor: int
    due_30_count: int
    paid_month_minor: int
    paid_previous_month_minor: int
    days_to_pay: int | None
    other_currencies: int
    overdue_other: int
    due_30_other: int
    paid_month_other: int
    cash_in: tuple[tuple[date, int], ...]
    attention: tuple[AttentionItem, ...]
    recent: tuple[RecentItem, ...]
    has_documents: bool
