"""The lines of an invoice, edited in place and by keyboard alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.queries.items import ItemRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import Pair
from billdesk.ui.pages.documents.line_row import ONE, WIDTHS, LineRow
from billdesk.ui.pages.documents.spreadsheet import looks_like_rows, parse_rows
from billdesk.ui.pages.documents.tax_box import TaxChoices
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.choice_list import Choice

# Rows made before the window is let go, and then in each turn of the event loop.
FIRST_ROWS = 12
ROWS_PER_TURN = 4
_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LineGrid(QWidget):
    """``edited`` on every change. The last row is always blank: typing there adds a line.

    Enter goes to the next row, Tab past the last cell too, Alt+Up and Alt+Down move the row,
    Ctrl+D duplicates it, Ctrl+Del deletes it, and rows copied from a spreadsheet become lines.
    A long invoice is shown at once and finished in the turns after, without holding the window.
    """

    edited = Signal()
    rowFocused = Signal(object)

    def __init__(
        self,
        desk: Desk,
        taxes: TaxChoices,
        currency: str,
        centres: Sequence[Pair] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._centres = centres
        self._desk = desk
        self._taxes = taxes
        self._currency = currency
        self._rows: list[LineRow] = []
        self._pending: list[LineDraft] = []
        self._searching: LineRow | None = None
        self._current: LineRow | None = None
        # The row that shows an error of the core.
        self._named: LineRow | None = None
        self.setAccessibleName(tr("Lines"))
        outer = column(self, spacing=6)
        outer.addLayout(self._headings())
        self._layout: QVBoxLayout = column(spacing=6)
        outer.addLayout(self._layout)
        self._filler = QTimer(self)
        self._filler.setInterval(0)
        self._filler.timeout.connect(self._fill_some)
        # Whom and what day the prices are for, as the form around the grid has it now.
        self.asked_for: Callable[[], InvoiceDraft] = InvoiceDraft
        self._search = Latest(desk.lanes.read, 120, self)
        self._search.succeeded.connect(self._show_items)
        self._search.failed.connect(desk.report)
        self._add_row()

    # Content

    def lines(self) -> tuple[LineDraft, ...]:
        """The lines as typed, blank rows left out."""
        shown = [row_.line for row_ in self._rows if row_.line is not None]
        return (*shown, *self._pending)

    def set_lines(self, lines: Sequence[LineDraft]) -> None:
        """Show these; emits nothing."""
        for row_ in self._rows:
            self._drop(row_)
        self._rows.clear()
        self._pending = list(lines)
        for _ in range(min(FIRST_ROWS, len(self._pending))):
            self._add_row().set_line(self._pending.pop(0))
        self._add_row()
        if self._pending:
            self._filler.start()

    def follow_rates(self, lines: Sequence[LineDraft]) -> None:
        """Show the rates of ``lines``, which are ``lines()`` on another day; emits nothing."""
        filled = [row_ for row_ in self._rows if row_.line is not None]
        # Rows that are still to be made are behind those on show.
        for row_, line in zip(filled, lines, strict=False):
            row_.follow_rates(line.tax_rate_ids)

    def set_currency(self, currency: str) -> None:
        """Prices are of this currency from now on."""
        self._currency = currency
        for row_ in self._rows:
            row_.set_currency(currency)

    def follow_customer(self, default: tuple[int, ...]) -> None:
        """Lines have these taxes from now on unless another was chosen; emits nothing."""
        before, self._taxes = self._taxes.default, replace(self._taxes, default=default)
        for row_ in self._rows:
            row_.follow_customer(before, default)

    def set_amounts(self, amounts: Sequence[str]) -> None:
        """What each of ``lines()`` comes to, written out."""
        written = iter(amounts)
        for row_ in self._rows:
            row_.set_amount(next(written, "") if row_.line is not None else "")

    @property
    def problem(self) -> str:
        """What has to be put right first; empty when nothing."""
        return next((row_.problem for row_ in self._rows if row_.problem), "")

    def show_problem(
        self, sentence: str, index: int = 0, cell: str = "name", *, take_focus: bool = True
    ) -> None:
        """Show an error beside the cell of line ``index``; empty clears all."""
        filled = [row_ for row_ in self._rows if row_.line is not None]
        if self._named is not None and self._named in self._rows:
            self._named.set_problem("")
        self._named = None
        if not sentence:
            return
        target = filled[index] if index < len(filled) else self._rows[-1]
        target.set_problem(sentence, cell)
        self._named = target
        if take_focus:
            target.cell(cell).setFocus()

    def focus_problem(self) -> None:
        """Put the cursor into the first cell that cannot be read."""
        for row_ in self._rows:
            if row_.problem:
                row_.focus_problem()
                return

    def focus_first(self) -> None:
        """Put the cursor where typing starts: the first blank row."""
        blank = next((row_ for row_ in self._rows if row_.line is None), self._rows[-1])
        blank.name.setFocus()

    def rows(self) -> list[LineRow]:
        """The rows made so far, the blank one at the end."""
        return list(self._rows)

    # What the keys do

    def move_row(self, row_: LineRow, by: int) -> None:
        """Move a line up (-1) or down (1); the blank row stays last."""
        position = self._rows.index(row_)
        target = position + by
        last = len(self._rows) - 1
        if not 0 <= target < last or position == last:
            return
        focused = self.focusWidget()
        self._rows.insert(target, self._rows.pop(position))
        self._layout.removeWidget(row_)
        self._layout.insertWidget(target, row_)
        self._order_tabs()
        if focused is not None:
            focused.setFocus()
        self.edited.emit()

    def duplicate_row(self, row_: LineRow) -> None:
        """The same line once more, below."""
        if row_.line is None:
            return
        copy = self._add_row(self._rows.index(row_) + 1)
        copy.set_line(row_.line)
        copy.name.setFocus()
        self._order_tabs()
        self.edited.emit()

    def delete_row(self, row_: LineRow) -> None:
        """Take a line out; the cursor goes to the one that takes its place."""
        position = self._rows.index(row_)
        if position == len(self._rows) - 1 and row_.line is None:
            return
        self._rows.remove(row_)
        self._drop(row_)
        self._keep_blank_row()
        self._rows[min(position, len(self._rows) - 1)].name.setFocus()
        self._order_tabs()
        self.edited.emit()

    def next_row(self, row_: LineRow) -> None:
        """The cursor to the start of the next line; a blank one is there after the last."""
        self._keep_blank_row()
        position = min(self._rows.index(row_) + 1, len(self._rows) - 1)
        self._rows[position].name.setFocus()
        self._rows[position].name.selectAll()

    def paste_rows(self, row_: LineRow, text: str) -> None:
        """Rows from a spreadsheet: into this row if it is blank, and below it."""
        position = self._rows.index(row_)
        if row_.line is not None:
            position += 1
        made = [
            LineDraft(
                pasted.name,
                pasted.quantity if pasted.quantity is not None else ONE,
                pasted.unit_price if pasted.unit_price is not None else Decimal(0),
                unit=pasted.unit,
                tax_rate_ids=self._taxes.default,
            )
            for pasted in parse_rows(text, self._desk.formats.locale)
        ]
        lines = [r.line for r in self._rows[:position] if r.line is not None]
        after = [r.line for r in self._rows[position:] if r.line is not None]
        self.set_lines([*lines, *made, *after, *self._pending])
        self._rows[min(len(lines) + len(made), len(self._rows) - 1)].name.setFocus()
        self.edited.emit()

    # Qt's side

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Ctrl+Del and Ctrl+D mean the row here, before the entry or the window take them.
        override = event.type() == QEvent.Type.ShortcutOverride
        if (override or event.type() == QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            row_ = self._row_of(watched)
            if row_ is not None and self._handle_key(row_, watched, event, only_ask=override):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _handle_key(
        self, row_: LineRow, cell: QObject, event: QKeyEvent, *, only_ask: bool
    ) -> bool:
        """Do what a key means in the grid; False leaves it to the entry."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
        work = {
            (Qt.Key.Key_Up, _ALT): partial(self.move_row, row_, -1),
            (Qt.Key.Key_Down, _ALT): partial(self.move_row, row_, 1),
            (Qt.Key.Key_D, _CTRL): partial(self.duplicate_row, row_),
            (Qt.Key.Key_Delete, _CTRL): partial(self.delete_row, row_),
        }.get((key, modifiers))
        if work is None and key in _ENTER and modifiers == _PLAIN:
            if cell is row_.name and row_.takes_enter:
                return False
            row_.name.close_list()
            work = partial(self.next_row, row_)
        if work is None and event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if cell is row_.name and looks_like_rows(text):
                work = partial(self.paste_rows, row_, text)
        at_end = key == Qt.Key.Key_Tab and cell is row_.discount
        if work is None and at_end and row_ is self._rows[-1] and row_.line is not None:
            work = partial(self.next_row, row_)
        if work is None:
            return False
        if not only_ask:
            work()
        return True

    # Inside

    def _row_of(self, cell: QObject) -> LineRow | None:
        parent = cell.parent()
        return parent if isinstance(parent, LineRow) and parent in self._rows else None

    def _add_row(self, position: int | None = None) -> LineRow:
        made = LineRow(self._desk.formats, self._currency, self._taxes, self._centres)
        made.edited.connect(partial(self._row_edited, made))
        made.itemSearched.connect(self._find_items)
        made.focusEntered.connect(self._focused)
        made.offerWanted.connect(self._ask_offer)
        made.name.picked.connect(partial(self._item_picked, made))
        for cell in made.cells():
            # After the row's own filter: Qt asks the newest filter first.
            cell.installEventFilter(self)
        if position is None:
            position = len(self._rows)
        self._rows.insert(position, made)
        self._layout.insertWidget(position, made)
        # At once, not with the next event: the cursor may be about to go there.
        made.show()
        self._order_tabs(position)
        return made

    def _drop(self, row_: LineRow) -> None:
        row_.name.close_list()
        row_.hide()
        self._layout.removeWidget(row_)
        row_.deleteLater()

    def _fill_some(self) -> None:
        for _ in range(min(ROWS_PER_TURN, len(self._pending))):
            made = self._add_row(len(self._rows) - 1)
            made.set_line(self._pending.pop(0))
        if not self._pending:
            self._filler.stop()
            self._order_tabs()
            self.rowFocused.emit(None)

    def _order_tabs(self, first: int = 0) -> None:
        """Tab follows the rows as they stand, from row ``first`` on."""
        for position in range(max(1, first), len(self._rows)):
            before: QWidget = self._rows[position - 1].discount
            for cell in self._rows[position].cells():
                QWidget.setTabOrder(before, cell)
                before = cell

    def _keep_blank_row(self) -> None:
        if not self._rows or self._rows[-1].line is not None:
            self._add_row()

    def _row_edited(self, row_: LineRow) -> None:
        if row_ is self._rows[-1] and row_.line is not None:
            self._keep_blank_row()
        self.edited.emit()

    def _focused(self, row_: LineRow) -> None:
        before, self._current = self._current, row_
        if before is not None and before is not row_ and before in self._rows:
            before.settle()
        self.rowFocused.emit(row_)

    def _find_items(self, row_: LineRow, text: str) -> None:
        self._searching = row_
        find = self._desk.app.queries.find_items
        self._search.request(lambda: (text, find(text)))

    def _show_items(self, found: tuple[str, Sequence[ItemRow]]) -> None:
        text, items = found
        row_ = self._searching
        if row_ is None or row_ not in self._rows:
            return
        money = self._desk.formats
        choices = [
            Choice(
                item,
                item.name,
                item.description.partition("\n")[0],
                hint=f"{money.number(item.unit_price)} {item.currency}",
            )
            for item in items
        ]
        row_.show_results(text, choices)

    def _item_picked(self, row_: LineRow, choice: Choice) -> None:
        item = choice.key
        if isinstance(item, ItemRow):
            row_.set_item(item, self._currency)
            row_.quantity.setFocus()
            row_.quantity.selectAll()

    def _ask_offer(self, row_: LineRow) -> None:
        line = row_.line
        if line is None or line.item_id is None:
            return
        draft = self.asked_for()
        ask = partial(
            self._desk.app.queries.line_offer,
            line.item_id,
            draft.customer_id,
            line.quantity,
            self._currency,
            on=draft.issued_on,
            language=draft.language,
        )
        self._desk.lanes.read(ask).then(
            partial(row_.take_offer, line.item_id, line.quantity), self._desk.report, owner=row_
        )

    def _headings(self) -> QHBoxLayout:
        theme = current_theme()
        line = row(spacing=8)
        line.addWidget(label(tr("Description"), "caps"), 1)
        for title, key in (
            (tr("Qty"), "quantity"),
            (tr("Price"), "unit_price"),
            (tr("Tax"), "tax"),
            (tr("Amount"), "amount"),
        ):
            heading = label(title, "caps")
            heading.setFixedWidth(theme.px(WIDTHS[key]))
            if key != "tax":
                heading.setAlignment(Qt.AlignmentFlag.AlignRight)
            # In line with the text inside the entries below.
            inset = theme.px(10) if key != "amount" else 0
            heading.setContentsMargins(inset, 0, inset, 0)
            line.addWidget(heading)
        return line
