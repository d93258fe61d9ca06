"""The text of the mail, with placeholders that are explained and a preview."""

import re
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.dates import due_after
from billdesk.core.domain.errors import UserError
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.format import Formats
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import Field, text_field

# What the mail text of the core fills in.
PLACEHOLDERS = ("number", "customer", "amount", "due_date", "company", "pay_link")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SAMPLE_MINOR = 128_450


def placeholder_names() -> dict[str, str]:
    """What each placeholder stands for."""
    return {
        "number": tr("Invoice number"),
        "customer": tr("Customer"),
        "amount": tr("Amount due"),
        "due_date": tr("Due date"),
        "company": tr("Your company"),
        "pay_link": tr("Payment link"),
    }


class MailTemplates(QWidget):
    """Empty texts mean the built-in ones, in the language of each invoice."""

    def __init__(self, form: Form, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._sample = dict.fromkeys(PLACEHOLDERS, "")
        subject, self.subject = text_field(
            tr("Subject"), placeholder=tr("Built-in, in the invoice's language"), optional=True
        )
        self.body = TextArea(lines=8)
        self.body.setPlaceholderText(
            tr("Empty: the built-in text, in the language of the invoice.")
        )
        form.add("mail_subject", subject)
        body = form.add("mail_body", Field(tr("Text"), self.body, optional=True))
        layout = column(self, spacing=12)
        layout.addWidget(subject)
        layout.addWidget(body)
        layout.addWidget(label(tr("Insert what is filled in for each invoice:"), "meta"))
        chips = row(spacing=6)
        for position, (name, title) in enumerate(placeholder_names().items()):
            if position == 3:
                chips.addStretch(1)
                layout.addLayout(chips)
                chips = row(spacing=6)
            chip = Button(title, icon="plus", on_click=partial(self._insert, name))
            chip.setToolTip(f"{{{name}}}")
            chips.addWidget(chip)
        chips.addStretch(1)
        layout.addLayout(chips)
        self._preview = Card(tr("Preview"))
        self._preview_subject = label("", "strong")
        self._preview_subject.setWordWrap(True)
        self._preview_body = label("", "text2")
        self._preview_body.setWordWrap(True)
        self._preview.body.addWidget(self._preview_subject)
        self._preview.body.addWidget(self._preview_body)
        layout.addWidget(self._preview)

    def set_company(self, company: CompanyInfo, formats: Formats, today: date) -> None:
        """Take sample values from the company for the preview."""
        due_on = due_after(today, company.invoice_defaults.terms_days)
        self._sample = {
            "number": company.series.next_number,
            "customer": "Atelier Morel",
            "amount": formats.money(_SAMPLE_MINOR, company.currency, company.scale),
            "due_date": formats.date(due_on),
            "company": company.name,
            "pay_link": tr("[Pay online]"),
        }
        self.show_preview()

    def fill(self, subject: str, body: str) -> None:
        """Show the stored templates."""
        self.subject.setText(subject)
        self.body.set_text(body)
        self.show_preview()

    def check(self) -> None:
        """Raises ``UserError`` naming the first placeholder that does not exist."""
        for field, text in (
            ("mail_subject", self.subject.text()),
            ("mail_body", self.body.text()),
        ):
            for name in _PLACEHOLDER.findall(text):
                if name not in PLACEHOLDERS:
                    known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                    raise UserError(
                        tr("There is no placeholder {name}; there are {known}.").format(
                            name=f"{{{name}}}", known=known
                        ),
                        field=field,
                    )

    def show_preview(self) -> None:
        """Show the text as a customer would read it."""
        try:
            self.check()
        except UserError as error:
            self._form.field(error.field or "mail_body").set_error(str(error))
        else:
            for name in ("mail_subject", "mail_body"):
                self._form.field(name).set_error("")
        subject, body = self.subject.text().strip(), self.body.text().strip()
        self._preview.setVisible(bool(subject or body))
        self._preview_subject.setText(self._filled(subject))
        self._preview_subject.setVisible(bool(subject))
        self._preview_body.setText(self._filled(body))
        self._preview_body.setVisible(bool(body))

    def _filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._sample.get(match[1], match[0]), text)

    def _insert(self, name: str) -> None:
        self.body.insertPlainText(f"{{{name}}}")
        self.body.setFocus()
