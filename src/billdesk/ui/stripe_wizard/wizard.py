"""The wizard: a dialog of four screens, by keyboard from the first to the last."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.domain.stripe_access import PermissionNeed
from billdesk.ui.format import Formats
from billdesk.ui.stripe_wizard.about_step import AboutStep
from billdesk.ui.stripe_wizard.check_step import CheckStep
from billdesk.ui.stripe_wizard.key_step import KeyStep
from billdesk.ui.stripe_wizard.result_step import ResultStep
from billdesk.ui.stripe_wizard.step import WizardStep
from billdesk.ui.stripe_wizard.trial_step import TrialStep
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row, rule
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.progress import Progress

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.queries.payments import PaymentRow
    from billdesk.core.services.stripe.connecting import ConnectedStripe, KeyFindings

_WIDTH, _HEIGHT = 600, 720
_SCREEN_MARGIN = 48


class StripeWizard(QDialog):
    """Open it with ``open()``; ``connected(ConnectedStripe)`` when the company is connected.

    ``goes_live``: the form for a live key is offered first. ``report`` takes what is no sentence
    for people.
    """

    connected = Signal(object)

    def __init__(
        self,
        app: "Application",
        lanes: Lanes,
        formats: Formats,
        report: Callable[[object], object],
        parent: QWidget,
        *,
        goes_live: bool = False,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._lanes = lanes
        self._formats = formats
        self._report = report
        self._busy = False
        self._done = False
        lines = app.stripe_permissions.rows()
        self.about = AboutStep(
            lines, self._form_url, is_practice=app.is_practice, goes_live=goes_live
        )
        self.key_step = KeyStep(self._use_practice_key if app.is_practice else None)
        self.check = CheckStep(lines)
        self.outcome = ResultStep(self._examine, self._keys_url, is_practice=app.is_practice)
        self.steps: list[WizardStep] = [self.about, self.key_step, self.check, self.outcome]
        self.progress = Progress([step.title for step in self.steps])
        self.back_button = Button(tr("Back"), icon="arrow-left", on_click=self.back)
        self.cancel_button = Button(tr("Cancel"), on_click=self.reject)
        self.next_button = Button(tr("Next"), "primary", on_click=self.next)
        self._at = 0
        self._assemble()
        for step in self.steps:
            step.changed.connect(self._show_buttons)
            step.nextRequested.connect(self.next)
        self._show(0)

    # What people do

    @property
    def step(self) -> WizardStep:
        """The screen on show."""
        return self.steps[self._at]

    def next(self) -> None:
        """Go on from the screen on show."""
        if self._busy:
            return
        if self.step is self.about:
            self._show(1)
        elif self.step in (self.key_step, self.check):
            self._examine()
        elif isinstance(self.step, TrialStep):
            self._take_back()
        elif self._done:
            self.accept()
        else:
            self._connect()

    def back(self) -> None:
        """To the screen before; from the result to the key."""
        if self._busy or self._done or self._at == 0:
            return
        self._show(0 if self.step is self.key_step else 1)

    def reject(self) -> None:
        """Close; what was connected stays connected."""
        if self._done:
            self.accept()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next()
        else:
            super().keyPressEvent(event)

    # Checking

    def _examine(self) -> None:
        self.key_step.refuse("")
        found = self.check.begin()
        self._busy = True
        self._show(self.steps.index(self.check))
        examine = partial(self._app.connecting.examine, self.key_step.key.text(), found.put)
        self._lanes.net(examine).then(self._examined, self._refused)

    def _examined(self, found: "KeyFindings") -> None:
        self._busy = False
        self.check.end()
        self.outcome.show_findings(found)
        self._show(self.steps.index(self.outcome))

    def _refused(self, error: object) -> None:
        self._busy = False
        if isinstance(error, UserError):
            self.check.end()
            self._show(self.steps.index(self.key_step))
            self.key_step.refuse(str(error))
        elif isinstance(error, BillDeskError):
            self.check.fail(str(error))
        else:
            self.check.fail(tr("This did not work."))
            self._report(error)
        self._show_buttons()

    # Connecting

    def _connect(self) -> None:
        self._busy = True
        self._show_buttons()
        connect = partial(
            self._app.connecting.connect,
            self.key_step.key.text(),
            findings=self.outcome.findings,
            switch_off=self.outcome.wants_switching_off,
        )
        self._lanes.net(connect).then(self._connected_now, self._not_done)

    def _connected_now(self, connected: "ConnectedStripe") -> None:
        # The key leaves the window as soon as it is kept elsewhere.
        self.key_step.key.clear()
        self._busy = False
        self._done = True
        self.outcome.show_connected(connected)
        self._show(self._at)
        self.connected.emit(connected)
        if connected.livemode:
            self._lanes.read(self._app.queries.trial_payments).then(
                self._offer_taking_back, self._report, owner=self
            )

    def _offer_taking_back(self, payments: "tuple[PaymentRow, ...]") -> None:
        if payments:
            step = TrialStep(self._formats, payments)
            self.steps.append(step)
            self._stack.addWidget(step)
            self._show(len(self.steps) - 1)

    def _take_back(self) -> None:
        self._busy = True
        self._show_buttons()
        self._lanes.write(self._app.trial_money.take_back).then(self._taken_back, self._not_done)

    def _taken_back(self, count: int) -> None:
        self._busy = False
        self.outcome.say_taken_back(count)
        self._show(self.steps.index(self.outcome))

    def _not_done(self, error: object) -> None:
        self._busy = False
        if isinstance(error, BillDeskError):
            self._problem.setText(str(error))
            self._problem.show()
        else:
            self._report(error)
        self._show_buttons()

    # What is asked of the application

    def _form_url(self, needs: frozenset[PermissionNeed], livemode: bool) -> str:
        return self._app.stripe_permissions.form_url(needs, livemode=livemode)

    def _keys_url(self, livemode: bool) -> str:
        return self._app.stripe_permissions.keys_url(livemode=livemode)

    def _use_practice_key(self) -> None:
        self._lanes.net(self._app.connecting.practice_key).then(
            self.key_step.key.setText, self._report, owner=self
        )

    # What is shown

    def _show(self, at: int) -> None:
        self._at = at
        self._stack.setCurrentWidget(self.step)
        self.progress.set_current(len(self.steps) if self._done else at)
        self._problem.hide()
        self._show_buttons()
        (self.step.first_focus() or self.next_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_buttons(self) -> None:
        text = self.step.next_text
        self.next_button.setText(text or tr("Next"))
        self.next_button.setVisible(bool(text))
        self.next_button.setEnabled(not self._busy)
        self.back_button.setVisible(self._at > 0 and not self._done)
        self.back_button.setEnabled(not self._busy)
        leaves = isinstance(self.step, TrialStep)
        self.cancel_button.setText(tr("Leave them for now") if leaves else tr("Cancel"))
        self.cancel_button.setVisible(not self._done or leaves)
        self.cancel_button.setEnabled(not self._busy or not leaves)

    def _assemble(self) -> None:
        self.setWindowTitle(tr("Connect Stripe"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._stack = QStackedWidget()
        for step in self.steps:
            self._stack.addWidget(step)
        self._problem = label("", "", "bad")
        self._problem.setWordWrap(True)
        outer = column(self, spacing=16, margin=24)
        outer.addWidget(label(tr("Connect Stripe"), "section"))
        outer.addWidget(self.progress)
        outer.addWidget(self._stack, 1)
        outer.addWidget(self._problem)
        outer.addWidget(rule())
        foot = row()
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.next_button)
        outer.addLayout(foot)
        theme = current_theme()
        room = self.screen().availableSize()
        self.resize(
            min(theme.px(_WIDTH), room.width() - _SCREEN_MARGIN),
            min(theme.px(_HEIGHT), room.height() - _SCREEN_MARGIN),
        )
