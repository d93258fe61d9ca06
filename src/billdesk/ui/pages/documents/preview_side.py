"""The PDF beside the form: drawn from what is typed, or the stored one of an issued invoice."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import BillDeskError
from billdesk.ui.desk import Desk
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.pdf_preview import PdfPreview

DELAY_MS = 200


class PreviewSide(Card):
    """The newest request wins; the PDF on show stays until the next is ready."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        self._desk = desk
        self._shown: bytes | None = None
        self.kind = DocumentKind.INVOICE
        self.pdf = PdfPreview(tr("Preview"))
        self.body.addWidget(self.pdf, 1)
        self._drafts = Latest(desk.lanes.preview, DELAY_MS, self)
        self._stored = Latest(desk.lanes.preview, 0, self)
        for latest in (self._drafts, self._stored):
            latest.succeeded.connect(self._show)
            latest.failed.connect(self._fail)
            latest.becameSlow.connect(self._tell_busy)

    def show_draft(self, draft: InvoiceDraft) -> None:
        """Draw a draft as it stands."""
        self._stored.cancel()
        self._drafts.request(partial(self._desk.app.previews.draft, draft, self.kind))

    def show_issued(self, document_id: int) -> None:
        """Show the stored PDF of an issued invoice; drawn afresh while it is not stored yet."""
        self._drafts.cancel()
        self._stored.request(partial(self._desk.app.previews.document, document_id))

    def clear(self) -> None:
        """Show nothing, e.g. while another document is opened."""
        self._drafts.cancel()
        self._stored.cancel()
        self._shown = None
        self.pdf.clear()

    def _show(self, data: bytes) -> None:
        if data != self._shown and self.pdf.show_pdf(data):
            self._shown = data

    def _tell_busy(self) -> None:
        self.pdf.set_note(tr("updating…"))

    def _fail(self, error: object) -> None:
        if isinstance(error, BillDeskError):
            # The form says beside the field what is wrong; the last good PDF stays.
            self.pdf.set_note(tr("not up to date"))
        else:
            self._desk.report(error)
