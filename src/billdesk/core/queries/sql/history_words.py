"""The audit log in plain words: what happened to a document, as its owner would say it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billdesk.core.domain.outside import PaymentMethod, RenditionKind
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.queries.tone import Tone

# Autosave writes one of these every second or so; nobody wants to read them.
SILENT_ACTIONS = ("invoice.saved", "quote.saved", "credit_note.saved")

_WORDS: dict[str, tuple[str, Tone]] = {
    "invoice.created": ("Draft begun", Tone.NEUTRAL),
    "invoice.draft_deleted": ("Draft deleted", Tone.NEUTRAL),
    "invoice.draft_restored": ("Draft restored", Tone.NEUTRAL),
    "invoice.issued": ("Issued", Tone.INFO),
    "invoice.imported": ("Imported", Tone.NEUTRAL),
    "invoice.revision_restored": ("Earlier version brought back", Tone.NEUTRAL),
    "invoice.credited": ("Credit note made", Tone.INFO),
    "invoice.reminded": ("Customer reminded", Tone.INFO),
    "quote.created": ("Quote begun", Tone.NEUTRAL),
    "quote.draft_deleted": ("Draft deleted", Tone.NEUTRAL),
    "quote.draft_restored": ("Draft restored", Tone.NEUTRAL),
    "quote.revision_restored": ("Earlier version brought back", Tone.NEUTRAL),
    "quote.issued": ("Quote issued", Tone.INFO),
    "quote.voided": ("Quote declared void", Tone.WARN),
    "quote.accepted": ("Quote accepted", Tone.OK),
    "quote.declined": ("Quote declined", Tone.WARN),
    "quote.answer_undone": ("Answer to the quote taken back", Tone.NEUTRAL),
    "credit_note.created": ("Credit note begun", Tone.NEUTRAL),
    "credit_note.draft_deleted": ("Draft deleted", Tone.NEUTRAL),
    "credit_note.draft_restored": ("Draft restored", Tone.NEUTRAL),
    "credit_note.revision_restored": ("Earlier version brought back", Tone.NEUTRAL),
    "credit_note.issued": ("Credit note issued", Tone.INFO),
    "credit_note.voided": ("Credit note declared void", Tone.WARN),
    "delivery_note.issued": ("Delivery note made", Tone.INFO),
    "delivery_note.voided": ("Delivery note declared void", Tone.WARN),
    "receipt.issued": ("Receipt made", Tone.INFO),
    "receipt.voided": ("Receipt declared void", Tone.WARN),
    "statement.issued": ("Statement made", Tone.INFO),
    "statement.voided": ("Statement declared void", Tone.WARN),
    "reminder.issued": ("Reminder made", Tone.INFO),
    "reminder.voided": ("Reminder declared void", Tone.WARN),
    "invoice.voided": ("Declared void", Tone.WARN),
    "rendition.stored": ("PDF stored", Tone.NEUTRAL),
    "mail.queued": ("Mail queued", Tone.NEUTRAL),
    "mail.withdrawn": ("Mail withdrawn before it was sent", Tone.NEUTRAL),
    "mail.saved_as_file": ("Mail saved for another mail program", Tone.NEUTRAL),
    "mail.accepted": ("Mail sent", Tone.OK),
    "mail.failed": ("Mail could not be sent", Tone.BAD),
    "mail.unknown": ("Mail may have been sent", Tone.WARN),
    "link.requested": ("New payment link requested", Tone.NEUTRAL),
    "link.created": ("Payment link ready", Tone.INFO),
    "link.failed": ("Payment link could not be made", Tone.BAD),
    "link.withheld": ("Payment link not as asked for, switched off", Tone.BAD),
    "link.switched_off_again": ("Old payment link switched off once more", Tone.WARN),
    "instalments.planned": ("Instalments agreed on", Tone.NEUTRAL),
    "instalments.dropped": ("Plan of instalments dropped", Tone.NEUTRAL),
    "charge.ordered": ("Saved card to be charged", Tone.INFO),
    "charge.withdrawn": ("Saved card not charged after all", Tone.NEUTRAL),
    "charge.refused": ("Saved card could not be charged", Tone.BAD),
    "link.expired": ("Payment link expired after the due date", Tone.NEUTRAL),
    "link.switched_off": ("Payment link switched off", Tone.NEUTRAL),
    "link.retired": ("Payment link closed at Stripe", Tone.NEUTRAL),
    "link.given_up": ("Continued without a payment link", Tone.NEUTRAL),
    "outbox.tried_again": ("Tried again what had failed", Tone.NEUTRAL),
    "outbox.dismissed": ("Put aside what had failed", Tone.NEUTRAL),
    "link.found_again": ("A payment link these books had lost was found", Tone.INFO),
    "link.stray_off": ("A payment link these books do not have was switched off", Tone.WARN),
    "link.moved_account": ("Payment links moved to another Stripe account", Tone.NEUTRAL),
    "link.left_account": ("Payment links of a Stripe account switched off", Tone.NEUTRAL),
    "payout.sent": ("Stripe sent a payout to the bank", Tone.INFO),
    "payout.recorded": ("Payout arrived in the bank", Tone.OK),
    "payout.undone": ("Payout undone", Tone.NEUTRAL),
    "payout.failed": ("The bank sent a payout back to Stripe", Tone.BAD),
    "payment.unassigned": ("Money was not for this after all", Tone.WARN),
    "payment.recorded": ("Payment recorded", Tone.OK),
    "payment.undone": ("Payment undone", Tone.WARN),
    "payment.assigned": ("Money of an unknown payer was for this", Tone.OK),
    "credit.used": ("Credit used", Tone.OK),
    "credit.moved": ("Payment moved between invoices", Tone.NEUTRAL),
    "credit.taken_off": ("Made credit again", Tone.WARN),
    "refund.recorded": ("Money given back", Tone.WARN),
    "refund.undone": ("Refund undone", Tone.NEUTRAL),
    "refund.explained": ("Refund explained", Tone.NEUTRAL),
    "refund.unexplained": ("Explanation of the refund taken back", Tone.NEUTRAL),
    "refund.ordered": ("Refund ordered at Stripe", Tone.WARN),
    "refund.accepted": ("Refund accepted by Stripe", Tone.INFO),
    "refund.refused": ("Refund refused by Stripe", Tone.BAD),
    "refund.withdrawn": ("Order of the refund withdrawn", Tone.NEUTRAL),
    "refund.given_up": ("Refund given up", Tone.NEUTRAL),
    "deduction.recorded": ("Settled without money", Tone.NEUTRAL),
    "deduction.undone": ("Owed again", Tone.WARN),
    "dispute.lost": ("Dispute lost", Tone.BAD),
    "stripe.pending": ("Online payment under way", Tone.INFO),
    "stripe.succeeded": ("Paid online", Tone.OK),
    "stripe.failed": ("Online payment did not go through", Tone.BAD),
    "stripe.partially_refunded": ("Part of the online payment was refunded", Tone.WARN),
    "stripe.refunded": ("Online payment was refunded", Tone.WARN),
    "stripe.disputed": ("The customer disputes the online payment", Tone.BAD),
    "stripe.lost": ("The dispute over the online payment was lost", Tone.BAD),
    "stripe.won": ("The dispute over the online payment was won", Tone.OK),
    "stripe.answered": ("The dispute is being decided", Tone.INFO),
    "stripe.inquiry": ("The customer's bank asks about the online payment", Tone.WARN),
    "stripe.inquiry_closed": ("The bank's question was closed", Tone.OK),
    "stripe.returned": ("The bank took the online payment back", Tone.BAD),
    "stripe.declined": ("An attempt to pay online was declined", Tone.WARN),
    "stripe.refund_pending": ("The refund is on its way", Tone.INFO),
    "stripe.refund_waits": ("The refund waits for the customer's bank details", Tone.WARN),
    "stripe.refund_done": ("The refund arrived", Tone.OK),
    "stripe.refund_failed": ("The refund failed; the money is back at Stripe", Tone.BAD),
    "stripe.test": ("Test payment, no real money", Tone.NEUTRAL),
    "stripe.asked": ("A question about the online payment", Tone.WARN),
    "stripe.fee": ("Stripe's fee is known", Tone.NEUTRAL),
}

_DEDUCTIONS: dict[str, str] = {
    DeductionKind.WRITE_OFF: "Written off",
    DeductionKind.BAD_DEBT: "Bad debt",
    DeductionKind.EARLY_PAYMENT_DISCOUNT: "Discount for paying early",
    DeductionKind.WITHHOLDING: "Tax withheld by the customer",
    DeductionKind.CASH_ROUNDING: "Cash rounding",
}

_MEANINGS: dict[str, str] = {
    RefundMeaning.CREDIT_NOTE: "By a credit note",
    RefundMeaning.REOPENED: "The debt stands again",
    RefundMeaning.GOODWILL: "Goodwill",
    RefundMeaning.CREDIT_RETURNED: "Credit paid out",
}

_METHODS: dict[str, str] = {
    PaymentMethod.CASH: "Cash",
    PaymentMethod.BANK: "Bank transfer",
    PaymentMethod.CHEQUE: "Cheque",
    PaymentMethod.OTHER: "Other",
}


@dataclass(frozen=True, slots=True)
class Words:
    """``detail`` adds what the text leaves out; the amount is minor units of ``currency``.

    ``message_id`` names the mail it is about; an empty ``currency`` is the document's.
    """

    text: str
    tone: Tone
    detail: str = ""
    amount_minor: int | None = None
    currency: str = ""
    message_id: str = ""


def words_of(action: str, body: str | None) -> Words:
    """Put an audit row into words; ``body`` is its detail, ``None`` where that was erased."""
    text, tone = _WORDS.get(action, (_spelled_out(action), Tone.NEUTRAL))
    stored = json.loads(body) if body else {}
    before, after = _mapping(stored.get("before")), _mapping(stored.get("after"))
    facts = after or before
    return Words(
        text=text,
        tone=tone,
        detail=_detail(action, facts),
        amount_minor=_amount(action, facts),
        currency=str(facts.get("currency", "")),
        message_id=str(facts.get("message_id", "")),
    )


def actions_said(word: str) -> tuple[str, ...]:
    """The actions whose words contain ``word``, which is in small letters."""
    return tuple(action for action, (text, _) in _WORDS.items() if word in text.lower())


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _spelled_out(action: str) -> str:
    """A readable text for an action that has no words of its own yet."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _detail(action: str, facts: Mapping[str, Any]) -> str:
    if action.endswith(".issued") or action in ("invoice.credited", "invoice.reminded"):
        return str(facts.get("number", ""))
    if action.endswith(".voided"):
        return str(facts.get("reason", ""))
    if action in ("quote.accepted", "quote.declined"):
        return str(facts.get("note", ""))
    if action in (
        "mail.failed",
        "link.failed",
        "link.withheld",
        "refund.refused",
        "charge.refused",
    ):
        return str(facts.get("error", ""))
    if action in ("payment.recorded", "payment.undone"):
        return _METHODS.get(facts.get("method", ""), "")
    if action.startswith("deduction."):
        return _DEDUCTIONS.get(facts.get("kind", ""), "")
    if action.startswith("refund."):
        return _MEANINGS.get(facts.get("meaning", ""), "")
    if action in ("stripe.disputed", "stripe.inquiry"):
        return _objection(facts)
    if action == "stripe.declined":
        return _plain(str(facts.get("decline_code") or facts.get("code") or ""))
    if action == "stripe.asked":
        return str(facts.get("review", ""))
    if action == "stripe.refund_failed":
        return _plain(str(facts.get("failure", "")))
    if action == "rendition.stored":
        return _pdf(str(facts.get("kind", "")))
    return ""


