"""A state as a word with a dot on a tinted fill; the word is always there."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from billdesk.ui.theme import Theme, current_theme

HEIGHT = 22
_SIDE = 9
_DOT = 6
_GAP = 6


def pill_width(theme: Theme, word: str) -> int:
    """Width of a pill with that word, in pixels."""
    metrics = QFontMetrics(theme.font("meta", 500))
    return metrics.horizontalAdvance(word) + _DOT + _GAP + 2 * _SIDE


def paint_pill(
    painter: QPainter,
    theme: Theme,
    rect: QRectF,
    kind: str,
    word: str,
    *,
    on_selected: bool = False,
) -> None:
    """Paint a pill at the left of ``rect``, centred in its height.

    On a selected row the fill may equal the row's own: there it stands on the surface colour
    with a border in its text colour.
    """
    foreground, background = theme.pill(kind)
    height = theme.px(HEIGHT)
    width = min(rect.width(), pill_width(theme, word))
    body = QRectF(rect.left(), rect.center().y() - height / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on_selected:
        painter.setPen(QPen(foreground, 1))
        painter.setBrush(theme.color("surface"))
        body.adjust(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
    painter.drawRoundedRect(body, height / 2, height / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(foreground)
    painter.drawEllipse(QPointF(body.left() + _SIDE + _DOT / 2, body.center().y()), 3, 3)
    painter.setPen(foreground)
    painter.setFont(theme.font("meta", 500))
    text = body.adjusted(_SIDE + _DOT + _GAP, 0, -_SIDE / 2, 0)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, int(text.width()))
    painter.drawText(text, flags, shown)
    painter.restore()


class Pill(QWidget):
    """A pill as a widget: ``Pill("Paid", "ok")``."""

    def __init__(
        self, word: str = "", kind: str = "neutral", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = current_theme()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(word, kind)

    def set_state(self, word: str, kind: str) -> None:
        """Show another state; kind is one of ``ok warn bad info part neutral``."""
        self._word = word
        self._kind = kind
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    @property
    def word(self) -> str:
        return self._word

    @property
    def kind(self) -> str:
        return self._kind

    def sizeHint(self) -> QSize:
        return QSize(pill_width(self._theme, self._word), self._theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_pill(painter, self._theme, QRectF(self.rect()), self._kind, self._word)
