"""The PDF beside the form: drawn from what is typed, or the stored one of an issued invoice."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import BillDeskError
from billdesk.ui.desk import Desk
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.banner import Banner
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.pdf_preview import PdfPreview

DELAY_MS = 200


class PreviewSide(Card):
    """The newest request wins; the PDF on show stays until the next is ready.

    While it shows something else than what is typed, a line above it says so and why.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        self._desk = desk
        self._shown: bytes | None = None
        self.kind = DocumentKind.INVOICE
        self.pdf = PdfPreview(tr("Preview"))
        self._problem = ""
        self._warning = Banner()
        self.body.addWidget(self._warning)
        self.body.addWidget(self.pdf, 1)
        self._drafts = Latest(desk.lanes.preview, DELAY_MS, self)
        self._stored = Latest(desk.lanes.preview, 0, self)
        for latest in (self._drafts, self._stored):
            latest.succeeded.connect(self._show)
            latest.failed.connect(self._fail)
            latest.becameSlow.connect(self._tell_busy)

    @property
    def warning(self) -> str:
        """Why the PDF on show is not what is typed; empty when it is, or will be at once."""
        return self._warning.text

    def show_draft(self, draft: InvoiceDraft, problem: str = "") -> None:
        """Draw a draft as it stands; ``problem`` is what could not be read for it."""
        self._stored.cancel()
        self._problem = problem
        if problem:
            self._warn(problem)
        self._drafts.request(partial(self._desk.app.previews.draft, draft, self.kind))

    def show_issued(self, document_id: int) -> None:
        """Show the stored PDF of an issued invoice; drawn afresh while it is not stored yet."""
        self._drafts.cancel()
        self._problem = ""
        self._stored.request(partial(self._desk.app.previews.document, document_id))

    def clear(self) -> None:
        """Show nothing, e.g. while another document is opened."""
        self._drafts.cancel()
        self._stored.cancel()
        self._shown = None
        self._problem = ""
        self._warn("")
        self.pdf.clear()

    def _warn(self, problem: str) -> None:
        text = tr("Not up to date: {problem}").format(problem=problem) if problem else ""
        self._warning.set_text(text)

    def _show(self, data: bytes) -> None:
        self._warn(self._problem)
        if data == self._shown:
            self.pdf.note_pages()
        elif self.pdf.show_pdf(data):
            self._shown = data

    def _tell_busy(self) -> None:
        self.pdf.set_note(tr("updating…"))

    def _fail(self, error: object) -> None:
        if isinstance(error, BillDeskError):
            # The last good PDF stays, and the form says beside the field what is wrong.
            self._warn(str(error))
        else:
            self._desk.report(error)
