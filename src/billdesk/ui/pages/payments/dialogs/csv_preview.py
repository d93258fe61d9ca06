"""The first lines of a bank's file, each column below what it is taken for."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QWidget

from billdesk.core.domain.bank_csv import BankCsvMapping
from billdesk.core.services.banking.csv_proposal import CsvProposal
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.rows_model import Column, RowsModel
from billdesk.ui.widgets.table_view import HEADER, ROW_COMPACT, TableView

# The file's own names of its columns, and so many of its lines.
_LINES = 4
_LEAST_WIDTH = 96
_MOST_WIDTH = 220
# Room for the bar below when the file is wider than the dialog, and for the frame.
_BELOW = 14

Line = tuple[int, tuple[str, ...]]


def column_roles() -> dict[str, str]:
    """What each field of a mapping is called in the window."""
    return {
        "booked_on": tr("Booking date"),
        "value_on": tr("Value date"),
        "amount": tr("Amount"),
        "paid_in": tr("Money in"),
        "paid_out": tr("Money out"),
        "direction": tr("In or out"),
        "currency_column": tr("Currency"),
        "account_column": tr("Account (IBAN)"),
        "counterparty": tr("Payer or payee"),
        "iban": tr("Their account"),
        "end_to_end": tr("Payer's reference"),
        "bank_reference": tr("Bank's reference"),
        "state": tr("State"),
        "remittance": tr("Text"),
    }


class CsvPreview(TableView):
    """Follows the mapping; columns nothing is read from are grey and say so."""

    def __init__(self, proposal: CsvProposal, parent: QWidget | None = None) -> None:
        self._header = proposal.header
        self._mapping = proposal.mapping
        lines = [proposal.header, *proposal.rows[:_LINES]]
        self._model: RowsModel[Line] = RowsModel(self._columns(), lambda line: line[0])
        super().__init__(self._model, tr("First lines of the file"), compact=True, parent=parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model.set_rows(list(enumerate(lines)))
        px = current_theme().px
        self.setFixedHeight(px(HEADER + ROW_COMPACT * len(lines) + _BELOW))
        self._fit()

    def follow(self, mapping: BankCsvMapping) -> None:
        """Show what the columns are taken for now."""
        self._mapping = mapping
        self._model.set_columns(self._columns())
        self._fit()
        self.viewport().update()

    def roles(self) -> list[str]:
        """What stands above the columns."""
        return [column.title for column in self._model.columns]

    def rows(self) -> list[tuple[str, ...]]:
        """The names of the columns and the lines on show."""
        return [cells for _number, cells in self._model.rows()]

    def _columns(self) -> list[Column[Line]]:
        return [
            Column(
                str(place),
                ", ".join(self._roles_of(name)) or tr("Not used"),
                partial(_cell, place),
                tone=partial(_tone, bool(self._roles_of(name))),
            )
            for place, name in enumerate(self._header)
        ]

    def _roles_of(self, name: str) -> list[str]:
        taken: list[str] = []
        for role, title in column_roles().items():
            value: str | Sequence[str] = getattr(self._mapping, role)
            if name in ([value] if isinstance(value, str) else value):
                taken.append(title)
        return taken

    def _fit(self) -> None:
        px = current_theme().px
        for place in range(len(self._header)):
            wanted = max(
                self.sizeHintForColumn(place), self.horizontalHeader().sectionSizeHint(place)
            )
            self.setColumnWidth(place, max(px(_LEAST_WIDTH), min(wanted, px(_MOST_WIDTH))))


def _cell(place: int, line: Line) -> str:
    _number, cells = line
    return cells[place].strip() if place < len(cells) else ""


def _tone(used: bool, line: Line) -> str:
    if not used:
        return "muted"
    return "text2" if line[0] else "text"
