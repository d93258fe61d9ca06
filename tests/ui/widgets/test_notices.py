import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHoverEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from billdesk.ui.widgets.bar_chart import Bar, BarChart
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.card import KpiCard
from billdesk.ui.widgets.dialog import Dialog, confirm
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill
from billdesk.ui.widgets.timeline import Timeline, TimelineEntry
from billdesk.ui.widgets.toast import ToastHost


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    made.resize(900, 600)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def test_toast_leaves_by_itself(window: QWidget, qtbot):
    host = ToastHost(window)
    toast = host.show("Saved", duration_ms=1)
    with qtbot.waitSignal(toast.closed):
        pass
    assert host.toasts == []


def test_undo_closes_its_toast(window: QWidget, qtbot):
    host = ToastHost(window)
    undone: list[int] = []
    toast = host.show("Sent", action="Undo", on_action=lambda: undone.append(1))
    assert toast.geometry().right() < window.width()
    with qtbot.waitSignal(toast.closed):
        qtbot.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert host.toasts == []


def test_toast_waits_while_the_pointer_moves_over_it(window: QWidget, qtbot):
    host = ToastHost(window)
    toast = host.show("Look here", duration_ms=60)
    here = QPointF(1, 1)
    QApplication.sendEvent(toast, QHoverEvent(QEvent.Type.HoverMove, here, here, here))
    with qtbot.assertNotEmitted(toast.closed, wait=150):
        pass
    with qtbot.waitSignal(toast.closed):
        QApplication.sendEvent(toast, QHoverEvent(QEvent.Type.HoverLeave, here, here, here))


def test_errors_stay_and_at_most_three_stand(window: QWidget, qtbot):
    host = ToastHost(window)
    error = host.show_error("The mail server refused the password.")
    assert error.close_button is not None
    for number in range(3):
        host.show(f"Note {number}")
    assert [toast.text for toast in host.toasts] == ["Note 0", "Note 1", "Note 2"]
    tops = [toast.y() for toast in host.toasts]
    assert tops == sorted(tops)
    window.resize(700, 400)
    qtbot.waitUntil(lambda: all(toast.geometry().right() < 700 for toast in host.toasts))


def test_confirming_needs_the_verb_and_the_safe_answer_has_the_focus(window: QWidget, qtbot):
    done: list[int] = []
    ask = ("Void INV-00001?", "€10.00 will no longer be owed.", "Void invoice")
    dialog = confirm(window, *ask, lambda: done.append(1), danger=True)
    assert dialog.maximumWidth() == 480
    assert dialog.cancel_button.isDefault()
    assert dialog.verb_button.kind == "danger"
    qtbot.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert done == []
    dialog = confirm(window, *ask, lambda: done.append(1), danger=True)
    qtbot.mouseClick(dialog.verb_button, Qt.MouseButton.LeftButton)
    assert done == [1]


def test_form_dialog_may_refuse(window: QWidget, qtbot):
    class Payment(Dialog):
        ok = False

        def submit(self) -> None:
            if self.ok:
                self.accept()

    dialog = Payment("Record payment", "Record payment", parent=window)
    dialog.open()
    dialog.verb_button.click()
    assert dialog.isVisible()
    dialog.ok = True
    with qtbot.waitSignal(dialog.accepted):
        dialog.verb_button.click()


def test_button_shows_its_shortcut_and_answers_enter(window: QWidget, qtbot):
    clicked: list[int] = []
    layout = column(window)
    plain = Button("Save")
    button = Button("Save", "primary", shortcut="Ctrl+S", on_click=lambda: clicked.append(1))
    icon = IconButton("more", "More actions", shortcut="Ctrl+M")
    for widget in (plain, button, icon):
        layout.addWidget(widget)
        widget.show()
    assert button.sizeHint().width() > plain.sizeHint().width() + 20
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert clicked == [1, 1]
    assert icon.accessibleName() == "More actions"
    assert "Ctrl+M" in icon.toolTip()
    assert icon.sizeHint().width() == icon.sizeHint().height()


def test_customer_text_is_never_rich_text(window: QWidget):
    made = label("<b>Nordlicht</b> & Co")
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert ElidedLabel("<i>x</i>").textFormat() == Qt.TextFormat.PlainText


def test_long_titles_are_shortened_not_wider(window: QWidget, qtbot):
    title = ElidedLabel("A very long customer name that goes on and on", "title", window)
    title.setFixedWidth(120)
    title.show()
    title.grab()
    assert title.toolTip() == title.text()
    assert title.minimumSizeHint().width() < 60


def test_figures_are_spoken_whole(window: QWidget):
    card = KpiCard("Overdue")
    card.set_value("€4,284.00", "1 invoice", "bad")
    assert card.accessibleDescription() == "Overdue: €4,284.00. 1 invoice"
    assert Pill("Paid", "ok").accessibleName() == "Paid"


def test_timeline_replaces_its_entries(window: QWidget, qtbot):
    timeline = Timeline("History")
    column(window).addWidget(timeline)
    timeline.set_entries([TimelineEntry("Issued", "18 Nov"), TimelineEntry("Created", "17 Nov")])
    timeline.set_entries([TimelineEntry("Paid", "now", "ok", "by card")])
    shown = [text.text() for text in timeline.findChildren(QLabel) if text.isVisibleTo(timeline)]
    assert shown == ["Paid", "by card", "now"]
    assert not timeline.grab().isNull()


def test_bars_tell_their_value_by_keyboard_and_pointer(window: QWidget, qtbot):
    chart = BarChart("Cash in")
    column(window).addWidget(chart)
    chart.show()
    chart.set_bars([Bar("Oct", 5, "€5"), Bar("Nov", 10, "€10"), Bar("Dec", 0, "€0")])
    assert chart.accessibleDescription() == "Oct: €5; Nov: €10; Dec: €0"
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.highlighted == Bar("Nov", 10, "€10")
    assert "Nov: €10" in chart.accessibleName()
    chart.grab()
    qtbot.mouseMove(chart, chart.rect().center())
    chart.leaveEvent(QEvent(QEvent.Type.Leave))
    assert chart.highlighted is None
    chart.set_bars([])
    assert not chart.grab().isNull()


def test_bars_stand_on_a_scale_of_round_values(window: QWidget, qtbot):
    chart = BarChart("Cash in")
    column(window).addWidget(chart)
    chart.show()
    chart.set_bars([Bar("Oct", 5, "€5"), Bar("Nov", 5630, "€5,630")], "€{:.0f}".format)
    assert chart.scale_texts == ["€0", "€2000", "€4000", "€6000"]
    narrow = chart.grab().toImage()
    chart.set_bars([Bar("Oct", 5, "€5"), Bar("Nov", 5630, "€5,630")], "a wide word {:.0f}".format)
    assert chart.grab().toImage() != narrow
    chart.set_bars([Bar("Oct", 0, "€0")])
    assert chart.scale_texts == []
