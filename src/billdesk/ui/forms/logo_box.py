"""A picture to choose: a preview, "Choose image", "Remove"; a file can be dropped on it."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button

LARGEST = 4 * 1024 * 1024
_PREVIEW = QSize(220, 88)


class _Paper(QWidget):
    """White in every theme, as the page is that the logo is printed on."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self._theme = current_theme()
        self.setAccessibleName(tr("Logo preview"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self.image.isNull():
            # On white whatever the theme, so not a token of it.
            painter.setPen(QColor("#5F6B7C"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("No logo"))
            return
        room = QRectF(self.rect()).adjusted(10, 10, -10, -10)
        size = QSizeF(self.image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, size.width(), size.height())
        target.moveCenter(room.center())
        painter.drawImage(target, self.image)


class LogoBox(QWidget):
    """``chosen(bytes, str)`` with the file's content and name, ``removeRequested``."""

    chosen = Signal(bytes, str)
    removeRequested = Signal()

    def __init__(self, lanes: Lanes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self.setAcceptDrops(True)
        theme = current_theme()
        self._preview = _Paper()
        self._preview.setFixedSize(theme.px(_PREVIEW.width()), theme.px(_PREVIEW.height()))
        self.choose_button = Button(tr("Choose image…"), icon="plus", on_click=self._ask)
        self.remove_button = Button(tr("Remove"), "ghost", icon="trash")
        self.remove_button.clicked.connect(self.removeRequested)
        self._message = label(tr("PNG or JPEG, up to 4 MB. You can drop a file here."), "meta")
        self._message.setWordWrap(True)
        buttons = row(spacing=8)
        buttons.addWidget(self.choose_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        beside = column(spacing=8)
        beside.addStretch(1)
        beside.addLayout(buttons)
        beside.addWidget(self._message)
        beside.addStretch(1)
        layout = row(self, spacing=16)
        layout.addWidget(self._preview)
        layout.addLayout(beside, 1)
        self.show_image(None)

    def show_image(self, data: bytes | None) -> None:
        """Show a logo, or that there is none. Logos are drawn on paper, so on white."""
        self._preview.image = QImage.fromData(data) if data else QImage()
        found = self.has_image
        self._preview.setAccessibleDescription("" if found else tr("No logo"))
        self._preview.update()
        self.remove_button.setVisible(found)
        self.show_problem("")

    @property
    def has_image(self) -> bool:
        """Whether a logo is on show."""
        return not self._preview.image.isNull()

    def show_problem(self, sentence: str) -> None:
        """Say why an image was not taken; empty brings the hint back."""
        self._message.setText(sentence or tr("PNG or JPEG, up to 4 MB. You can drop a file here."))
        self._message.setProperty("tone", "bad" if sentence else "")
        self._message.style().polish(self._message)

    @property
    def problem(self) -> str:
        """Why an image was not taken."""
        return self._message.text() if self._message.property("tone") == "bad" else ""

    def take_file(self, path: Path) -> None:
        """Read a file in a lane and offer it as the logo."""

        def read() -> bytes:
            if path.stat().st_size > LARGEST:
                raise OSError(tr("The image is larger than 4 MB."))
            return path.read_bytes()

        self._lanes.read(read).then(
            lambda data: self._taken(data, path.name), self._unreadable, owner=self
        )

    # Qt's side

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.take_file(Path(url.toLocalFile()))
                return

    # Inside

    def _ask(self) -> None:
        dialog = QFileDialog(self, tr("Choose a logo"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Images") + " (*.png *.jpg *.jpeg *.gif *.webp *.bmp *.tif *.tiff)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()

    def _taken(self, data: bytes, name: str) -> None:
        if QImage.fromData(data).isNull():
            self.show_problem(tr("This file cannot be read as an image; use a PNG or JPEG."))
            return
        self.show_image(data)
        self.chosen.emit(data, name)

    def _unreadable(self, error: BaseException) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        self.show_problem(tr("The file cannot be used: {reason}").format(reason=reason))
