"""The figures at the head of a document: what it comes to, and what has become of that."""

from billdesk.core.domain.documents import RECEIVABLE_KINDS, DocumentKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.text import tr

# A name and minor units of the document's currency.
Figure = tuple[str, int]


def head_figures(detail: DocumentDetail) -> list[Figure]:
    """The total first; the shares after it add up to it."""
    if detail.voided_at is not None:
        return [total_figure(detail)]
    return [total_figure(detail), *_shares(detail)]


def total_figure(detail: DocumentDetail) -> Figure:
    """What a document comes to for the customer, by the kind of document.

    A reminder asks for what was open of its invoice, and for its own late fee.
    """
    reminder = detail.snapshot.reminder if detail.snapshot is not None else None
    if reminder is not None:
        return tr("Asked for"), reminder.open_minor + reminder.fee_minor
    words = {DocumentKind.STATEMENT: tr("Balance"), DocumentKind.RECEIPT: tr("Received")}
    return words.get(detail.kind, tr("Total")), detail.total_minor


def _shares(detail: DocumentDetail) -> list[Figure]:
    if detail.kind is DocumentKind.QUOTE:
        return [(tr("Invoiced"), detail.invoiced_minor)]
    if detail.kind is DocumentKind.CREDIT_NOTE:
        return [(tr("Not used yet"), detail.open_minor)]
    if detail.kind is DocumentKind.REMINDER:
        return _reminder_shares(detail)
    if detail.kind not in RECEIVABLE_KINDS:
        return []
    # A discount for paying early and a tax the customer keeps back are no write-off.
    is_written_off = not detail.withheld_minor and detail.draft.discount is None
    deducted = tr("Written off") if is_written_off else tr("Other deductions")
    parts = [
        (tr("Deposits deducted"), detail.prepaid_minor),
        (tr("Credited"), detail.credited_minor),
        (deducted, detail.written_off_minor),
    ]
    return [
        *(part for part in parts if part[1]),
        (tr("Paid"), detail.paid_minor),
        (tr("Open"), detail.open_minor),
    ]


def _reminder_shares(detail: DocumentDetail) -> list[Figure]:
    reminder = detail.snapshot.reminder if detail.snapshot is not None else None
    if reminder is None:
        return []
    shares = [(tr("Open of {number}").format(number=reminder.number), reminder.open_minor)]
    if reminder.fee_minor:
        shares.append((tr("Late fee"), reminder.fee_minor))
    return shares
