"""An account of the chart, and the change to another chart, each in a dialog."""

from functools import partial

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.charts import CHART_NAMES, Chart
from billdesk.core.queries.accounts import LedgerAccount, ProposedName
from billdesk.core.services.accounts import AccountInput, AccountName
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.field import Field, text_field

_TABLE_HEIGHT = 240


def account_kind_name(kind: AccountKind) -> str:
    """What an account is, as accountants say it."""
    return {
        AccountKind.ASSET: tr("Asset"),
        AccountKind.LIABILITY: tr("Liability"),
        AccountKind.EQUITY: tr("Equity"),
        AccountKind.INCOME: tr("Income"),
        AccountKind.EXPENSE: tr("Expense"),
    }[kind]


class AccountDialog(FormDialog):
    """Code and name; the kind is chosen once."""

    def __init__(self, desk: Desk, account: LedgerAccount | None, parent: QWidget) -> None:
        super().__init__(
            desk,
            tr("New account") if account is None else tr("Edit account"),
            tr("Add") if account is None else tr("Save"),
            parent=parent,
        )
        self._account = account
        code, self.code = text_field(tr("Code"), account.code if account is not None else "")
        name, self.name = text_field(tr("Name"), account.name if account is not None else "")
        self.kind = ChoiceBox(
            [(kind, account_kind_name(kind)) for kind in AccountKind],
            AccountKind.INCOME if account is None else account.kind,
        )
        self.kind.setEnabled(account is None)
        first = row(spacing=16)
        first.addWidget(self.add_field("code", code), 2)
        first.addWidget(self.add_field("kind", Field(tr("Kind"), self.kind)), 3)
        self.body.addLayout(first)
        self.body.addWidget(self.add_field("name", name))
        if account is not None and account.is_posted:
            note = label(
                tr("It has entries; they stay on it under the new code and name."), "text2"
            )
            note.setWordWrap(True)
            self.body.addWidget(note)
        self.finish_form()
        self.code.setFocus()

    def submit(self) -> None:
        code, name, service = self.code.text(), self.name.text(), self.desk.app.accounts
        if self._account is None:
            self.run(partial(service.add, AccountInput(code, name, self.kind.value)))
        else:
            self.run(partial(service.rename, self._account.id, AccountName(code, name)))


class ChartDialog(FormDialog):
    """Another chart: as a whole before the first entry, by renaming the accounts after it."""

    def __init__(self, desk: Desk, current: Chart, *, has_entries: bool, parent: QWidget) -> None:
        super().__init__(desk, tr("Chart of accounts"), tr("Change chart"), parent=parent)
        self._has_entries = has_entries
        self._proposed: tuple[ProposedName, ...] = ()
        others = [(chart, CHART_NAMES[chart]) for chart in Chart if chart is not current]
        self.chart = ChoiceBox(others, others[0][0])
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self._area = QScrollArea()
        self.body.addWidget(self.add_field("chart", Field(tr("Go over to"), self.chart)))
        self.body.addWidget(self.consequence)
        self.body.addWidget(self._area)
        self.finish_form()
        self.chart.valueChanged.connect(self._read)
        self.verb_button.setEnabled(False)
        self._area.hide()
        self._read()
        self.chart.setFocus()

    def submit(self) -> None:
        chart, service = self.chart.value, self.desk.app.accounts
        if not self._has_entries:
            self.run(partial(service.switch_chart, chart))
            return
        names = {one.account_id: AccountName(one.code, one.name) for one in self._proposed}
        self.run(partial(service.renumber, names, chart))

    def _read(self, *_chart: object) -> None:
        wanted = partial(self.desk.app.queries.proposed_names, self.chart.value)
        self.desk.lanes.read(wanted).then(self._show, self.desk.report, owner=self)

    def _show(self, proposed: tuple[ProposedName, ...]) -> None:
        self._proposed = proposed
        self.verb_button.setEnabled(True)
        count = trn("{count} account", "{count} accounts", len(proposed))
        if self._has_entries:
            text = tr(
                "The books have entries already, so the accounts stay and are only named anew: "
                "{count}. What was posted to an account stays on it."
            ).format(count=count)
        else:
            text = tr(
                "Nothing has been posted yet, so the whole chart changes. {count} get new codes; "
                "tax rates are given their accounts anew."
            ).format(count=count)
        self.consequence.setText(text)
        self._fill(proposed)
        self.fit()

    def _fill(self, proposed: tuple[ProposedName, ...]) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        names = QGridLayout(content)
        names.setContentsMargins(0, 0, 8, 0)
        names.setHorizontalSpacing(12)
        names.setVerticalSpacing(6)
        names.setColumnStretch(1, 1)
        for position, one in enumerate(proposed):
            names.addWidget(label(one.old_code, "muted"), position, 0)
            name = label(one.name)
            name.setWordWrap(True)
            names.addWidget(name, position, 1)
            names.addWidget(label(one.code, "strong"), position, 2)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFixedHeight(current_theme().px(_TABLE_HEIGHT))
        self._area.setAccessibleName(tr("New codes"))
        self._area.setWidget(content)
        self._area.setVisible(bool(proposed))
