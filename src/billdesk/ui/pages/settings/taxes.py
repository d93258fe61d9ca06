"""The company's tax rates: add, change, delete and bring back."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from billdesk.core.domain.tax import TAXED
from billdesk.core.queries.accounts import LedgerAccount, RateAccounts
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import Named, SoftDelete
from billdesk.ui.pages.settings.rate_accounts_dialog import RateAccountsDialog
from billdesk.ui.pages.settings.rate_change_dialog import RateChangeDialog
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.pages.settings.tax_dialog import TaxRateDialog, charged_name
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import TableCard
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView

_KEPT, _DELETED = "kept", "deleted"


class TaxesSection(Section):
    """Documents already issued keep the rate they were issued with."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Tax rates"),
            tr(
                "What can be charged on a line. When the law changes a rate, say from which day: "
                "documents already issued keep theirs."
            ),
        )
        self.deletion = SoftDelete(
            desk,
            desk.app.tax_rates.delete,
            desk.app.tax_rates.restore,
            lambda count: trn("{count} tax rate", "{count} tax rates", count),
            self,
        )
        self.model: RowsModel[TaxRateRow] = RowsModel(self._columns(), lambda rate: rate.id)
        self.table = TableView(self.model, tr("Tax rates"), compact=True)
        self.tabs = FilterTabs(
            [(_KEPT, tr("On offer")), (_DELETED, tr("Deleted"))], tr("Tax rate filter")
        )
        self._empty = EmptyState("percent", tr("No tax rates."))
        self.add_button = Button(tr("Add tax rate"), icon="plus", on_click=self._add)
        self.edit_button = Button(tr("Edit"), icon="edit", on_click=self._edit_selected)
        self.change_button = Button(
            tr("Rate changes…"), icon="calendar", on_click=self._change_selected
        )
        self.accounts_button = Button(tr("Accounts…"), icon="book", on_click=self._ask_accounts)
        self.delete_button = Button(tr("Delete"), icon="trash", on_click=self._delete)
        self.restore_button = Button(tr("Restore"), icon="undo", on_click=self._restore)
        self._assemble()
        self.table.rowOpened.connect(self._edit)
        self.table.menuRequested.connect(self._menu)
        self.table.selectionChangedTo.connect(self._selection_changed)
        self.tabs.filterChanged.connect(self._reload)
        self._selection_changed([])

    def first_focus(self) -> QWidget | None:
        return self.table

    def show_company(self, company: CompanyInfo) -> None:
        self._reload()

    # Inside

    @property
    def _shows_deleted(self) -> bool:
        return self.tabs.current == _DELETED

    def _reload(self, *_tab: object) -> None:
        wanted = partial(self.desk.app.queries.tax_rates, deleted=self._shows_deleted)
        self.desk.lanes.read(wanted).then(self._show, self.desk.report, owner=self)

    def _show(self, rates: tuple[TaxRateRow, ...]) -> None:
        self.model.set_rows(rates)
        self._empty.set_sentence(
            tr("Nothing has been deleted.") if self._shows_deleted else tr("No tax rates.")
        )
        if rates and not self.table.selected_rows():
            self.table.selectRow(0)
        self._selection_changed(self.table.selected_rows())

    def _selection_changed(self, rows: list[TaxRateRow]) -> None:
        deleted = self._shows_deleted
        self.edit_button.setVisible(not deleted)
        self.change_button.setVisible(not deleted)
        self.accounts_button.setVisible(not deleted)
        self.delete_button.setVisible(not deleted)
        self.restore_button.setVisible(deleted)
        self.edit_button.setEnabled(len(rows) == 1)
        self.change_button.setEnabled(len(rows) == 1 and _can_change(rows[0]))
        self.accounts_button.setEnabled(len(rows) == 1)
        self.delete_button.setEnabled(bool(rows))
        self.restore_button.setEnabled(bool(rows))

    def _add(self) -> None:
        self._open_dialog(None)

    def _edit_selected(self) -> None:
        rows = self.table.selected_rows()
        if rows:
            self._edit(rows[0])

    def _edit(self, rate: TaxRateRow) -> None:
        if not rate.deleted:
            self._open_dialog(rate)

    def _change_selected(self) -> None:
        rows = self.table.selected_rows()
        if rows and _can_change(rows[0]):
            RateChangeDialog(self.desk, rows[0], self).open()

    def _ask_accounts(self) -> None:
        rows = self.table.selected_rows()
        if not rows:
            return
        queries, rate_id = self.desk.app.queries, rows[0].id

        def ask(read: tuple[tuple[RateAccounts, ...], tuple[LedgerAccount, ...]]) -> None:
            rates, accounts = read
            for rate in rates:
                if rate.tax_rate_id == rate_id:
                    RateAccountsDialog(self.desk, rate, accounts, self).open()

        self.desk.lanes.read(lambda: (queries.rate_accounts(), queries.accounts())).then(
            ask, self.desk.report, owner=self
        )

    def _valid(self, rate: TaxRateRow) -> str:
        """``until 31 Dec 2026``, or from when; both would not fit, and the first says more."""
        day = self.desk.formats.date
        if rate.valid_until is not None:
            return tr("until {day}").format(day=day(rate.valid_until))
        if rate.valid_from is not None:
            return tr("from {day}").format(day=day(rate.valid_from))
        return tr("Usual") if rate.is_default else ""

    def _open_dialog(self, rate: TaxRateRow | None) -> None:
        TaxRateDialog(self.desk, rate, self).open()

    def _named(self) -> list[Named]:
        return [Named(rate.id, rate.name) for rate in self.table.selected_rows()]

    def _delete(self) -> None:
        self.deletion.delete(self._named())

    def _restore(self) -> None:
        self.deletion.restore(self._named())

    def _menu(self, position: QPoint, _rows: list[TaxRateRow]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._shows_deleted:
            menu.addAction(tr("Restore"), self._restore)
        else:
            menu.addAction(tr("Edit"), self._edit_selected)
            if self.change_button.isEnabled():
                menu.addAction(tr("Rate changes…"), self._change_selected)
            menu.addAction(tr("Accounts…"), self._ask_accounts)
            menu.addAction(tr("Delete"), self._delete)
        menu.popup(position)

    def _columns(self) -> list[Column[TaxRateRow]]:
        return [
            Column(
                "name",
                tr("Name"),
                lambda rate: rate.name,
                CellKind.STRONG,
                width=180,
                stretch=True,
            ),
            Column("kind", tr("Kind"), charged_name, CellKind.MUTED, 180),
            Column(
                "default",
                "",
                self._valid,
                CellKind.MUTED,
                width=150,
            ),
            Column(
                "percent",
                tr("Rate"),
                lambda rate: self.desk.formats.percent(rate.percent),
                CellKind.AMOUNT,
                width=96,
            ),
        ]

    def _assemble(self) -> None:
        self.table.set_empty_widget(self._empty)
        self.table.setMinimumHeight(current_theme().px(300))
        self.body.addWidget(TableCard(self.tabs, self.table))
        buttons = row(spacing=8)
        for button in (
            self.add_button,
            self.edit_button,
            self.change_button,
            self.accounts_button,
            self.delete_button,
            self.restore_button,
        ):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)


def _can_change(rate: TaxRateRow) -> bool:
    """A taxed rate that none follows yet."""
    return rate.category in TAXED and rate.valid_until is None
