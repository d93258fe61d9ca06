"""Set-up: a few screens, then the first invoice. Nothing is stored before the last one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.ui.format import Formats
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.setup.answers import new_company
from billdesk.ui.pages.setup.company_step import CompanyStep
from billdesk.ui.pages.setup.extra_steps import LogoStep, StripeStep
from billdesk.ui.pages.setup.step import Step
from billdesk.ui.pages.setup.tax_step import TaxStep
from billdesk.ui.pages.setup.welcome_step import WelcomeStep
from billdesk.ui.stripe_wizard.wizard import StripeWizard
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.progress import Progress

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.services.companies import NewCompany


class SetupPage(Page):
    """First start.

    ``create`` sets the company up and opens it (blocking; called in the write lane);
    ``finished`` takes the application on the GUI thread and shows the first invoice;
    ``open_practice`` changes over to the practice company; ``ask_backup`` asks for the backup to
    begin with, ``None`` where there is none to restore.
    """

    def __init__(
        self,
        lanes: Lanes,
        formats: Formats,
        create: "Callable[[NewCompany], Application]",
        finished: "Callable[[Application], object]",
        open_practice: Callable[[], object],
        ask_backup: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Set-up"), parent)
        self._lanes = lanes
        self._formats = formats
        self._create = create
        self._finished = finished
        self._application: Application | None = None
        self._logo_stored = False
        self._wants_stripe = False
        self._busy = False
        self.welcome = WelcomeStep(can_restore=ask_backup is not None)
        self.company = CompanyStep(formats, _own_country())
        self.tax = TaxStep(formats)
        self.logo = LogoStep(lanes)
        self.stripe = StripeStep()
        self.steps: list[Step] = [self.welcome, self.company, self.tax, self.logo, self.stripe]
        self._at = 0
        self.progress = Progress([step.title for step in self.steps[1:]])
        self.back_button = Button(tr("Back"), icon="arrow-left", on_click=self.back)
        self.next_button = Button(tr("Next"), "primary", on_click=self.next)
        self.problem = label("", "", "bad")
        self.problem.setWordWrap(True)
        self._assemble()
        self.stripe.connectRequested.connect(self._connect_first)
        self.company.countryChosen.connect(self.tax.use_country)
        self.tax.use_country(self.company.answers.address.country)
        self.welcome.startRequested.connect(self.next)
        self.welcome.practiceRequested.connect(open_practice)
        if ask_backup is not None:
            self.welcome.restoreRequested.connect(ask_backup)
        for step in self.steps:
            step.changed.connect(self._show_buttons)
        self._show(0)

    # What the window asks

    def first_focus(self) -> QWidget:
        return self.step.first_focus() or self.next_button

    def concerns(self, event: object) -> bool:
        return False

    # What people do

    @property
    def step(self) -> Step:
        """The screen on show."""
        return self.steps[self._at]

    def next(self) -> None:
        """Go on, or finish on the last screen."""
        if self._busy or not self.step.check():
            return
        if self.step is self.stripe:
            self._finish()
        else:
            self._show(self._at + 1)

    def back(self) -> None:
        """To the screen before; not once the company has been made."""
        if self._at > 0 and self._application is None and not self._busy:
            self._show(self._at - 1)

    # Qt's side

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at > 0:
            self.next()
        elif event.key() == Qt.Key.Key_Escape:
            self.back()
        else:
            super().keyPressEvent(event)

    # Finishing: the company, then its logo, then Stripe; each is done once

    def _connect_first(self) -> None:
        if not self._busy:
            self._wants_stripe = True
            self._finish()

    def _finish(self) -> None:
        self._set_busy(True)
        self.problem.hide()
        if self._application is None:
            new = new_company(self.company.answers, self.tax.taxes)
            self._lanes.write(partial(self._create, new)).then(self._created, self._refused)
        else:
            self._store_logo()

    def _created(self, application: "Application") -> None:
        self._application = application
        self._store_logo()

    def _store_logo(self) -> None:
        application = self._application
        if application is None:
            return
        if self.logo.logo is None or self._logo_stored:
            self._connect_stripe()
            return
        data, name = self.logo.logo
        self._lanes.write(partial(application.settings.set_logo, data, name)).then(
            self._logo_kept, self._refused
        )

    def _logo_kept(self, _none: object) -> None:
        self._logo_stored = True
        self._connect_stripe()

    def _connect_stripe(self) -> None:
        application = self._application
        if application is None:
            return
        if not self._wants_stripe:
            self._done()
            return
        self._wants_stripe = False
        self._set_busy(False)
        report = self._lanes.unhandledFailure.emit
        wizard = StripeWizard(application, self._lanes, self._formats, report, self)
        wizard.accepted.connect(self._done)
        wizard.rejected.connect(self._without_stripe)
        wizard.open()

    def _without_stripe(self) -> None:
        self.stripe.note.setText(tr("Your company is set up. Only Stripe is not connected yet."))
        self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused(self, error: BaseException) -> None:
        self._wants_stripe = False
        self._set_busy(False)
        field = error.field if isinstance(error, UserError) else None
        if not isinstance(error, BillDeskError):
            self._lanes.unhandledFailure.emit(error)
        elif self._application is None and field in self.company.form.names:
            self._show(self.steps.index(self.company))
            self.company.form.show_problem(str(error), field)
        else:
            self.problem.setText(str(error))
            self.problem.show()

    def _done(self) -> None:
        if self._application is not None:
            self._finished(self._application)

    # What is shown

    def _show(self, at: int) -> None:
        self._at = at
        self._stack.setCurrentWidget(self.step)
        self.progress.set_current(at - 1)
        self.problem.hide()
        self._show_buttons()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._stack.setEnabled(not busy)
        self._show_buttons()

    def _show_buttons(self) -> None:
        on_welcome = self.step is self.welcome
        self._foot.setVisible(not on_welcome)
        self.progress.setVisible(not on_welcome)
        self.back_button.setEnabled(self._application is None and not self._busy)
        self.next_button.setEnabled(not self._busy)
        self.next_button.setText(self.step.next_text or tr("Next"))

    def _assemble(self) -> None:
        self._stack = QStackedWidget()
        for step in self.steps:
            self._stack.addWidget(step)
        self._foot = QWidget()
        foot = row(self._foot, spacing=8)
        # As far from the edge as the screens above, which leave room for their scroll bar.
        foot.setContentsMargins(0, 0, 24, 0)
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        middle = QWidget()
        middle.setMaximumWidth(current_theme().px(612))
        inner = column(middle, spacing=16)
        inner.addWidget(self.progress)
        inner.addWidget(self._stack, 1)
        inner.addWidget(self.problem)
        inner.addWidget(self._foot)
        outer = row(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(1)
        outer.addWidget(middle, 8)
        outer.addStretch(1)


def _own_country() -> str:
    """The country this computer is set to; empty when it is set to none."""
    return QLocale.system().name().partition("_")[2][:2].upper()
