"""A document's state as people read it, with its pill colour."""

from billdesk.core.domain.documents import DocumentState, SettledPart
from billdesk.ui.text import tr, trn

STATE_KIND: dict[DocumentState, str] = {
    DocumentState.VOID: "neutral",
    DocumentState.DRAFT: "neutral",
    DocumentState.DISPUTED: "bad",
    DocumentState.REFUNDED: "warn",
    DocumentState.PROCESSING: "info",
    DocumentState.OVERPAID: "ok",
    DocumentState.PAID: "ok",
    DocumentState.CREDITED: "neutral",
    DocumentState.WRITTEN_OFF: "neutral",
    DocumentState.NOTHING_DUE: "neutral",
    DocumentState.OVERDUE: "bad",
    DocumentState.PARTIALLY_PAID: "part",
    DocumentState.SENT: "info",
    DocumentState.ISSUED: "info",
    DocumentState.INVOICED: "ok",
    DocumentState.PARTLY_INVOICED: "part",
    DocumentState.DECLINED: "neutral",
    DocumentState.ACCEPTED: "ok",
    DocumentState.EXPIRED: "warn",
    DocumentState.OPEN_CREDIT: "info",
    DocumentState.PARTLY_USED: "part",
    DocumentState.SETTLED: "neutral",
}


def state_word(
    state: DocumentState, *, days_overdue: int = 0, part: SettledPart = SettledPart.NONE
) -> str:
    """The word on the pill; ``days_overdue`` adds them, or by what a part is settled."""
    if state is DocumentState.PARTIALLY_PAID:
        return {
            SettledPart.PAID: tr("Part paid"),
            SettledPart.CREDITED: tr("Part credited"),
        }.get(part, tr("Part settled"))
    if state is DocumentState.OVERDUE and days_overdue > 0:
        if part is not SettledPart.NONE:
            return {
                SettledPart.PAID: tr("Overdue, part paid"),
                SettledPart.CREDITED: tr("Overdue, part credited"),
            }.get(part, tr("Overdue, part settled"))
        return trn("Overdue {count} day", "Overdue {count} days", days_overdue)
    return {
        DocumentState.VOID: tr("Void"),
        DocumentState.DRAFT: tr("Draft"),
        DocumentState.DISPUTED: tr("Disputed"),
        DocumentState.REFUNDED: tr("Refunded"),
        DocumentState.PROCESSING: tr("Processing"),
        DocumentState.OVERPAID: tr("Overpaid"),
        DocumentState.PAID: tr("Paid"),
        DocumentState.CREDITED: tr("Credited"),
        DocumentState.WRITTEN_OFF: tr("Written off"),
        DocumentState.NOTHING_DUE: tr("Nothing due"),
        DocumentState.OVERDUE: tr("Overdue"),
        DocumentState.SENT: tr("Sent"),
        DocumentState.ISSUED: tr("Issued"),
        DocumentState.INVOICED: tr("Invoiced"),
        DocumentState.PARTLY_INVOICED: tr("Partly invoiced"),
        DocumentState.DECLINED: tr("Declined"),
        DocumentState.ACCEPTED: tr("Accepted"),
        DocumentState.EXPIRED: tr("Expired"),
        DocumentState.OPEN_CREDIT: tr("Open credit"),
        DocumentState.PARTLY_USED: tr("Partly used"),
        DocumentState.SETTLED: tr("Used up"),
    }[state]
