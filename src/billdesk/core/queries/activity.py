"""What is answered about work with the outside, and about who did what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billdesk.core.domain.outside import InboxState, JobKind, JobState, LinkState
from billdesk.core.domain.outside_services.policy import Standing
from billdesk.core.queries.home import AttentionItem
from billdesk.core.queries.tone import Tone


@dataclass(frozen=True, slots=True)
class StripeActivity:
    """How the connected account stands.

    ``last_ok_at`` is when it was last read without error, ``error`` what went wrong since;
    ``reads_left`` of ``reads_most`` may be made now, negative when some were taken in advance.
    ``inbox`` and ``links`` count the events and payment links of its mode in every state.
    """

    enabled: bool
    livemode: bool
    account_name: str
    standing: Standing
    last_ok_at: datetime | None
    error: str
    reads_left: int
    reads_most: int
    oldest_new_at: datetime | None
    inbox: Mapping[InboxState, int]
    links: Mapping[LinkState, int]
    tasks: tuple[AttentionItem, ...]


class WaitReason(StrEnum):
    """Why a job of the outbox is not done yet."""

    # Its turn comes within a second or two.
    NEXT = "next"
    WORKING = "working"
    # A mail that can still be withdrawn.
    UNDO = "undo"
    # Another job comes first, as the PDF before its mail.
    BEHIND = "behind"
    # No connection: everything that needs one waits.
    INTERNET = "internet"
    # The service failed several times and is left alone for a while.
    RESTING = "resting"
    # The key or password is rejected, or may not do this.
    KEY = "key"
    # It failed and is tried again by itself.
    AGAIN = "again"
    # Given up: a person has to decide.
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A job that waits or was given up; ``since`` is when it was asked for.

    ``next_at`` is when it is tried again, ``behind`` what comes first, ``error`` what went wrong
    last. ``can_withdraw`` names a mail nobody has begun to send.
    """

    id: int
    kind: JobKind
    state: JobState
    reason: WaitReason
    since: datetime
    next_at: datetime | None
    tries: int
    error: str
    behind: JobKind | None
    document_id: int | None
    number: str
    customer_name: str
    recipient: str
    mail_id: int | None
    can_withdraw: bool


class AuditTab(StrEnum):
    """What the audit log is narrowed to."""

    DOCUMENTS = "documents"
    MONEY = "money"
    MASTER_DATA = "master_data"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """``tab`` ``None`` is all; ``document_id`` narrows to one document; words must all be found."""

    tab: AuditTab | None = None
    search: str = ""
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that was done. ``about`` names what it was done to, in the books' own words."""

    seq: int
    at: datetime
    actor: str
    machine: str
    action: str
    text: str
    tone: Tone
    detail: str
    about: str
    customer_name: str
    document_id: int | None
    amount_minor: int | None
    currency: str
