"""The outbox: what waits for the outside, since when and why, and what was given up."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside import JobKind, JobState
from billdesk.core.queries.activity import OutboxRow
from billdesk.ui.desk import Desk
from billdesk.ui.pages.activity.words import (
    job_word,
    moment_words,
    next_try,
    wait_pill,
    wait_sentence,
)
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView

_RELOAD_MS = 200


class OutboxView(Card):
    """Enter opens the document; the line below says what went wrong and what can be done."""

    opened = Signal(int)
    shown = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        self._desk = desk
        self._latest = Latest(desk.lanes.read, _RELOAD_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        self.model: RowsModel[OutboxRow] = RowsModel(self._columns(), lambda row: row.id)
        self.table = TableView(self.model, tr("Outbox"))
        self.table.set_empty_widget(
            EmptyState("check-circle", tr("Nothing waits: everything has gone out."))
        )
        self.sentence = label("", "text2")
        self.sentence.setWordWrap(True)
        self.open_button = Button(tr("Open document"), on_click=self._open_selected)
        self.retry_button = Button(tr("Try again"), on_click=self._retry_selected)
        self.give_up_button = Button(tr("Give up"), on_click=self._give_up_selected)
        self._foot = QWidget()
        self._assemble()
        self.table.rowOpened.connect(self._open)
        self.table.selectionChangedTo.connect(self._selected)

    def refresh(self) -> None:
        """Read again."""
        self._latest.request(self._desk.app.queries.outbox)

    def try_now(self) -> None:
        """Let everything that waits for its next try be tried at once."""
        self._write(self._desk.app.waiting_jobs.try_now)

    # Inside

    def _show(self, rows: tuple[OutboxRow, ...]) -> None:
        self.model.set_rows(rows)
        if rows and not self.table.selected_rows():
            self.table.selectRow(0)
        self._selected(self.table.selected_rows())
        self.shown.emit(len(rows))

    def _chosen(self) -> OutboxRow | None:
        rows = self.table.selected_rows()
        return rows[0] if len(rows) == 1 else None

    def _selected(self, _rows: list[OutboxRow]) -> None:
        chosen = self._chosen()
        self._foot.setVisible(chosen is not None)
        if chosen is None:
            return
        now = datetime.now(UTC)
        asked = tr("{job}: asked for {since}.").format(
            job=job_word(chosen.kind), since=moment_words(self._desk, chosen.since, now)
        )
        parts = (asked, wait_sentence(chosen), next_try(self._desk, chosen, now), chosen.error)
        self.sentence.setText(" ".join(part for part in parts if part))
        self.open_button.setVisible(chosen.document_id is not None)
        self.retry_button.setVisible(self._retry_of(chosen) is not None)
        give_up = self._give_up_of(chosen)
        self.give_up_button.setVisible(give_up is not None)
        self.give_up_button.setText(_give_up_word(chosen))

    def _retry_of(self, chosen: OutboxRow) -> Callable[[], object] | None:
        """What does a job once more that was given up."""
        app = self._desk.app
        if chosen.state is not JobState.FAILED:
            return None
        if chosen.kind is JobKind.SEND_MAIL and chosen.mail_id is not None:
            return partial(app.mail.send_again, chosen.mail_id)
        if chosen.kind is JobKind.CREATE_LINK and chosen.document_id is not None:
            return partial(app.links.request, chosen.document_id)
        if chosen.kind in (JobKind.RENDER, JobKind.RETIRE_LINK):
            return partial(app.waiting_jobs.try_again, chosen.id)
        return None

    def _give_up_of(self, chosen: OutboxRow) -> Callable[[], object] | None:
        """What ends the waiting without what was waited for."""
        app = self._desk.app
        if chosen.can_withdraw and chosen.mail_id is not None:
            return partial(app.mail.cancel, chosen.mail_id)
        if chosen.kind is JobKind.CREATE_LINK and chosen.document_id is not None:
            return partial(app.links.continue_without, chosen.document_id)
        if chosen.state is JobState.FAILED and chosen.kind in (JobKind.RENDER, JobKind.SEND_MAIL):
            return partial(app.waiting_jobs.dismiss, chosen.id)
        return None

    def _retry_selected(self) -> None:
        chosen = self._chosen()
        work = self._retry_of(chosen) if chosen is not None else None
        if work is not None:
            self._write(work)

    def _give_up_selected(self) -> None:
        chosen = self._chosen()
        work = self._give_up_of(chosen) if chosen is not None else None
        if work is not None:
            self._write(work)

    def _write(self, work: Callable[[], object]) -> None:
        self._desk.lanes.write(work).then(
            lambda _done: self.refresh(), self._desk.report, owner=self
        )

    def _open_selected(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._open(chosen)

    def _open(self, chosen: OutboxRow) -> None:
        if chosen.document_id is not None:
            self.opened.emit(chosen.document_id)

    def _columns(self) -> list[Column[OutboxRow]]:
        desk = self._desk
        return [
            Column(
                "what",
                tr("What"),
                lambda row: job_word(row.kind),
                CellKind.TWO_LINES,
                width=260,
                second=lambda row: " · ".join(
                    part for part in (row.number, row.recipient or row.customer_name) if part
                ),
            ),
            Column(
                "why",
                tr("Why it waits"),
                wait_sentence,
                CellKind.TWO_LINES,
                width=240,
                stretch=True,
                second=lambda row: " ".join(
                    part for part in (next_try(desk, row, datetime.now(UTC)), row.error) if part
                ),
            ),
            Column(
                "since",
                tr("Asked for"),
                lambda row: moment_words(desk, row.since, datetime.now(UTC)),
                CellKind.MUTED,
                width=140,
            ),
            Column(
                "state",
                tr("State"),
                lambda row: wait_pill(row)[0],
                CellKind.PILL,
                width=140,
                pill=lambda row: wait_pill(row)[1],
            ),
        ]

    def _assemble(self) -> None:
        self.body.setSpacing(0)
        self.body.addWidget(self.table, 1)
        foot = column(self._foot, spacing=8)
        foot.setContentsMargins(14, 10, 14, 12)
        foot.addWidget(self.sentence)
        buttons = row(spacing=8)
        for button in (self.open_button, self.retry_button, self.give_up_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        foot.addLayout(buttons)
        self._foot.hide()
        self.body.addWidget(self._foot)


def _give_up_word(chosen: OutboxRow) -> str:
    if chosen.kind is JobKind.CREATE_LINK:
        return tr("Continue without a link")
    return tr("Withdraw mail") if chosen.can_withdraw else tr("Done with it")
