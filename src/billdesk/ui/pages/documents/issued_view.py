"""An issued invoice: its figures, its link, what was paid and sent, and what happened."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from billdesk.core.domain.documents import INVOICE_KINDS, RECEIVABLE_KINDS, DocumentKind
from billdesk.core.queries.documents import DocumentDetail, TimelineEntry
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word
from billdesk.ui.forms.attachment_box import AttachmentBox, document_files
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.card_section import card_section, has_card_section
from billdesk.ui.pages.documents.figures import head_figures
from billdesk.ui.pages.documents.issued_sections import (
    mails_section,
    payments_section,
)
from billdesk.ui.pages.documents.link_section import link_section
from billdesk.ui.pages.documents.note_uses import NoteUses
from billdesk.ui.pages.documents.peek import shown_entries
from billdesk.ui.pages.documents.related_section import related_section
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.field import IconLabel
from billdesk.ui.widgets.timeline import Timeline


class IssuedView(Card):
    """Read-only: nothing of an issued invoice changes, so there is nothing to type here."""

    def __init__(self, desk: Desk, actions: DocumentActions, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        self._desk = desk
        self._actions = actions
        content = QWidget()
        content.setObjectName("scrolled")
        layout = column(content, spacing=16, margin=20)
        self._parts = column(spacing=16)
        self.timeline = Timeline(tr("History"))
        self.files = AttachmentBox(desk, document_files(desk))
        self.uses = NoteUses(desk)
        layout.addLayout(self._parts)
        layout.addWidget(self.uses)
        layout.addWidget(label(tr("Files"), "strong"))
        layout.addWidget(self.files)
        layout.addWidget(rule())
        layout.addWidget(label(tr("History"), "strong"))
        layout.addWidget(self.timeline)
        layout.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(content)
        self.body.addWidget(self._area, 1)

    def show_detail(
        self, detail: DocumentDetail, entries: tuple[TimelineEntry, ...], *, can_make_link: bool
    ) -> None:
        """Show the invoice as it stands now; the place scrolled to stays."""
        spot = self._area.verticalScrollBar().value()
        self.setAccessibleName(kind_word(detail.kind))
        clear_layout(self._parts)
        # A delivery note has no amounts.
        has_figures = detail.kind is not DocumentKind.DELIVERY_NOTE
        if has_figures:
            self._parts.addLayout(self._figures(detail))
        for problem in detail.problems:
            self._parts.addLayout(_problem(problem))
        if has_figures:
            self._parts.addWidget(rule())
        self._parts.addLayout(self._facts(detail))
        if detail.related:
            self._parts.addWidget(rule())
            self._parts.addWidget(related_section(self._desk, detail))
        if not detail.is_history and detail.kind in INVOICE_KINDS:
            self._parts.addWidget(rule())
            self._parts.addWidget(
                link_section(self._desk, self._actions, detail, can_make=can_make_link)
            )
        if has_card_section(detail):
            self._parts.addWidget(rule())
            self._parts.addWidget(card_section(self._desk, self._actions, detail))
        owed = detail.kind in RECEIVABLE_KINDS and (detail.total_minor or detail.payments)
        for section in (payments_section, mails_section) if owed else (mails_section,):
            self._parts.addWidget(rule())
            self._parts.addWidget(section(self._desk, self._actions, detail))
        self._parts.addWidget(rule())
        self.uses.show_note(detail)
        self.files.set_owner(detail.id)
        self.timeline.set_entries(shown_entries(self._desk, entries))
        self._area.verticalScrollBar().setValue(spot)

    def _figures(self, detail: DocumentDetail) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        money, currency = self._desk.money, detail.currency
        figures = head_figures(detail)
        # Three in a row have room for large amounts beside the preview; four stand two by two.
        in_row = 2 if len(figures) == 4 else 3
        for position, (name, minor) in enumerate(figures):
            value = money(minor, currency)
            shown = label(value, "kpi")
            shown.setAccessibleName(f"{name}: {value}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line, place = divmod(position, in_row)
            grid.addWidget(label(name, "muted"), 2 * line, place)
            grid.addWidget(shown, 2 * line + 1, place)
            grid.setColumnStretch(place, 1)
        return grid

    def _facts(self, detail: DocumentDetail) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        date, snapshot = self._desk.formats.date, detail.snapshot
        facts: list[tuple[str, str]] = []
        if snapshot is not None:
            facts.append((tr("Customer"), snapshot.buyer.name))
            facts.append((tr("Issued"), date(snapshot.issued_on)))
            if snapshot.due_on is not None:
                facts.append((tr("Due"), date(snapshot.due_on)))
            if snapshot.valid_until is not None:
                facts.append((tr("Valid until"), date(snapshot.valid_until)))
            facts.append((tr("Subject"), snapshot.subject))
            facts.append((tr("Reference"), snapshot.order_reference))
        for position, (name, value) in enumerate((n, v) for n, v in facts if v):
            grid.addWidget(label(name, "muted"), position, 0)
            shown = ElidedLabel(value)
            shown.setAccessibleName(f"{name}: {value}")
            grid.addWidget(shown, position, 1)
        return grid


def _problem(sentence: str) -> QHBoxLayout:
    line = row(spacing=8)
    words = label(sentence, "", "bad")
    words.setWordWrap(True)
    line.addWidget(IconLabel("alert", "pill.bad.fg", 16), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    return line
