"""Two places edited one draft: the owner says which version stays."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import Dialog


class StaleDialog(Dialog):
    """Cancel leaves the question open: what was typed stays on screen, unsaved."""

    def __init__(
        self,
        on_keep: Callable[[], object],
        on_reload: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("This draft was changed elsewhere"), tr("Keep mine as a copy"), parent=parent
        )
        self._on_reload = on_reload
        text = label(
            tr(
                "Another window or desk saved it after you opened it. Keeping yours makes a "
                "second draft with what you typed; loading theirs discards what you typed since."
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.reload_button = Button(tr("Load their version"), on_click=self._reload)
        line = row()
        line.addStretch(1)
        line.addWidget(self.reload_button)
        self.body.addWidget(text)
        self.body.addLayout(line)
        self.accepted.connect(lambda: on_keep())

    def _reload(self) -> None:
        self.reject()
        self._on_reload()
