"""A short list inside a form: each entry on a line, changed in a dialog."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button, IconButton

# Shows an entry (None: a new one) and calls back with what it has become.
OpenDialog = Callable[[Any | None, Callable[[Any], object]], object]


class EntryList(QWidget):
    """``changed`` whenever an entry was added, changed or taken out.

    ``describe`` gives the two texts of a line. With ``on_remove`` the list changes nothing by
    itself: what is added, changed and taken out is done elsewhere and shown by ``set_values``.
    """

    changed = Signal()

    def __init__(
        self,
        add_text: str,
        describe: Callable[[Any], tuple[str, str]],
        open_dialog: OpenDialog,
        *,
        on_remove: Callable[[Any], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._describe = describe
        self._open_dialog = open_dialog
        self._on_remove = on_remove
        self._values: list[Any] = []
        self._rows: QVBoxLayout = column(spacing=6)
        self.add_button = Button(add_text, "link", icon="plus", on_click=self._add)
        layout = column(self, spacing=6)
        layout.addLayout(self._rows)
        foot = row()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.setFocusProxy(self.add_button)

    @property
    def values(self) -> tuple[Any, ...]:
        """The entries as they stand."""
        return tuple(self._values)

    def set_values(self, values: Sequence[Any]) -> None:
        """Show these; emits nothing."""
        self._values = list(values)
        self.show_values()

    def show_values(self) -> None:
        """Write the entries again, when what they are described by has changed."""
        clear_layout(self._rows)
        for position, value in enumerate(self._values):
            self._rows.addWidget(self._line(position, value))

    def _line(self, position: int, value: Any) -> QWidget:
        first, second = self._describe(value)
        line = QWidget()
        across = row(line, spacing=8)
        texts = column(spacing=0)
        texts.addWidget(label(first))
        if second:
            texts.addWidget(label(second, "meta"))
        across.addLayout(texts, 1)
        edit = IconButton(
            "edit", tr("Edit {name}").format(name=first), on_click=partial(self._edit, position)
        )
        remove = IconButton(
            "x", tr("Take out {name}").format(name=first), on_click=partial(self._remove, position)
        )
        across.addWidget(edit)
        across.addWidget(remove)
        return line

    def _add(self) -> None:
        self._open_dialog(None, self._added)

    def _edit(self, position: int) -> None:
        self._open_dialog(self._values[position], partial(self._edited, position))

    def _added(self, value: Any) -> None:
        self._set([*self._values, value])

    def _edited(self, position: int, value: Any) -> None:
        self._set([*self._values[:position], value, *self._values[position + 1 :]])

    def _remove(self, position: int) -> None:
        if self._on_remove is not None:
            self._on_remove(self._values[position])
            return
        self._set([*self._values[:position], *self._values[position + 1 :]])

    def _set(self, values: list[Any]) -> None:
        self.set_values(values)
        self.changed.emit()
