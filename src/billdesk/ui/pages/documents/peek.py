"""A look at a document beside the list: what it is, what happened, what can be done."""

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from billdesk.core.domain.documents import DocumentKind, DocumentState
from billdesk.core.queries.documents import DocumentDetail, TimelineEntry
from billdesk.ui.desk import Desk
from billdesk.ui.document_state import STATE_KIND, state_word
from billdesk.ui.pages.documents.actions import DocumentActions
from billdesk.ui.pages.documents.figures import total_figure
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row, rule
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.card import SidePanel
from billdesk.ui.widgets.elided_label import ElidedLabel
from billdesk.ui.widgets.pill import Pill
from billdesk.ui.widgets.timeline import Timeline
from billdesk.ui.widgets.timeline import TimelineEntry as ShownEntry


def shown_entries(desk: Desk, entries: tuple[TimelineEntry, ...]) -> list[ShownEntry]:
    """The history with times as people say them."""
    now = datetime.now(UTC)
    return [
        ShownEntry(entry.text, desk.formats.relative(entry.at, now), entry.tone.value, entry.detail)
        for entry in entries
    ]


class PeekPanel(SidePanel):
    """``show_document`` reads in the background; the newest row asked for wins."""

    closeRequested = Signal()
    openRequested = Signal(int)

    def __init__(self, desk: Desk, actions: DocumentActions, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, parent=parent)
        self._desk = desk
        self._actions = actions
        self._document_id: int | None = None
        desk.window.toasts.keep_clear(self)
        self.setAccessibleName(tr("Summary"))
        self._title = ElidedLabel("", "section")
        self._pill = Pill()
        head = row(spacing=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        head.addWidget(IconButton("x", tr("Close"), on_click=self.closeRequested.emit))
        self._facts = column(spacing=6)
        self._buttons = row(spacing=8)
        self.timeline = Timeline(tr("History"))
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        self.timeline.setObjectName("scrolled")
        area.setWidget(self.timeline)
        self.body.setSpacing(12)
        self.body.addLayout(head)
        self.body.addLayout(self._facts)
        self.body.addLayout(self._buttons)
        self.body.addWidget(rule())
        self.body.addWidget(label(tr("History"), "strong"))
        self.body.addWidget(area, 1)
        self._latest = Latest(desk.lanes.read, 0, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)

    @property
    def document_id(self) -> int | None:
        """What it shows."""
        return self._document_id

    def show_document(self, document_id: int) -> None:
        """Read and show a document."""
        self._document_id = document_id
        queries = self._desk.app.queries
        self._latest.request(lambda: (queries.document(document_id), queries.timeline(document_id)))

    def reload(self) -> None:
        """Read again what is on show."""
        if self._document_id is not None:
            self.show_document(self._document_id)

    def _show(self, found: tuple[DocumentDetail, tuple[TimelineEntry, ...]]) -> None:
        detail, entries = found
        if detail.id != self._document_id:
            return
        self._title.setText(detail.number or tr("Draft"))
        self._pill.set_state(
            state_word(detail.state, days_overdue=detail.days_overdue, part=detail.settled_part),
            STATE_KIND[detail.state],
        )
        self._show_facts(detail)
        self._show_buttons(detail)
        self.timeline.set_entries(shown_entries(self._desk, entries))

    def _show_facts(self, detail: DocumentDetail) -> None:
        clear_layout(self._facts)
        snapshot, formats = detail.snapshot, self._desk.formats
        name = snapshot.buyer.name if snapshot else ""
        if not name and detail.customer is not None:
            name = detail.customer.name
        facts = [(tr("Customer"), name or tr("No customer yet"))]
        if detail.draft.subject:
            facts.append((tr("Subject"), detail.draft.subject))
        total, minor = total_figure(detail)
        facts.append((total, self._desk.money(minor, detail.currency)))
        if snapshot is not None:
            if detail.kind is not DocumentKind.REMINDER or detail.total_minor:
                facts.append((tr("Open"), self._desk.money(detail.open_minor, detail.currency)))
            facts.append((tr("Issued"), formats.date(snapshot.issued_on)))
            if snapshot.due_on is not None:
                facts.append((tr("Due"), formats.date(snapshot.due_on)))
        for name_, value in facts:
            line = row(spacing=12)
            line.addWidget(label(name_, "muted"))
            line.addStretch(1)
            shown = ElidedLabel(value)
            shown.setMaximumWidth(current_theme().px(260))
            shown.setAccessibleName(f"{name_}: {value}")
            line.addWidget(shown)
            self._facts.addLayout(line)

    def _show_buttons(self, detail: DocumentDetail) -> None:
        clear_layout(self._buttons)
        actions, document_id = self._actions, detail.id
        if detail.state is DocumentState.DRAFT:
            offers = [(tr("Edit"), "edit", partial(self.openRequested.emit, document_id))]
        else:
            offers = [(tr("Open"), "eye", partial(self.openRequested.emit, document_id))]
        if detail.state not in (DocumentState.DRAFT, DocumentState.VOID):
            offers.append((tr("Send"), "send", partial(actions.send, document_id)))
            if detail.open_minor > 0:
                pay = partial(actions.record_payment, document_id)
                offers.append((tr("Payment…"), "payments", pay))
        for text, icon, handler in offers:
            self._buttons.addWidget(Button(text, icon=icon, on_click=handler))
        self._buttons.addStretch(1)
