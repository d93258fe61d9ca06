"""Shows PDF bytes; a new version takes the old one's place without losing the spot."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Signal
from PySide6.QtGui import QPalette
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QHBoxLayout, QWidget

from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import IconButton

_ZOOM_STEP = 1.2
_ZOOM_RANGE = (0.25, 4.0)


class PdfPreview(QWidget):
    """``show_pdf(bytes)`` loads a spare document and swaps it in when it is ready.

    The documents are children of this container: a QPdfDocument that is a child of its
    QPdfView crashes when the view is destroyed.
    """

    pdfShown = Signal()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = QPdfView(self)
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setAccessibleName(title or tr("Preview"))
        self._view.setPageSpacing(8)
        theme = current_theme()
        theme.themeChanged.connect(self._tint)
        self._tint()
        self._shown: QPdfDocument | None = None
        self._shown_buffer: QBuffer | None = None
        self._note = label("", "meta")
        head: QHBoxLayout = row(spacing=4)
        head.setContentsMargins(16, 4, 8, 4)
        head.addWidget(label(title or tr("Preview"), "strong"))
        head.addStretch(1)
        head.addWidget(self._note)
        for icon, name, action in (
            ("minus", tr("Zoom out"), self.zoom_out),
            ("plus", tr("Zoom in"), self.zoom_in),
            ("refresh", tr("Fit to width"), self.fit_width),
        ):
            head.addWidget(IconButton(icon, name, on_click=action))
        layout = column(self, spacing=0)
        layout.addLayout(head)
        layout.addWidget(self._view, 1)

    @property
    def page_count(self) -> int:
        """Pages of the document on show."""
        return 0 if self._shown is None else self._shown.pageCount()

    def set_note(self, note: str) -> None:
        """A short text in the head, e.g. "updating…"."""
        self._note.setText(note)

    def note_pages(self) -> None:
        """Say in the head how many pages there are."""
        self.set_note(trn("{count} page", "{count} pages", self.page_count))

    def show_pdf(self, data: bytes) -> bool:
        """Show these bytes; False (and the old document stays) when they are not a PDF."""
        buffer = QBuffer(self)
        buffer.setData(QByteArray(data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        document = QPdfDocument(self)
        document.load(buffer)
        if document.error() != QPdfDocument.Error.None_ or document.pageCount() == 0:
            document.deleteLater()
            buffer.deleteLater()
            return False
        bar = self._view.verticalScrollBar()
        spot, mode, zoom = bar.value(), self._view.zoomMode(), self._view.zoomFactor()
        old, old_buffer = self._shown, self._shown_buffer
        self._view.setDocument(document)
        self._shown, self._shown_buffer = document, buffer
        self._view.setZoomMode(mode)
        self._view.setZoomFactor(zoom)
        bar.setValue(spot)
        if old is not None:
            old.deleteLater()
        if old_buffer is not None:
            old_buffer.deleteLater()
        self.note_pages()
        self.pdfShown.emit()
        return True

    def clear(self) -> None:
        """Show nothing."""
        old, old_buffer = self._shown, self._shown_buffer
        self._shown = self._shown_buffer = None
        self._view.setDocument(QPdfDocument(self))
        for part in (old, old_buffer):
            if part is not None:
                part.deleteLater()
        self.set_note("")

    def zoom_in(self) -> None:
        """Larger."""
        self._zoom(_ZOOM_STEP)

    def zoom_out(self) -> None:
        """Smaller."""
        self._zoom(1 / _ZOOM_STEP)

    def fit_width(self) -> None:
        """As wide as there is room."""
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def _tint(self) -> None:
        # QPdfView fills the room round a page with the palette's Dark, not from the style sheet.
        palette = self._view.palette()
        palette.setColor(QPalette.ColorRole.Dark, current_theme().color("sunken"))
        self._view.setPalette(palette)

    def _zoom(self, factor: float) -> None:
        current = self._view.zoomFactor()
        if self._view.zoomMode() is QPdfView.ZoomMode.FitToWidth and self._shown is not None:
            points = self._shown.pagePointSize(0).width()
            # Points to pixels as QPdfView does it: at the screen's logical resolution.
            pixels = points * self._view.logicalDpiX() / 72
            current = max(1, self._view.viewport().width() - 12) / max(1.0, pixels)
        wanted = min(_ZOOM_RANGE[1], max(_ZOOM_RANGE[0], current * factor))
        self._view.setZoomMode(QPdfView.ZoomMode.Custom)
        self._view.setZoomFactor(wanted)
