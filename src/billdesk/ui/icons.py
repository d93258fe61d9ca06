"""Line icons from the shipped SVG files, coloured with theme tokens."""

from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from billdesk.resources import locate
from billdesk.ui.theme import Theme, current_theme


@cache
def _source(name: str) -> bytes:
    path = locate(f"icons/{name}.svg")
    if not path.is_file():
        raise KeyError(f"no icon named {name!r}")
    return path.read_bytes()


def render_icon(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    """Draw an icon; ``size`` in device-independent pixels, ``ratio`` of the screen.

    Raises:
        KeyError: no such icon.
    """
    data = _source(name).replace(b"currentColor", color.name().encode())
    pixels = round(size * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(data)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


class Icons(QObject):
    """Cache of coloured icons; emptied when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setObjectName("billdesk-icons")
        self._theme = theme
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        theme.themeChanged.connect(self._pixmaps.clear)

    def pixmap(self, name: str, color: str = "text2", size: int = 18, ratio: float = 1) -> QPixmap:
        """An icon in a token's colour for painting at the given device pixel ratio."""
        key = (name, color, size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = render_icon(name, self._theme.color(color), size, ratio)
            self._pixmaps[key] = found
        return found

    def icon(
        self, name: str, color: str = "text2", size: int = 18, checked: str | None = None
    ) -> QIcon:
        """A QIcon for every screen attached; ``checked`` is the token of the checked state."""
        icon = QIcon()
        ratios = {1.0} | {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
        for ratio in sorted(ratios):
            normal = self.pixmap(name, color, size, ratio)
            icon.addPixmap(normal, QIcon.Mode.Normal, QIcon.State.Off)
            icon.addPixmap(self.pixmap(name, "disabled", size, ratio), QIcon.Mode.Disabled)
            if checked is not None:
                on = self.pixmap(name, checked, size, ratio)
                icon.addPixmap(on, QIcon.Mode.Normal, QIcon.State.On)
        return icon


def current_icons() -> Icons:
    """The icon cache that belongs to the theme on screen."""
    theme = current_theme()
    found = theme.findChild(Icons, "billdesk-icons")
    return found if found is not None else Icons(theme)


def icon_size(size: int = 18) -> QSize:
    """The size as Qt wants it."""
    return QSize(size, size)
