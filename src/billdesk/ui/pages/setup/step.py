"""One screen of set-up."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label

_WIDTH = 588


class Step(Scrolled):
    """A title, a sentence, fields. ``changed`` when its Next button may read otherwise."""

    changed = Signal()

    def __init__(self, title: str, lead: str) -> None:
        super().__init__(width=_WIDTH)
        self.title = title
        self.setAccessibleName(title)
        head = QWidget()
        texts = column(head, spacing=6)
        texts.setContentsMargins(0, 0, 0, 4)
        texts.addWidget(label(title, "title"))
        sentence = label(lead, "text2")
        sentence.setWordWrap(True)
        texts.addWidget(sentence)
        self.body.addWidget(head)
        self.content.setMinimumWidth(min(current_theme().px(_WIDTH), 480))

    @property
    def next_text(self) -> str:
        """What the button says that goes on from here."""
        return ""

    def check(self) -> bool:
        """Whether one can go on; shows what is missing beside its field."""
        return True

    def first_focus(self) -> QWidget | None:
        """What takes the keyboard when the step comes on screen."""
        return None
