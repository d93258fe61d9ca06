"""The list of what recurs, beside it what waits of the one that is selected."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.queries.recurring import RecurringDetail, RecurringRow
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import Named, SoftDelete
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.recurring.side import RecurringSide
from billdesk.ui.pages.recurring.template_dialog import TemplateDialog
from billdesk.ui.pages.recurring.words import schedule_words, state_words
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


class RecurringPage(Page):
    """``show_argument``: the id of a document to make recur."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Recurring"), parent)
        self.desk = desk
        self.model: RowsModel[RecurringRow] = RowsModel(self._columns(), lambda each: each.id)
        self.table = TableView(self.model, tr("Recurring documents"))
        self.table.set_empty_widget(
            EmptyState(
                "refresh",
                tr("Nothing recurs yet. Write an invoice once and choose “Make it recur…” there."),
            )
        )
        self.side = RecurringSide(desk)
        self._shown: int | None = None
        self.deletion = SoftDelete(
            desk,
            desk.app.recurring.delete,
            desk.app.recurring.restore,
            lambda count: trn("{count} template", "{count} templates", count),
            self,
        )
        self._register_commands()
        commands = desk.window.commands
        self._pause_button = Button.for_action(commands.action("recurring.pause"))
        self._edit_button = Button.for_action(commands.action("recurring.edit"))
        self._delete_button = IconButton("trash", tr("Delete"), on_click=self._delete)
        self.table.selectionChangedTo.connect(self._selected)
        self.table.rowOpened.connect(lambda _row: self.edit())
        self.side.createWanted.connect(self._create)
        self.side.mergeWanted.connect(partial(self._create, merge=True))
        self.side.skipWanted.connect(self._skip)
        self.side.documentOpened.connect(partial(self.navigationRequested.emit, "invoice"))
        self._assemble()

    # What the window asks

    def show_argument(self, argument: object) -> None:
        if isinstance(argument, int):
            self.desk.lanes.read(partial(self.desk.app.queries.document, argument)).then(
                lambda found: self._open_dialog(found.draft, None, found.draft.subject),
                self.desk.report,
                owner=self,
            )

    def refresh(self) -> None:
        self.desk.lanes.read(self.desk.app.queries.recurring).then(
            self._show, self.desk.report, owner=self
        )

    def concerns(self, event: object) -> bool:
        kinds = (events.RecurringChanged, events.CustomerChanged, events.InvoiceIssued)
        return isinstance(event, kinds)

    def first_focus(self) -> QWidget | None:
        return self.table

    def topbar_actions(self) -> list[QWidget]:
        return [self._delete_button, self._pause_button, self._edit_button]

    # What people do

    def edit(self) -> None:
        """Open the schedule of the selected template."""
        chosen = self._chosen()
        if chosen is not None:
            self._read_detail(chosen.id, lambda detail: self._open_dialog(detail.draft, detail, ""))

    def toggle_pause(self) -> None:
        """Pause the selected template, or go on."""
        chosen = self._chosen()
        if chosen is not None:
            service = self.desk.app.recurring
            self._write(partial(service.resume if chosen.paused else service.pause, chosen.id))

    # Inside

    def _chosen(self) -> RecurringRow | None:
        rows = self.table.selected_rows()
        return rows[0] if rows else None

    def _has_one(self) -> bool:
        return self._chosen() is not None

    def _show(self, rows: tuple[RecurringRow, ...]) -> None:
        self.model.set_rows(rows)
        if rows and self._chosen() is None:
            self.table.selectRow(0)
        self._selected(self.table.selected_rows())

    def _selected(self, rows: list[RecurringRow]) -> None:
        self._shown = rows[0].id if rows else None
        paused = bool(rows) and rows[0].paused
        self._pause_button.setText(tr("Resume") if paused else tr("Pause"))
        self._delete_button.setEnabled(bool(rows))
        self.desk.window.commands.refresh()
        if self._shown is None:
            self.side.show_template(None)
        else:
            self._read_detail(self._shown, self._show_detail)

    def _show_detail(self, detail: RecurringDetail) -> None:
        if detail.row.id == self._shown:
            self.side.show_template(detail)

    def _read_detail(self, template_id: int, then: Callable[[RecurringDetail], object]) -> None:
        ask = partial(self.desk.app.queries.recurring_template, template_id)
        self.desk.lanes.read(ask).then(then, self.desk.report, owner=self)

    def _open_dialog(self, draft: InvoiceDraft, detail: RecurringDetail | None, name: str) -> None:
        TemplateDialog(self.desk, draft, detail, self, name=name).open()

    def _create(self, periods: list[int], *, merge: bool = False) -> None:
        if self._shown is not None:
            service = self.desk.app.recurring_runs
            self._write(partial(service.create, self._shown, periods, merge=merge))

    def _skip(self, periods: list[int]) -> None:
        if self._shown is not None:
            self._write(partial(self.desk.app.recurring_runs.skip, self._shown, periods))

    def _write(self, work: Callable[[], object]) -> None:
        self.desk.lanes.write(work).then(lambda _done: None, self.desk.report, owner=self)

    def _delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.deletion.delete([Named(chosen.id, chosen.name)])

    def _register_commands(self) -> None:
        for name, title, handler, icon in (
            ("edit", tr("Edit schedule"), self.edit, "edit"),
            ("pause", tr("Pause"), self.toggle_pause, "clock"),
            ("delete", tr("Delete template"), self._delete, "trash"),
        ):
            self.desk.window.commands.add(
                Command(
                    f"recurring.{name}",
                    title,
                    tr("Recurring"),
                    handler,
                    enabled=self._has_one,
                    scope=self,
                    icon=icon,
                )
            )

    def _columns(self) -> list[Column[RecurringRow]]:
        desk = self.desk
        return [
            Column(
                "name",
                tr("Name"),
                lambda each: each.name,
                CellKind.TWO_LINES,
                width=220,
                stretch=True,
                second=lambda each: each.customer_name,
            ),
            Column(
                "schedule",
                tr("Recurs"),
                lambda each: schedule_words(each.schedule),
                CellKind.MUTED,
                width=130,
            ),
            Column(
                "next",
                tr("Next"),
                lambda each: state_words(desk.formats, each),
                width=140,
                tone=lambda each: "pill.warn.fg" if each.waiting else None,
            ),
            Column(
                "total",
                tr("Amount"),
                lambda each: (
                    "–" if each.total_minor is None else desk.money(each.total_minor, each.currency)
                ),
                CellKind.AMOUNT,
                width=120,
            ),
        ]

    def _assemble(self) -> None:
        card = Card(padding=1)
        card.body.addWidget(self.table)
        self.side.setMinimumWidth(current_theme().px(320))
        layout = row(self, spacing=12)
        layout.setContentsMargins(24, 4, 24, 24)
        layout.addWidget(card, 3)
        layout.addWidget(self.side, 2)
