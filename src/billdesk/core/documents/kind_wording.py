"""What the kinds of documents say differently: band, references, who owes whom."""

from billdesk.core.documents.content import AcceptanceContent, BandContent, PaidStamp, Pair
from billdesk.core.documents.formatting import Formatter
from billdesk.core.documents.labels import Labels
from billdesk.core.documents.text import clean_line
from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind
from billdesk.core.domain.snapshot import Snapshot


def asks_for_money(snapshot: Snapshot, paid: PaidStamp | None) -> bool:
    """Whether the customer is to pay something by this document."""
    return paid is None and snapshot.kind in RECEIVABLE_KINDS and snapshot.due_minor > 0


def due_label(snapshot: Snapshot, labels: Labels) -> str:
    """What the amount at the end of the sums is called."""
    if snapshot.kind == DocumentKind.CREDIT_NOTE:
        return labels.kinds.credited
    if snapshot.kind == DocumentKind.QUOTE:
        return labels.kinds.quote_total
    return labels.credit_due if snapshot.due_minor < 0 else labels.amount_due


def band_of(snapshot: Snapshot, fmt: Formatter, paid: PaidStamp | None, draft: bool) -> BandContent:
    """The band above the table: what it is about in one amount, and a date where one matters."""
    labels = fmt.labels
    amount = fmt.money(abs(snapshot.due_minor), snapshot.scale, snapshot.currency)
    if paid:
        return BandContent(labels.amount_paid, amount, labels.paid_on, fmt.day(paid.paid_on))
    if snapshot.kind == DocumentKind.QUOTE:
        until = snapshot.valid_until
        dated = (labels.kinds.valid_until, fmt.day(until)) if until else ("", "")
        return BandContent(labels.kinds.quote_total, amount, *dated)
    if snapshot.kind == DocumentKind.CREDIT_NOTE or snapshot.due_minor < 0:
        return BandContent(due_label(snapshot, labels), amount, "", "")
    # A draft without lines yet is not settled, only empty.
    if snapshot.due_minor == 0 and not draft:
        return BandContent(labels.nothing_due, amount, "", "")
    if snapshot.due_on is None:
        return BandContent(labels.amount_due, amount, "", "")
    return BandContent(labels.amount_due, amount, labels.payable_by, fmt.day(snapshot.due_on))


def reference_pairs(snapshot: Snapshot, fmt: Formatter) -> list[Pair]:
    """The documents this one refers to, beside the address (BT-25, BT-26)."""
    words = fmt.labels.kinds.references
    return [
        (words[one.kind], f"{clean_line(one.number)}, {fmt.day(one.issued_on)}")
        for one in snapshot.references
        if one.kind in words
    ]


def acceptance_of(snapshot: Snapshot, labels: Labels) -> AcceptanceContent | None:
    """Where a customer signs a quote."""
    if snapshot.kind != DocumentKind.QUOTE:
        return None
    words = labels.kinds
    return AcceptanceContent(
        words.acceptance, words.acceptance_note, words.place_and_date, words.signature
    )
