"""Kinds x states x actions, row by row: what is allowed, and the reason for what is not."""

from dataclasses import replace
from datetime import date

import pytest

from billdesk.core.domain.actions import Action, refusal, require
from billdesk.core.domain.documents import DocumentFacts, DocumentKind, DocumentState
from billdesk.core.domain.errors import NotAllowed

TODAY = date(2026, 11, 24)
A, K, S = Action, DocumentKind, DocumentState
WRITE = {A.EDIT, A.DELETE, A.ISSUE}
ONLINE = {A.LINK, A.CHARGE_CARD}
INVOICE_ROWS: dict[DocumentState, set[Action]] = {
    S.VOID: set(),
    S.DRAFT: WRITE,
    S.DISPUTED: {A.SEND, A.PAY},
    S.REFUNDED: {A.SEND, A.PAY, A.CREDIT, A.CORRECT},
    S.PROCESSING: {A.SEND, A.PAY},
    S.OVERPAID: {A.SEND, A.PAY, A.CREDIT, A.CORRECT},
    S.PAID: {A.SEND, A.PAY, A.CREDIT, A.CORRECT},
    S.CREDITED: {A.SEND, A.PAY, A.CREDIT, A.CORRECT},
    S.WRITTEN_OFF: {A.SEND, A.PAY, A.CREDIT, A.CORRECT},
    S.NOTHING_DUE: {A.SEND, A.PAY, A.CREDIT, A.CORRECT, A.VOID},
    S.OVERDUE: {A.SEND, A.PAY, A.CREDIT, A.CORRECT, A.VOID, A.REMIND} | ONLINE,
    S.PARTIALLY_PAID: {A.SEND, A.PAY, A.CREDIT, A.CORRECT} | ONLINE,
    S.SENT: {A.SEND, A.PAY, A.CREDIT, A.CORRECT, A.VOID} | ONLINE,
    S.ISSUED: {A.SEND, A.PAY, A.CREDIT, A.CORRECT, A.VOID} | ONLINE,
}
DELIVERED = {state for state in INVOICE_ROWS if state not in (S.VOID, S.DRAFT)}
TABLE: dict[tuple[DocumentKind, DocumentState], set[Action]] = {
    (K.QUOTE, S.VOID): set(),
    (K.QUOTE, S.DRAFT): WRITE,
    (K.QUOTE, S.INVOICED): {A.SEND, A.DELIVER},
    (K.QUOTE, S.PARTLY_INVOICED): {A.SEND, A.DELIVER, A.BILL, A.TAKE_DEPOSIT},
    (K.QUOTE, S.DECLINED): {A.SEND, A.VOID, A.UNDO_ANSWER},
    (K.QUOTE, S.ACCEPTED): {
        *(A.SEND, A.VOID, A.UNDO_ANSWER, A.BILL, A.TAKE_DEPOSIT, A.DELIVER),
    },
    (K.QUOTE, S.EXPIRED): {A.SEND, A.VOID, A.ACCEPT, A.DECLINE, A.DELIVER},
    **{
        (K.QUOTE, state): {
            *(A.SEND, A.VOID, A.ACCEPT, A.DECLINE, A.BILL, A.TAKE_DEPOSIT, A.DELIVER),
        }
        for state in (S.SENT, S.ISSUED)
    },
    **{
        (kind, state): allowed | ({A.DELIVER} if state in DELIVERED else set())
        for kind in (K.INVOICE, K.FINAL_INVOICE)
        for state, allowed in INVOICE_ROWS.items()
    },
    **{
        (K.DEPOSIT_INVOICE, state): allowed
        | ({A.DEDUCT} if state in (S.PAID, S.OVERPAID, S.CREDITED) else set())
        for state, allowed in INVOICE_ROWS.items()
    },
    (K.CREDIT_NOTE, S.VOID): set(),
    (K.CREDIT_NOTE, S.DRAFT): WRITE,
    (K.CREDIT_NOTE, S.OPEN_CREDIT): {A.SEND, A.VOID, A.USE_CREDIT},
    (K.CREDIT_NOTE, S.PARTLY_USED): {A.SEND, A.USE_CREDIT},
    (K.CREDIT_NOTE, S.SETTLED): {A.SEND},
    **{
        (K.REMINDER, state): allowed & {A.SEND, A.PAY, A.VOID}
        for state, allowed in INVOICE_ROWS.items()
        if state is not S.DRAFT
    },
    **{
        (kind, state): {A.SEND, A.VOID} if state is not S.VOID else set()
        for kind in (K.RECEIPT, K.STATEMENT, K.DELIVERY_NOTE)
        for state in (S.VOID, S.SENT, S.ISSUED)
    },
}
DUPLICATED = {K.QUOTE, K.INVOICE, K.DEPOSIT_INVOICE, K.FINAL_INVOICE, K.CREDIT_NOTE}


@pytest.mark.parametrize(
    ("kind", "state"), list(TABLE), ids=[f"{kind}-{state}" for kind, state in TABLE]
)
def test_each_row_of_the_table(kind: DocumentKind, state: DocumentState) -> None:
    found = {action for action in Action if refusal(action, kind, state) is None}
    always = {A.DUPLICATE} if kind in DUPLICATED else set()
    assert found == TABLE[kind, state] | always


def test_every_refusal_is_a_sentence_about_this_kind() -> None:
    for kind, state in TABLE:
        for action in Action:
            sentence = refusal(action, kind, state)
            if sentence is not None:
                assert sentence[0].isupper()
                assert sentence.endswith(".")
                assert "{" not in sentence


def test_nothing_is_paid_on_a_reminder_without_a_fee() -> None:
    assert refusal(A.PAY, K.REMINDER, S.ISSUED, owed=False)
    free = DocumentFacts(True, 0, 0, None, kind=K.REMINDER)
    with pytest.raises(NotAllowed, match="Nothing is paid"):
        require(A.PAY, free, TODAY)
    require(A.PAY, replace(free, total_minor=500, open_minor=500), TODAY)


DRAFT = DocumentFacts(issued=False, total_minor=100, open_minor=0, due_on=None)
ISSUED = DocumentFacts(issued=True, total_minor=100, open_minor=100, due_on=TODAY)


def test_only_a_draft_is_edited() -> None:
    require(A.EDIT, DRAFT, TODAY)
    with pytest.raises(NotAllowed, match="issued"):
        require(A.EDIT, ISSUED, TODAY)


def test_only_a_valid_issued_document_is_sent() -> None:
    require(A.SEND, ISSUED, TODAY)
    with pytest.raises(NotAllowed, match="Issue the invoice first, then send it"):
        require(A.SEND, DRAFT, TODAY)
    with pytest.raises(NotAllowed, match="void"):
        require(A.SEND, replace(ISSUED, voided=True), TODAY)


LATE = replace(ISSUED, due_on=date(2026, 11, 1))


@pytest.mark.parametrize(
    "touched",
    [
        DRAFT,
        replace(ISSUED, voided=True),
        replace(ISSUED, pending_minor=1),
        replace(ISSUED, disputed_minor=1),
        # Overdue wins over part paid: the facts are looked at as well.
        replace(LATE, paid_minor=1, open_minor=99),
        replace(LATE, credited_minor=1, open_minor=99),
        replace(LATE, written_off_minor=1, open_minor=99),
    ],
)
def test_void_needs_a_document_no_money_has_touched(touched: DocumentFacts) -> None:
    require(A.VOID, ISSUED, TODAY)
    require(A.VOID, LATE, TODAY)
    with pytest.raises(NotAllowed):
        require(A.VOID, touched, TODAY)
