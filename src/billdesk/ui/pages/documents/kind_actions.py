"""What only some kinds of documents can do: credit, correct, answer, convert, remind."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.documents.quotes import QuoteLeft
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.core.services.steps.credit import CreditLeft
from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import UNDO_MS
from billdesk.ui.pages.documents.dialogs.credit import CreditDialog
from billdesk.ui.pages.documents.dialogs.delivery import DeliveryDialog
from billdesk.ui.pages.documents.dialogs.share import BillDialog, DepositDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.dialog import confirm


class KindActions(QObject):
    """Each action reads the document afresh before it asks or does anything."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent

    def credit(self, document_id: int) -> None:
        """Ask how much is taken back, and make the credit note."""
        app = self._desk.app
        # What is left is read in a transaction of the core that also may write.
        self._write(
            lambda: (app.queries.document(document_id), app.credit_notes.left(document_id)),
            self._ask_credit,
        )

    def correct(self, document_id: int) -> None:
        """After a question: credit all that is left, and open a draft of the same content."""
        self._with_detail(document_id, self._ask_correct)

    def accept(self, document_id: int) -> None:
        """The customer takes the quote; with an Undo."""
        self._answer(document_id, self._desk.app.quotes.accept, tr("Quote accepted."))

    def decline(self, document_id: int) -> None:
        """The customer does not take the quote; with an Undo."""
        self._answer(document_id, self._desk.app.quotes.decline, tr("Quote declined."))

    def undo_answer(self, document_id: int) -> None:
        """Take the recorded answer back."""
        self._write(partial(self._desk.app.quotes.undo_answer, document_id), _ignore)

    def convert(self, document_id: int) -> None:
        """Draft the invoice of a quote and open it."""
        self._write(partial(self._desk.app.quotes.convert, document_id), self._open_draft)

    def bill_part(self, document_id: int) -> None:
        """Ask which part of a quote is invoiced now, and open the draft."""
        self._with_left(document_id, BillDialog)

    def take_deposit(self, document_id: int) -> None:
        """Ask what is to be paid in advance, and open the draft of the deposit invoice."""
        self._with_left(document_id, DepositDialog)

    def final(self, document_id: int) -> None:
        """Draft the final invoice that deducts a paid deposit invoice, and open it."""
        app = self._desk.app

        def work() -> Saved:
            detail = app.queries.document(document_id)
            draft = replace(
                app.queries.new_draft(detail.draft.customer_id),
                currency=detail.currency,
                subject=detail.draft.subject,
                deposit_ids=(document_id,),
            )
            return app.invoices.create(draft, DocumentKind.FINAL_INVOICE)

        self._write(work, self._open_draft)

    def deliver(self, document_id: int) -> None:
        """Ask how much of each line is delivered, and make the delivery note."""

        def ask(detail: DocumentDetail) -> None:
            dialog = DeliveryDialog(self._desk, detail, self._widget)
            dialog.succeeded.connect(self._show_issued)
            dialog.open()

        self._with_detail(document_id, ask)

    def remind(self, document_id: int) -> None:
        """Make the next reminder of an overdue invoice; it is sent from its own page."""
        work = partial(self._desk.app.reminders.remind, [document_id])
        self._write(work, lambda made: self._show_issued(made[0]))

    def _answer(self, document_id: int, answer: Callable[[int], object], done: str) -> None:
        def told(_result: object) -> None:
            self._desk.window.toasts.show(
                done,
                action=tr("Undo"),
                on_action=partial(self.undo_answer, document_id),
                duration_ms=UNDO_MS,
                icon="check",
            )

        self._write(partial(answer, document_id), told)

    def _ask_credit(self, read: tuple[DocumentDetail, CreditLeft]) -> None:
        dialog = CreditDialog(self._desk, *read, self._widget)
        dialog.succeeded.connect(self._show_issued)
        dialog.open()

    def _ask_correct(self, detail: DocumentDetail) -> None:
        confirm(
            self._widget,
            tr("Correct {number}?").format(number=detail.number),
            tr(
                "A credit note takes all of it back, and a draft with the same content is opened. "
                "What was paid becomes the customer's credit."
            ),
            tr("Credit and correct"),
            partial(self._correct, detail.id),
        )

    def _correct(self, document_id: int) -> None:
        self._write(
            partial(self._desk.app.credit_notes.correct, document_id),
            lambda done: self._open_draft(done.draft),
        )

    def _show_issued(self, made: Issued) -> None:
        text = tr("{number} is issued.").format(number=made.number)
        open_it = partial(self._desk.window.open_page, "invoice", made.document_id)
        self._desk.window.toasts.show(
            text, action=tr("Open"), on_action=open_it, duration_ms=UNDO_MS, icon="check"
        )

    def _open_draft(self, saved: Any) -> None:
        self._desk.window.open_page("invoice", saved.document_id)

    def _with_left(self, document_id: int, kind: type[BillDialog] | type[DepositDialog]) -> None:
        """Open a dialog about what of a quote is left."""
        app = self._desk.app

        def ask(found: tuple[DocumentDetail, QuoteLeft]) -> None:
            dialog = kind(self._desk, *found, self._widget)
            dialog.succeeded.connect(self._open_draft)
            dialog.open()

        # What is left is read in a transaction of the core that also may write.
        self._write(lambda: (app.queries.document(document_id), app.quotes.left(document_id)), ask)

    def _with_detail(self, document_id: int, then: Callable[[DocumentDetail], object]) -> None:
        work = partial(self._desk.app.queries.document, document_id)
        self._desk.lanes.read(work).then(then, self._desk.report, owner=self)

    def _write(self, work: Callable[[], object], then: Callable[[Any], object]) -> None:
        self._desk.lanes.write(work).then(then, self._desk.report, owner=self)


def _ignore(_result: object) -> None:
    """The page hears of it through the event that was committed."""
