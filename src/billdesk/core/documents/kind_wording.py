"""What the kinds of documents say differently: band, references, who owes whom."""

from billdesk.core.documents.content import AcceptanceContent, BandContent, PaidStamp, Pair
from billdesk.core.documents.formatting import Formatter
from billdesk.core.documents.labels import Labels
from billdesk.core.documents.text import clean_line
from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind
from billdesk.core.domain.snapshot import Snapshot


def payable_minor(snapshot: Snapshot) -> int:
    """What the document comes to for the customer, in minor units of its currency."""
    if snapshot.statement is not None:
        return snapshot.statement.closing_minor
    if snapshot.reminder is not None:
        return snapshot.reminder.open_minor + snapshot.reminder.fee_minor
    return snapshot.due_minor


def asks_for_money(snapshot: Snapshot, paid: PaidStamp | None) -> bool:
    """Whether the customer is to pay something by this document."""
    return paid is None and snapshot.kind in RECEIVABLE_KINDS and payable_minor(snapshot) > 0


def due_label(snapshot: Snapshot, labels: Labels) -> str:
    """What the amount at the end of the sums is called."""
    if snapshot.kind == DocumentKind.CREDIT_NOTE:
        return labels.kinds.credited
    if snapshot.kind == DocumentKind.QUOTE:
        return labels.kinds.quote_total
    if snapshot.kind == DocumentKind.RECEIPT:
        return labels.kinds.amount_received
    if snapshot.statement is not None:
        favour = snapshot.statement.closing_minor < 0
        return labels.kinds.balance_in_favour if favour else labels.kinds.balance
    return labels.credit_due if snapshot.due_minor < 0 else labels.amount_due


def band_of(
    snapshot: Snapshot, fmt: Formatter, paid: PaidStamp | None, draft: bool
) -> BandContent | None:
    """The band above the table: what it is about in one amount, and a date where one matters."""
    labels = fmt.labels
    if snapshot.kind == DocumentKind.DELIVERY_NOTE:
        return None
    amount = fmt.money(abs(payable_minor(snapshot)), snapshot.scale, snapshot.currency)
    if snapshot.payment is not None:
        received = fmt.day(snapshot.payment.received_on)
        return BandContent(due_label(snapshot, labels), amount, labels.kinds.received_on, received)
    if snapshot.statement is not None:
        return BandContent(due_label(snapshot, labels), amount, "", "")
    if paid:
        return BandContent(labels.amount_paid, amount, labels.paid_on, fmt.day(paid.paid_on))
    if snapshot.kind == DocumentKind.QUOTE:
        until = snapshot.valid_until
        dated = (labels.kinds.valid_until, fmt.day(until)) if until else ("", "")
        return BandContent(labels.kinds.quote_total, amount, *dated)
    if snapshot.kind == DocumentKind.CREDIT_NOTE or snapshot.due_minor < 0:
        return BandContent(due_label(snapshot, labels), amount, "", "")
    # A draft without lines yet is not settled, only empty.
    if payable_minor(snapshot) == 0 and not draft:
        return BandContent(labels.nothing_due, amount, "", "")
    if snapshot.due_on is None:
        return BandContent(labels.amount_due, amount, "", "")
    by = labels.payable_by if snapshot.reminder is None else labels.kinds.pay_until
    return BandContent(labels.amount_due, amount, by, fmt.day(snapshot.due_on))


def reference_pairs(snapshot: Snapshot, fmt: Formatter) -> list[Pair]:
    """The documents this one refers to, beside the address (BT-25, BT-26)."""
    kinds = fmt.labels.kinds
    words = kinds.references
    pairs = [
        (words[one.kind], f"{clean_line(one.number)}, {fmt.day(one.issued_on)}")
        for one in snapshot.references
        if one.kind in words
    ]
    if snapshot.payment is not None:
        pairs.append((kinds.paid_by, kinds.methods[snapshot.payment.method]))
        pairs.append((fmt.labels.reference, clean_line(snapshot.payment.reference)))
    return pairs


def acceptance_of(snapshot: Snapshot, labels: Labels) -> AcceptanceContent | None:
    """Where a customer signs a quote, or that the goods have come."""
    words = labels.kinds
    if snapshot.kind == DocumentKind.DELIVERY_NOTE:
        return AcceptanceContent(
            words.goods_received, words.goods_note, words.place_and_date, words.signature
        )
    if snapshot.kind != DocumentKind.QUOTE:
        return None
    return AcceptanceContent(
        words.acceptance, words.acceptance_note, words.place_and_date, words.signature
    )
