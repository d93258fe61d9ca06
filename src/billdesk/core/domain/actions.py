"""What may be done with a document: kinds x states x actions, each allowed or refused with why."""

from datetime import date
from enum import StrEnum

from billdesk.core.domain.documents import (
    DRAFTED_KINDS,
    INVOICE_KINDS,
    RECEIVABLE_KINDS,
    DocumentFacts,
    DocumentKind,
    DocumentState,
    owes_fee,
    state_of,
)
from billdesk.core.domain.errors import NotAllowed


class Action(StrEnum):
    """Something a person asks for. Expiring is not one: a quote expires with its last day."""

    EDIT = "edit"
    DELETE = "delete"
    ISSUE = "issue"
    SEND = "send"
    VOID = "void"
    DUPLICATE = "duplicate"
    ACCEPT = "accept"
    DECLINE = "decline"
    UNDO_ANSWER = "undo_answer"
    BILL = "bill"
    TAKE_DEPOSIT = "take_deposit"
    DEDUCT = "deduct"
    CREDIT = "credit"
    CORRECT = "correct"
    PAY = "pay"
    LINK = "link"
    CHARGE_CARD = "charge_card"
    USE_CREDIT = "use_credit"
    REMIND = "remind"
    DELIVER = "deliver"


# As sentences call a kind.
NOUNS = {
    DocumentKind.QUOTE: "quote",
    DocumentKind.INVOICE: "invoice",
    DocumentKind.DEPOSIT_INVOICE: "deposit invoice",
    DocumentKind.FINAL_INVOICE: "final invoice",
    DocumentKind.CREDIT_NOTE: "credit note",
    DocumentKind.RECEIPT: "receipt",
    DocumentKind.STATEMENT: "statement",
    DocumentKind.DELIVERY_NOTE: "delivery note",
    DocumentKind.REMINDER: "reminder",
}
# What an action is called after "first, then …" and "you cannot …".
_WORDS = {
    Action.SEND: "send it",
    Action.ACCEPT: "accept it",
    Action.DECLINE: "decline it",
    Action.UNDO_ANSWER: "take its answer back",
    Action.BILL: "bill it",
    Action.TAKE_DEPOSIT: "ask for a deposit",
    Action.DEDUCT: "deduct it",
    Action.CREDIT: "credit it",
    Action.CORRECT: "correct it",
    Action.PAY: "record a payment",
    Action.LINK: "make a payment link",
    Action.CHARGE_CARD: "charge a saved card",
    Action.USE_CREDIT: "use it",
    Action.REMIND: "remind of it",
    Action.DELIVER: "make a delivery note",
}
_D, _S = DocumentKind, DocumentState
# Which kinds know an action at all, and what is said of the others.
_KINDS: dict[Action, tuple[frozenset[DocumentKind], str]] = {
    Action.EDIT: (DRAFTED_KINDS, "A {noun} is made from the books and not edited."),
    Action.DELETE: (DRAFTED_KINDS, "A {noun} has no draft to delete; declare it void instead."),
    Action.ISSUE: (DRAFTED_KINDS, "A {noun} is issued as it is made."),
    Action.SEND: (frozenset(DocumentKind), ""),
    Action.VOID: (frozenset(DocumentKind), ""),
    Action.DUPLICATE: (DRAFTED_KINDS, "Make a new {noun} from what it is about instead."),
    Action.ACCEPT: (frozenset({_D.QUOTE}), "Only a quote is accepted."),
    Action.DECLINE: (frozenset({_D.QUOTE}), "Only a quote is declined."),
    Action.UNDO_ANSWER: (frozenset({_D.QUOTE}), "Only a quote is answered."),
    Action.BILL: (frozenset({_D.QUOTE}), "Only a quote is turned into an invoice."),
    Action.TAKE_DEPOSIT: (
        frozenset({_D.QUOTE}),
        "A deposit is asked for a quote, or by a deposit invoice of its own.",
    ),
    Action.DEDUCT: (
        frozenset({_D.DEPOSIT_INVOICE}),
        "A final invoice deducts deposit invoices only.",
    ),
    Action.CREDIT: (INVOICE_KINDS, "A credit note takes back an invoice, not a {noun}."),
    Action.CORRECT: (INVOICE_KINDS, "Only an invoice is corrected by a credit note and a draft."),
    Action.PAY: (
        RECEIVABLE_KINDS,
        "Nothing is paid on a {noun}; payments are recorded for invoices.",
    ),
    Action.LINK: (INVOICE_KINDS, "A payment link is made for invoices, not for a {noun}."),
    Action.CHARGE_CARD: (INVOICE_KINDS, "A saved card is charged for invoices, not for a {noun}."),
    Action.USE_CREDIT: (frozenset({_D.CREDIT_NOTE}), "Only a credit note is used or paid out."),
    Action.REMIND: (INVOICE_KINDS, "Reminders are of invoices, not of a {noun}."),
    Action.DELIVER: (
        frozenset({_D.QUOTE, _D.INVOICE, _D.FINAL_INVOICE}),
        "A delivery note is made for an invoice or a quote, not for a {noun}.",
    ),
}
_SETTLED_ALREADY = "Nothing is open on this {noun}."
_ANSWERED = "This quote has been answered; take that answer back first."
_UNDER_WAY = "A payment for this {noun} is under way; wait for it to finish."
_IN_DISPUTE = "The customer's bank disputes a payment of this {noun}; wait for its end."
_TOUCHED = "Money has been received for this {noun} or it was credited, so it cannot be voided."
_USED = "This credit note has been used, so it cannot be voided."
_BILLED = "An invoice has been made from this quote; void or delete that first."
_DECLINED = "This quote was declined; take that answer back first."
_EXPIRED = "This quote has expired; accept it first if it still holds."
_UNANSWERED = "This quote has not been answered."
_UNEXPLAINED = "Say first what the refund of this {noun} was for."
# What a state forbids beyond draft and void, which forbid nearly everything.
_STATES: dict[Action, dict[DocumentState, str]] = {
    Action.ACCEPT: {
        _S.ACCEPTED: "This quote is accepted already.",
        _S.DECLINED: _ANSWERED,
        _S.PARTLY_INVOICED: "This quote is accepted: it is being invoiced.",
        _S.INVOICED: "This quote is accepted: it has been invoiced.",
    },
    Action.DECLINE: {
        _S.ACCEPTED: _ANSWERED,
        _S.DECLINED: "This quote is declined already.",
        _S.PARTLY_INVOICED: _BILLED,
        _S.INVOICED: _BILLED,
    },
    Action.UNDO_ANSWER: {
        **dict.fromkeys((_S.SENT, _S.ISSUED, _S.EXPIRED), _UNANSWERED),
        _S.PARTLY_INVOICED: _BILLED,
        _S.INVOICED: _BILLED,
    },
    Action.BILL: {
        _S.DECLINED: _DECLINED,
        _S.EXPIRED: _EXPIRED,
        _S.INVOICED: "All of this quote has been invoiced.",
    },
    Action.TAKE_DEPOSIT: {
        _S.DECLINED: _DECLINED,
        _S.EXPIRED: _EXPIRED,
        _S.INVOICED: "All of this quote has been invoiced.",
    },
    Action.DEDUCT: {
        **dict.fromkeys(
            (
                _S.DISPUTED,
                _S.REFUNDED,
                _S.PROCESSING,
                _S.OVERDUE,
                _S.PARTIALLY_PAID,
                _S.SENT,
                _S.ISSUED,
                _S.NOTHING_DUE,
            ),
            "Only a deposit that has been paid is deducted.",
        ),
        _S.WRITTEN_OFF: "This deposit was written off, not paid; credit it instead.",
    },
    Action.CREDIT: {
        _S.DISPUTED: _IN_DISPUTE,
        _S.PROCESSING: _UNDER_WAY,
    },
    Action.CORRECT: {
        _S.DISPUTED: _IN_DISPUTE,
        _S.PROCESSING: _UNDER_WAY,
    },
    Action.LINK: {
        **dict.fromkeys(
            (_S.PAID, _S.OVERPAID, _S.CREDITED, _S.WRITTEN_OFF, _S.NOTHING_DUE), _SETTLED_ALREADY
        ),
        _S.PROCESSING: _UNDER_WAY,
        _S.REFUNDED: _UNEXPLAINED,
        _S.DISPUTED: _IN_DISPUTE,
    },
    Action.CHARGE_CARD: {
        **dict.fromkeys(
            (_S.PAID, _S.OVERPAID, _S.CREDITED, _S.WRITTEN_OFF, _S.NOTHING_DUE), _SETTLED_ALREADY
        ),
        _S.PROCESSING: _UNDER_WAY,
        _S.REFUNDED: _UNEXPLAINED,
        _S.DISPUTED: _IN_DISPUTE,
    },
    Action.USE_CREDIT: {_S.SETTLED: "All of this credit note has been used or paid out."},
    Action.REMIND: {
        **dict.fromkeys(
            (_S.PAID, _S.OVERPAID, _S.CREDITED, _S.WRITTEN_OFF, _S.NOTHING_DUE), _SETTLED_ALREADY
        ),
        _S.PROCESSING: _UNDER_WAY,
        _S.REFUNDED: _UNEXPLAINED,
        _S.DISPUTED: _IN_DISPUTE,
        **dict.fromkeys((_S.ISSUED, _S.SENT, _S.PARTIALLY_PAID), "This {noun} is not overdue yet."),
    },
    Action.DELIVER: {_S.DECLINED: _DECLINED},
    Action.VOID: {
        _S.DISPUTED: _UNDER_WAY,
        _S.PROCESSING: _UNDER_WAY,
        **dict.fromkeys(
            (
                _S.REFUNDED,
                _S.OVERPAID,
                _S.PAID,
                _S.PARTIALLY_PAID,
                _S.CREDITED,
                _S.WRITTEN_OFF,
            ),
            _TOUCHED,
        ),
        _S.PARTLY_USED: _USED,
        _S.SETTLED: _USED,
        _S.INVOICED: _BILLED,
        _S.PARTLY_INVOICED: _BILLED,
    },
}
_OF_DRAFTS = (Action.EDIT, Action.DELETE, Action.ISSUE)


