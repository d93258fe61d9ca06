"""Every use case that posts, asked to do so for a day of a closed period.

A row begins on a day that is still open (``begin``) and goes on when that day is closed
(``go_on``). It ends in a refusal, or the books have it on a day that is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import beginnings as begin_with
from beginnings import REFUSED, THEN
from books import Shop

from billdesk.core.domain.banking import Booked, Receipt
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.payments import (
    DeductionInput,
    PaymentInput,
    PayoutInput,
    RefundInput,
    RefundOrder,
    Share,
)
from billdesk.core.services.steps.credit import CreditInput

LATER = "booked on an open day"


@dataclass(frozen=True)
class Row:
    """One use case; ``go_on`` gets what ``begin`` made."""

    use_case: str
    ends: str
    begin: Callable[[Shop], Any]
    go_on: Callable[[Shop, Any], object]


ROWS = (
    Row(
        "InvoiceService.issue",
        REFUSED,
        begin_with.a_draft(DocumentKind.INVOICE),
        begin_with.issue_it,
    ),
    Row(
        "InvoiceService.issue",
        REFUSED,
        begin_with.a_draft(DocumentKind.DEPOSIT_INVOICE),
        begin_with.issue_it,
    ),
    Row(
        "InvoiceService.issue",
        REFUSED,
        begin_with.a_draft(DocumentKind.CREDIT_NOTE),
        begin_with.issue_it,
    ),
    Row(
        "InvoiceService.void",
        LATER,
        begin_with.taxed,
        lambda shop, document: shop.app.invoices.void(document, "Mistake"),
    ),
    Row(
        "CreditNoteService.credit",
        REFUSED,
        begin_with.taxed,
        lambda shop, invoice: shop.app.credit_notes.credit(CreditInput(invoice, issued_on=THEN)),
    ),
    Row(
        "CreditNoteService.credit",
        LATER,
        begin_with.taxed,
        lambda shop, invoice: shop.app.credit_notes.credit(CreditInput(invoice)),
    ),
    Row(
        "CreditNoteService.correct",
        LATER,
        begin_with.taxed,
        lambda shop, invoice: shop.app.credit_notes.correct(invoice),
    ),
    Row(
        "PaymentService.record",
        REFUSED,
        begin_with.an_invoice,
        lambda shop, invoice: shop.receive(invoice, 100, received_on=THEN),
    ),
    Row(
        "PaymentService.assign",
        LATER,
        lambda shop: (
            shop.app.payments.record(PaymentInput(None, 100, PaymentMethod.BANK, THEN)),
            shop.customer(),
        ),
        lambda shop, given: shop.app.payments.assign(*given),
    ),
    Row(
        "PaymentService.unassign",
        LATER,
        begin_with.with_credit,
        lambda shop, given: shop.app.payments.unassign(given[1]),
    ),
    Row(
        "PaymentService.undo",
        LATER,
        begin_with.paid,
        lambda shop, given: shop.app.payments.undo(given[1]),
    ),
    Row(
        "AllocationService.use_payment",
        LATER,
        begin_with.with_credit,
        lambda shop, given: shop.app.allocations.use_payment(given[1], Share(given[0], 100)),
    ),
    Row(
        "AllocationService.use_credit_note",
        LATER,
        begin_with.with_note,
        lambda shop, given: shop.app.allocations.use_credit_note(given[1], Share(given[0], 100)),
    ),
    Row(
        "AllocationService.take_off",
        LATER,
        begin_with.paid,
        lambda shop, given: shop.app.allocations.take_off(given[1], given[0]),
    ),
    Row(
        "AllocationService.take_note_off",
        LATER,
        begin_with.with_note_used,
        lambda shop, given: shop.app.allocations.take_note_off(given[1], given[0]),
    ),
    Row(
        "AllocationService.move",
        LATER,
        begin_with.two_of_one,
        lambda shop, given: shop.app.allocations.move(given[2], given[0], Share(given[1], 100)),
    ),
    Row(
        "RefundService.refund",
        REFUSED,
        begin_with.with_credit,
        lambda shop, given: shop.app.refunds.refund(
            RefundInput(100, PaymentMethod.BANK, THEN, given[1])
        ),
    ),
    Row(
        "RefundService.undo",
        LATER,
        begin_with.refunded,
        lambda shop, refund: shop.app.refunds.undo(refund),
    ),
    Row(
        "RefundService.explain",
        LATER,
        begin_with.refunded_at_stripe,
        lambda shop, refund: shop.app.refunds.explain(refund),
    ),
    Row(
        "RefundService.take_explanation_back",
        LATER,
        begin_with.explained,
        lambda shop, refund: shop.app.refunds.take_explanation_back(refund),
    ),
    Row(
        "DeductionService.deduct",
        REFUSED,
        begin_with.taxed,
        lambda shop, invoice: shop.app.deductions.deduct(
            DeductionInput(invoice, DeductionKind.WRITE_OFF, 100, THEN, "Lost")
        ),
    ),
    Row(
        "DeductionService.undo",
        LATER,
        begin_with.deducted,
        lambda shop, deduction: shop.app.deductions.undo(deduction),
    ),
    Row(
        "DeductionService.dispute_lost",
        LATER,
        begin_with.disputed,
        lambda shop, payment: shop.app.deductions.dispute_lost(payment, bad_debt=True),
    ),
    Row(
        "PayoutService.record",
        REFUSED,
        begin_with.nothing,
        lambda shop, _: shop.app.payouts.record(PayoutInput(100, THEN)),
    ),
    Row(
        "PayoutService.undo",
        LATER,
        lambda shop: shop.app.payouts.record(PayoutInput(100, THEN)),
        lambda shop, uid: shop.app.payouts.undo(uid),
    ),
    Row(
        "BankService.decide",
        LATER,
        begin_with.a_bank_line,
        lambda shop, given: shop.app.bank.decide(*given, Receipt(shop.customer())),
    ),
    Row(
        "BankService.decide",
        LATER,
        lambda shop: begin_with.a_bank_line(shop, "-5,00"),
        lambda shop, given: shop.app.bank.decide(
            *given, Booked(begin_with.account_of(shop, "5000"))
        ),
    ),
    Row(
        "BankService.confirm_all",
        LATER,
        begin_with.certain_line,
        lambda shop, _: shop.app.bank.confirm_all(),
    ),
    Row(
        "BankService.undo", LATER, begin_with.booked_line, lambda shop, one: shop.app.bank.undo(one)
    ),
    Row(
        "OpeningBalanceService.undo",
        LATER,
        begin_with.with_opening,
        lambda shop, _: shop.app.opening_balances.undo("Mistake"),
    ),
    Row("OpeningBalanceService.record", REFUSED, begin_with.nothing, begin_with.open_again),
    Row(
        "OpeningBalanceService.record", REFUSED, lambda shop: shop.customer(), begin_with.owe_again
    ),
    Row(
        "RecurringRunService.make_due",
        LATER,
        begin_with.a_template,
        lambda shop, template: shop.app.recurring_runs.make_due(template),
    ),
    Row(
        "RecurringRunService.create",
        LATER,
        begin_with.a_template,
        lambda shop, template: shop.app.recurring_runs.create(template, [1]),
    ),
    Row(
        "ReminderService.remind",
        LATER,
        begin_with.late,
        lambda shop, invoice: shop.app.reminders.remind([invoice]),
    ),
    Row("ImportService.run", REFUSED, begin_with.nothing, begin_with.import_history),
    Row(
        "RefundOrderService.order",
        LATER,
        begin_with.seen_at_stripe,
        lambda shop, payment: shop.app.refund_orders.order(RefundOrder(payment.id, 1_000)),
    ),
    Row(
        "PayoutService.arrived",
        REFUSED,
        begin_with.a_payout,
        lambda shop, payout: shop.app.payouts.arrived(payout, THEN),
    ),
    Row(
        "StripeBalanceService.store",
        LATER,
        begin_with.a_payout_that_arrived,
        begin_with.sent_back,
    ),
    Row(
        "StripeBalanceService.store_paid",
        LATER,
        begin_with.another_payout_that_arrived,
        begin_with.listed_as_sent_back,
    ),
    Row(
        "StripePaymentService.apply",
        LATER,
        begin_with.paid_at_stripe,
        lambda shop, _: shop.settle_down(),
    ),
    # The last one: it takes back what the others had paid in Stripe's test mode.
    Row("TrialMoneyService.take_back", LATER, begin_with.nothing, begin_with.go_live),
)
