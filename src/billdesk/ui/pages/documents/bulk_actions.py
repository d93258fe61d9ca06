"""What the bar above the list does with the rows chosen."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentRow
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.desk import Desk
from billdesk.ui.files import ask_folder, file_name, write_file
from billdesk.ui.pages.documents.bulk import BulkFailures, BulkResult, BulkRun, Submit
from billdesk.ui.pages.documents.dialogs.payment import MarkPaidDialog
from billdesk.ui.pages.documents.dialogs.send import UNDO_S
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.dialog import confirm


def drafts(rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    """The rows that can be issued or deleted."""
    return [row for row in rows if row.state is DocumentState.DRAFT]


def issued(rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    """The rows that can be sent or exported: numbered and not void."""
    void_or_draft = (DocumentState.DRAFT, DocumentState.VOID)
    return [row for row in rows if row.state not in void_or_draft]


def payable(rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    """The rows with something open."""
    return [row for row in issued(rows) if row.open_minor > 0]


def sum_by_currency(desk: Desk, amounts: Sequence[tuple[str, int]]) -> str:
    """``€4,200.00 and NOK 900.00``: never a sum over currencies."""
    sums: dict[str, int] = defaultdict(int)
    for currency, minor in amounts:
        sums[currency] += minor
    return tr(" and ").join(desk.money(minor, currency) for currency, minor in sums.items())


class BulkActions(QObject):
    """Each asks once with the consequence in numbers, then tells what came of every row."""

    progressed = Signal(int, int)
    finished = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent

    def issue(self, rows: Sequence[DocumentRow]) -> None:
        """Issue the drafts among the rows."""
        chosen = drafts(rows)
        app = self._desk.app
        confirm(
            self._widget,
            trn("Issue {count} invoice?", "Issue {count} invoices?", len(chosen)),
            tr("{total} in all. They get their numbers and cannot be changed afterwards.").format(
                total=self._sum(chosen, lambda row: row.total_minor)
            ),
            tr("Issue"),
            lambda: self._run(
                app_lane=self._desk.lanes.write,
                action=lambda row: app.invoices.issue(row.id, row.version),
                rows=chosen,
                told=lambda n: trn("{count} invoice issued.", "{count} invoices issued.", n),
            ),
        )

    def send(self, rows: Sequence[DocumentRow]) -> None:
        """Mail the issued ones to their customers, with one Undo for all."""
        chosen = issued(rows)
        app = self._desk.app

        def send_one(row: DocumentRow) -> int:
            draft = app.mail.draft_for(row.id)
            if not draft.recipient:
                raise NotAllowed(tr("The customer has no email address."))
            return app.mail.send(row.id, draft, delay_s=UNDO_S)

        def sent(result: BulkResult) -> None:
            ids = [mail_id for _, mail_id in result.done]
            if ids:
                text = trn("{count} mail leaves in 10 s.", "{count} mails leave in 10 s.", len(ids))
                self._desk.window.toasts.show(
                    text,
                    action=tr("Undo"),
                    on_action=partial(self._cancel_mails, ids),
                    duration_ms=UNDO_S * 1000,
                    icon="mail",
                )

        confirm(
            self._widget,
            trn("Send {count} invoice?", "Send {count} invoices?", len(chosen)),
            tr("Each customer gets the usual message with the PDF and the payment link."),
            tr("Send"),
            lambda: self._run(
                app_lane=self._desk.lanes.write, action=send_one, rows=chosen, then=sent
            ),
        )

    def mark_paid(self, rows: Sequence[DocumentRow]) -> None:
        """Record the open amount of each as received."""
        chosen = payable(rows)
        app = self._desk.app

        def record(method: PaymentMethod, day: date) -> None:
            def pay(row: DocumentRow) -> int:
                return app.payments.record(PaymentInput(row.id, row.open_minor, method, day))

            self._run(
                app_lane=self._desk.lanes.write,
                action=pay,
                rows=chosen,
                told=lambda n: trn("{count} invoice paid.", "{count} invoices paid.", n),
            )

        total = self._sum(chosen, lambda row: row.open_minor)
        MarkPaidDialog(self._desk, len(chosen), total, record, self._widget).open()

    def export(self, rows: Sequence[DocumentRow]) -> None:
        """Write the PDFs of the issued ones into a folder."""
        chosen = issued(rows)
        queries = self._desk.app.queries

        def export_to(folder: Path) -> None:
            def write(row: DocumentRow) -> Path:
                data = queries.pdf(row.id)
                if data is None:
                    raise NotAllowed(tr("Its PDF is still being made; try again in a moment."))
                return write_file(folder / file_name(row.number or "", ".pdf"), data)

            self._run(
                app_lane=self._desk.lanes.read,
                action=write,
                rows=chosen,
                told=lambda n: trn("{count} PDF written.", "{count} PDFs written.", n),
            )

        ask_folder(self._widget, tr("Folder for the PDFs"), export_to)

    def _run(
        self,
        *,
        app_lane: Submit,
        action: Callable[[DocumentRow], object],
        rows: Sequence[DocumentRow],
        told: Callable[[int], str] | None = None,
        then: Callable[[BulkResult], object] | None = None,
    ) -> None:
        run = BulkRun(self._desk, app_lane, action, rows, self)
        run.progressed.connect(self.progressed)
        run.finished.connect(lambda result: self._tell(result, told, then))
        run.start()

    def _tell(
        self,
        result: BulkResult,
        told: Callable[[int], str] | None,
        then: Callable[[BulkResult], object] | None,
    ) -> None:
        self.finished.emit()
        if then is not None:
            then(result)
        if told is not None and result.done:
            self._desk.window.toasts.show(told(len(result.done)), icon="check")
        if result.failed:
            title = trn(
                "{count} document was left as it is",
                "{count} documents were left as they are",
                len(result.failed),
            )
            BulkFailures(title, result.failed, self._widget).open()

    def _cancel_mails(self, mail_ids: list[int]) -> None:
        cancel = self._desk.app.mail.cancel

        def work() -> int:
            return sum(not cancel(mail_id) for mail_id in mail_ids)

        self._desk.lanes.write(work).then(self._told_cancelled, self._desk.report, owner=self)

    def _told_cancelled(self, too_late: int) -> None:
        if too_late:
            text = trn(
                "{count} mail had left already.", "{count} mails had left already.", too_late
            )
            self._desk.window.toasts.show(text)

    def _sum(self, rows: Sequence[DocumentRow], amount: Callable[[DocumentRow], int]) -> str:
        return sum_by_currency(self._desk, [(row.currency, amount(row)) for row in rows])
