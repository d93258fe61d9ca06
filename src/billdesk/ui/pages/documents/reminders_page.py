"""What is due for a reminder today, for approval: nothing is made or sent by itself."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain import events
from billdesk.core.queries.reminders import ReminderRow
from billdesk.core.services.documents.results import Issued
from billdesk.ui.commands import Command
from billdesk.ui.desk import Desk
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.documents.bulk_actions import sum_by_currency
from billdesk.ui.pages.documents.dialogs.send import UNDO_S
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.dialog import confirm
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.rows_model import CellKind, Column, RowsModel
from billdesk.ui.widgets.table_view import TableView


class RemindersPage(Page):
    """Choose some or take all; each becomes a document that is then sent or printed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Reminders due"), parent)
        self._desk = desk
        self.model: RowsModel[ReminderRow] = RowsModel(self._columns(), lambda row: row.invoice_id)
        self.table = TableView(self.model, tr("Invoices due for a reminder"))
        self.table.set_empty_widget(
            EmptyState("check-circle", tr("Nobody has to be reminded today."))
        )
        commands = desk.window.commands
        for name, title, keys, handler, enabled in (
            ("make", tr("Make selected"), "", self._make_selected, self._has_selection),
            ("make_all", tr("Make all"), "Ctrl+Return", self._make_all, self._has_rows),
        ):
            commands.add(
                Command(
                    f"reminders.{name}",
                    title,
                    tr("Reminders"),
                    handler,
                    (keys,) if keys else (),
                    enabled=enabled,
                    scope=self,
                    icon="clock",
                )
            )
        commands.add(
            Command(
                "reminders.steps",
                tr("Steps and fees"),
                tr("Reminders"),
                partial(desk.window.open_page, "settings", "reminders"),
                scope=self,
                icon="settings",
            )
        )
        self._buttons: list[QWidget] = [
            Button.for_action(commands.action("reminders.steps")),
            Button.for_action(commands.action("reminders.make")),
            Button.for_action(commands.action("reminders.make_all"), "primary"),
        ]
        lead = label(
            tr(
                "Overdue invoices whose next step has come. Leave out whom you do not want to "
                "remind yet: they stay here."
            ),
            "text2",
        )
        lead.setWordWrap(True)
        card = Card(padding=1)
        card.body.addWidget(self.table, 1)
        layout = column(self, spacing=12)
        layout.setContentsMargins(24, 4, 24, 24)
        layout.addWidget(lead)
        layout.addWidget(card, 1)
        self.table.rowOpened.connect(
            lambda row: self.navigationRequested.emit("invoice", row.invoice_id)
        )
        self.table.selectionChangedTo.connect(lambda _rows: commands.refresh())

    # What the window asks

    def refresh(self) -> None:
        self._desk.lanes.read(self._desk.app.reminders.due).then(
            self._show, self._desk.report, owner=self
        )

    def concerns(self, event: object) -> bool:
        kinds = (events.DocumentEvent, events.CompanyChanged, events.Imported)
        return isinstance(event, kinds)

    def first_focus(self) -> QWidget | None:
        return self.table

    def topbar_actions(self) -> list[QWidget]:
        return self._buttons

    # Inside

    def _show(self, rows: tuple[ReminderRow, ...]) -> None:
        self.model.set_rows(rows)
        self._desk.window.commands.refresh()

    def _has_rows(self) -> bool:
        return self.model.rowCount() > 0

    def _has_selection(self) -> bool:
        return bool(self.table.selected_rows())

    def _make_selected(self) -> None:
        self._ask(self.table.selected_rows())

    def _make_all(self) -> None:
        self._ask(self.model.rows())

    def _ask(self, rows: Sequence[ReminderRow]) -> None:
        self._desk.lanes.read(self._desk.app.queries.company).then(
            lambda company: self._ask_how(rows, can_send=company.mail.configured),
            self._desk.report,
            owner=self,
        )

    def _ask_how(self, rows: Sequence[ReminderRow], *, can_send: bool) -> None:
        asked = sum_by_currency(self._desk, [(row.currency, row.open_minor) for row in rows])
        text = tr("They ask for {amount}.").format(amount=asked)
        fees = [(row.currency, row.fee_minor) for row in rows if row.fee_minor]
        if fees:
            text += " " + tr("Late fees of {fees} are added.").format(
                fees=sum_by_currency(self._desk, fees)
            )
        ids = [row.invoice_id for row in rows]
        question = trn("Make {count} reminder?", "Make {count} reminders?", len(rows))
        if not can_send:
            text += " " + tr("Without a mail server in the settings they are not sent.")
            confirm(self, question, text, tr("Make"), partial(self._make, ids, self._made))
            return
        make_and_send = partial(self._make, ids, self._send_made)
        dialog = confirm(self, question, text, tr("Make and send"), make_and_send)
        dialog.offer(tr("Only make"), partial(self._make, ids, self._made))

    def _make(self, invoice_ids: list[int], then: Callable[[tuple[Issued, ...]], object]) -> None:
        work = partial(self._desk.app.reminders.remind, invoice_ids)
        self._desk.lanes.write(work).then(then, self._desk.report, owner=self)

    def _send_made(self, made: tuple[Issued, ...]) -> None:
        self._send([one.document_id for one in made])

    def _made(self, made: tuple[Issued, ...]) -> None:
        self._desk.window.toasts.show(
            trn("{count} reminder made.", "{count} reminders made.", len(made)),
            action=tr("Send by email"),
            on_action=partial(self._send, [one.document_id for one in made]),
            duration_ms=UNDO_S * 1000,
            icon="check",
        )

    def _send(self, document_ids: list[int]) -> None:
        mail = self._desk.app.mail

        def work() -> tuple[list[int], int]:
            """The mails queued, and how many customers have no address."""
            queued, without = [], 0
            for one in document_ids:
                draft = mail.draft_for(one)
                if draft.recipient:
                    queued.append(mail.send(one, draft, delay_s=UNDO_S))
                else:
                    without += 1
            return queued, without

        self._desk.lanes.write(work).then(self._sent, self._desk.report, owner=self)

    def _sent(self, sent: tuple[list[int], int]) -> None:
        queued, without = sent
        if queued:
            count = len(queued)
            self._desk.window.toasts.show(
                trn("{count} mail leaves in 10 s.", "{count} mails leave in 10 s.", count),
                action=tr("Undo"),
                on_action=partial(self._cancel, queued),
                duration_ms=UNDO_S * 1000,
                icon="mail",
            )
        if without:
            self._desk.window.toasts.show_error(
                trn(
                    "{count} customer has no email address; print that reminder.",
                    "{count} customers have no email address; print those reminders.",
                    without,
                )
            )

    def _cancel(self, mail_ids: list[int]) -> None:
        cancel = self._desk.app.mail.cancel
        self._desk.lanes.write(lambda: [cancel(one) for one in mail_ids]).then(
            lambda _none: None, self._desk.report, owner=self
        )

    def _columns(self) -> list[Column[ReminderRow]]:
        desk = self._desk
        return [
            Column(
                "customer",
                tr("Customer"),
                lambda row: row.customer_name,
                CellKind.TWO_LINES,
                width=220,
                stretch=True,
                second=lambda row: row.number,
            ),
            Column("due", tr("Due"), lambda row: desk.formats.date(row.due_on), width=120),
            Column(
                "late",
                tr("Late"),
                lambda row: trn("{count} day", "{count} days", row.days_late),
                width=100,
                tone=lambda _row: "pill.bad.fg",
            ),
            Column(
                "step",
                tr("Step"),
                lambda row: tr("Reminder {step}").format(step=row.step),
                CellKind.MUTED,
                width=110,
            ),
            Column(
                "fee",
                tr("Late fee"),
                lambda row: desk.money(row.fee_minor, row.currency) if row.fee_minor else "–",
                CellKind.AMOUNT,
                width=100,
            ),
            Column(
                "open",
                tr("Open"),
                lambda row: desk.money(row.open_minor, row.currency),
                CellKind.AMOUNT,
                width=120,
            ),
        ]
