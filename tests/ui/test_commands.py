import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from billdesk.ui.commands import Command, CommandRegistry
from billdesk.ui.fuzzy import fuzzy_score, is_short_for
from billdesk.ui.widgets.buttons import Button


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    layout = QVBoxLayout(made)
    made.stack = QStackedWidget()
    layout.addWidget(made.stack)
    for name in ("first", "second"):
        page = QWidget()
        page.setObjectName(name)
        entry = QLineEdit(page)
        entry.setObjectName("entry")
        made.stack.addWidget(page)
    with qtbot.waitActive(made):
        made.show()
    return made


def test_shortcut_runs_the_command_of_the_page_on_screen(window: QWidget, qtbot):
    registry = CommandRegistry(window)
    done: list[str] = []
    for position, name in enumerate(("first", "second")):
        registry.add(
            Command(
                f"{name}.new",
                "New",
                "Page",
                lambda name=name: done.append(name),
                ("Ctrl+N",),
                scope=window.stack.widget(position),
            )
        )
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    window.stack.setCurrentIndex(1)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["first", "second"]
    assert [command.id for command in registry.available()] == ["second.new"]
    assert [c.id for c in registry.sections()["Page"]] == ["second.new"]


def test_condition_is_asked_when_triggered_and_shown_in_buttons(window: QWidget, qtbot):
    registry = CommandRegistry(window)
    done: list[int] = []
    allowed = [False]
    action = registry.add(
        Command("x", "Do it", "All", lambda: done.append(1), enabled=lambda: allowed[0])
    )
    button = Button.for_action(action, "primary")
    qtbot.addWidget(button)
    registry.refresh()
    assert not button.isEnabled()
    assert not registry.run("x")
    allowed[0] = True
    registry.refresh()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    allowed[0] = False
    action.trigger()
    assert done == [1]


def test_typing_a_question_mark_is_no_shortcut(window: QWidget, qtbot):
    registry = CommandRegistry(window)
    done: list[int] = []
    registry.add(Command("help", "Help", "All", lambda: done.append(1), ("?",)))
    entry = window.stack.currentWidget().findChild(QLineEdit, "entry")
    entry.setFocus()
    qtbot.keyClick(entry, "?")
    assert entry.text() == "?"
    assert done == []
    entry.clearFocus()
    qtbot.keyClick(window, "?")
    assert done == [1]


def test_command_names_are_unique_and_unbound_keys_are_only_shown(window: QWidget):
    registry = CommandRegistry(window)
    action = registry.add(
        Command("list.open", "Open", "List", lambda: None, ("Return",), bound=False)
    )
    assert action.shortcuts() == []
    assert registry.get("list.open").shortcut_text == "Return"
    assert "List" in registry.sections()
    with pytest.raises(ValueError, match=r"list\.open"):
        registry.add(Command("list.open", "Open", "List", lambda: None))


def test_commands_of_a_destroyed_page_are_forgotten(window: QWidget):
    registry = CommandRegistry(window)
    page = window.stack.widget(1)
    registry.add(Command("gone", "Gone", "Page", lambda: None, scope=page))
    page.deleteLater()
    QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
    with pytest.raises(KeyError):
        registry.get("gone")


def test_menu_shows_the_same_actions(window: QWidget):
    registry = CommandRegistry(window)
    first = registry.add(Command("a", "A", "All", lambda: None))
    second = registry.add(Command("b", "B", "All", lambda: None))
    actions = registry.menu(window, ["a", None, "b"]).actions()
    assert (actions[0], actions[1].isSeparator(), actions[2]) == (first, True, second)


def test_fuzzy_prefers_starts_of_words_and_runs():
    def best(query: str, *titles: str) -> str:
        scored = [(fuzzy_score(query, title), title) for title in titles]
        return max((s, t) for s, t in scored if s is not None)[1]

    assert best("new", "Renew link", "New invoice") == "New invoice"
    assert best("ni", "Nordic income", "Unit", "New invoice") in ("Nordic income", "New invoice")
    assert best("inv", "Give in value", "Void invoice") == "Void invoice"
    assert fuzzy_score("muller", "Müller & Söhne") is not None
    assert fuzzy_score("xyz", "New invoice") is None
    assert fuzzy_score("", "anything") == 0


def test_what_is_made_of_beginnings_of_words_is_told_from_scattered_letters():
    assert is_short_for("newinv", "New invoice")
    assert is_short_for("inv", "Void invoice")
    assert is_short_for("müll", "Muller & Söhne")
    assert not is_short_for("nord", "New customer for a record")
    assert not is_short_for("ew", "New invoice")
