"""Everything of a draft above and below its lines, as its kind of document calls it."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.totals import PriceMode
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.customers import CustomerRow
from billdesk.ui.desk import Desk
from billdesk.ui.forms.customer_picker import CustomerPicker
from billdesk.ui.pages.documents.due_edit import DueEdit
from billdesk.ui.pages.documents.early_payment_fields import EarlyPaymentFields
from billdesk.ui.pages.documents.extra_fields import ExtraFields
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import NumberEdit
from billdesk.ui.widgets.field import Field


class HeaderFields(QWidget):
    """``edited`` on every change; ``customerChosen`` besides, so that defaults can follow.

    ``notes`` is the widget with the texts, to be put below the lines.
    """

    edited = Signal()
    customerChosen = Signal(object)
    currencyChanged = Signal(str)

    def __init__(
        self,
        desk: Desk,
        company: CompanyInfo,
        parent: QWidget | None = None,
        *,
        kind: DocumentKind = DocumentKind.INVOICE,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kind = kind
        self._company = company
        self._customer_id: int | None = None
        formats, today = desk.formats, desk.app.today
        self.customer = CustomerPicker(desk, company.profile.address.country, self)
        self.issued_on = DateEdit(formats, today)
        self.issued_on.setPlaceholderText(tr("The day it is issued"))
        self.due = DueEdit(formats, today)
        self.reference = QLineEdit()
        self.reference.setPlaceholderText(tr("Purchase order"))
        self.subject = QLineEdit()
        self.service_from = DateEdit(formats, today)
        self.service_to = DateEdit(formats, today)
        self.currency = QComboBox()
        self.currency.addItems(sorted(EXPONENTS))
        self.rate = NumberEdit(formats, minimum=Decimal(0), places=10)
        self.rate_on = DateEdit(formats, today)
        self.early = EarlyPaymentFields(formats)
        self.gross = QCheckBox(tr("Prices include tax"))
        self.online = QCheckBox(_can_pay_online())
        self.introduction = _text(tr("Introduction"))
        self.terms = _text(tr("Notes"))
        self.extra = ExtraFields(desk)
        self.fields: dict[str, Field] = dict(self.extra.fields)
        self.notes = QWidget()
        self._assemble()
        self._connect()

    # Content

    def set_draft(self, draft: InvoiceDraft, customer: CustomerRow | None) -> None:
        """Show a draft's fields; emits nothing."""
        widgets = (self.currency, self.gross, self.online, self.introduction, self.terms)
        for widget in widgets:
            widget.blockSignals(True)
        self._customer_id = draft.customer_id
        self.customer.set_customer(customer)
        self.issued_on.set_value(draft.issued_on)
        self.due.set_issue_date(draft.issued_on)
        self.due.set_due(draft.terms_days, draft.due_on)
        self.reference.setText(draft.order_reference)
        self.subject.setText(draft.subject)
        self.service_from.set_value(draft.service_from)
        self.service_to.set_value(draft.service_to)
        self.currency.setCurrentText(draft.currency or self._company.currency)
        self.rate.set_value(draft.exchange_rate)
        self.rate_on.set_value(draft.exchange_rate_on)
        self.early.set_terms(draft.discount)
        self.gross.setChecked(draft.price_mode is PriceMode.GROSS)
        self.online.setChecked(draft.online_payment)
        self.introduction.setPlainText(draft.introduction)
        self.terms.setPlainText(draft.terms)
        for widget in widgets:
            widget.blockSignals(False)
        self.extra.set_draft(draft)
        self._show_rate()
        self._name_more()

    def fill(self, draft: InvoiceDraft) -> InvoiceDraft:
        """``draft`` with what stands in these fields."""
        return replace(
            self.extra.fill(draft),
            customer_id=self._customer_id,
            currency=self.currency.currentText(),
            exchange_rate=self.rate.value or None,
            exchange_rate_on=self.rate_on.value,
            discount=self.early.terms,
            issued_on=self.issued_on.value,
            terms_days=self.due.terms_days,
            due_on=self.due.due_on,
            service_from=self.service_from.value,
            service_to=self.service_to.value,
            order_reference=self.reference.text(),
            subject=self.subject.text(),
            introduction=self.introduction.toPlainText(),
            terms=self.terms.toPlainText(),
            price_mode=PriceMode.GROSS if self.gross.isChecked() else PriceMode.NET,
            online_payment=self.online.isChecked(),
        )

    @property
    def problem(self) -> str:
        """What has to be put right first; empty when nothing."""
        return next((f.error for f in self.fields.values() if f.error), "")

    def show_problem(self, sentence: str, name: str = "", *, take_focus: bool = True) -> bool:
        """Show an error beside its field; False when the field is not here. Empty clears."""
        if not sentence:
            for field in self.fields.values():
                if not getattr(field.control, "problem", ""):
                    field.set_error("")
            self.early.check()
            return True
        name = "due_on" if name == "terms_days" else name
        field_ = self.fields.get(name) or self.fields.get(name.partition(".")[0])
        if field_ is None:
            return False
        if not field_.isVisibleTo(self):
            self._show_more(True)
        field_.set_error(sentence)
        if take_focus:
            field_.control.setFocus()
        return True

    def focus_problem(self) -> None:
        """Put the cursor into the first field with an error."""
        for field in self.fields.values():
            if field.error:
                field.control.setFocus()
                return

    # Inside

    def show_why_not_online(self, reason: str) -> None:
        """Say why the amount cannot be paid online, empty where it can; it may be unticked."""
        if self._company.online_payment.enabled:
            text = tr("Not online: {reason}").format(reason=reason) if reason else _can_pay_online()
            self.online.setText(text)

    def _choose(self, customer_id: int | None) -> None:
        self._customer_id = customer_id
        self.edited.emit()
        self.customerChosen.emit(customer_id)

    def _issue_date_changed(self, day: object) -> None:
        self.due.set_issue_date(self.issued_on.value)
        self.edited.emit()

    def _currency_changed(self, currency: str) -> None:
        self._show_rate()
        self.currencyChanged.emit(currency)
        self.edited.emit()

    def _show_rate(self) -> None:
        currency, own = self.currency.currentText(), self._company.currency
        field = self.fields["exchange_rate"]
        field.setVisible(currency != own)
        self.fields["exchange_rate_on"].setVisible(currency != own)
        field.set_helper(tr("{own} for 1 {other}").format(own=own, other=currency))

    def _show_more(self, visible: bool) -> None:
        self._more.setVisible(visible)
        self._name_more()

    def _name_more(self) -> None:
        """Folded away, the details still tell that there are some: the lines stay in sight."""
        if self._more.isVisibleTo(self):
            self._more_button.setText(tr("Fewer details"))
            return
        count = sum(
            (
                self.service_from.value is not None,
                self.service_to.value is not None,
                self.currency.currentText() != self._company.currency,
                self.gross.isChecked(),
                self.early.terms is not None,
                bool(self.introduction.toPlainText()),
                self.extra.filled,
            )
        )
        text = tr("More details")
        if count:
            text = trn(
                "More details ({count} filled in)", "More details ({count} filled in)", count
            )
        self._more_button.setText(text)

    def _toggle_more(self) -> None:
        self._show_more(not self._more.isVisibleTo(self))

    def _field(self, name: str, title: str, control: QWidget, *, optional: bool = False) -> Field:
        field = Field(title, control, optional=optional)
        self.fields[name] = field
        return field

    def _leave_out(self, widget: QWidget) -> None:
        """Keep what the draft says there, and do not show it: this kind has no such thing."""
        widget.setParent(self)
        widget.hide()

    def _assemble(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        day = tr("Invoice date") if self._kind in INVOICE_KINDS else tr("Date")
        # What falls due of an invoice is how long a quote can be accepted.
        due = tr("Valid until") if self._kind is DocumentKind.QUOTE else tr("Due")
        grid.addWidget(self._field("customer_id", tr("Customer"), self.customer.edit), 0, 0)
        grid.addWidget(self._field("issued_on", day, self.issued_on), 0, 1)
        due_field = self._field("due_on", due, self.due)
        reference = self._field("order_reference", tr("Reference"), self.reference, optional=True)
        if self._kind is DocumentKind.CREDIT_NOTE:
            # Nothing falls due of it, and nothing is taken off for paying early.
            self._leave_out(due_field)
            self._leave_out(self.early)
            grid.addWidget(reference, 1, 0, 1, 2)
        else:
            grid.addWidget(due_field, 1, 0)
            grid.addWidget(reference, 1, 1)
        subject = self._field("subject", tr("Subject"), self.subject, optional=True)
        grid.addWidget(subject, 2, 0, 1, 2)
        # Not among the details: without it an invoice in another currency cannot be issued.
        grid.addWidget(self._field("exchange_rate", tr("Exchange rate"), self.rate), 3, 0)
        published = self._field("exchange_rate_on", tr("Rate of"), self.rate_on, optional=True)
        grid.addWidget(published, 3, 1)
        self._more = QWidget()
        more = QGridLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setHorizontalSpacing(16)
        more.setVerticalSpacing(12)
        more.setColumnStretch(0, 1)
        more.setColumnStretch(1, 1)
        begins = self._field("service_from", tr("Service from"), self.service_from, optional=True)
        ends = self._field("service_to", tr("Service to"), self.service_to, optional=True)
        more.addWidget(begins, 0, 0)
        more.addWidget(ends, 0, 1)
        more.addWidget(self._field("currency", tr("Currency"), self.currency), 1, 0)
        more.addWidget(self.gross, 1, 1, Qt.AlignmentFlag.AlignBottom)
        self.fields |= self.early.fields
        if self._kind is not DocumentKind.CREDIT_NOTE:
            more.addWidget(self.early, 2, 0, 1, 2)
        more.addWidget(
            self._field("introduction", tr("Introduction"), self.introduction, optional=True),
            3,
            0,
            1,
            2,
        )
        more.addWidget(self.extra, 4, 0, 1, 2)
        self._more.hide()
        self._more_button = Button(tr("More details"), "link", on_click=self._toggle_more)
        switches = row(spacing=16)
        if self._kind in INVOICE_KINDS:
            switches.addWidget(self.online)
        else:
            self._leave_out(self.online)
        switches.addStretch(1)
        switches.addWidget(self._more_button)
        layout = column(self, spacing=12)
        layout.addLayout(grid)
        layout.addLayout(switches)
        layout.addWidget(self._more)
        if not self._company.online_payment.enabled:
            self.online.setEnabled(False)
            self.online.setText(tr("Online payment: connect Stripe in Settings"))
        notes = column(self.notes, spacing=0)
        notes.addWidget(self._field("terms", tr("Notes"), self.terms, optional=True))

    def _connect(self) -> None:
        self.customer.chosen.connect(self._choose)
        self.issued_on.dateChanged.connect(self._issue_date_changed)
        self.due.dueChanged.connect(self.edited)
        for edit in (self.reference, self.subject):
            edit.textEdited.connect(self.edited)
        self.early.edited.connect(self.edited)
        self.extra.edited.connect(self.edited)
        for day in (self.service_from, self.service_to, self.rate_on):
            day.dateChanged.connect(self.edited)
        self.currency.currentTextChanged.connect(self._currency_changed)
        self.rate.valueChanged.connect(self.edited)
        for switch in (self.gross, self.online):
            switch.toggled.connect(self.edited)
        for text in (self.introduction, self.terms):
            text.textChanged.connect(self.edited)


def _can_pay_online() -> str:
    return tr("The customer can pay online")


def _text(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(current_theme().px(72))
    return made
