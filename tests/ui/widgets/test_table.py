from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from billdesk.ui.theme import Theme, ThemeMode
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.filter_tabs import FilterTabs
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


@dataclass(frozen=True)
class Invoice:
    id: int
    number: str
    customer: str
    subject: str
    state: str
    amount: str


COLUMNS = [
    Column("number", "Number", lambda r: r.number, CellKind.STRONG, 150, sort_key="number"),
    Column(
        "customer",
        "Customer",
        lambda r: r.customer,
        CellKind.TWO_LINES,
        200,
        stretch=True,
        second=lambda r: r.subject,
    ),
    Column("state", "Status", lambda r: r.state, CellKind.PILL, 120, pill=lambda r: "ok"),
    Column("amount", "Amount", lambda r: r.amount, CellKind.AMOUNT, 140),
]


def invoices(first: int, count: int) -> list[Invoice]:
    return [
        Invoice(n, f"INV-{n:05}", f"Customer {n}", "Work", "Paid", f"€{n}.00")
        for n in range(first, first + count)
    ]


@pytest.fixture
def model(qapp) -> RowsModel[Invoice]:
    made = RowsModel(COLUMNS, lambda row: row.id)
    made.tester = QAbstractItemModelTester(
        made, QAbstractItemModelTester.FailureReportingMode.Warning
    )
    return made


@pytest.fixture
def table(model, qtbot) -> TableView:
    made = TableView(model, "Invoices")
    qtbot.addWidget(made)
    made.resize(800, 400)
    with qtbot.waitActive(made):
        made.show()
    made.setFocus()
    return made


def test_cells_speak_what_they_show(model: RowsModel):
    model.set_rows(invoices(1, 2))
    spoken = [model.data(model.index(0, column)) for column in range(4)]
    assert spoken == ["INV-00001", "Customer 1, Work", "Paid", "€1.00"]
    assert (
        model.data(model.index(0, 3), int(Qt.ItemDataRole.TextAlignmentRole))
        & Qt.AlignmentFlag.AlignRight
    )
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Number"
    assert model.data(model.index(0, 0), int(Qt.ItemDataRole.DecorationRole)) is None


def test_next_page_is_asked_for_once_and_appended(model: RowsModel, table: TableView, qtbot):
    asked: list[int] = []
    model.on_more(lambda: asked.append(model.rowCount()))
    model.set_rows(invoices(1, 50), has_more=True)
    table.scrollToBottom()
    qtbot.waitUntil(lambda: asked == [50])
    table.scrollToBottom()
    assert asked == [50]
    model.append_rows(invoices(51, 50), has_more=False)
    assert model.rowCount() == 100
    table.scrollToBottom()
    QApplication.processEvents()
    assert asked == [50]


def test_failed_page_can_be_asked_for_again(model: RowsModel):
    asked: list[int] = []
    model.on_more(lambda: asked.append(1))
    model.set_rows(invoices(1, 5), has_more=True)
    model.fetchMore(model.index(-1, -1))
    assert not model.canFetchMore(model.index(-1, -1))
    model.paging_failed()
    assert model.canFetchMore(model.index(-1, -1))


def test_one_row_is_replaced_in_place(model: RowsModel, qtbot):
    model.set_rows(invoices(1, 3))
    with qtbot.waitSignal(model.dataChanged):
        assert model.update_row(replace(model.row_at(1), state="Void"))
    assert model.data(model.index(1, 2)) == "Void"
    assert not model.update_row(replace(model.row_at(1), id=99))


def test_enter_opens_space_peeks_and_letters_move(model: RowsModel, table: TableView, qtbot):
    model.set_rows(invoices(1, 5))
    qtbot.keyClick(table, Qt.Key.Key_J)
    qtbot.keyClick(table, Qt.Key.Key_J)
    qtbot.keyClick(table, Qt.Key.Key_J)
    qtbot.keyClick(table, Qt.Key.Key_K)
    assert table.current_row().id == 2
    with qtbot.waitSignal(table.rowOpened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args[0].id == 2
    with qtbot.waitSignal(table.rowPeeked) as peeked:
        qtbot.keyClick(table, Qt.Key.Key_Space)
    assert peeked.args[0].id == 2


def test_selection_is_kept_by_key_when_rows_are_read_again(
    model: RowsModel, table: TableView, qtbot
):
    model.set_rows(invoices(1, 5))
    table.select_key(3)
    chosen: list[list[int]] = []
    table.selectionChangedTo.connect(lambda rows: chosen.append([row.id for row in rows]))
    model.set_rows(list(reversed(invoices(1, 5))))
    assert chosen[-1] == [3]
    assert table.current_row().id == 3
    model.set_rows(invoices(10, 2))
    assert table.selected_rows() == []
    assert not table.select_key(3)


def test_header_asks_for_an_order(model: RowsModel, table: TableView, qtbot):
    asked: list[tuple[str, bool]] = []
    table.sortRequested.connect(lambda key, down: asked.append((key, down)))
    header = table.horizontalHeader()
    for x in (20, 20, table.columnViewportPosition(3) + 20):
        qtbot.mouseClick(
            header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2)
        )
    assert asked == [("number", False), ("number", True)]


