"""Requests about quotes, deposits, credit notes and papers that cannot be done."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from books import line
from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case, Standing

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.settings import ReminderSettings, ReminderStep
from billdesk.core.services.documents.papers import DeliveryInput, StatementInput
from billdesk.core.services.documents.quotes import BillInput, DepositInput
from billdesk.core.services.steps.credit import CreditInput

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
HUGE = Decimal(10) ** 30
LONG = "x" * 20_001
Pick = Callable[[Standing], int]


def _credit(
    field: str | None,
    error: type[UserError] = UserError,
    *,
    of: Pick = lambda s: s.mine.issued,
    **changes: Any,
) -> Case:
    return lambda s: s.shop.app.credit_notes.credit(CreditInput(of(s), **changes)), error, field


CREDITING: dict[str, Case] = {
    "nothing": _credit("amount_minor", amount_minor=0),
    "minus a cent": _credit("amount_minor", amount_minor=-1),
    "a cent too much": _credit("amount_minor", amount_minor=10_001),
    "more than a column can hold": _credit("amount_minor", amount_minor=10**30),
    "lines and an amount": _credit("amount_minor", amount_minor=1, quantities={0: Decimal(1)}),
    "no line": _credit("quantities", quantities={}),
    "nothing of a line": _credit("quantities", quantities={0: Decimal(0)}),
    "a line that is not there": _credit("lines", quantities={7: Decimal(1)}),
    "line minus one": _credit("lines", quantities={-1: Decimal(1)}),
    "less than nothing of a line": _credit("lines.0.quantity", quantities={0: Decimal(-1)}),
    "more of a line than there is": _credit("lines.0.quantity", quantities={0: Decimal("1.01")}),
    "NaN of a line": _credit("lines.0.quantity", quantities={0: NAN}),
    "an infinity of a line": _credit("lines.0.quantity", quantities={0: INFINITE}),
    "over-precise": _credit("lines.0.quantity", quantities={0: Decimal("0.1234567")}),
    "before its invoice": _credit("issued_on", issued_on=TODAY - timedelta(days=1)),
    "in year 9999": _credit("issued_on", issued_on=date(9999, 12, 31)),
    "in year 1": _credit("issued_on", issued_on=date(1, 1, 1)),
    "a reason too long": _credit("reason", reason=LONG),
    "a reason with half a character": _credit("reason", reason="\ud800"),
    "a draft": _credit(None, NotAllowed, of=lambda s: s.mine.draft),
    "a void invoice": _credit(None, NotAllowed, of=lambda s: s.mine.void),
    "a quote": _credit(None, NotAllowed, of=lambda s: s.mine.quote),
    "a credit note": _credit(None, NotAllowed, of=lambda s: s.mine.note),
    "twice": _credit(None, NotAllowed, of=lambda s: s.mine.credited),
    "a deposit that is deducted": _credit(None, NotAllowed, of=lambda s: s.mine.deposit),
    "more of a final invoice than was asked for": _credit(
        "amount_minor", of=lambda s: s.mine.final, amount_minor=45_000
    ),
    "another company's": _credit(None, NotFound, of=lambda s: s.other.issued),
    "no invoice": _credit(None, NotFound, of=lambda _: NOWHERE),
    "correct a draft": (
        lambda s: s.shop.app.credit_notes.correct(s.mine.draft),
        NotAllowed,
        None,
    ),
    "correct what is credited": (
        lambda s: s.shop.app.credit_notes.correct(s.mine.credited),
        NotAllowed,
        None,
    ),
    "correct with a reason too long": (
        lambda s: s.shop.app.credit_notes.correct(s.mine.issued, LONG),
        UserError,
        "reason",
    ),
    "correct another company's": (
        lambda s: s.shop.app.credit_notes.correct(s.other.issued),
        NotFound,
        None,
    ),
    "void an invoice that is credited": (
        lambda s: s.shop.app.invoices.void(s.mine.credited, "why"),
        NotAllowed,
        None,
    ),
    "void a credit note that is used": (
        lambda s: s.shop.app.invoices.void(s.mine.note_of, "why"),
        NotAllowed,
        None,
    ),
    "void a credit note twice": (
        lambda s: s.shop.app.invoices.void(s.mine.void_note, "why"),
        NotAllowed,
        None,
    ),
    "void a deposit that is deducted": (
        lambda s: s.shop.app.invoices.void(s.mine.deposit, "why"),
        NotAllowed,
        None,
    ),
}


def _bill(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return (
        lambda s: s.shop.app.quotes.bill(BillInput(s.mine.accepted, **changes)),
        error,
        field,
    )


def _deposit(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return (
        lambda s: s.shop.app.quotes.take_deposit(DepositInput(s.mine.accepted, **changes)),
        error,
        field,
    )


def _quote(method: str, of: Pick, error: type[UserError] = NotAllowed) -> Case:
    return lambda s: getattr(s.shop.app.quotes, method)(of(s)), error, None


QUOTES: dict[str, Case] = {
    "accept a draft": _quote("accept", lambda s: s.mine.quote_draft),
    "accept twice": _quote("accept", lambda s: s.mine.accepted),
    "accept an invoice": _quote("accept", lambda s: s.mine.issued),
    "accept another company's": _quote("accept", lambda s: s.other.quote, NotFound),
    "accept nothing": _quote("accept", lambda _: NOWHERE, NotFound),
    "accept with a note too long": (
        lambda s: s.shop.app.quotes.accept(s.mine.quote, LONG),
        UserError,
        "note",
    ),
    "decline a draft": _quote("decline", lambda s: s.mine.quote_draft),
    "decline twice": _quote("decline", lambda s: s.mine.declined),
    "decline a credit note": _quote("decline", lambda s: s.mine.note),
    "decline another company's": _quote("decline", lambda s: s.other.quote, NotFound),
    "take back an answer that was not given": _quote("undo_answer", lambda s: s.mine.quote),
    "take another company's answer back": _quote(
        "undo_answer", lambda s: s.other.accepted, NotFound
    ),
    "convert a draft": _quote("convert", lambda s: s.mine.quote_draft),
    "convert what was declined": _quote("convert", lambda s: s.mine.declined),
    "convert an invoice": _quote("convert", lambda s: s.mine.issued),
    "convert another company's": _quote("convert", lambda s: s.other.accepted, NotFound),
    "bill nothing": _bill("amount_minor", amount_minor=0),
    "bill minus a cent": _bill("amount_minor", amount_minor=-1),
    "bill a cent too much": _bill("amount_minor", amount_minor=10_001),
    "bill more than a column can hold": _bill("amount_minor", amount_minor=10**30),
    "bill 0 percent": _bill("percent", percent=Decimal(0)),
    "bill minus 1 percent": _bill("percent", percent=Decimal(-1)),
    "bill 101 percent": _bill("percent", percent=Decimal(101)),
    "bill NaN percent": _bill("percent", percent=NAN),
    "bill infinite percent": _bill("percent", percent=INFINITE),
    "bill huge percent": _bill("percent", percent=HUGE),
    "bill a percentage of no cent": _bill("percent", percent=Decimal("0.000001")),
    "bill a percentage and an amount": _bill("percent", percent=Decimal(1), amount_minor=1),
    "bill a line that is not there": _bill("lines", quantities={9: Decimal(1)}),
    "bill NaN of a line": _bill("lines.0.quantity", quantities={0: NAN}),
    "bill more of a line than there is": _bill("lines.0.quantity", quantities={0: Decimal(2)}),
    "bill less than nothing of a line": _bill("lines.0.quantity", quantities={0: Decimal(-1)}),
    "bill no line": _bill("quantities", quantities={}),
    "bill what was declined": (
        lambda s: s.shop.app.quotes.bill(BillInput(s.mine.declined)),
        NotAllowed,
        None,
    ),
    "bill another company's": (
        lambda s: s.shop.app.quotes.bill(BillInput(s.other.accepted)),
        NotFound,
        None,
    ),
    "deposit of nothing": _deposit("amount_minor", amount_minor=0),
    "deposit of minus a cent": _deposit("amount_minor", amount_minor=-1),
    "deposit of a cent too much": _deposit("amount_minor", amount_minor=10_001),
    "deposit of 101 percent": _deposit("percent", percent=Decimal(101)),
    "deposit of NaN percent": _deposit("percent", percent=NAN),
    "deposit without saying how much": _deposit("amount_minor"),
    "deposit both ways": _deposit("percent", percent=Decimal(1), amount_minor=1),
    "deposit on another company's": (
        lambda s: s.shop.app.quotes.take_deposit(DepositInput(s.other.accepted, Decimal(10))),
        NotFound,
        None,
    ),
    "valid until year 9999": (
        lambda s: s.shop.app.invoices.create(
            s.draft(valid_until=date(9999, 12, 31)), DocumentKind.QUOTE
        ),
        UserError,
        "valid_until",
    ),
    "pay a quote": (lambda s: s.pay(document_id=s.mine.accepted), NotAllowed, None),
    "void a quote twice": (
        lambda s: s.shop.app.invoices.void(s.mine.quote_draft, "why"),
        NotAllowed,
        None,
    ),
}


def _final(field: str | None, error: type[UserError], *deposits: Pick, **changes: Any) -> Case:
    def request(s: Standing) -> object:
        draft = s.draft(
            lines=(line("500"),), deposit_ids=tuple(one(s) for one in deposits), **changes
        )
        saved = s.shop.app.invoices.create(draft, DocumentKind.FINAL_INVOICE)
        s.before = s.watch.seen()
        return s.shop.app.invoices.issue(saved.document_id, saved.version)

    return request, error, field


FINAL: dict[str, Case] = {
    "deducts nothing that is there": _final(None, NotFound, lambda _: NOWHERE),
    "deducts another company's deposit": _final(None, NotFound, lambda s: s.other.unpaid_deposit),
    "deducts an unpaid deposit": _final(None, NotAllowed, lambda s: s.mine.unpaid_deposit),
    "deducts what is deducted": _final("deposit_ids", UserError, lambda s: s.mine.deposit),
    "deducts an invoice": _final(None, NotAllowed, lambda s: s.mine.paid),
    "deducts one twice": _final(
        "deposit_ids", UserError, lambda s: s.mine.unpaid_deposit, lambda s: s.mine.unpaid_deposit
    ),
    "deposit deducted by an invoice": (
        lambda s: s.create(deposit_ids=(s.mine.unpaid_deposit,)),
        UserError,
        "deposit_ids",
    ),
    "credit note over nothing": (
        lambda s: _issue(s, DocumentKind.CREDIT_NOTE, lines=(line("0"),)),
        UserError,
        "lines",
    ),
    "credit note over less than nothing": (
        lambda s: _issue(s, DocumentKind.CREDIT_NOTE, lines=(line("1", "-1"),)),
        UserError,
        "lines",
    ),
    "draft of a kind that is made from something": (
        lambda s: s.shop.app.invoices.create(s.draft(), DocumentKind.REMINDER),
        NotAllowed,
        None,
    ),
}


def _issue(s: Standing, kind: DocumentKind, **changes: Any) -> object:
    saved = s.shop.app.invoices.create(s.draft(**changes), kind)
    s.before = s.watch.seen()
    return s.shop.app.invoices.issue(saved.document_id, saved.version)


def _deliver(field: str, **changes: Any) -> Case:
    return (
        lambda s: s.shop.app.papers.deliver(DeliveryInput(s.mine.issued, **changes)),
        UserError,
        field,
    )


def _statement(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def request(s: Standing) -> object:
        good = {"customer_id": s.mine.customer, "first_on": CLOSED, "last_on": TODAY}
        return s.shop.app.papers.statement(StatementInput(**{**good, **changes}))

    return request, error, field


PAPERS: dict[str, Case] = {
    "deliver a line that is not there": _deliver("lines", quantities={4: Decimal(1)}),
    "deliver NaN": _deliver("lines.0.quantity", quantities={0: NAN}),
    "deliver too much": _deliver("lines.0.quantity", quantities={0: Decimal(2)}),
    "deliver less than nothing": _deliver("lines.0.quantity", quantities={0: Decimal(-1)}),
    "deliver over-precise": _deliver("lines.0.quantity", quantities={0: Decimal("0.1234567")}),
    "deliver nothing": _deliver("quantities", quantities={}),
    "deliver in year 1": _deliver("delivered_on", delivered_on=date(1, 1, 1)),
    "deliver a draft": (
        lambda s: s.shop.app.papers.deliver(DeliveryInput(s.mine.draft)),
        NotAllowed,
        None,
    ),
    "deliver another company's": (
        lambda s: s.shop.app.papers.deliver(DeliveryInput(s.other.issued)),
        NotFound,
        None,
    ),
    "receipt of what was undone": (
        lambda s: s.shop.app.papers.receipt(s.mine.undone_payment),
        NotAllowed,
        None,
    ),
    "receipt to nobody": (
        lambda s: s.shop.app.papers.receipt(s.mine.homeless),
        NotAllowed,
        None,
    ),
    "receipt of another company's payment": (
        lambda s: s.shop.app.papers.receipt(s.other.payment),
        NotFound,
        None,
    ),
    "statement that ends before it begins": _statement("last_on", last_on=date(2026, 1, 1)),
    "statement from year 1": _statement("first_on", first_on=date(1, 1, 1)),
    "statement to year 9999": _statement("last_on", last_on=date(9999, 12, 31)),
    "statement in no currency": _statement("currency", currency="XXX"),
    "statement of nobody": _statement(None, NotFound, customer_id=NOWHERE),
    "statement of a part of somebody": (
        lambda s: s.shop.app.papers.statement(StatementInput(s.mine.merged, CLOSED, TODAY)),
        NotAllowed,
        None,
    ),
    "statement of another company's customer": (
        lambda s: s.shop.app.papers.statement(StatementInput(s.other.customer, CLOSED, TODAY)),
        NotFound,
        None,
    ),
    "remind of what is not late": (
        lambda s: s.shop.app.reminders.remind([s.mine.issued]),
        NotAllowed,
        None,
    ),
    "remind of what is paid": (
        lambda s: s.shop.app.reminders.remind([s.mine.paid]),
        NotAllowed,
        None,
    ),
    "remind of a late one and of one that is not": (
        lambda s: s.shop.app.reminders.remind([s.mine.late, s.mine.void]),
        NotAllowed,
        None,
    ),
    "remind another company's customer": (
        lambda s: s.shop.app.reminders.remind([s.other.late]),
        NotFound,
        None,
    ),
    "reminder after 0 days": (
        lambda _: ReminderSettings((ReminderStep(0),)),
        UserError,
        "days",
    ),
    "reminders out of order": (
        lambda _: ReminderSettings((ReminderStep(9), ReminderStep(8))),
        UserError,
        "days",
    ),
    "reminder with a negative fee": (
        lambda _: ReminderSettings((ReminderStep(9, fee_minor=-1),)),
        UserError,
        "fee_minor",
    ),
    "reminder with a fee no column holds": (
        lambda _: ReminderSettings((ReminderStep(9, fee_minor=10**20),)),
        UserError,
        "fee_minor",
    ),
    "reminder that gives no day to pay": (
        lambda _: ReminderSettings(days_to_pay=0),
        UserError,
        "days_to_pay",
    ),
    "reminder title too long": (
        lambda s: s.shop.app.reminders.save_settings(
            ReminderSettings((ReminderStep(9, title="x" * 101),))
        ),
        UserError,
        "title",
    ),
    "restore a revision of an old version": (
        lambda s: s.shop.app.invoices.restore_revision(s.mine.draft, 99, 1),
        StaleVersion,
        None,
    ),
    "restore a revision that is not there": (
        lambda s: s.shop.app.invoices.restore_revision(
            s.mine.draft, s.version(s.mine.draft), 9_999
        ),
        NotFound,
        None,
    ),
}