def refusal(
    action: Action, kind: DocumentKind, state: DocumentState, *, owed: bool = True
) -> str | None:
    """Why ``action`` is refused for a ``kind`` in ``state``: a sentence, or ``None`` if allowed.

    ``owed`` is false for a reminder without a late fee, on which nothing can be paid.
    """
    noun = NOUNS[kind]
    kinds, sentence = _KINDS[action]
    if kind not in kinds or (action is Action.PAY and not owed):
        return sentence.format(noun=noun)
    if action is Action.DUPLICATE:
        return None
    if action in _OF_DRAFTS:
        return None if state is DocumentState.DRAFT else _of_issued(noun, state)
    if state is DocumentState.DRAFT:
        if action is Action.VOID:
            return "A draft is deleted, not voided."
        return f"Issue the {noun} first, then {_WORDS[action]}."
    if state is DocumentState.VOID:
        if action is Action.VOID:
            return f"This {noun} is void already."
        return f"This {noun} is void; you cannot {_WORDS[action]}."
    found = _STATES.get(action, {}).get(state)
    return found.format(noun=noun) if found else None


def _of_issued(noun: str, state: DocumentState) -> str:
    if state is DocumentState.VOID:
        return f"This {noun} is void and cannot be changed; duplicate it instead."
    return f"This {noun} has been issued and cannot be changed; duplicate it or void it instead."


