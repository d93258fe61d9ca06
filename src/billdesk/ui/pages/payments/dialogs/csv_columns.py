"""Which column of a bank's CSV export says what; asked once per bank."""

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from billdesk.core.domain.bank_csv import BankCsvMapping
from billdesk.core.services.banking.csv_proposal import CsvProposal
from billdesk.core.services.importing.files import ImportFile
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.payments.dialogs.csv_preview import CsvPreview, column_roles
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field, text_field

# How banks write dates, as the core names the forms; empty is ISO 8601.
_DATES = ("DD.MM.YYYY", "DD.MM.YY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "YYYYMMDD", "")
_NUMBERS = (("de", "1.234,56"), ("en", "1,234.56"), ("de_CH", "1’234.56"), ("fr", "1 234,56"))
_WIDTH = 760
_ACROSS = 3


class CsvColumnsDialog(FormDialog):
    """Starts from what the header tells; saves the mapping, then imports the file by it."""

    def __init__(
        self, desk: Desk, file: ImportFile, proposal: CsvProposal, parent: QWidget
    ) -> None:
        super().__init__(desk, tr("How is this file read?"), tr("Import"), parent=parent)
        self.setMaximumWidth(current_theme().px(_WIDTH))
        self.setMinimumWidth(current_theme().px(_WIDTH))
        self._file = file
        self._proposal = proposal
        guess = proposal.mapping
        if proposal.problem:
            intro_text = tr(
                "{name} is not as the files of {bank} were before. Say how it is read from now on."
            ).format(name=file.name, bank=guess.name)
        else:
            intro_text = tr(
                "BillDesk has not seen a file like {name} before. Check what it makes of the "
                "columns; it is remembered for this bank."
            ).format(name=file.name)
        intro = label(intro_text, "text2")
        intro.setWordWrap(True)
        self.body.addWidget(intro)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        for place in range(_ACROSS):
            self._grid.setColumnStretch(place, 1)
        self._placed = 0
        name, self.bank = text_field(tr("Bank"), guess.name, placeholder=tr("My bank"))
        account, self.account = text_field(tr("Account (IBAN)"), guess.account)
        currency, self.currency = text_field(tr("Currency"), guess.currency)
        self._place(self.add_field("name", name))
        self.booked_on = self._column("booked_on", guess.booked_on)
        self.counterparty = self._column("counterparty", guess.counterparty)
        self.iban = self._column("iban", guess.iban)
        self.amount = self._column("amount", guess.amount)
        self.direction = self._column("direction", guess.direction)
        self.paid_in = self._column("paid_in", guess.paid_in)
        self.paid_out = self._column("paid_out", guess.paid_out)
        self.remittance = self._column(
            "remittance", guess.remittance[0] if guess.remittance else ""
        )
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
        self.preview = CsvPreview(proposal)
        self.body.addWidget(self.preview)
        for box in self.findChildren(QComboBox):
            box.currentIndexChanged.connect(self._follow)
        self.finish_form()
        self.bank.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._proposal.problem and not event.spontaneous():
            self.show_problem(self._proposal.problem)

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

    def _follow(self) -> None:
        self.preview.follow(self.mapping())

    def _column(self, name: str, chosen: str) -> QComboBox:
        box = QComboBox()
        box.addItem(tr("Not in the file"), "")
        for column in self._proposal.header:
            box.addItem(column, column)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.setMinimumContentsLength(12)
        self._place(self.add_field(name, Field(column_roles()[name], box)))
        return box

    def _choice(self, title: str, options: list[tuple[str, str]], chosen: str) -> QComboBox:
        box = QComboBox()
        for shown, value in options:
            box.addItem(shown, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        self._place(Field(title, box))
        return box

    def _place(self, field: Field) -> None:
        self._grid.addWidget(field, self._placed // _ACROSS, self._placed % _ACROSS)
        self._placed += 1


def _chosen(box: QComboBox) -> str:
    return str(box.currentData())
