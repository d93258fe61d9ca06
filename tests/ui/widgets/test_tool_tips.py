"""Tool tips over texts that look like markup."""

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.rows_model import Column, RowsModel

MARKUP = [
    "<img src='file:///etc/hosts'> Berg & Co",
    "<b>Bold</b> & <i>Sons</i>",
    "<qt>hidden",
    "<a href=x>a</a>\n<p>b",
]


def shown(tool_tip: str) -> str:
    """What Qt draws for a tool tip."""
    rich = QtGui.Qt.mightBeRichText(tool_tip)
    return QTextDocumentFragment.fromHtml(tool_tip).toPlainText() if rich else tool_tip


@pytest.mark.parametrize("text", [*MARKUP, "Berg & Co", "5 < 6", "&amp;"])
def test_a_cell_shows_markup_as_it_is_written(qtbot: QtBot, text: str) -> None:
    model: RowsModel[str] = RowsModel([Column("name", "Name", lambda row: row)], lambda row: row)
    model.set_rows([text])
    index = model.index(0, 0, QModelIndex())
    assert shown(model.data(index, Qt.ItemDataRole.ToolTipRole)) == text
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == text


@pytest.mark.parametrize("text", MARKUP)
def test_a_shortened_label_shows_markup_as_it_is_written(qtbot: QtBot, text: str) -> None:
    label = ElidedLabel(text)
    qtbot.addWidget(label)
    label.resize(20, 20)
    label.grab()
    assert shown(label.toolTip()) == text
