"""The frame: places at the left, one page at a time, notices, palette and shortcut sheet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from billdesk.ui.commands import Command, CommandRegistry
from billdesk.ui.pages.base import Page
from billdesk.ui.text import tr
from billdesk.ui.widgets.banner import Banner
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.palette import Palette
from billdesk.ui.widgets.shortcut_sheet import ShortcutSheet
from billdesk.ui.widgets.sidebar import Sidebar
from billdesk.ui.widgets.toast import ToastHost
from billdesk.ui.widgets.top_bar import TopBar

COMPACT_BELOW = 1080
_HISTORY = 50
Shutdown = Callable[[Callable[[], None]], None]
"""Told once to end all work; calls what it is given, on the GUI thread, when that is done."""


@dataclass(frozen=True)
class PageSpec:
    """A page by name; it is made on the first visit.

    ``icon`` puts it into the sidebar; a page without one is opened from another, with
    ``parent_id`` naming the place that stays marked and that Esc leads back to.
    """

    id: str
    title: str
    factory: Callable[[], Page]
    icon: str = ""
    shortcut: str = ""
    at_bottom: bool = False
    parent_id: str = ""


class MainWindow(QMainWindow):
    """The one window of the application; ``seenChanged`` when it comes on or leaves the screen."""

    seenChanged = Signal(bool)

    def __init__(
        self,
        settings: QSettings,
        shutdown: Shutdown,
        *,
        title: str = "BillDesk",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._shutdown = shutdown
        self.takes_close: Callable[[], bool] | None = None
        """Asked when the window is closed; ``True`` where it is to be hidden only."""
        self.ask_quit: Callable[[], object] = self.quit
        """What the command to quit does."""
        self._closing = False
        self._closed = False
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, Page] = {}
        self._current: tuple[str, object] | None = None
        self._history: list[tuple[str, object]] = []
        self.setWindowTitle(title)
        self.setMinimumSize(760, 520)
        self.commands = CommandRegistry(self)
        self.sidebar = Sidebar(title)
        self.banner = Banner()
        self.topbar = TopBar()
        # Until there are places, as in set-up, there is nothing to jump to.
        self.topbar.search.hide()
        self._stack = QStackedWidget()
        self._frame = QWidget()
        self._assemble()
        self.toasts = ToastHost(self)
        self.palette_overlay = Palette(self, self._palette_choices)
        self.sidebar.placeChosen.connect(self.open_page)
        self.topbar.searchRequested.connect(self.palette_overlay.open)
        self.topbar.backRequested.connect(self.go_back)
        self._register_commands()
        self._restore_geometry()

    # Pages

    def register(self, spec: PageSpec) -> None:
        """Make a page known; with an icon it becomes a place with a command of its own.

        Raises:
            ValueError: the id is taken.
        """
        if spec.id in self._specs:
            raise ValueError(f"page {spec.id!r} is registered already")
        self._specs[spec.id] = spec
        if not spec.icon:
            return
        self.topbar.search.show()
        self.sidebar.add_place(
            spec.id, spec.title, spec.icon, spec.shortcut, at_bottom=spec.at_bottom
        )
        self.commands.add(
            Command(
                f"go.{spec.id}",
                tr("Go to {place}").format(place=spec.title),
                tr("Places"),
                lambda: self.open_page(spec.id),
                shortcuts=(spec.shortcut,) if spec.shortcut else (),
                icon=spec.icon,
            )
        )

    def open_page(self, page_id: str, argument: object = None) -> None:
        """Show a page, made now if it is the first visit.

        Raises:
            KeyError: no such page.
        """
        target = (page_id, argument)
        if self._current is not None and self._current != target:
            self._history = [*self._history, self._current][-_HISTORY:]
        self._show(target)

    def go_back(self) -> None:
        """The page before, or the place this page belongs to."""
        if self._current is None:
            return
        parent_id = self._specs[self._current[0]].parent_id
        if self._history:
            self._show(self._history.pop())
        elif parent_id:
            self._show((parent_id, None))

    def page(self, page_id: str) -> Page | None:
        """The page of that name, if it has been visited."""
        return self._pages.get(page_id)

    @property
    def current_page(self) -> Page | None:
        """The page on screen."""
        return self._pages.get(self._current[0]) if self._current is not None else None

    def on_event(self, event: object) -> None:
        """Pass a committed domain event to every page made so far."""
        for page in list(self._pages.values()):
            page.on_event(event)
        self.commands.refresh()

    def quit(self) -> None:
        """End the program, also where closing the window would only hide it."""
        self.takes_close = None
        self.close()

    def come_back(self) -> None:
        """On screen again, before all other windows."""
        if self.isHidden() and self.current_page is not None:
            self.current_page.activated()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_shortcuts(self) -> None:
        """Open the shortcut sheet."""
        ShortcutSheet(self.commands.sections(), self).open()

    @property
    def is_seen(self) -> bool:
        """Whether it is on screen: neither minimised nor closed to the tray."""
        return self.isVisible() and not self.isMinimized()

    # Qt's side

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seenChanged.emit(self.is_seen)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seenChanged.emit(self.is_seen)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.seenChanged.emit(self.is_seen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Not a shortcut: Esc first belongs to whatever inside the page wants it.
        if event.key() == Qt.Key.Key_Escape:
            self.go_back()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        compact = event.size().width() < COMPACT_BELOW
        self.sidebar.set_compact(compact)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closed:
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        if self.takes_close is not None and self.takes_close():
            self._leave_screen()
            return
        self._closing = True
        self._settings.setValue("window/geometry", self.saveGeometry())
        if self.current_page is not None:
            self.current_page.deactivated()
        self._frame.setEnabled(False)
        self.sidebar.set_status(tr("Finishing work…"))
        self._shutdown(self._finish_close)

    # Inside

    def _leave_screen(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        if self.current_page is not None:
            self.current_page.deactivated()
        self.hide()

    def _finish_close(self) -> None:
        self._closed = True
        self.close()

    def _show(self, target: tuple[str, object]) -> None:
        page_id, argument = target
        spec = self._specs[page_id]
        before = self.current_page
        page = self._pages.get(page_id) or self._make(spec)
        if before is not None and (before is not page or argument is not None):
            before.deactivated()
        self._current = target
        if argument is not None:
            page.show_argument(argument)
        self._stack.setCurrentWidget(page)
        self.sidebar.set_current(spec.parent_id or page_id)
        self.topbar.set_back_visible(bool(spec.parent_id))
        self._fill_topbar()
        if not page.is_active:
            page.activated()
        self._take_focus(page)
        self.commands.refresh()

    def _take_focus(self, page: Page) -> None:
        """To the page's own choice; without one to the page, never to a hidden page's child."""
        (page.first_focus() or page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _make(self, spec: PageSpec) -> Page:
        page = spec.factory()
        self._pages[spec.id] = page
        self._stack.addWidget(page)
        page.titleChanged.connect(self._fill_topbar)
        page.topbarChanged.connect(self._fill_topbar)
        page.navigationRequested.connect(self.open_page)
        page.backRequested.connect(self.go_back)
        return page

    def _fill_topbar(self) -> None:
        page = self.current_page
        if page is not None:
            self.topbar.set_title(page.title)
            self.topbar.set_content(page.topbar_status(), page.topbar_actions())
            # Qt's tab order is the order of making; what follows this block is the page.
            for one, other in pairwise([*self.sidebar.controls(), *self.topbar.controls()]):
                self.setTabOrder(one, other)

    def _palette_choices(self) -> list[Choice]:
        return [
            Choice(
                command.id,
                command.title,
                command.keywords,
                command.icon or "command",
                command.shortcut_text,
                partial(self.commands.run, command.id),
            )
            for command in self.commands.available()
        ]

    def _register_commands(self) -> None:
        section = tr("Everywhere")
        for command in (
            Command(
                "palette.open",
                tr("Search or jump to"),
                section,
                self.palette_overlay.open,
                ("Ctrl+K",),
                in_palette=False,
            ),
            Command(
                "shortcuts.show",
                tr("Keyboard shortcuts"),
                section,
                self.show_shortcuts,
                ("?",),
                icon="keyboard",
            ),
            Command("go.back", tr("Back"), section, self.go_back, ("Esc",), bound=False),
            Command(
                "window.close", tr("Quit"), section, lambda: self.ask_quit(), ("Ctrl+Q",), icon="x"
            ),
        ):
            self.commands.add(command)

    def _assemble(self) -> None:
        right = QWidget()
        right_layout = column(right, spacing=0)
        right_layout.addWidget(self.topbar)
        right_layout.addWidget(self._stack, 1)
        frame_layout = row(self._frame, spacing=0)
        frame_layout.addWidget(self.sidebar)
        frame_layout.addWidget(right, 1)
        # Above the places as well: what it says holds for all of the window.
        shell = QWidget()
        shell.setObjectName("shell")
        shell_layout = column(shell, spacing=0)
        shell_layout.addWidget(self.banner)
        shell_layout.addWidget(self._frame, 1)
        self.setCentralWidget(shell)

    def _restore_geometry(self) -> None:
        geometry = self._settings.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1280, 820)
