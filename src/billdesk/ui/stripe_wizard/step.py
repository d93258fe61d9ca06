"""One screen of the wizard."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.widgets.base import label


class WizardStep(Scrolled):
    """``changed`` when what its buttons say may have changed, ``nextRequested`` to go on."""

    changed = Signal()
    nextRequested = Signal()

    def __init__(self, title: str) -> None:
        super().__init__(right=0, spacing=12)
        self.title = title
        self.setAccessibleName(title)
        # Reached by the arrow keys where its text is longer than the window.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def next_text(self) -> str:
        """What the button says that goes on from here; empty for none."""
        return ""

    def first_focus(self) -> QWidget | None:
        """What takes the keyboard when the screen comes."""
        return None

    def say(self, text: str, role: str = "text2", tone: str = "") -> QLabel:
        """A paragraph at the end of the screen."""
        made = label(text, role, tone)
        made.setWordWrap(True)
        self.body.addWidget(made)
        return made
