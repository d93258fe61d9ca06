"""Every action of the window is a named command: in a menu, the palette and the shortcut sheet."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid


@dataclass(frozen=True)
class Command:
    """One thing the user can do.

    Attributes:
        id: dotted name, e.g. ``invoice.issue``; unique.
        shortcuts: key sequences in Qt's portable form, the first is shown.
        enabled: whether it can be done now; asked when shown and again when triggered.
        scope: the page it belongs to; it works while that page is on screen.
        keywords: other words the palette finds it by.
        bound: False when the widget in focus handles the keys itself (Enter in a list); they
            are shown in the shortcut sheet all the same.
        in_palette: False for what makes sense only beside its object (move line up).
    """

    id: str
    title: str
    section: str
    handler: Callable[[], object]
    shortcuts: tuple[str, ...] = ()
    enabled: Callable[[], bool] | None = None
    scope: QWidget | None = None
    icon: str | None = None
    keywords: str = ""
    in_palette: bool = True
    bound: bool = True

    @property
    def shortcut_text(self) -> str:
        """The first shortcut as people read it (``Ctrl+N``)."""
        return shortcut_text(self.shortcuts[0]) if self.shortcuts else ""


def shortcut_text(portable: str) -> str:
    """A portable key sequence in the platform's notation."""
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)


class CommandRegistry(QObject):
    """All commands, each with one QAction that menus, buttons and shortcuts share."""

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, command: Command) -> QAction:
        """Register a command and bind its shortcuts.

        A scoped command is bound to its page: Qt ignores shortcuts of hidden pages, so two
        pages may use the same key.

        Raises:
            ValueError: the id is taken.
        """
        if command.id in self._commands:
            raise ValueError(f"command {command.id!r} is registered already")
        action = QAction(command.title, self)
        action.setObjectName(command.id)
        if command.bound:
            action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: self.run(command.id))
        (command.scope or self._window).addAction(action)
        self._commands[command.id] = command
        self._actions[command.id] = action
        if command.scope is not None:
            command.scope.destroyed.connect(lambda: self.remove(command.id))
        self.changed.emit()
        return action

    def remove(self, command_id: str) -> None:
        """Forget a command, e.g. when its page is gone."""
        self._commands.pop(command_id, None)
        action = self._actions.pop(command_id, None)
        if action is not None and isValid(action):
            action.deleteLater()

    def get(self, command_id: str) -> Command:
        """The command of that name.

        Raises:
            KeyError: unknown.
        """
        return self._commands[command_id]

    def action(self, command_id: str) -> QAction:
        """The QAction of that name, for buttons and menus.

        Raises:
            KeyError: unknown.
        """
        return self._actions[command_id]

    def run(self, command_id: str) -> bool:
        """Do it if it can be done now; False when it cannot."""
        command = self._commands[command_id]
        if not self.is_available(command):
            return False
        command.handler()
        return True

    def is_available(self, command: Command) -> bool:
        """Whether the command's page is on screen and its own condition holds."""
        if command.scope is not None and not command.scope.isVisible():
            return False
        return command.enabled is None or command.enabled()

    def refresh(self) -> None:
        """Ask every condition again; to be called when what is on screen changes."""
        for command_id, command in self._commands.items():
            if command.enabled is not None:
                self._actions[command_id].setEnabled(command.enabled())

    def menu(self, parent: QWidget, command_ids: list[str | None]) -> QMenu:
        """A menu of commands; None is a separator. The caller pops it up."""
        self.refresh()
        menu = QMenu(parent)
        for command_id in command_ids:
            if command_id is None:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[command_id])
        return menu

    def available(self) -> list[Command]:
        """What can be done now, for the palette."""
        return [
            command
            for command in self._commands.values()
            if command.in_palette and self.is_available(command)
        ]

    def sections(self) -> dict[str, list[Command]]:
        """All commands with a shortcut by section, for the shortcut sheet."""
        grouped: dict[str, list[Command]] = {}
        for command in self._commands.values():
            visible = command.scope is None or command.scope.isVisible()
            if command.shortcuts and visible:
                grouped.setdefault(command.section, []).append(command)
        return grouped
