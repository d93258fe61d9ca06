"""States of work for the outside: jobs, links, orders, mails, Stripe events, payments."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a job of the outbox does."""

    CREATE_LINK = "create_link"
    RETIRE_LINK = "retire_link"
    SEND_ORDER = "send_order"
    RENDER = "render"
    SEND_MAIL = "send_mail"


class JobState(StrEnum):
    """Where a job of the outbox stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RenditionKind(StrEnum):
    """Stored PDFs of a document; later ones are ``link_rev_N`` and ``paid_copy_N``.

    ``no_link_N`` is the one made when link N was switched off and none took its place.
    """

    ORIGINAL = "original"
    PAID_COPY = "paid_copy"

    @staticmethod
    def for_revision(revision: int) -> str:
        """The rendition that shows link ``revision``."""
        return RenditionKind.ORIGINAL if revision <= 1 else RenditionKind.with_link(revision)

    @staticmethod
    def with_link(revision: int) -> str:
        """The rendition made for link ``revision`` alone."""
        return f"link_rev_{revision}"

    @staticmethod
    def without_link(revision: int) -> str:
        """The rendition in place of one whose link ``revision`` is off."""
        return f"no_link_{revision}"

    @staticmethod
    def has_link(kind: str) -> bool:
        """Whether ``kind`` shows a payment link, where there is one."""
        return not kind.startswith((RenditionKind.PAID_COPY, "no_link"))

    @staticmethod
    def number_of(kind: str) -> int:
        """The revision or settlement ``kind`` is of."""
        number = kind.rpartition("_")[2]
        return int(number) if number.isdecimal() else 1

    @staticmethod
    def for_settlement(number: int) -> str:
        """The paid copy of the ``number``-th time the document was settled."""
        return RenditionKind.PAID_COPY if number <= 1 else f"{RenditionKind.PAID_COPY}_{number}"

    @staticmethod
    def is_paid(kind: str) -> bool:
        """Whether ``kind`` is a paid copy."""
        return kind.startswith(RenditionKind.PAID_COPY)


class LinkState(StrEnum):
    """The life of a payment link; one of queued, sent, active per document at a time."""

    QUEUED = "queued"
    SENT = "sent"
    ACTIVE = "active"
    RETIRING = "retiring"
    CLOSED = "closed"
    FAILED = "failed"


LIVE_LINKS = (LinkState.QUEUED, LinkState.SENT, LinkState.ACTIVE)
# Nothing is under way for them and nobody can pay.
OFF_LINKS = (LinkState.CLOSED, LinkState.FAILED)


class OrderKind(StrEnum):
    """What Stripe is told to do with money."""

    REFUND = "refund"
    CHARGE = "charge"


class OrderState(StrEnum):
    """The life of an order; ``sent`` means it may have been carried out."""

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_ORDERS = (OrderState.QUEUED, OrderState.SENT)


class RefundReason(StrEnum):
    """What Stripe is told about a refund; “fraudulent” would block the customer's card there."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"


class MailState(StrEnum):
    """The life of a mail; ``unknown`` means it may have been sent (crash while sending)."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class InboxState(StrEnum):
    """The life of a Stripe event; only ``applied`` and ``foreign`` are finished for good."""

    NEW = "new"
    APPLIED = "applied"
    FOREIGN = "foreign"
    DEAD = "dead"


class PaymentMethod(StrEnum):
    """How money arrived."""

    CASH = "cash"
    BANK = "bank"
    CHEQUE = "cheque"
    OTHER = "other"
    STRIPE = "stripe"


class PaymentState(StrEnum):
    """The life of a payment; manual ones are succeeded or undone, ``lost`` is a dispute's end.

    ``returned``: a debit that had arrived and that the payer's bank took back weeks later.
    ``test``: a payment of Stripe's test mode that books nothing, since real money is taken.

    Of a refund: ``ordered`` at Stripe and not seen there yet, succeeded, failed or undone.
    """

    ORDERED = "ordered"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    LOST = "lost"
    FAILED = "failed"
    RETURNED = "returned"
    TEST = "test"
    UNDONE = "undone"


RECEIVED = (
    PaymentState.SUCCEEDED,
    PaymentState.PARTIALLY_REFUNDED,
    PaymentState.REFUNDED,
    PaymentState.DISPUTED,
    PaymentState.LOST,
)


class FeeState(StrEnum):
    """Whether Stripe's fee of a payment is known; it often comes minutes later."""

    NONE = "none"
    PENDING = "pending"
    FINAL = "final"
