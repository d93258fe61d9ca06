"""What can be done with a document, wherever it is shown: list, peek panel or its own page."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside import LinkState
from billdesk.core.queries.documents import DocumentDetail, PaymentRow
from billdesk.core.queries.money import PaymentDetail, RefundRow
from billdesk.core.services.mail import MailDraft
from billdesk.core.sync.poller import PollResult
from billdesk.ui.desk import Desk
from billdesk.ui.document_check import DocumentCheck
from billdesk.ui.files import (
    ask_save_path,
    file_name,
    open_address,
    open_file,
    write_file,
    write_temporary,
)
from billdesk.ui.forms.soft_delete import UNDO_MS, Named, SoftDelete
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.money.refund_dialog import RefundDialog, first_unexplained
from billdesk.ui.money.undo_question import ask_undo
from billdesk.ui.pages.documents.dialogs.charge import ChargeDialog
from billdesk.ui.pages.documents.dialogs.deduction import DeductionDialog
from billdesk.ui.pages.documents.dialogs.parts import InstalmentsDialog, PartDialog
from billdesk.ui.pages.documents.dialogs.payment import PaymentDialog
from billdesk.ui.pages.documents.dialogs.send import UNDO_S, SendDialog
from billdesk.ui.pages.documents.dialogs.void import VoidDialog
from billdesk.ui.pages.documents.link_words import why_no_link
from billdesk.ui.text import tr, trn


class DocumentActions(QObject):
    """Each action reads the document afresh before it asks or does anything."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent
        self._money = MoneyActions(desk, parent)
        self._check = DocumentCheck(desk, self)
        invoices = desk.app.invoices
        self._drafts = SoftDelete(
            desk,
            invoices.delete,
            invoices.restore,
            lambda count: trn("{count} draft", "{count} drafts", count),
            self,
        )

    # Drafts

    def duplicate(self, document_id: int) -> None:
        """A new draft with the same content, opened at once."""
        work = partial(self._desk.app.invoices.duplicate, document_id)
        self._desk.lanes.write(work).then(
            lambda saved: self._desk.window.open_page("invoice", saved.document_id),
            self._desk.report,
            owner=self,
        )

    def delete(self, document_ids: Sequence[int]) -> None:
        """Put drafts away, with an Undo."""
        self._drafts.delete([Named(document_id, tr("Draft")) for document_id in document_ids])

    # Issued documents

    def send(self, document_id: int) -> None:
        """Show the mail; sending waits some seconds for an Undo."""
        app = self._desk.app

        def read() -> tuple[DocumentDetail, MailDraft, bool]:
            return (
                app.queries.document(document_id),
                app.mail.draft_for(document_id),
                app.queries.company().mail.configured,
            )

        # The suggestion is read in a transaction of the core that also may write.
        self._desk.lanes.write(read).then(self._ask_send, self._desk.report, owner=self)

    def record_payment(self, document_id: int) -> None:
        """Ask for a payment received by hand."""
        self._with_detail(document_id, self._ask_payment)

    def settle_without_money(self, document_id: int) -> None:
        """Ask what will not be paid, and why."""
        self._with_detail(document_id, self._ask_deduction)

    def explain_refund(self, payment: PaymentRow) -> None:
        """Ask what the first refund of a payment means that has no meaning yet."""
        work = partial(self._desk.app.queries.payment, payment.id)
        self._desk.lanes.read(work).then(self._ask_meaning, self._desk.report, owner=self)

    def refund(self, payment_id: int) -> None:
        """Ask how much of a payment Stripe pays back."""
        self._money.refund(payment_id)

    def withdraw_refund(self, refund: RefundRow) -> None:
        """Withdraw a refund that Stripe was not told of."""
        self._money.take_order_back(refund)

    def explain_dispute(self, payment: PaymentRow) -> None:
        """Ask what a lost dispute means."""
        self._money.explain_dispute(payment.id, payment.disputed_minor, payment.currency)

    def void(self, document_id: int) -> None:
        """Ask for the reason and void."""
        self._with_detail(document_id, self._ask_void)

    def undo_payment(self, payment_id: int) -> None:
        """Ask with what follows from it, then take a manual payment back."""
        work = partial(self._desk.app.payments.undo, payment_id)

        def undo() -> None:
            self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

        self._desk.lanes.read(partial(self._desk.app.queries.payment, payment_id)).then(
            lambda found: ask_undo(self._desk, found, self._widget, undo),
            self._desk.report,
            owner=self,
        )

    def send_again(self, mail_id: int) -> None:
        """Queue the same mail once more."""
        work = partial(self._desk.app.mail.send_again, mail_id)
        self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

    def cancel_mail(self, mail_id: int) -> None:
        """Stop a mail that still waits."""
        work = partial(self._desk.app.mail.cancel, mail_id)
        self._desk.lanes.write(work).then(self._mail_cancelled, self._desk.report, owner=self)

    # The payment link

    def copy_link(self, document_id: int) -> None:
        """Put the address of the pay page on the clipboard."""
        self._desk.app.sync.link_touched()
        self._with_link(document_id, self._copy)

    def open_pay_page(self, document_id: int) -> None:
        """Show what the customer sees."""
        self._desk.app.sync.link_touched()
        self._with_link(document_id, open_address)

    def request_link(self, document_id: int) -> None:
        """Make a payment link over what is open, in place of an older one."""
        work = partial(self._desk.app.links.request, document_id)
        self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

    def ask_part(self, document_id: int) -> None:
        """Ask how much the next link asks for."""
        self._with_detail(
            document_id, lambda detail: PartDialog(self._desk, detail, self._widget).open()
        )

    def plan_instalments(self, document_id: int) -> None:
        """Ask in which parts what is open is paid."""
        self._with_detail(
            document_id, lambda detail: InstalmentsDialog(self._desk, detail, self._widget).open()
        )

    def drop_instalments(self, document_id: int) -> None:
        """What is open is due as the invoice says."""
        work = partial(self._desk.app.instalments.drop, document_id)
        self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

    def charge_card(self, document_id: int) -> None:
        """Ask which saved card is charged, and with how much."""
        self._with_detail(
            document_id, lambda detail: ChargeDialog(self._desk, detail, self._widget).open()
        )

    def withdraw_charge(self, document_id: int) -> None:
        """Take back a charge that was not sent yet."""
        work = partial(self._desk.app.cards.withdraw, document_id)
        self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

    def switch_off_link(self, document_id: int) -> None:
        """Nobody can pay through the link any more."""
        work = partial(self._desk.app.links.switch_off, document_id)
        self._desk.lanes.write(work).then(_ignore, self._desk.report, owner=self)

    def check_now(self) -> None:
        """Ask Stripe what has happened since the last look."""
        self._desk.lanes.net(self._desk.app.sync.look).then(
            self._checked, self._desk.report, owner=self
        )

    def check_invoice(self, document_id: int) -> None:
        """Compare this document's payments with Stripe, whatever its messages tell."""
        self._check.check(document_id)

    # Files

    def save_pdf(self, document_id: int) -> None:
        """Ask where to put the PDF and write it."""
        self._with_pdf(document_id, self._ask_pdf_path)

    def open_pdf(self, document_id: int) -> None:
        """Show the PDF in the user's own viewer."""
        self._with_pdf(document_id, self._show_pdf)

    # Inside

    def _with_detail(self, document_id: int, then: Callable[[DocumentDetail], object]) -> None:
        work = partial(self._desk.app.queries.document, document_id)
        self._desk.lanes.read(work).then(then, self._desk.report, owner=self)

    def _ask_payment(self, detail: DocumentDetail) -> None:
        PaymentDialog(self._desk, detail, self._widget).open()

    def _ask_deduction(self, detail: DocumentDetail) -> None:
        DeductionDialog(self._desk, detail, self._widget).open()

    def _ask_meaning(self, detail: PaymentDetail) -> None:
        refund = first_unexplained(detail)
        if refund is not None:
            RefundDialog(self._desk, refund, self._widget).open()

    def _ask_void(self, detail: DocumentDetail) -> None:
        VoidDialog(self._desk, detail, self._widget).open()

    def _ask_send(self, found: tuple[DocumentDetail, MailDraft, bool]) -> None:
        detail, draft, can_send = found
        dialog = SendDialog(self._desk, detail, draft, can_send=can_send, parent=self._widget)
        dialog.succeeded.connect(lambda mail_id: self._offer_undo(detail, dialog, mail_id))
        dialog.emlRequested.connect(lambda mail: self._save_eml(detail, mail))
        dialog.open()

    def _offer_undo(self, detail: DocumentDetail, dialog: SendDialog, mail_id: int) -> None:
        text = tr("{number} goes to {recipient} in {seconds} seconds.").format(
            number=detail.number, recipient=dialog.draft().recipient, seconds=UNDO_S
        )
        self._desk.window.toasts.show(
            text,
            action=tr("Undo"),
            on_action=partial(self.cancel_mail, mail_id),
            duration_ms=UNDO_S * 1000,
            icon="mail",
        )

    def _mail_cancelled(self, in_time: object) -> None:
        if not in_time:
            self._desk.window.toasts.show(tr("Too late: the mail is on its way already."))

    def _save_eml(self, detail: DocumentDetail, mail: MailDraft) -> None:
        name = file_name(detail.number or "", ".eml")

        def save(path: Path) -> None:
            eml = self._desk.app.mail.eml
            self._desk.lanes.write(lambda: write_file(path, eml(detail.id, mail))).then(
                self._file_saved, self._desk.report, owner=self
            )

        ask_save_path(self._widget, tr("Save message"), name, tr("Message (*.eml)"), save)

    def _with_link(self, document_id: int, then: Callable[[str], object]) -> None:
        queries = self._desk.app.queries

        def read() -> tuple[DocumentDetail, bool]:
            return queries.document(document_id), queries.company().online_payment.enabled

        def answer(found: tuple[DocumentDetail, bool]) -> None:
            detail, can_make = found
            link = detail.link
            if link is not None and link.state is LinkState.ACTIVE and link.url:
                then(link.url)
            else:
                why = why_no_link(self._desk, detail, can_make=can_make)
                self._desk.window.toasts.show(why, icon="info")

        self._desk.lanes.read(read).then(answer, self._desk.report, owner=self)

    def _copy(self, address: str) -> None:
        QGuiApplication.clipboard().setText(address)
        self._desk.window.toasts.show(tr("Payment link copied."), icon="link")

    def _checked(self, result: PollResult) -> None:
        if result.error:
            self._desk.window.toasts.show_error(result.error)
        elif result.applied:
            text = trn("Stripe: {count} payment.", "Stripe: {count} payments.", result.applied)
            self._desk.window.toasts.show(text, icon="check")
        else:
            self._desk.window.toasts.show(tr("Stripe has nothing new."), icon="check")

    def _with_pdf(self, document_id: int, then: Callable[[tuple[str, bytes]], object]) -> None:
        app = self._desk.app

        def read() -> tuple[str, bytes]:
            detail = app.queries.document(document_id)
            if detail.snapshot is None:
                data = app.previews.draft(detail.draft, detail.kind)
            else:
                data = app.previews.document(document_id)
            return file_name(detail.number or tr("Draft"), ".pdf"), data

        self._desk.lanes.preview(read).then(then, self._desk.report, owner=self)

    def _ask_pdf_path(self, found: tuple[str, bytes]) -> None:
        name, data = found

        def save(path: Path) -> None:
            self._desk.lanes.read(lambda: write_file(path, data)).then(
                self._file_saved, self._desk.report, owner=self
            )

        ask_save_path(self._widget, tr("Save PDF"), name, tr("PDF (*.pdf)"), save)

    def _show_pdf(self, found: tuple[str, bytes]) -> None:
        name, data = found
        self._desk.lanes.read(partial(write_temporary, name, data)).then(
            self._open, self._desk.report, owner=self
        )

    def _open(self, path: Path) -> None:
        if not open_file(path):
            self._desk.window.toasts.show_error(
                tr("No program is set up to open {name}.").format(name=path.name)
            )

    def _file_saved(self, path: Path) -> None:
        self._desk.window.toasts.show(
            tr("Saved as {name}.").format(name=path.name),
            action=tr("Open"),
            on_action=partial(self._open, path),
            duration_ms=UNDO_MS,
        )


def _ignore(_result: Any) -> None:
    """The list and the page hear of it through the event that was committed."""
