"""What every place of the window is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget


class Page(QWidget):
    """A page of the window. Subclasses override ``refresh`` and what else they need.

    The window calls ``activated`` and ``deactivated``; a page asks to go elsewhere with
    ``navigationRequested(page_id, argument)``, so that pages need not know one another.
    """

    titleChanged = Signal(str)
    topbarChanged = Signal()
    navigationRequested = Signal(str, object)
    backRequested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._title = title
        self._is_stale = True
        self._is_active = False

    @property
    def title(self) -> str:
        """What the top bar shows."""
        return self._title

    def set_title(self, title: str) -> None:
        """Change the title on the top bar."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self.titleChanged.emit(title)

    @property
    def is_active(self) -> bool:
        """Whether this is the page on screen."""
        return self._is_active

    @property
    def is_stale(self) -> bool:
        """Whether what it shows may be out of date."""
        return self._is_stale

    def show_argument(self, argument: object) -> None:
        """Show a particular thing (an id); called before ``activated``."""

    def activated(self) -> None:
        """Came on screen. Reads again what has become stale."""
        self._is_active = True
        if self._is_stale:
            self._is_stale = False
            self.refresh()

    def deactivated(self) -> None:
        """Left the screen or the window closes: the moment to write what is unsaved."""
        self._is_active = False

    def mark_stale(self) -> None:
        """What is shown is out of date: read again, now or when next on screen."""
        if self._is_active:
            self.refresh()
        else:
            self._is_stale = True

    def on_event(self, event: object) -> None:
        """A domain event was committed. Calls ``mark_stale`` when it concerns the page."""
        if self.concerns(event):
            self.mark_stale()

    def concerns(self, event: object) -> bool:
        """Whether an event can change what the page shows; by default every event can."""
        return True

    def refresh(self) -> None:
        """Ask the read lane again."""

    def first_focus(self) -> QWidget | None:
        """What takes the keyboard when the page comes on screen, e.g. its list."""
        return None

    def topbar_status(self) -> QWidget | None:
        """A widget beside the title: a pill, "Saved 10:42". Make it once and keep it."""
        return None

    def topbar_actions(self) -> list[QWidget]:
        """Buttons at the right: secondary ones, then one primary. Make them once, keep them."""
        return []
