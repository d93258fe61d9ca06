from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QVBoxLayout, QWidget

from billdesk.ui.format import Formats
from billdesk.ui.widgets.choice_list import Choice
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import CountEdit, MoneyEdit, NumberEdit, PercentEdit, QuantityEdit
from billdesk.ui.widgets.field import Field, text_field
from billdesk.ui.widgets.search_edit import SearchEdit
from billdesk.ui.widgets.search_picker import SearchPicker

GERMAN = Formats("de_DE")
TODAY = date(2026, 11, 24)


@pytest.fixture
def form(qtbot):
    """A window with a second entry, so that there is somewhere to go."""
    window = QWidget()
    window.resize(600, 500)
    layout = QVBoxLayout(window)
    window.elsewhere = QLineEdit()
    layout.addWidget(window.elsewhere)

    def add(widget: QWidget) -> QWidget:
        layout.insertWidget(0, widget)
        with qtbot.waitActive(window):
            window.show()
        widget.show()
        widget.setFocus()
        return widget

    window.add = add
    qtbot.addWidget(window)
    return window


def test_money_is_read_in_minor_units_and_written_in_the_locale(form, qtbot):
    edit = form.add(MoneyEdit(GERMAN, "EUR", 2))
    values: list[Decimal | None] = []
    edit.valueChanged.connect(values.append)
    qtbot.keyClicks(edit, "1200,5")
    assert edit.minor == 120050
    form.elsewhere.setFocus()
    assert edit.text() == "1.200,50"
    assert values[-1] == Decimal("1200.5")
    assert edit.alignment() & Qt.AlignmentFlag.AlignRight


def test_a_small_sum_is_worked_out(form, qtbot):
    edit = form.add(MoneyEdit(GERMAN, "EUR", 2))
    qtbot.keyClicks(edit, "12*90")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.text(), edit.minor) == ("1.080,00", 108000)


def test_wrong_text_stays_as_typed_and_says_why(form, qtbot):
    edit = MoneyEdit(GERMAN, "EUR", 2)
    field = form.add(Field("Amount", edit, helper="Without tax"))
    edit.setFocus()
    qtbot.keyClicks(edit, "1e3")
    assert edit.minor is None
    assert "1e3" in field.error
    assert edit.property("state") == "bad"
    assert edit.accessibleDescription() == field.error
    form.elsewhere.setFocus()
    assert edit.text() == "1e3"
    edit.clear()
    edit.setFocus()
    qtbot.keyClicks(edit, "5")
    assert field.error == ""
    assert edit.accessibleDescription() == "Without tax"


@pytest.mark.parametrize(
    ("currency", "exponent", "text", "message"),
    [
        ("EUR", 2, "1,005", "2 decimal places"),
        ("JPY", 0, "1,5", "no decimal places"),
        ("EUR", 2, "-1", "0 or more"),
    ],
)
def test_amounts_that_the_currency_cannot_hold(
    form, qtbot, currency: str, exponent: int, text: str, message: str
):
    edit = form.add(MoneyEdit(GERMAN, currency, exponent, minimum_minor=0))
    qtbot.keyClicks(edit, text)
    assert message in edit.problem
    assert edit.minor is None


def test_setting_a_value_emits_nothing(form, qtbot):
    edit = form.add(MoneyEdit(GERMAN, "EUR", 2))
    with qtbot.assertNotEmitted(edit.valueChanged):
        edit.set_minor(-500)
    assert edit.text() == "−5,00"
    assert edit.minor == -500
    edit.set_minor(None)
    assert (edit.text(), edit.minor) == ("", None)


def test_quantity_and_percent(form, qtbot):
    quantity = form.add(QuantityEdit(GERMAN))
    qtbot.keyClicks(quantity, "0,1234567")
    assert "6 decimal places" in quantity.problem
    percent = form.add(PercentEdit(GERMAN))
    qtbot.keyClicks(percent, "19 %")
    assert percent.value == Decimal(19)
    form.elsewhere.setFocus()
    assert percent.text() == "19\u00a0%"
    number = form.add(NumberEdit(GERMAN, minimum=Decimal(1)))
    qtbot.keyClicks(number, "0")
    assert "1 or more" in number.problem


def test_date_is_typed_in_any_form_and_shown_in_words(form, qtbot):
    edit = form.add(DateEdit(GERMAN, lambda: TODAY))
    days: list[date | None] = []
    edit.dateChanged.connect(days.append)
    qtbot.keyClicks(edit, "2026-12-14")
    form.elsewhere.setFocus()
    assert edit.value == date(2026, 12, 14)
    assert edit.text() == "14.12.2026"
    edit.set_base(date(2026, 12, 1))
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "+14")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert days == [date(2026, 12, 14), date(2026, 12, 15)]
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    form.elsewhere.setFocus()
    assert days[-1] is None


