"""One bank line beside the list: all it says, what it may be, what to do with it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QRadioButton, QWidget

from billdesk.core.domain.bank_suggestions import Suggestion
from billdesk.core.domain.banking import LineState
from billdesk.core.queries.bank import BankLineRow
from billdesk.ui.desk import Desk
from billdesk.ui.pages.payments.bank_columns import confidence_kind, payer_of
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import SidePanel
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill

_WIDTH = 340
_WIDTH_NARROW = 296
# Where the text of a radio button begins.
_RADIO = 24


class SuggestionChoice(QWidget):
    """A suggestion that can be chosen: title, how sure, and why."""

    chosen = Signal(object)

    def __init__(self, suggestion: Suggestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        # A single ampersand would be the mark of a key.
        self.button = QRadioButton(suggestion.title.replace("&", "&&"))
        self.button.setAutoExclusive(False)
        self.button.clicked.connect(lambda: self.chosen.emit(suggestion))
        self.button.setAccessibleDescription(f"{suggestion.confidence} %. {suggestion.reason}")
        head = row(spacing=8)
        head.addWidget(self.button, 1)
        head.addWidget(Pill(f"{suggestion.confidence} %", confidence_kind(suggestion.confidence)))
        reason = label(suggestion.reason, "meta")
        reason.setWordWrap(True)
        below = row()
        below.setContentsMargins(current_theme().px(_RADIO), 0, 0, 0)
        below.addWidget(reason)
        layout = column(self, spacing=2)
        layout.addLayout(head)
        layout.addLayout(below)


class BankSide(SidePanel):
    """``show_line`` shows a row; ``chosen`` is the suggestion that would be confirmed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, parent=parent)
        self._desk = desk
        desk.window.toasts.keep_clear(self)
        self._row: BankLineRow | None = None
        self._choices: list[SuggestionChoice] = []
        self.chosen: Suggestion | None = None
        self.setAccessibleName(tr("Bank line"))
        self.set_narrow(narrow=False)
        self._amount = label("", "title")
        self._payer = ElidedLabel("", "strong")
        self._facts = column(spacing=4)
        self._text = label("", "text2")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._heading = label("", "strong")
        self._suggestions = column(spacing=10)
        self._open_buttons = QWidget()
        self._decided_buttons = QWidget()
        self.body.setSpacing(10)
        self.body.addWidget(self._amount)
        self.body.addWidget(self._payer)
        self.body.addWidget(self._text)
        self.body.addLayout(self._facts)
        self.body.addWidget(rule())
        self.body.addWidget(self._heading)
        self.body.addLayout(self._suggestions)
        self.body.addStretch(1)
        self.body.addWidget(self._open_buttons)
        self.body.addWidget(self._decided_buttons)

    def set_actions(self, main: QAction, rows: Sequence[Sequence[QAction]], undo: QAction) -> None:
        """The commands below an open line, row by row under the main one; and a decided one's."""
        buttons = column(self._open_buttons, spacing=8)
        buttons.addWidget(Button.for_action(main, "primary"))
        for actions in rows:
            across = row(spacing=8)
            for action in actions:
                across.addWidget(Button.for_action(action, hint=False), 1)
            buttons.addLayout(across)
        column(self._decided_buttons).addWidget(Button.for_action(undo, icon="undo"))

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave room for the list in a narrow window."""
        self.setFixedWidth(current_theme().px(_WIDTH_NARROW if narrow else _WIDTH))

    @property
    def line(self) -> BankLineRow | None:
        """What is on show."""
        return self._row

    def show_line(self, line: BankLineRow | None) -> None:
        """Show a line, its best suggestion chosen; ``None`` empties the panel."""
        if line == self._row:
            return
        self._row = line
        self.setVisible(line is not None)
        clear_layout(self._suggestions)
        clear_layout(self._facts)
        self._choices = []
        self.chosen = None
        if line is None:
            return
        self._open_buttons.setVisible(line.state is LineState.OPEN)
        self._decided_buttons.setVisible(line.state is not LineState.OPEN)
        self._amount.setText(self._desk.money(line.amount_minor, line.currency))
        self._payer.setText(payer_of(line))
        self._text.setText(line.remittance)
        self._text.setVisible(bool(line.remittance))
        for name, value in self._facts_of(line):
            self._add_fact(name, value)
        self._show_suggestions(line)

    def choose(self, suggestion: object) -> None:
        """Mark the suggestion that Confirm confirms."""
        for one in self._choices:
            one.button.setChecked(one.suggestion is suggestion)
            if one.suggestion is suggestion:
                self.chosen = one.suggestion

    def _facts_of(self, line: BankLineRow) -> list[tuple[str, str]]:
        facts = [(tr("Booked"), self._desk.formats.date(line.booked_on))]
        if line.iban:
            facts.append((tr("Account"), line.iban))
        facts.append((tr("Statement"), line.file_name))
        return facts

    def _add_fact(self, name: str, value: str) -> None:
        across = row(spacing=12)
        across.addWidget(label(name, "muted"))
        across.addStretch(1)
        shown = ElidedLabel(value)
        shown.setMaximumWidth(current_theme().px(_WIDTH_NARROW - 110))
        shown.setAccessibleName(f"{name}: {value}")
        across.addWidget(shown)
        self._facts.addLayout(across)

    def _show_suggestions(self, line: BankLineRow) -> None:
        if line.state is not LineState.OPEN:
            self._heading.setText(line.outcome)
            return
        self._heading.setText(
            tr("What it may be") if line.suggestions else tr("Nothing in the books fits")
        )
        for suggestion in line.suggestions:
            choice = SuggestionChoice(suggestion)
            choice.chosen.connect(self.choose)
            self._suggestions.addWidget(choice)
            self._choices.append(choice)
        if line.suggestions:
            self.choose(line.suggestions[0])
