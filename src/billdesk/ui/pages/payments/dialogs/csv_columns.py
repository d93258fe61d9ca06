"""Which column of a bank's CSV export says what; asked once per bank."""

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from billdesk.core.domain.bank_csv import BankCsvMapping
from billdesk.core.services.banking.service import CsvProposal
from billdesk.core.services.importing.files import ImportFile
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field

# How banks write dates, as the core names the forms; empty is ISO 8601.
_DATES = ("DD.MM.YYYY", "DD.MM.YY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "YYYYMMDD", "")
_NUMBERS = (("de", "1.234,56"), ("en", "1,234.56"), ("de_CH", "1’234.56"), ("fr", "1 234,56"))


class CsvColumnsDialog(FormDialog):
    """Starts from what the header tells; saves the mapping, then imports the file by it."""

    def __init__(
        self, desk: Desk, file: ImportFile, proposal: CsvProposal, parent: QWidget
    ) -> None:
        super().__init__(desk, tr("How is this file read?"), tr("Import"), parent=parent)
        self._file = file
        self._proposal = proposal
        guess = proposal.mapping
        intro = label(
            tr(
                "BillDesk has not seen a file like {name} before. Check what it makes of the "
                "columns; it is remembered for this bank."
            ).format(name=file.name),
            "text2",
        )
        intro.setWordWrap(True)
        self.body.addWidget(intro)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._placed = 0
        name, self.bank = text_field(tr("Bank"), guess.name, placeholder=tr("My bank"))
        account, self.account = text_field(tr("Account (IBAN)"), guess.account)
        currency, self.currency = text_field(tr("Currency"), guess.currency)
        self._place(self.add_field("name", name))
        self.booked_on = self._column("booked_on", tr("Booking date"), guess.booked_on)
        self.amount = self._column("amount", tr("Amount"), guess.amount)
        self.counterparty = self._column("counterparty", tr("Payer or payee"), guess.counterparty)
        self.paid_in = self._column("paid_in", tr("Money in"), guess.paid_in)
        self.iban = self._column("iban", tr("Their account"), guess.iban)
        self.paid_out = self._column("paid_out", tr("Money out"), guess.paid_out)
        self.direction = self._column("direction", tr("In or out"), guess.direction)
        first = guess.remittance[0] if guess.remittance else ""
        self.remittance = self._column("remittance", tr("Text"), first)
        self.dates = self._choice(
            tr("Dates are written"),
            [(form or "YYYY-MM-DD", form) for form in _DATES],
            guess.date_format,
        )
        self.numbers = self._choice(
            tr("Amounts are written"), [(shown, code) for code, shown in _NUMBERS], guess.locale
        )
        if not guess.account_column:
            self._place(self.add_field("account", account))
        if not guess.currency_column:
            self._place(self.add_field("currency", currency))
        self.body.addLayout(self._grid)
        self.finish_form()
        self.bank.setFocus()

    def mapping(self) -> BankCsvMapping:
        """What was chosen; what is not asked about stays as proposed."""
        guess = self._proposal.mapping
        first = _chosen(self.remittance)
        more = tuple(one for one in guess.remittance[1:] if one != first)
        return replace(
            guess,
            name=self.bank.text().strip(),
            booked_on=_chosen(self.booked_on),
            amount=_chosen(self.amount),
            paid_in=_chosen(self.paid_in),
            paid_out=_chosen(self.paid_out),
            direction=_chosen(self.direction),
            counterparty=_chosen(self.counterparty),
            iban=_chosen(self.iban),
            remittance=(first, *more) if first else (),
            account=self.account.text().strip(),
            currency=self.currency.text().strip().upper(),
            date_format=str(self.dates.currentData()),
            locale=str(self.numbers.currentData()),
        )

    def submit(self) -> None:
        self.run(partial(self.desk.app.bank.import_mapped, self._file, self.mapping()))

    def _column(self, name: str, title: str, chosen: str) -> QComboBox:
        box = QComboBox()
        box.addItem(tr("Not in the file"), "")
        for column in self._proposal.header:
            box.addItem(column, column)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.setMinimumContentsLength(12)
        self._place(self.add_field(name, Field(title, box)))
        return box

    def _choice(self, title: str, options: list[tuple[str, str]], chosen: str) -> QComboBox:
        box = QComboBox()
        for shown, value in options:
            box.addItem(shown, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        self._place(Field(title, box))
        return box

    def _place(self, field: Field) -> None:
        self._grid.addWidget(field, self._placed // 2, self._placed % 2)
        self._placed += 1


def _chosen(box: QComboBox) -> str:
    return str(box.currentData())