def test_menu_is_asked_for_the_selection(model: RowsModel, table: TableView, qtbot):
    model.set_rows(invoices(1, 3))
    table.select_key(2)
    with qtbot.waitSignal(table.menuRequested) as asked:
        table.customContextMenuRequested.emit(QPoint(5, 5))
    assert [row.id for row in asked.args[1]] == [2]


def test_widths_are_remembered_by_name_and_one_column_fills(
    model: RowsModel, table: TableView, settings: QSettings, qtbot
):
    table.setColumnWidth(0, 222)
    table.save_widths(settings, "invoices")
    settings.sync()
    other = TableView(model, "Invoices")
    qtbot.addWidget(other)
    other.restore_widths(settings, "invoices")
    other.resize(1000, 300)
    other.show()
    assert other.columnWidth(0) == 222
    total = sum(other.columnWidth(n) for n in range(4))
    assert total == other.viewport().width()
    other.restore_widths(settings, "never saved")
    assert other.columnWidth(0) == 222


def test_empty_state_stands_in_an_empty_list_only(model: RowsModel, table: TableView, qtbot):
    clicked: list[int] = []
    empty = EmptyState(
        "documents", "No invoices yet.", "New invoice", on_click=lambda: clicked.append(1)
    )
    table.set_empty_widget(empty)
    assert empty.isVisible()
    assert empty.geometry() == table.viewport().rect()
    table.set_loading(True)
    assert not empty.isVisible()
    table.set_loading(False)
    model.set_rows(invoices(1, 1))
    assert not empty.isVisible()
    model.set_rows([])
    assert empty.isVisible()


def test_skeleton_appears_only_after_a_while(model: RowsModel, table: TableView, qtbot):
    blank = table.viewport().grab().toImage()
    table.set_loading(True)
    assert table.viewport().grab().toImage() == blank
    qtbot.waitUntil(lambda: table.viewport().grab().toImage() != blank)
    model.set_rows(invoices(1, 1))
    table.set_loading(False)
    model.set_rows([])
    assert table.viewport().grab().toImage() == blank


@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
def test_pill_on_a_selected_row_differs_from_the_row(
    model: RowsModel, table: TableView, theme: Theme, mode: ThemeMode
):
    theme.set_mode(mode)
    model.set_rows(invoices(1, 2))
    table.select_key(1)
    image = table.viewport().grab().toImage()
    x = table.columnViewportPosition(2)
    # Across the dot and the border: 12 px of cell margin, 9 px to the dot of 6 px.
    colors = {image.pixelColor(x + n, 23).name() for n in range(10, 30)}
    assert theme.color("selected").name() in {image.pixelColor(x, y).name() for y in range(2, 8)}
    assert theme.color("surface").name() in colors
    assert theme.color("pill.ok.fg").name() in colors


def test_filter_tabs_show_counts_and_move_by_arrow(qtbot):
    tabs = FilterTabs([("all", "All"), ("open", "Open"), ("paid", "Paid")], "Filter")
    window = QWidget()
    QVBoxLayout(window).addWidget(tabs)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    tabs.set_counts({"all": 42, "open": 5})
    names = [button.accessibleName() for button in tabs.findChildren(QWidget) if button.text()]
    assert names == ["All  42", "Open  5", "Paid"]
    chosen: list[str] = []
    tabs.filterChanged.connect(chosen.append)
    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    tabs.set_current("all")
    assert chosen == ["open", "paid", "all"]
    stops = [b for b in tabs.findChildren(QWidget) if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) == 1