def allowed_actions(facts: DocumentFacts, today: date) -> frozenset[Action]:
    """Everything that may be done with a document on ``today``."""
    return frozenset(action for action in Action if reason_against(action, facts, today) is None)


def require(action: Action, facts: DocumentFacts, today: date) -> None:
    """Raise ``NotAllowed`` with the reason when ``action`` is refused on ``today``."""
    sentence = reason_against(action, facts, today)
    if sentence is not None:
        raise NotAllowed(sentence)


def reason_against(action: Action, facts: DocumentFacts, today: date) -> str | None:
    """Why ``action`` is refused on ``today``, by the table and by what no state tells."""
    owed = facts.kind is not DocumentKind.REMINDER or owes_fee(facts)
    sentence = refusal(action, facts.kind, state_of(facts, today), owed=owed)
    if sentence is None and action is Action.VOID:
        sentence = _touched(facts)
    return sentence


def _touched(facts: DocumentFacts) -> str | None:
    """Why a document cannot be void though its state allows it: overdue wins over part paid."""
    sentence = ""
    if facts.pending_minor or facts.disputed_minor:
        sentence = _UNDER_WAY
    elif facts.paid_minor or facts.credited_minor or _written_off(facts):
        sentence = _TOUCHED
    return sentence.format(noun=NOUNS[facts.kind]) or None


def _written_off(facts: DocumentFacts) -> bool:
    """Whether anything fell away besides the taxes withheld, which come back with the rest."""
    return facts.written_off_minor not in (0, facts.withheld_minor)
