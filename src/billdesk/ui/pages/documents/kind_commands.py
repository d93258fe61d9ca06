"""The commands that only some kinds of documents have, on a document's own page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from billdesk.core.domain.actions import Action
from billdesk.ui.commands import Command
from billdesk.ui.text import tr

if TYPE_CHECKING:
    from billdesk.ui.pages.documents.editor_page import EditorPage

KIND_MENU = [
    "quote.accept",
    "quote.decline",
    "quote.undo_answer",
    "quote.convert",
    "quote.bill_part",
    "quote.take_deposit",
    "deposit_invoice.final",
    "invoice.credit",
    "invoice.correct",
    "invoice.remind",
    "invoice.deliver",
    "credit_note.use",
    "credit_note.pay_out",
]


def register_kind_commands(page: EditorPage) -> None:
    """Add them to the window's registry; each works where the table of actions allows it."""
    registry, act, money = page.desk.window.commands, page.kind_actions, page.money_actions
    for name, title, action, handler, icon in (
        ("quote.accept", tr("Accept quote"), Action.ACCEPT, act.accept, "check"),
        ("quote.decline", tr("Decline quote"), Action.DECLINE, act.decline, "x"),
        ("quote.undo_answer", tr("Undo answer"), Action.UNDO_ANSWER, act.undo_answer, "refresh"),
        ("quote.convert", tr("Convert to invoice"), Action.BILL, act.convert, "documents"),
        ("quote.bill_part", tr("Invoice a part…"), Action.BILL, act.bill_part, "documents"),
        (
            "quote.take_deposit",
            tr("Deposit invoice…"),
            Action.TAKE_DEPOSIT,
            act.take_deposit,
            "payments",
        ),
        ("deposit_invoice.final", tr("Final invoice"), Action.DEDUCT, act.final, "documents"),
        ("invoice.credit", tr("Credit note…"), Action.CREDIT, act.credit, "copy"),
        ("invoice.correct", tr("Correct…"), Action.CORRECT, act.correct, "refresh"),
        ("invoice.remind", tr("Make reminder"), Action.REMIND, act.remind, "mail"),
        ("invoice.deliver", tr("Delivery note…"), Action.DELIVER, act.deliver, "documents"),
        (
            "credit_note.use",
            tr("Use credit for an invoice…"),
            Action.USE_CREDIT,
            money.use_credit_note,
            "check",
        ),
        ("credit_note.pay_out", tr("Pay out…"), Action.USE_CREDIT, money.pay_out, "arrow-left"),
    ):
        registry.add(
            Command(
                name,
                title,
                tr("Invoice"),
                partial(page.with_document, handler),
                (),
                enabled=partial(page.conditions.allows, action),
                scope=page,
                icon=icon,
            )
        )
