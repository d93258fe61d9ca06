"""The kinds of documents as the window calls them."""

from billdesk.core.domain.documents import DocumentGroup, DocumentKind, FilterTab
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.ui.text import tr


def kind_word(kind: DocumentKind) -> str:
    """One document of the kind."""
    return {
        DocumentKind.QUOTE: tr("Quote"),
        DocumentKind.INVOICE: tr("Invoice"),
        DocumentKind.DEPOSIT_INVOICE: tr("Deposit invoice"),
        DocumentKind.FINAL_INVOICE: tr("Final invoice"),
        DocumentKind.CREDIT_NOTE: tr("Credit note"),
        DocumentKind.RECEIPT: tr("Receipt"),
        DocumentKind.STATEMENT: tr("Statement"),
        DocumentKind.DELIVERY_NOTE: tr("Delivery note"),
        DocumentKind.REMINDER: tr("Reminder"),
    }[kind]


def group_titles() -> list[tuple[DocumentGroup, str]]:
    """The lists to choose from, the usual one first."""
    return [
        (DocumentGroup.INVOICES, tr("Invoices")),
        (DocumentGroup.QUOTES, tr("Quotes")),
        (DocumentGroup.CREDIT_NOTES, tr("Credit notes")),
        (DocumentGroup.DELIVERY_NOTES, tr("Delivery notes")),
        (DocumentGroup.REMINDERS, tr("Reminders")),
        (DocumentGroup.RECEIPTS, tr("Receipts")),
        (DocumentGroup.STATEMENTS, tr("Statements")),
    ]


def group_tab_titles(group: DocumentGroup) -> list[tuple[str, str]]:
    """The filters above a list, "all" first, as its documents call their states."""
    titles = {
        FilterTab.DRAFT: tr("Draft"),
        FilterTab.OPEN: tr("Open"),
        FilterTab.OVERDUE: tr("Overdue"),
        FilterTab.PAID: tr("Paid"),
        FilterTab.VOID: tr("Void"),
    }
    if group is DocumentGroup.QUOTES:
        titles |= {
            FilterTab.OVERDUE: tr("Expired"),
            FilterTab.PAID: tr("Invoiced"),
            FilterTab.VOID: tr("Declined, void"),
        }
    elif group is DocumentGroup.CREDIT_NOTES:
        titles[FilterTab.PAID] = tr("Used up")
    return [("all", tr("All")), *((tab.value, title) for tab, title in titles.items())]


def nothing_yet(group: DocumentGroup) -> str:
    """The sentence of an empty list."""
    return {
        DocumentGroup.INVOICES: tr("No invoices yet. The first takes less than a minute."),
        DocumentGroup.QUOTES: tr("No quotes yet. An accepted one becomes an invoice."),
        DocumentGroup.CREDIT_NOTES: tr("No credit notes. They are made from an issued invoice."),
        DocumentGroup.DELIVERY_NOTES: tr("No delivery notes. They are made from an invoice."),
        DocumentGroup.REMINDERS: tr("No reminders yet. “Reminders due” lists what is overdue."),
        DocumentGroup.RECEIPTS: tr("No receipts. They are made from a payment."),
        DocumentGroup.STATEMENTS: tr("No statements of account yet."),
    }[group]


def reference_word(kind: DocumentReferenceKind, *, refers_here: bool) -> str:
    """How another document is related to the one on show."""
    there, here = {
        DocumentReferenceKind.CREDITS: (tr("Credits"), tr("Credited by")),
        DocumentReferenceKind.DEDUCTS_DEPOSIT: (tr("Deducts"), tr("Deducted in")),
        DocumentReferenceKind.BILLS_QUOTE: (tr("From quote"), tr("Invoiced in")),
        DocumentReferenceKind.CORRECTS: (tr("Replaces"), tr("Replaced by")),
        DocumentReferenceKind.DELIVERS: (tr("Delivers"), tr("Delivered with")),
        DocumentReferenceKind.REMINDS_OF: (tr("Reminds of"), tr("Reminder")),
        DocumentReferenceKind.RECEIPT_FOR: (tr("Receipt for"), tr("Receipt")),
    }[kind]
    return here if refers_here else there
