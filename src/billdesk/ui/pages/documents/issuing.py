"""From Ctrl+Enter to an issued invoice: what is missing first, then one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from billdesk.core.domain.errors import StaleVersion, UserError
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.documents.results import Issued
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.dialog import ConfirmDialog, confirm

if TYPE_CHECKING:
    from billdesk.ui.pages.documents.editor_page import EditorPage


class Issuing(QObject):
    """Asks with number, customer and total in the question; nothing is issued unasked."""

    def __init__(self, page: EditorPage) -> None:
        super().__init__(page)
        self._page = page
        self._and_send = False
        self._asked: ConfirmDialog | None = None

    def ask(self, *, and_send: bool) -> None:
        """Check what is on screen, then ask."""
        page = self._page
        editor, autosave = page.editor, page.autosave
        if editor is None or autosave is None:
            return
        self._and_send = and_send
        missing = self._missing()
        if missing is not None:
            editor.show_error(missing)
            return
        if editor.problem:
            page.bar.set_note(tr("Put right first: {what}").format(what=editor.problem), "bad")
            editor.focus_problem()
            return
        autosave.flush()
        # In the write lane: behind the save, so that the number asked for is the newest.
        read = page.desk.app.queries.company
        page.desk.lanes.write(read).then(self._confirm, page.desk.report, owner=self)

    def _missing(self) -> UserError | None:
        """What the core would refuse in any case, said before the question."""
        editor = self._page.editor
        draft = editor.draft() if editor is not None else None
        if draft is None or draft.customer_id is None:
            kind = kind_word(self._page.kind).lower()
            missing = tr("Choose the customer this {kind} is for.").format(kind=kind)
            return UserError(missing, field="customer_id")
        if not draft.lines:
            return UserError(tr("Add at least one line."), field="lines")
        return None

    def _confirm(self, company: CompanyInfo) -> None:
        page = self._page
        editor = page.editor
        if editor is None or not page.is_active:
            return
        own = page.detail.number if page.detail is not None else None
        what = own or company.series_of(page.kind).next_number
        customer = editor.fields.customer.edit.current
        question = tr("Issue {number} to {customer} for {total}?").format(
            number=what,
            customer=customer.title if customer is not None else "",
            total=editor.totals.total.text(),
        )
        consequence = tr("It cannot be changed afterwards, only voided.")
        if self._and_send:
            consequence = tr(
                "It cannot be changed afterwards, only voided. The mail is shown before it leaves."
            )
        verb = tr("Issue and send") if self._and_send else tr("Issue")
        self._asked = confirm(page, question, consequence, verb, self._issue)

    def _issue(self) -> None:
        autosave = self._page.autosave
        if autosave is not None:
            autosave.issue().then(self._issued, self._failed)

    def _issued(self, result: Issued) -> None:
        self._page.issued(result, and_send=self._and_send)

    def _failed(self, error: object) -> None:
        editor = self._page.editor
        if isinstance(error, StaleVersion):
            # The save before it has asked which version stays.
            return
        shown = isinstance(error, UserError) and editor is not None and editor.show_error(error)
        if not shown:
            self._page.desk.report(error)