def _objection(facts: Mapping[str, Any]) -> str:
    """Why the customer objects, and until when that can be answered."""
    reason, due_on = _plain(str(facts.get("reason", ""))), facts.get("due_on")
    until = f"answer by {due_on}" if due_on else ""
    return ", ".join(part for part in (reason, until) if part)


def _plain(code: str) -> str:
    """Stripe's code as words: ``insufficient_funds`` is insufficient funds."""
    return code.replace("_", " ").capitalize()


def _pdf(kind: str) -> str:
    if RenditionKind.is_paid(kind):
        return "Paid copy"
    if not RenditionKind.has_link(kind):
        return "Without a payment link"
    return "" if kind == RenditionKind.ORIGINAL else "With the new payment link"


def _amount(action: str, facts: Mapping[str, Any]) -> int | None:
    if action in ("invoice.issued", "quote.issued", "credit_note.issued", "invoice.credited"):
        minor = facts.get("total_minor")
    elif action == "stripe.fee":
        minor = facts.get("minor")
    elif action == "stripe.partially_refunded":
        # How much is told by the line of its refund.
        minor = None
    elif action.startswith(("payment.", "stripe.")):
        minor = facts.get("amount_minor")
    elif action.startswith(("credit.", "refund.", "deduction.", "dispute.", "payout.")):
        minor = facts.get("minor")
    else:
        minor = None
    return minor if isinstance(minor, int) else None
