"""Settings: sections at the left, one of them at the right; Ctrl+S saves it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain import events
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.settings.appearance import AppearanceSection
from billdesk.ui.pages.settings.backup import BackupSection
from billdesk.ui.pages.settings.books import BooksSection
from billdesk.ui.pages.settings.company import CompanySection
from billdesk.ui.pages.settings.database import DatabaseSection
from billdesk.ui.pages.settings.invoices import InvoicesSection
from billdesk.ui.pages.settings.lists import ListsSection
from billdesk.ui.pages.settings.mail import MailSection
from billdesk.ui.pages.settings.numbering import NumberingSection
from billdesk.ui.pages.settings.places import Place, places
from billdesk.ui.pages.settings.reminders import RemindersSection
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.pages.settings.stripe import StripeSection
from billdesk.ui.pages.settings.taxes import TaxesSection
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button

_NAVIGATION_WIDTH = 188
_MAKERS: dict[str, Callable[[Desk], Section]] = {
    "company": CompanySection,
    "numbering": NumberingSection,
    "invoices": InvoicesSection,
    "reminders": RemindersSection,
    "taxes": TaxesSection,
    "books": BooksSection,
    "lists": ListsSection,
    "stripe": StripeSection,
    "mail": MailSection,
    "database": DatabaseSection,
    "backup": BackupSection,
    "appearance": AppearanceSection,
}


class _PlaceButton(Button):
    """A section's name; the arrow keys walk the list as they walk lists (``stepped(±1)``)."""

    stepped = Signal(int)

    def __init__(self, place: Place) -> None:
        super().__init__(place.title, "place", icon=place.icon)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)


class SettingsPage(Page):
    """``show_argument``: the key of a section. What was typed stays until saved or discarded."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Settings"), parent)
        self._desk = desk
        self._places = {place.key: place for place in places()}
        self._buttons: dict[str, Button] = {}
        self._sections: dict[str, Section] = {}
        self._company: CompanyInfo | None = None
        self._current = next(iter(self._places))
        self._stack = QStackedWidget()
        self._status = label("", "meta")
        self._can_begin = True
        self._register_commands()
        commands = desk.window.commands
        self._save_button = Button.for_action(commands.action("settings.save"), "primary")
        self._discard_button = Button.for_action(commands.action("settings.discard"))
        self._assemble()
        self.open_section(self._current)

    # What the window asks

    def show_argument(self, argument: object) -> None:
        if isinstance(argument, str) and argument in self._places:
            self.open_section(argument)

    def refresh(self) -> None:
        self._desk.lanes.read(self._desk.app.queries.company).then(
            self._show_company, self._desk.report, owner=self
        )

    def concerns(self, event: object) -> bool:
        kinds = (
            events.CompanyChanged,
            events.TaxRateChanged,
            events.AccountsChanged,
            events.InvoiceIssued,
            events.Imported,
        )
        return isinstance(event, kinds)

    def first_focus(self) -> QWidget | None:
        return self.section.first_focus() or self._buttons[self._current]

    def topbar_status(self) -> QWidget | None:
        return self._status

    def topbar_actions(self) -> list[QWidget]:
        if self.section.first_step is not None:
            return [self.section.first_step[1]]
        return [self._discard_button, self._save_button] if self.section.can_save else []

    # What people do

    @property
    def section(self) -> Section:
        """The section on show."""
        return self._section(self._current)

    def open_section(self, key: str) -> None:
        """Show a section, made on its first visit."""
        self._current = key
        section = self._section(key)
        self._stack.setCurrentWidget(section)
        for other, button in self._buttons.items():
            button.setChecked(other == key)
        self._show_state()
        self.topbarChanged.emit()

    # Inside

    def _section(self, key: str) -> Section:
        made = self._sections.get(key)
        if made is None:
            made = _MAKERS[key](self._desk)
            self._sections[key] = made
            self._stack.addWidget(made)
            made.stateChanged.connect(self._show_state)
            if self._company is not None:
                made.show_company(self._company)
        return made

    def _show_company(self, company: CompanyInfo) -> None:
        self._company = company
        for section in self._sections.values():
            section.show_company(company)

    def _show_state(self) -> None:
        for key, button in self._buttons.items():
            section = self._sections.get(key)
            waits = section is not None and section.is_dirty
            title = self._places[key].title
            button.setText(f"{title}  •" if waits else title)
            button.setAccessibleDescription(tr("Not saved yet") if waits else "")
        first = self.section.first_step
        said = tr("Not saved yet") if self.section.is_dirty else ""
        self._status.setText(said if first is None else first[0])
        if (first is None) is not self._can_begin:
            # Save takes the place of the first step, or the other way round.
            self._can_begin = first is None
            self.topbarChanged.emit()
        self._desk.window.commands.refresh()

    def _is_dirty(self) -> bool:
        return self.section.is_dirty

    def _step(self, by: int) -> None:
        keys = list(self._places)
        key = keys[(keys.index(self._current) + by) % len(keys)]
        self.open_section(key)
        self._buttons[key].setFocus(Qt.FocusReason.TabFocusReason)

    def _register_commands(self) -> None:
        for name, title, keys, handler, icon in (
            ("save", tr("Save settings"), ("Ctrl+S",), lambda: self.section.save(), "check"),
            ("discard", tr("Discard changes"), (), lambda: self.section.discard(), "undo"),
        ):
            self._desk.window.commands.add(
                Command(
                    f"settings.{name}",
                    title,
                    tr("Settings"),
                    handler,
                    keys,
                    enabled=self._is_dirty,
                    scope=self,
                    icon=icon,
                )
            )

    def _assemble(self) -> None:
        navigation = QWidget()
        navigation.setFixedWidth(current_theme().px(_NAVIGATION_WIDTH))
        navigation.setAccessibleName(tr("Sections of the settings"))
        listed = column(navigation, spacing=2)
        for place in self._places.values():
            listed.addWidget(self._navigation_button(place))
        listed.addStretch(1)
        layout = row(self, spacing=24)
        layout.setContentsMargins(12, 4, 12, 0)
        layout.addWidget(navigation)
        layout.addWidget(self._stack, 1)

    def _navigation_button(self, place: Place) -> Button:
        button = _PlaceButton(place)
        button.setCheckable(True)
        button.clicked.connect(partial(self.open_section, place.key))
        button.stepped.connect(self._step)
        self._buttons[place.key] = button
        return button
