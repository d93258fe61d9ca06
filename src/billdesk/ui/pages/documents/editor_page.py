"""The page of one document: written as a draft, read-only once issued, its PDF beside it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedWidget, QWidget

from billdesk.core.domain import events
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.forms.attachment_box import AttachmentBox
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.dialogs.stale import StaleDialog
from billdesk.ui.pages.documents.draft_editor import DraftEditor
from billdesk.ui.pages.documents.draft_store import Autosave
from billdesk.ui.pages.documents.editor_bar import EditorBar
from billdesk.ui.pages.documents.editor_commands import (
    register_editor_commands,
    show_menu,
)
from billdesk.ui.pages.documents.editor_conditions import EditorConditions
from billdesk.ui.pages.documents.issued_view import IssuedView
from billdesk.ui.pages.documents.issuing import Issuing
from billdesk.ui.pages.documents.kind_actions import KindActions
from billdesk.ui.pages.documents.kind_commands import register_kind_commands
from billdesk.ui.pages.documents.opening import Opened, open_document
from billdesk.ui.pages.documents.preview_side import PreviewSide
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.skeleton import Skeleton

BESIDE_FROM = 1180
NEW = "new"


class EditorPage(Page):
    """``show_argument``: a document's id, ``("new", customer_id or None)``, or with the kind as
    a third when it is no invoice.

    A tuple stands for one new document: coming back to the same tuple (Esc, history) opens the
    draft that was made of it, not another new one.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("New invoice"), parent)
        self.desk = desk
        self.actions_ = DocumentActions(desk, self)
        self.kind_actions = KindActions(desk, self)
        self.money_actions = MoneyActions(desk, self)
        self.conditions = EditorConditions(self)
        self.editor: DraftEditor | None = None
        self.autosave: Autosave | None = None
        self.detail: DocumentDetail | None = None
        self._argument: object = None
        self._document_id: int | None = None
        self._customer_id: int | None = None
        self._kind = DocumentKind.INVOICE
        self._made_of: list[tuple[object, int]] = []
        self._question = 0
        self.preview = PreviewSide(desk)
        self.issued_view = IssuedView(desk, self.actions_)
        self.issuing = Issuing(self)
        register_editor_commands(self)
        register_kind_commands(self)
        self.bar = EditorBar(desk)
        self.bar.more.clicked.connect(lambda: show_menu(self))
        self._assemble()

    # What the window asks

    def show_argument(self, argument: object) -> None:
        self._argument = argument
        customer_id, self._kind = None, DocumentKind.INVOICE
        if isinstance(argument, int):
            wanted: int | None = argument
        else:
            wanted = next((made for of, made in self._made_of if of is argument), None)
            if isinstance(argument, tuple):
                customer_id = argument[1]
                self._kind = argument[2] if len(argument) > 2 else self._kind
        if wanted is not None and wanted == self._document_id and self.editor is not None:
            return
        self._document_id, self._customer_id = wanted, customer_id
        self._forget()
        self.mark_stale()

    def refresh(self) -> None:
        self._question += 1
        read = partial(
            open_document,
            self.desk.app.queries,
            self._document_id,
            self._customer_id,
            self._kind,
        )
        # After what is still being saved: the write lane keeps the order.
        lanes = self.desk.lanes
        settled = self.autosave is None or self.autosave.is_clean
        reply = (lanes.read if settled else lanes.write)(read)
        if self.editor is None and self.detail is None:
            reply.becameSlow.connect(self._show_skeleton)
        question = self._question
        reply.then(partial(self._opened, question), self.desk.report, owner=self)

    def concerns(self, event: object) -> bool:
        if isinstance(event, events.TaxRateChanged | events.CompanyChanged):
            return self.editor is not None and not self.is_active
        if not isinstance(event, events.DocumentEvent) or event.document_id != self._document_id:
            return False
        if isinstance(event, events.AttachmentsChanged):
            self.files.refresh()
            return False
        # While it is written here, what it says on screen is the newest there is.
        return not isinstance(event, events.DraftSaved | events.DraftDeleted)

    def deactivated(self) -> None:
        super().deactivated()
        self._settle_entry()
        if self.autosave is not None:
            self.autosave.flush()

    def first_focus(self) -> QWidget | None:
        return self.editor.focus_first() if self.editor is not None else None

    def topbar_status(self) -> QWidget | None:
        return self.bar.status

    def topbar_actions(self) -> list[QWidget]:
        return self.bar.actions()

    @property
    def document_id(self) -> int | None:
        """The document on screen; None before a new one has been stored."""
        return self._document_id

    @property
    def files(self) -> AttachmentBox:
        """The files attached to the document on screen."""
        return self.editor.files if self.editor is not None else self.issued_view.files

    @property
    def kind(self) -> DocumentKind:
        """The kind of the document on screen."""
        return self._kind

    # What commands ask

    def with_document(self, action: Callable[[int], object]) -> None:
        """Do something with the document on show, saved before."""
        self.save_now()
        if self._document_id is not None:
            action(self._document_id)

    def save_now(self) -> None:
        """Store what is typed without waiting for a pause."""
        self._settle_entry()
        if self.autosave is not None:
            self.autosave.flush()

    def issue(self) -> None:
        """Issue after a question."""
        self._settle_entry()
        self.issuing.ask(and_send=False)

    def issue_and_send(self) -> None:
        """Issue after a question, then show the mail."""
        self._settle_entry()
        self.issuing.ask(and_send=True)

    def duplicate(self) -> None:
        """A new draft with this content."""
        self.with_document(self.actions_.duplicate)

    def save_pdf(self) -> None:
        """Write the PDF into a file."""
        self.with_document(self.actions_.save_pdf)

    def open_pdf(self) -> None:
        """Show the PDF in the user's viewer."""
        self.with_document(self.actions_.open_pdf)

    def delete(self) -> None:
        """Put the draft away (with an Undo) and go back."""
        document_id, self._document_id = self._document_id, None
        if self.autosave is not None:
            self.autosave.discard()
        self._forget()
        if document_id is not None:
            self.actions_.delete([document_id])
        self.backRequested.emit()

    def reload(self, _saved: object = None) -> None:
        """Show what is stored now; what was typed and not saved is gone."""
        if self.autosave is not None:
            self.autosave.discard()
        self._forget()
        self.refresh()

    def show_why(self) -> None:
        """Open the steps to the total."""
        if self.editor is not None:
            self.editor.totals.show_why()

    def toggle_preview(self) -> None:
        """In a narrow window: from the form to the preview and back."""
        self._tabs.set_current("preview" if self._tabs.current == "form" else "form")

    def focus_lines(self) -> None:
        """Put the cursor into the lines."""
        if self.editor is not None:
            self.editor.grid.focus_first()

    # Opening

    def _opened(self, question: int, opened: Opened) -> None:
        if question != self._question:
            return
        self.detail = opened.detail
        self._kind = opened.kind
        self._tabs.set_titles(_sides(opened.kind))
        if opened.form is None and opened.detail is not None:
            self._close_editor()
            self.issued_view.show_detail(
                opened.detail, opened.timeline, can_make_link=opened.can_make_link
            )
            self._left.setCurrentWidget(self.issued_view)
            self.bar.show_issued(opened.detail)
            self.set_title(opened.detail.number or kind_word(opened.kind))
            self.preview.show_issued(opened.detail.id)
        elif opened.form is not None:
            self._close_editor()
            saved = None
            if opened.detail is not None:
                saved = Saved(opened.detail.id, opened.detail.version)
            self.editor = DraftEditor(self.desk, opened.form)
            invoices = self.desk.app.invoices
            self.autosave = Autosave(self.desk.lanes, invoices, saved, self, opened.kind)
            self.preview.kind = opened.kind
            self._connect_draft(self.editor, self.autosave)
            self._left.addWidget(self.editor)
            self._left.setCurrentWidget(self.editor)
            self.bar.show_draft()
            if opened.detail is not None:
                self.bar.set_saved(opened.detail.updated_at)
                self.editor.set_document(opened.detail.id)
            self._name_draft()
            self.preview.show_draft(self.editor.draft())
            if self.is_active:
                self.editor.focus_first().setFocus(Qt.FocusReason.OtherFocusReason)
        self.topbarChanged.emit()
        self.desk.window.commands.refresh()

    def _connect_draft(self, editor: DraftEditor, autosave: Autosave) -> None:
        editor.edited.connect(self._edited)
        autosave.savingStarted.connect(self._tell_saving)
        autosave.saved.connect(self._tell_saved)
        autosave.failed.connect(self._tell_not_saved)
        autosave.wentStale.connect(self._ask_which)

    def _forget(self) -> None:
        """Nothing of the document before may show through, nor its answer arrive late."""
        self._question += 1
        self._close_editor()
        self.detail = None
        self._left.setCurrentIndex(0)
        self.preview.clear()
        self.bar.show_draft()
        self._name_draft()

    def _close_editor(self) -> None:
        if self.autosave is not None:
            self.autosave.finish()
            self.autosave.deleteLater()
            self.autosave = None
        if self.editor is not None:
            self._left.removeWidget(self.editor)
            self.editor.deleteLater()
            self.editor = None

    def _show_skeleton(self) -> None:
        self._skeleton.show()

    # Saving

    def _edited(self, draft: InvoiceDraft) -> None:
        if self.autosave is None:
            return
        self.autosave.edited(draft)
        problem = self.editor.problem if self.editor is not None else ""
        self.preview.show_draft(draft, problem)
        self._name_draft()

    def _tell_saving(self) -> None:
        self.bar.set_note(tr("Saving…"))

    def _tell_saved(self, saved: Saved, at: datetime | None) -> None:
        if self.sender() is not self.autosave:
            return
        if self._document_id != saved.document_id:
            self._document_id = saved.document_id
            if self.editor is not None:
                self.editor.set_document(saved.document_id)
            if not isinstance(self._argument, int):
                self._made_of.append((self._argument, saved.document_id))
            self.desk.window.commands.refresh()
        if at is not None:
            self.bar.set_saved(at)

    def _tell_not_saved(self, error: object) -> None:
        if not isinstance(error, BillDeskError):
            self.desk.report(error)
            return
        note = tr("Not saved: {reason}").format(reason=str(error))
        self.bar.set_note(note, "bad")
        if isinstance(error, UserError) and self.editor is not None:
            self.editor.show_error(error, take_focus=False)
        if not self.is_active:
            self.desk.window.toasts.show_error(note)

    def _ask_which(self) -> None:
        self.bar.set_note(tr("Not saved: changed elsewhere"), "bad")
        StaleDialog(self._keep_mine, self.reload, self).open()

    def _keep_mine(self) -> None:
        if self.editor is not None and self.autosave is not None:
            self.autosave.keep_as_copy(self.editor.draft())

    # Inside

    def issued(self, result: Issued, *, and_send: bool) -> None:
        """It has its number: the event that was committed shows it; the mail comes next."""
        if and_send:
            self.actions_.send(result.document_id)
        else:
            text = tr("{number} is issued.").format(number=result.number)
            self.desk.window.toasts.show(text, icon="check")

    def _name_draft(self) -> None:
        if self.conditions.is_stored():
            self.set_title(kind_word(self._kind))
        else:
            self.set_title(tr("New {kind}").format(kind=kind_word(self._kind).lower()))

    def _settle_entry(self) -> None:
        """A date typed halfway is taken over only on leaving its field: leave it, and return."""
        entry = QApplication.focusWidget()
        if entry is not None and self.isAncestorOf(entry):
            entry.clearFocus()
            if self.is_active:
                entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        beside = self.window().width() >= BESIDE_FROM
        self._tabs.setVisible(not beside)
        self._left.setVisible(beside or self._tabs.current == "form")
        self.preview.setVisible(beside or self._tabs.current == "preview")

    def _assemble(self) -> None:
        self._left = QStackedWidget()
        waiting = Card(padding=20)
        self._skeleton = Skeleton(lines=8)
        self._skeleton.hide()
        waiting.body.addWidget(self._skeleton)
        waiting.body.addStretch(1)
        self._left.addWidget(waiting)
        self._left.addWidget(self.issued_view)
        for side in (self._left, self.preview):
            side.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._tabs = FilterTabs(_sides(self._kind), tr("Form or preview"))
        self._tabs.filterChanged.connect(self._place)
        sides = row(spacing=16)
        sides.addWidget(self._left, 55)
        sides.addWidget(self.preview, 45)
        layout = column(self, spacing=8)
        layout.setContentsMargins(24, 4, 24, 24)
        layout.addWidget(self._tabs)
        layout.addLayout(sides, 1)


def _sides(kind: DocumentKind) -> list[tuple[str, str]]:
    return [("form", kind_word(kind)), ("preview", tr("Preview"))]
