"""A drop-down with one choice is no choice, but can be read as well as any text."""

from pytestqt.qtbot import QtBot

from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.theme import Theme


def darkness(box: ChoiceBox) -> int:
    """How many pixels have the colour of text."""
    image = box.grab().toImage()
    text = box.window().palette().windowText().color().rgb()
    return sum(
        image.pixel(x, y) == text for x in range(image.width()) for y in range(image.height())
    )


def test_a_single_choice_is_as_dark_as_text_and_cannot_be_opened(
    qtbot: QtBot, theme: Theme
) -> None:
    open_box = ChoiceBox([(1, "Invoice INV-00012"), (2, "Invoice INV-00013")], 1)
    box = ChoiceBox([(1, "Invoice INV-00012")], 1)
    for one in (open_box, box):
        qtbot.addWidget(one)
        one.resize(240, 32)
        one.lock_single()
        one.show()
    assert open_box.isEnabled()
    assert not box.isEnabled()
    assert darkness(open_box) > 20
    assert darkness(box) >= darkness(open_box) - 10
    box.set_choices([(1, "One"), (2, "Two")])
    box.lock_single()
    assert box.isEnabled()
