"""The form of a draft: fields, lines, totals; what is typed comes out as an ``InvoiceDraft``."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.custom_fields import CustomField
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.freezing import totals_input
from billdesk.core.domain.people import Place
from billdesk.core.domain.totals import Adjustment, Deposit, compute
from billdesk.core.queries import Queries
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.online import why_not_online
from billdesk.ui.desk import Desk
from billdesk.ui.forms.attachment_box import AttachmentBox, document_files
from billdesk.ui.forms.scrolled import keep_right_edge
from billdesk.ui.pages.documents.header_fields import HeaderFields
from billdesk.ui.pages.documents.line_grid import LineGrid
from billdesk.ui.pages.documents.line_row import LineRow
from billdesk.ui.pages.documents.tax_box import TaxChoices
from billdesk.ui.pages.documents.totals_panel import TotalsPanel
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, rule
from billdesk.ui.widgets.card import Card

_LINE_FIELD = re.compile(r"lines\.(\d+)(?:\.(\w+))?")
MARGIN = 20
# Follow the customer as long as they still say what the last customer's defaults said.
_DEFAULTED = (
    *("currency", "terms_days", "language", "introduction", "terms", "exchange_rate"),
    *("discount", "contact", "delivery"),
)


def usual_taxes(queries: Queries, customer_id: int | None) -> tuple[int, ...]:
    """The taxes of a new line for a customer."""
    return queries.line_offer(None, customer_id, Decimal(1), "").tax_rate_ids


@dataclass(frozen=True)
class OpenedDraft:
    """All that a form needs: the draft and what its choices are made of."""

    draft: InvoiceDraft
    defaults: InvoiceDraft
    customer: CustomerRow | None
    company: CompanyInfo
    taxes: TaxChoices
    fields: tuple[CustomField, ...] = ()
    kind: DocumentKind = DocumentKind.INVOICE
    deposits: tuple[Deposit, ...] = ()
    centres: tuple[CostCentreRow, ...] = ()


class DraftEditor(Card):
    """``edited(InvoiceDraft)`` on every change; totals are computed before it is emitted."""

    edited = Signal(object)

    def __init__(self, desk: Desk, opened: OpenedDraft, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        self._desk = desk
        self._opened = opened
        self._base = opened.draft
        self._defaults = opened.defaults
        self._computed_problem = ""
        self._showing = False
        self._discount_touched = False
        currency = opened.draft.currency or opened.company.currency
        self.fields = HeaderFields(desk, opened.company, kind=opened.kind)
        self.fields.extra.set_fields(opened.fields)
        self.fields.extra.set_places(opened.customer.places if opened.customer else ())
        centres = [(one.id, f"{one.code}  {one.name}") for one in opened.centres]
        self.grid = LineGrid(desk, opened.taxes, currency, centres)
        self.totals = TotalsPanel(desk, currency)
        self.files = AttachmentBox(desk, document_files(desk))
        self.lines_problem = label("", "meta", "bad")
        self.lines_problem.setWordWrap(True)
        self.lines_problem.hide()
        self._assemble()
        self._show(opened.draft, opened.customer)
        self.fields.edited.connect(self._edited)
        self.fields.customerChosen.connect(self._read_defaults)
        self.fields.currencyChanged.connect(self._currency_changed)
        self.grid.asked_for = lambda: self.fields.fill(self._base)
        self.grid.edited.connect(self._edited)
        self.grid.rowFocused.connect(self._keep_in_sight)
        self.totals.discountChanged.connect(self._discount_changed)

    def draft(self) -> InvoiceDraft:
        """What is typed; where a number cannot be read the one before stands."""
        filled = self.fields.fill(self._base)
        typed = replace(filled, lines=self.grid.lines(), adjustments=self._adjustments())
        return self._opened.taxes.in_force(typed)

    def set_document(self, document_id: int) -> None:
        """It is stored under this id; files can be attached."""
        self._files.show()
        self.files.set_owner(document_id)

    @property
    def problem(self) -> str:
        """What has to be put right before the invoice can be issued; empty when nothing."""
        return (
            self.fields.problem
            or self.grid.problem
            or self.totals.discount.problem
            or self._computed_problem
        )

    def show_error(self, error: UserError, *, take_focus: bool = True) -> bool:
        """Show an error of the core beside its field; False when it belongs to none here.

        The cursor goes there only when the owner asked for something, not while typing.
        """
        name, sentence = error.field or "", str(error)
        self.clear_errors()
        match = _LINE_FIELD.fullmatch(name)
        if match is not None:
            line, cell = int(match.group(1)), match.group(2) or ""
            self.grid.show_problem(sentence, line, cell, take_focus=take_focus)
            return True
        if name == "lines":
            self._show_lines_problem(sentence)
            if take_focus:
                self.grid.focus_first()
            return True
        return self.fields.show_problem(sentence, name, take_focus=take_focus)

    def focus_problem(self) -> None:
        """Put the cursor where something has to be put right."""
        if self.fields.problem:
            self.fields.focus_problem()
        elif self.grid.problem:
            self.grid.focus_problem()
        elif self.totals.discount.problem:
            self.totals.discount.setFocus()

    def clear_errors(self) -> None:
        """Take the errors of the core away; what cannot be read keeps its own."""
        self.fields.show_problem("")
        self.grid.show_problem("")
        self._show_lines_problem("")

    def focus_first(self) -> QWidget:
        """Where typing starts: the customer, or the lines when there is one."""
        if self._base.customer_id is None and self.fields.customer.edit.current is None:
            return self.fields.customer.edit
        return self.grid.rows()[-1].name

    # Inside

    def _show(self, draft: InvoiceDraft, customer: CustomerRow | None) -> None:
        self._showing = True
        self.fields.set_draft(draft, customer)
        self.grid.set_lines(draft.lines)
        self.totals.discount.set_adjustments(draft.adjustments)
        self._showing = False
        self._compute(self.draft())

    def _adjustments(self) -> tuple[Adjustment, ...]:
        # Several discounts or charges, as an import may bring, stay until one is typed here.
        if self._discount_touched:
            self._base = replace(self._base, adjustments=self.totals.discount.in_force)
        return self._base.adjustments

    def _discount_changed(self) -> None:
        self._discount_touched = True
        self._edited()

    def _edited(self) -> None:
        if self._showing:
            return
        self.clear_errors()
        draft = self.draft()
        self.grid.follow_rates(draft.lines)
        self._compute(draft)
        self.edited.emit(draft)

    def _compute(self, draft: InvoiceDraft) -> None:
        self._computed_problem = ""
        given = totals_input(draft, self._opened.taxes.known, deposits=self._opened.deposits)
        try:
            totals = compute(given)
        except UserError as error:
            self._computed_problem = str(error)
            self.totals.show_unknown()
            self.show_error(error, take_focus=False)
            return
        scale, currency = exponent(draft.currency), draft.currency
        amount = self._desk.formats.amount
        self.grid.set_amounts([amount(x.amount_minor, currency, scale) for x in totals.lines])
        if self.grid.problem or self.totals.discount.problem:
            self.totals.show_unknown()
        else:
            self.totals.show_totals(given, totals)
        # While nothing is written yet there is nothing to say about it.
        due_minor = totals.due_minor
        self.fields.show_why_not_online(
            why_not_online(currency, due_minor) if due_minor > 0 else ""
        )

    def _currency_changed(self, currency: str) -> None:
        self.grid.set_currency(currency)
        self.totals.discount.set_currency(currency)

    def _read_defaults(self, customer_id: int | None) -> None:
        queries, kind = self._desk.app.queries, self._opened.kind
        self._desk.lanes.read(
            lambda: (
                queries.new_draft(customer_id, kind),
                usual_taxes(queries, customer_id),
                () if customer_id is None else queries.customer(customer_id).places,
            )
        ).then(self._follow_customer, self._desk.report, owner=self)

    def _follow_customer(
        self, read: tuple[InvoiceDraft, tuple[int, ...], tuple[Place, ...]]
    ) -> None:
        """Currency, terms, texts and taxes become the customer's where they were left alone."""
        defaults, taxes, places = read
        draft, before = self.draft(), self._defaults
        if defaults.customer_id != draft.customer_id:
            return
        self._defaults = defaults
        self.fields.extra.set_places(places)
        choices = self._opened.taxes
        if all(rate in choices.known for rate in taxes):
            self.grid.follow_customer(choices.today_s(taxes))
            draft = self.draft()
        changes = {
            name: getattr(defaults, name)
            for name in _DEFAULTED
            if getattr(draft, name) == getattr(before, name)
        }
        followed = replace(draft, **changes)
        self._base = replace(self._base, language=followed.language)
        if followed == draft:
            self._edited()
            return
        self._showing = True
        customer = self.fields.customer.edit.current
        self.fields.set_draft(followed, None)
        self.fields.customer.edit.set_current(customer)
        self.grid.set_currency(followed.currency)
        self.totals.discount.set_currency(followed.currency)
        self._showing = False
        self._edited()

    def _show_lines_problem(self, sentence: str) -> None:
        self.lines_problem.setText(sentence)
        self.lines_problem.setVisible(bool(sentence))

    def _keep_in_sight(self, row_: LineRow | None) -> None:
        if row_ is None:
            # The last of many lines have just been added to the grid.
            self._compute(self.draft())
        else:
            self._area.ensureWidgetVisible(row_, 0, 24)

    def _assemble(self) -> None:
        # Shown once there is a stored draft to attach something to.
        self._files = QWidget()
        files = column(self._files, spacing=8)
        files.addWidget(label(tr("Files"), "section"))
        files.addWidget(self.files)
        self._files.hide()
        content = QWidget()
        content.setObjectName("scrolled")
        form = column(content, spacing=16, margin=MARGIN)
        form.addWidget(self.fields)
        form.addWidget(label(tr("Lines"), "section"))
        form.addWidget(self.grid)
        form.addWidget(self.lines_problem)
        form.addWidget(self.fields.notes)
        form.addWidget(self._files)
        form.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(content)
        keep_right_edge(self._area, form, MARGIN)
        foot = QWidget()
        inner = column(foot, spacing=0)
        inner.setContentsMargins(MARGIN, 12, MARGIN, 16)
        inner.addWidget(self.totals)
        self.body.setSpacing(0)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(rule())
        self.body.addWidget(foot)
