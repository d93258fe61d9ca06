"""Which accounts a tax rate posts to: the tax itself, and the sales it is charged on."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.queries.accounts import LedgerAccount, RateAccounts
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, Pair
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field


class RateAccountsDialog(FormDialog):
    """Holds for what is posted from now on."""

    def __init__(
        self,
        desk: Desk,
        rate: RateAccounts,
        accounts: Sequence[LedgerAccount],
        parent: QWidget,
    ) -> None:
        title = tr("Accounts of {name}").format(name=rate.name)
        super().__init__(desk, title, tr("Save"), parent=parent)
        self._rate = rate
        self.tax = ChoiceBox(_choices(accounts, AccountKind.LIABILITY), rate.tax_account_id)
        usual: Pair = (None, tr("The usual revenue account"))
        self.revenue = ChoiceBox(
            [usual, *_choices(accounts, AccountKind.INCOME)], rate.revenue_account_id
        )
        text = label(tr("For invoices issued from now on; entries stay where they are."), "text2")
        text.setWordWrap(True)
        self.body.addWidget(text)
        tax = Field(tr("The tax is posted to"), self.tax)
        revenue = Field(tr("Sales with this tax are posted to"), self.revenue)
        self.body.addWidget(self.add_field("tax_account_id", tax))
        self.body.addWidget(self.add_field("revenue_account_id", revenue))
        self.finish_form()
        self.tax.setFocus()

    def submit(self) -> None:
        rate = self._rate
        self.run(
            partial(
                self.desk.app.accounts.assign_tax_rate,
                rate.tax_rate_id,
                rate.version,
                self.tax.value,
                self.revenue.value,
            )
        )


def _choices(accounts: Sequence[LedgerAccount], kind: AccountKind) -> list[Pair]:
    return [
        (one.id, f"{one.code}  {one.name}")
        for one in accounts
        if one.kind is kind and not one.retired
    ]
