"""Do what the owner says about a bank line, in the write lane, with Undo beside the notice."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from billdesk.core.domain.bank_suggestions import SAFE_CONFIDENCE
from billdesk.core.domain.banking import Booked, Decision, Ignored, Receipt, decision_of
from billdesk.core.queries.bank import BankLineRow
from billdesk.core.services.banking.csv_proposal import CsvProposal
from billdesk.core.services.banking.service import ConfirmedLines
from billdesk.core.services.banking.statement_import import ImportedStatement
from billdesk.core.services.importing.files import ImportFile
from billdesk.ui.desk import Desk
from billdesk.ui.pages.payments import BANK
from billdesk.ui.pages.payments.dialogs.account import AccountDialog
from billdesk.ui.pages.payments.dialogs.csv_columns import CsvColumnsDialog
from billdesk.ui.pages.payments.dialogs.ignore import IgnoreDialog
from billdesk.ui.pages.payments.dialogs.invoices import InvoicesDialog
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.dialog import confirm

if TYPE_CHECKING:
    from billdesk.ui.pages.payments.payments_page import PaymentsPage


class BankActions(QObject):
    """One for the page; works on the line with the cursor."""

    def __init__(self, desk: Desk, page: "PaymentsPage") -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page

    # -- statements ------------------------------------------------------------------------

    def import_file(self) -> None:
        """Ask for a statement and take it in."""
        dialog = QFileDialog(self._page, tr("Import bank statement"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [tr("Bank statements (*.xml *.sta *.mt940 *.940 *.csv *.txt)"), tr("All files (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.take_in(Path(name)))
        dialog.open()

    def take_in(self, path: Path) -> None:
        """Import ``path``; a CSV file nobody knows yet is asked about first."""

        def read() -> tuple[ImportFile, CsvProposal | None]:
            file = ImportFile.read(path)
            return file, self._desk.app.bank.mapping_needed(file)

        self._desk.lanes.read(read).then(self._import_or_ask, self._desk.report, owner=self)

    def _import_or_ask(self, found: tuple[ImportFile, CsvProposal | None]) -> None:
        file, proposal = found
        if proposal is None:
            work = partial(self._desk.app.bank.import_file, file)
            self._desk.lanes.write(work).then(self._imported, self._desk.report, owner=self)
            return
        dialog = CsvColumnsDialog(self._desk, file, proposal, self._page)
        dialog.succeeded.connect(self._imported)
        dialog.open()

    def _imported(self, imported: ImportedStatement) -> None:
        self._page.show_argument(BANK)
        if imported.repeated:
            text = tr("This file was imported before.")
        else:
            text = trn("{count} new line.", "{count} new lines.", imported.lines)
            if imported.known:
                known = trn("{count} came in before.", "{count} came in before.", imported.known)
                text = f"{text} {known}"
        self._desk.window.toasts.show(text, icon="bank")

    # -- lines -----------------------------------------------------------------------------

    def confirm(self) -> None:
        """Do what the marked suggestion says."""
        line, chosen = self._line(), self._page.bank.side.chosen
        if line is not None and chosen is not None:
            self._decide(line, decision_of(chosen), chosen.title)

    def confirm_all(self) -> None:
        """Confirm what is safe, after saying how much that is."""
        count = self._page.bank.safe_lines
        confirm(
            self._page,
            trn("Confirm {count} line?", "Confirm {count} lines?", count),
            tr(
                "Each becomes what is suggested first, and only where BillDesk is at least "
                "{percent} % sure. Every one can be undone."
            ).format(percent=SAFE_CONFIDENCE),
            tr("Confirm all"),
            self._confirm_all,
        )

    def _confirm_all(self) -> None:
        def told(result: ConfirmedLines) -> None:
            text = trn("{count} line confirmed.", "{count} lines confirmed.", result.confirmed)
            self._desk.window.toasts.show(text, icon="check-circle")

        work = partial(self._desk.app.bank.confirm_all, SAFE_CONFIDENCE)
        self._desk.lanes.write(work).then(told, self._desk.report, owner=self)

    def choose(self) -> None:
        """Choose the invoices a transfer pays."""
        line = self._line()
        if line is not None:
            dialog = InvoicesDialog(self._desk, line, self._page)
            dialog.succeeded.connect(partial(self._decided, line.id))
            dialog.open()

    def book(self) -> None:
        """Book the line to an account."""
        line = self._line()
        if line is not None:
            AccountDialog(
                self._desk,
                line,
                lambda account: self._decide(line, Booked(account.account_id), account.name),
                self._page,
            ).open()

    def park(self) -> None:
        """Take the money into the books without saying whose it is."""
        line = self._line()
        if line is not None:
            self._decide(line, Receipt(), tr("From an unknown payer"))

    def ignore(self) -> None:
        """Leave the line out of the books, with a reason."""
        line = self._line()
        if line is not None:
            IgnoreDialog(
                lambda reason: self._decide(line, Ignored(reason), tr("Ignored")), self._page
            ).open()

    def undo(self) -> None:
        """Open the line again."""
        line = self._line()
        if line is not None:
            self._undo(line.id)

    # -- inside ----------------------------------------------------------------------------

    def _line(self) -> BankLineRow | None:
        return self._page.bank.line

    def _decide(self, line: BankLineRow, decision: Decision, title: str) -> None:
        work = partial(self._desk.app.bank.decide, line.id, line.version, decision)
        done = partial(self._decided, line.id, title)
        self._desk.lanes.write(work).then(lambda _: done(), self._desk.report, owner=self)

    def _decided(self, line_id: int, title: str) -> None:
        self._desk.window.toasts.show(
            title, action=tr("Undo"), on_action=partial(self._undo, line_id), icon="check-circle"
        )

    def _undo(self, line_id: int) -> None:
        work = partial(self._desk.app.bank.undo, line_id)
        self._desk.lanes.write(work).then(lambda _: None, self._desk.report, owner=self)
