"""How the window looks on this computer. Applied at once: the effect is the confirmation."""

from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QRadioButton, QWidget

from billdesk.ui.appearance import choose_mode, choose_stillness, stored_mode, stored_stillness
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.text import tr
from billdesk.ui.theme import ThemeMode, current_theme
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.card import Card


class AppearanceSection(Section):
    """Theme, movement and the tray; kept on this computer, not in the books."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk, tr("Appearance"), tr("These choices are for this computer and apply at once.")
        )
        card = self.card(tr("Theme"))
        self._group = QButtonGroup(self)
        self.modes: dict[ThemeMode, QRadioButton] = {}
        for mode, title, note in (
            (ThemeMode.SYSTEM, tr("As the system"), tr("Changes with your desktop.")),
            (ThemeMode.LIGHT, tr("Light"), ""),
            (ThemeMode.DARK, tr("Dark"), tr("Invoices stay white: they are paper.")),
        ):
            button = QRadioButton(title)
            self.modes[mode] = button
            self._group.addButton(button)
            _put(card, button, note)
        self.modes[stored_mode(desk.settings)].setChecked(True)
        self._group.buttonToggled.connect(self._choose_mode)
        movement = self.card(tr("Movement"))
        self.still = QCheckBox(tr("Reduce movement"))
        self.still.setChecked(stored_stillness(desk.settings))
        self.still.toggled.connect(self._choose_stillness)
        _put(
            movement,
            self.still,
            tr("Menus and lists appear without animation and the text cursor does not blink."),
        )
        self._assemble_closing()

    def _assemble_closing(self) -> None:
        tray = self.desk.tray
        card = self.card(tr("When the window is closed"))
        self.keep = QCheckBox(tr("Go on looking for payments"))
        text = tr(
            "BillDesk stays in the tray, looks at Stripe every few minutes and tells you when "
            "somebody has paid. Its menu there ends it."
        )
        if tray is None or not tray.is_possible:
            self.keep.setEnabled(False)
            text = tr("This system has no tray, so BillDesk ends with its window.")
        else:
            self.keep.setChecked(tray.keeps_looking)
            self.keep.toggled.connect(tray.choose)
        _put(card, self.keep, text)

    def first_focus(self) -> QWidget | None:
        return self.modes[stored_mode(self.desk.settings)]

    def _choose_mode(self, button: QRadioButton, checked: bool) -> None:
        if checked:
            mode = next(mode for mode, each in self.modes.items() if each is button)
            choose_mode(self.desk.settings, current_theme(), mode)

    def _choose_stillness(self, still: bool) -> None:
        choose_stillness(self.desk.settings, still)


def _put(card: Card, choice: QAbstractButton, note: str) -> None:
    """A choice with what it means close below its words, where it means anything more."""
    both = column(spacing=2)
    both.addWidget(choice)
    if note:
        choice.setAccessibleDescription(note)
        said = label(note, "meta")
        said.setWordWrap(True)
        said.setContentsMargins(current_theme().px(26), 0, 0, 4)
        both.addWidget(said)
    card.body.addLayout(both)