def test_wrong_date_keeps_the_text_and_says_why(form, qtbot):
    edit = DateEdit(GERMAN, lambda: TODAY)
    field = form.add(Field("Due", edit))
    edit.set_value(TODAY)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "31.11.")
    form.elsewhere.setFocus()
    assert "no such day" in field.error
    assert edit.text() == "31.11."
    assert edit.value == TODAY
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "30.11.")
    form.elsewhere.setFocus()
    assert field.error == ""
    assert edit.value == date(2026, 11, 30)


def test_date_is_picked_from_the_calendar(form, qtbot):
    edit = form.add(DateEdit(GERMAN, lambda: TODAY))
    qtbot.keyClick(edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = edit.findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(2026, 11, 24)
    with qtbot.waitSignal(edit.dateChanged) as changed:
        calendar.clicked.emit(QDate(2026, 12, 24))
    assert changed.args == [date(2026, 12, 24)]
    assert not calendar.isVisible()


@pytest.fixture
def picker(form, qtbot) -> SearchPicker:
    made = form.add(SearchPicker("Customer", create_text="Create “{text}”"))
    found = [Choice(1, "Nordlicht Studio", "Oslo"), Choice(2, "Nordwind GmbH", "Kiel")]
    made.searchRequested.connect(lambda text: made.show_results(text, found))
    return made


def test_picker_searches_and_picks_by_keyboard(picker: SearchPicker, form, qtbot):
    qtbot.keyClicks(picker, "nor")
    assert [choice.title for choice in picker.visible_choices()] == [
        "Nordlicht Studio",
        "Nordwind GmbH",
        "Create “nor”",
    ]
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.picked) as picked:
        qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert picked.args[0].key == 2
    assert picker.text() == "Nordwind GmbH"
    assert not picker.is_open


def test_picker_creates_what_is_not_there(picker: SearchPicker, qtbot):
    qtbot.keyClicks(picker, "nor")
    qtbot.keyClick(picker, Qt.Key.Key_Up)
    with qtbot.waitSignal(picker.createRequested) as created:
        qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert created.args == ["nor"]


def test_picker_escape_closes_the_list_and_half_a_search_is_undone(
    picker: SearchPicker, form, qtbot
):
    picker.set_current(Choice(7, "Atelier Morel"))
    qtbot.keyClicks(picker, "x")
    assert picker.is_open
    qtbot.keyClick(picker, Qt.Key.Key_Escape)
    assert not picker.is_open
    form.elsewhere.setFocus()
    assert picker.text() == "Atelier Morel"
    assert picker.current.key == 7


def test_picker_ignores_answers_to_older_questions(picker: SearchPicker, qtbot):
    qtbot.keyClicks(picker, "no")
    shown = picker.visible_choices()
    picker.show_results("n", [Choice(9, "Late")])
    assert picker.visible_choices() == shown


def test_emptied_picker_tells(picker: SearchPicker, qtbot):
    picker.set_current(Choice(7, "A"))
    picker.selectAll()
    with qtbot.waitSignal(picker.cleared):
        qtbot.keyClick(picker, Qt.Key.Key_Delete)
    assert picker.current is None


def test_field_names_its_control_for_screen_readers(qtbot):
    field, edit = text_field("Reference", "PO-1182", optional=True, helper="Your order number")
    qtbot.addWidget(field)
    assert edit.accessibleName() == "Reference"
    assert edit.accessibleDescription() == "Your order number"
    field.set_error("Too long.")
    assert edit.accessibleDescription() == "Too long."
    field.set_helper("Another")
    assert field.error == "Too long."
    field.set_error("")
    assert edit.accessibleDescription() == "Another"


def test_a_count_is_never_grouped_and_takes_whole_numbers_only(form, qtbot):
    edit = form.add(CountEdit(GERMAN, minimum=1))
    edit.set_value(Decimal(37869))
    assert edit.text() == "37869"
    edit.clear()
    qtbot.keyClicks(edit, "2*1000")
    form.elsewhere.setFocus()
    assert (edit.value, edit.text()) == (Decimal(2000), "2000")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "2,5")
    assert edit.problem


def test_the_cross_behind_a_search_empties_it_and_shows_only_then(form, qtbot):
    edit = form.add(SearchEdit("Search invoices", "Number, customer"))
    cross = next(action for action in edit.actions() if action.text() == "Clear")
    assert not cross.isVisible()
    qtbot.keyClicks(edit, "nord")
    assert cross.isVisible()
    cross.trigger()
    assert (edit.text(), cross.isVisible()) == ("", False)
    assert edit.accessibleName() == "Search invoices"
