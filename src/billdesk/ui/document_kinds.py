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
    """The filters above a list, "all" first: the states its documents can have."""
    draft = (FilterTab.DRAFT, tr("Draft"))
    open_ = (FilterTab.OPEN, tr("Open"))
    late = (FilterTab.OVERDUE, tr("Overdue"))
    paid = (FilterTab.PAID, tr("Paid"))
    void = (FilterTab.VOID, tr("Void"))
    # What is made in one step and owed by nobody is only issued, or void.
    made = ((FilterTab.OPEN, tr("Issued")), void)
    tabs = {
        DocumentGroup.INVOICES: (draft, open_, late, paid, void),
        DocumentGroup.QUOTES: (
            draft,
            open_,
            (FilterTab.OVERDUE, tr("Expired")),
            (FilterTab.PAID, tr("Invoiced")),
            (FilterTab.VOID, tr("Declined, void")),
        ),
        DocumentGroup.CREDIT_NOTES: (draft, open_, (FilterTab.PAID, tr("Used up")), void),
        DocumentGroup.REMINDERS: (open_, late, paid, void),
    }.get(group, made)
    return [("all", tr("All")), *((tab.value, title) for tab, title in tabs)]


def search_hint(group: DocumentGroup) -> str:
    """What the search above a list is for."""
    return {
        DocumentGroup.INVOICES: tr("Search invoices"),
        DocumentGroup.QUOTES: tr("Search quotes"),
        DocumentGroup.CREDIT_NOTES: tr("Search credit notes"),
        DocumentGroup.DELIVERY_NOTES: tr("Search delivery notes"),
        DocumentGroup.REMINDERS: tr("Search reminders"),
        DocumentGroup.RECEIPTS: tr("Search receipts"),
        DocumentGroup.STATEMENTS: tr("Search statements"),
    }[group]


def beginning_command(group: DocumentGroup) -> str | None:
    """The command that begins one by hand; ``None`` for what is made from something else."""
    return {
        DocumentGroup.INVOICES: "invoice.new",
        DocumentGroup.QUOTES: "quote.new",
        DocumentGroup.CREDIT_NOTES: "credit_note.new",
        DocumentGroup.REMINDERS: "reminders.due",
    }.get(group)


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
