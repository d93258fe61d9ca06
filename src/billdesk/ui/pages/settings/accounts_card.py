"""The table of accounts in Settings, Books: add, edit, retire and bring back."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from billdesk.core.queries.accounts import LedgerAccount
from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import UNDO_MS
from billdesk.ui.pages.settings.account_dialogs import AccountDialog, account_kind_name
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView

_USED, _RETIRED = "used", "retired"


class AccountsCard(QWidget):
    """Acts at once; what BillDesk itself posts to stays, under any code and name."""

    def __init__(self, desk: Desk, add_button: Button, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._accounts: tuple[LedgerAccount, ...] = ()
        self.model: RowsModel[LedgerAccount] = RowsModel(_columns(), lambda one: one.id)
        self.table = TableView(self.model, tr("Accounts"), compact=True)
        self.tabs = FilterTabs(
            [(_USED, tr("In use")), (_RETIRED, tr("Retired"))], tr("Account filter")
        )
        self._empty = EmptyState("book", tr("No account has been retired."))
        self.edit_button = Button(tr("Edit"), icon="edit", on_click=self._edit_selected)
        self.retire_button = Button(tr("Retire"), icon="trash", on_click=self._retire)
        self.restore_button = Button(tr("Restore"), icon="undo", on_click=self._restore)
        self._assemble(add_button)
        self.table.rowOpened.connect(self._edit)
        self.table.menuRequested.connect(self._menu)
        self.table.selectionChangedTo.connect(self._selection_changed)
        self.tabs.filterChanged.connect(self._fill)
        self._selection_changed([])

    def show_accounts(self, accounts: tuple[LedgerAccount, ...]) -> None:
        """Show the chart as it stands."""
        self._accounts = accounts
        self._fill()

    def add(self) -> None:
        """Ask for a new account."""
        AccountDialog(self._desk, None, self).open()

    # Inside

    @property
    def _shows_retired(self) -> bool:
        return self.tabs.current == _RETIRED

    def _fill(self, *_tab: object) -> None:
        shown = [one for one in self._accounts if one.retired == self._shows_retired]
        self.model.set_rows(shown)
        if shown and not self.table.selected_rows():
            self.table.selectRow(0)
        self._selection_changed(self.table.selected_rows())

    def _selection_changed(self, rows: list[LedgerAccount]) -> None:
        retired = self._shows_retired
        self.edit_button.setVisible(not retired)
        self.retire_button.setVisible(not retired)
        self.restore_button.setVisible(retired)
        self.edit_button.setEnabled(len(rows) == 1)
        # Of what BillDesk posts to itself the reason stands in the table; others are asked.
        self.retire_button.setEnabled(len(rows) == 1 and rows[0].role is None)
        self.restore_button.setEnabled(len(rows) == 1)

    def _edit_selected(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self._edit(rows[0])

    def _edit(self, account: LedgerAccount) -> None:
        if not account.retired:
            AccountDialog(self._desk, account, self).open()

    def _retire(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self._desk.lanes.write(partial(self._desk.app.accounts.retire, rows[0].id)).then(
                lambda _none: self._tell_retired(rows[0]), self._desk.report, owner=self
            )

    def _tell_retired(self, account: LedgerAccount) -> None:
        self._desk.window.toasts.show(
            tr("{code} {name} is retired.").format(code=account.code, name=account.name),
            action=tr("Undo"),
            on_action=partial(self._bring_back, account),
            duration_ms=UNDO_MS,
        )

    def _restore(self) -> None:
        for account in self.table.selected_rows()[:1]:
            self._bring_back(account)

    def _bring_back(self, account: LedgerAccount) -> None:
        self._desk.lanes.write(partial(self._desk.app.accounts.restore, account.id)).then(
            lambda _none: None, self._desk.report, owner=self
        )

    def _menu(self, position: QPoint, _rows: list[LedgerAccount]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._shows_retired:
            menu.addAction(tr("Restore"), self._restore)
        else:
            menu.addAction(tr("Edit"), self._edit_selected)
            if self.retire_button.isEnabled():
                menu.addAction(tr("Retire"), self._retire)
        menu.popup(position)

    def _assemble(self, add_button: Button) -> None:
        self.table.set_empty_widget(self._empty)
        self.table.setMinimumHeight(current_theme().px(320))
        layout = column(self, spacing=12)
        layout.addWidget(TableCard(self.tabs, self.table))
        buttons = row(spacing=8)
        for button in (add_button, self.edit_button, self.retire_button, self.restore_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addLayout(buttons)


def _columns() -> list[Column[LedgerAccount]]:
    return [
        Column("code", tr("Code"), lambda one: one.code, CellKind.STRONG, width=80),
        Column("name", tr("Name"), lambda one: one.name, width=200, stretch=True),
        Column("kind", tr("Kind"), lambda one: account_kind_name(one.kind), CellKind.MUTED, 90),
        Column("use", tr("Posted to by"), _use, CellKind.MUTED, 150),
    ]


def _use(account: LedgerAccount) -> str:
    if account.role is not None:
        return tr("BillDesk itself")
    if account.used_by:
        return trn("{count} item or rate", "{count} items or rates", account.used_by)
    return "–"
