"""One section of Settings: shows what is stored, knows what was changed, saves it."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.card import Card

UNDO_MS = 10_000


class Section(Scrolled):
    """Has a title and an introduction; ``stateChanged`` when there is (no) more to save."""

    stateChanged = Signal()
    can_save = False
    """Whether it has a form to save; the others act at once."""

    def __init__(self, desk: Desk, title: str, lead: str = "") -> None:
        super().__init__(width=640)
        self.desk = desk
        self.setAccessibleName(title)
        if lead:
            text = label(lead, "text2")
            text.setWordWrap(True)
            self.body.addWidget(text)

    @property
    def first_step(self) -> tuple[str, QWidget] | None:
        """What has to be done before there is something to save, and the button that does it."""
        return None

    def card(self, title: str = "") -> Card:
        """A new card at the end of the section."""
        made = Card(title)
        self.body.addWidget(made)
        return made

    def show_company(self, company: CompanyInfo) -> None:
        """Show what is stored now; what was typed and not saved stays."""

    @property
    def is_dirty(self) -> bool:
        """Whether something waits to be saved."""
        return False

    def save(self) -> None:
        """Save what was changed, or show what is wrong with it."""

    def discard(self) -> None:
        """Show what is stored."""

    def first_focus(self) -> QWidget | None:
        """What takes the keyboard when the section comes on screen."""
        return None


class FormSection(Section):
    """A section whose form is saved as a whole, with Undo for ten seconds."""

    can_save = True

    def __init__(self, desk: Desk, title: str, lead: str = "") -> None:
        super().__init__(desk, title, lead)
        self.form = Form()
        self.company: CompanyInfo | None = None
        self._stored: Any = None
        self._saving = False
        self.form.edited.connect(self._edited)

    # What a subclass says

    @abstractmethod
    def values_of(self, company: CompanyInfo) -> Any:
        """The stored values this section is about."""

    @abstractmethod
    def fill(self, values: Any) -> None:
        """Show values in the form."""

    @abstractmethod
    def collect(self) -> Any:
        """What the form says. Raises ``UserError`` for what cannot be."""

    @abstractmethod
    def store(self, values: Any) -> None:
        """Save; called in a lane. Raises ``UserError``."""

    @abstractmethod
    def saved_text(self) -> str:
        """What the notice says after saving."""

    def edited(self) -> None:
        """Somebody changed a field."""

    # What the page asks

    def show_company(self, company: CompanyInfo) -> None:
        keep = self.company is not None and self.is_dirty
        self.company = company
        self._stored = self.values_of(company)
        if not keep and not self._saving:
            self.form.fill(partial(self.fill, self._stored))
        self.stateChanged.emit()

    @property
    def is_dirty(self) -> bool:
        if self.company is None:
            return False
        try:
            return bool(self.collect() != self._stored)
        except UserError:
            return True

    def save(self) -> None:
        self.save_then(None)

    def save_then(self, after: Callable[[], object] | None) -> None:
        """Save, then do something else; an error stays beside its field and ends it."""
        if self.form.entry_problem():
            return
        try:
            values = self.collect()
        except UserError as error:
            self.form.show_problem(str(error), error.field)
            return
        before = self._stored
        self._saving = True

        def stored(_none: object) -> None:
            self._saving = False
            self._stored = values
            self.saved()
            self.form.show_problem("")
            self.stateChanged.emit()
            if after is not None:
                after()
            else:
                self._tell_saved(before)

        self.desk.lanes.write(partial(self.store, values)).then(stored, self._failed, owner=self)

    def saved(self) -> None:
        """It is stored."""

    def discard(self) -> None:
        self.form.fill(partial(self.fill, self._stored))
        self.edited()
        self.stateChanged.emit()

    # Inside

    def _tell_saved(self, before: Any) -> None:
        def undo() -> None:
            self.desk.lanes.write(partial(self.store, before)).then(
                lambda _none: self._show_stored(before), self.desk.report, owner=self
            )

        self.desk.window.toasts.show(
            self.saved_text(),
            action=tr("Undo"),
            on_action=undo,
            duration_ms=UNDO_MS,
            icon="check",
        )

    def _show_stored(self, values: Any) -> None:
        self._stored = values
        self.discard()

    def _failed(self, error: object) -> None:
        self._saving = False
        self.form.show_error(error, self.desk.report)

    def _edited(self) -> None:
        self.edited()
        self.stateChanged.emit()
