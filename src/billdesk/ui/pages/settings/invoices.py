"""What a new invoice starts with, and how it is drawn."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QColorDialog, QLabel, QWidget

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import (
    InvoiceDefaults,
    check_accent,
    contrast_with_white,
)
from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.totals import PriceMode, TaxRounding
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, language_choices
from billdesk.ui.forms.swatch import Swatch
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field, text_field


class InvoicesSection(FormSection):
    """Terms, language, prices, texts, colour and paper."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Invoices"),
            tr("New invoices start with this; each can be changed before it is issued."),
        )
        self._base = InvoiceDefaults()
        formats = desk.formats
        self.terms_days = CountEdit(formats)
        self.language = ChoiceBox(language_choices(formats.locale))
        self.price_mode = ChoiceBox(
            [
                (PriceMode.NET, tr("Without tax, tax is added")),
                (PriceMode.GROSS, tr("With tax included")),
            ]
        )
        self.tax_rounding = ChoiceBox(
            [
                (TaxRounding.PER_DOCUMENT, tr("Once for each rate (usual)")),
                (TaxRounding.PER_LINE, tr("On every line")),
            ]
        )
        self.introduction = TextArea(lines=3)
        self.terms = TextArea(lines=3)
        accent, self.accent = text_field(
            tr("Accent colour"),
            helper=tr("For titles and the pay button, as #RRGGBB."),
        )
        self.accent.setMaxLength(7)
        self._swatch = Swatch()
        self._contrast: QLabel = label("", "meta")
        self.paper = ChoiceBox([(Paper.A4, tr("A4")), (Paper.LETTER, tr("Letter"))])
        self.fold_marks = QCheckBox(tr("Print fold marks"))
        self._assemble(accent)
        self.accent.textChanged.connect(self._show_colour)

    def first_focus(self) -> QWidget | None:
        return self.terms_days

    def values_of(self, company: CompanyInfo) -> InvoiceDefaults:
        return company.invoice_defaults

    def fill(self, values: InvoiceDefaults) -> None:
        self._base = values
        self.terms_days.set_value(Decimal(values.terms_days))
        self.language.set_value(values.language)
        self.price_mode.set_value(values.price_mode)
        self.tax_rounding.set_value(values.tax_rounding)
        self.introduction.set_text(values.introduction)
        self.terms.set_text(values.terms)
        template = values.template
        self.accent.setText(template.accent)
        self.paper.set_value(template.paper)
        self.fold_marks.setChecked(template.fold_marks)
        self._show_colour(template.accent)

    def collect(self) -> InvoiceDefaults:
        days = self.terms_days.value
        if days is None:
            raise UserError(tr("Say after how many days to pay."), field="terms_days")
        template = replace(
            self._base.template,
            accent=self.accent.text().strip(),
            paper=self.paper.value,
            fold_marks=self.fold_marks.isChecked(),
        )
        return replace(
            self._base,
            terms_days=int(days),
            language=self.language.value,
            price_mode=self.price_mode.value,
            tax_rounding=self.tax_rounding.value,
            introduction=self.introduction.text(),
            terms=self.terms.text(),
            template=template,
        )

    def store(self, values: InvoiceDefaults) -> None:
        self.desk.app.settings.save_invoice_defaults(values)

    def saved_text(self) -> str:
        return tr("Settings of new invoices saved.")

    # Inside

    def _show_colour(self, text: str) -> None:
        field = self.form.field("accent")
        try:
            ratio = contrast_with_white(text.strip())
            self._swatch.set_color(text.strip())
            check_accent(text.strip())
        except UserError as error:
            field.set_error(str(error))
            self._contrast.setText("")
            return
        field.set_error("")
        shown = self.desk.formats.number(Decimal(str(round(ratio, 1))))
        self._contrast.setText(
            tr("White text on it reads well (contrast {ratio} : 1).").format(ratio=shown)
        )

    def _choose_colour(self) -> None:
        dialog = QColorDialog(QColor(self.accent.text()), self)
        dialog.setWindowTitle(tr("Accent colour"))
        dialog.colorSelected.connect(lambda color: self.accent.setText(color.name().upper()))
        dialog.open()

    def _assemble(self, accent: Field) -> None:
        form = self.form
        form.line(
            ("terms_days", Field(tr("Days to pay"), self.terms_days), 1),
            ("language", Field(tr("Language"), self.language), 2),
        )
        form.line(
            ("price_mode", Field(tr("Prices are typed"), self.price_mode), 1),
            ("tax_rounding", Field(tr("Tax is rounded"), self.tax_rounding), 1),
        )
        texts = (
            ("introduction", tr("Text above the lines"), self.introduction),
            ("terms", tr("Text below the total"), self.terms),
        )
        for name, title, area in texts:
            form.line((name, Field(title, area, optional=True), 1))
        form.body.addWidget(label(tr("Look"), "section"))
        form.line(("accent", accent, 1), ("paper", Field(tr("Paper"), self.paper), 1))
        colour = row(spacing=10)
        colour.addWidget(self._swatch)
        colour.addWidget(self._contrast, 1)
        colour.addWidget(Button(tr("Choose colour…"), on_click=self._choose_colour))
        form.body.addLayout(colour)
        form.body.addWidget(self.fold_marks)
        form.watch(self.fold_marks)
        self.card().body.addWidget(form)
