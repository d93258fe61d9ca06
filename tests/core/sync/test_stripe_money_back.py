"""What the owner says about money that went back at Stripe, and what Stripe does afterwards."""

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.settings import TaxSettings
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.payments import DeductionInput, Share
from billdesk.core.services.steps.credit import CreditInput


@pytest.fixture
def document_id(online: Shop) -> int:
    """119.00 with 19 % VAT, paid through its link."""
    vat = online.rates()[0]
    lines = (line("100", tax_rate_ids=(vat,)),)
    issued = online.issued(lines=lines, online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    return issued.document_id


def intent(shop: Shop) -> str:
    return str(shop.one("SELECT payment_intent FROM payment").payment_intent)


def refunded(shop: Shop, minor: int) -> tuple[str, int]:
    """Refund at Stripe; its id there, and the id of the row it became here."""
    at_stripe = shop.sandbox.refund(intent(shop), minor)
    shop.settle_down()
    row = shop.one("SELECT * FROM refund WHERE stripe_refund = :id", id=at_stripe)
    assert (row.meaning, row.minor, row.state) == ("unexplained", minor, "succeeded")
    shop.check()
    return at_stripe, row.id


def balances(shop: Shop) -> dict[str, int]:
    """Balances without what Stripe keeps for itself."""
    return {code: minor for code, minor in shop.balances().items() if code not in ("5100", "1160")}


PAID = {"4000": -10_000, "2200": -1_900}


def test_a_refund_is_a_credit_note_by_default(online: Shop, document_id: int) -> None:
    _, refund = refunded(online, 2_380)
    assert online.state(document_id) is DocumentState.REFUNDED
    assert balances(online) == {**PAID, "1220": 2_380}
    note = online.app.refunds.explain(refund)
    assert note is not None
    assert balances(online) == {"4000": -8_000, "2200": -1_520}
    row = online.document(note)
    assert (row.kind, row.total_minor, row.open_minor) == ("credit_note", 2_380, 0)
    assert online.state(document_id) is DocumentState.PAID
    assert online.one("SELECT review FROM payment").review == ""
    online.check()
    with pytest.raises(NotAllowed, match="already"):
        online.app.refunds.explain(refund)
    online.app.refunds.take_explanation_back(refund)
    assert online.document(note).open_minor == 2_380, "the credit note stays, with its credit"
    assert online.state(document_id) is DocumentState.REFUNDED
    online.check()


def test_a_refund_pays_out_the_credit_note_that_was_made_before(
    online: Shop, document_id: int
) -> None:
    note = online.app.credit_notes.credit(CreditInput(document_id)).document_id
    _, refund = refunded(online, 11_900)
    assert online.app.refunds.explain(refund) == note
    assert online.document(note).open_minor == 0
    assert balances(online) == {}
    online.check()


def test_a_refund_explained_again_takes_the_sale_back_once(online: Shop, document_id: int) -> None:
    _, refund = refunded(online, 2_380)
    note = online.app.refunds.explain(refund)
    online.app.refunds.take_explanation_back(refund)
    assert online.app.refunds.explain(refund) == note
    assert balances(online) == {"4000": -8_000, "2200": -1_520}
    online.check()


def test_a_refund_beyond_what_a_credit_note_has_left_makes_another(
    online: Shop, document_id: int
) -> None:
    note = online.app.credit_notes.credit(CreditInput(document_id, amount_minor=1_190)).document_id
    _, refund = refunded(online, 2_380)
    assert online.app.refunds.explain(refund) not in (note, None)
    assert online.document(note).open_minor == 1_190
    online.check()


def test_a_refund_can_reopen_the_debt(online: Shop, document_id: int) -> None:
    _, refund = refunded(online, 2_000)
    online.app.refunds.explain(refund, RefundMeaning.REOPENED)
    assert balances(online) == {**PAID, "1200": 2_000}
    assert online.document(document_id).open_minor == 2_000
    assert online.state(document_id) is DocumentState.PARTIALLY_PAID
    online.check()
    online.app.refunds.take_explanation_back(refund)
    assert online.document(document_id).open_minor == 0
    online.app.refunds.explain(refund, RefundMeaning.GOODWILL)
    assert balances(online) == {**PAID, "5400": 2_000}
    assert online.state(document_id) is DocumentState.PAID
    online.check()
    with pytest.raises(NotAllowed, match="at Stripe"):
        online.app.refunds.undo(refund)


def test_credit_that_was_never_needed_is_returned(online: Shop, document_id: int) -> None:
    payment = online.one("SELECT id FROM payment").id
    online.app.allocations.take_off(payment, document_id, 2_000)
    _, refund = refunded(online, 2_000)
    online.poll(deep=True)
    assert "went back" in online.one("SELECT review FROM payment").review
    online.app.refunds.explain(refund, RefundMeaning.CREDIT_RETURNED)
    assert balances(online) == {**PAID, "1200": 2_000}
    assert online.one("SELECT review FROM payment").review == ""
    online.check()


def test_what_a_refund_was_for_is_asked_before_anything_else(
    online: Shop, document_id: int
) -> None:
    payment = online.one("SELECT id FROM payment").id
    online.app.allocations.take_off(payment, document_id, 1_000)
    _, refund = refunded(online, 2_000)
    with pytest.raises(UserError, match="less than that"):
        online.app.refunds.explain(refund, RefundMeaning.CREDIT_RETURNED)
    with pytest.raises(NotAllowed, match="Say first"):
        online.app.allocations.take_off(payment, document_id, 1_000)
    with pytest.raises(NotAllowed, match="Say first"):
        online.app.allocations.use_payment(payment, Share(document_id, 1_000))
    write_off = DeductionInput(
        document_id, DeductionKind.WRITE_OFF, 1_000, online.time.today(), "x"
    )
    with pytest.raises(NotAllowed, match="Say first"):
        online.app.deductions.deduct(write_off)
    online.app.refunds.explain(refund, RefundMeaning.REOPENED)
    online.app.allocations.use_payment(payment, Share(document_id, 1_000))
    online.app.deductions.deduct(write_off)
    assert online.document(document_id).open_minor == 1_000
    online.check()


def test_a_credit_note_for_a_refund_of_a_partly_paid_invoice(
    online: Shop, document_id: int
) -> None:
    payment = online.one("SELECT id FROM payment").id
    online.app.allocations.take_off(payment, document_id, 1_190)
    _, refund = refunded(online, 2_380)
    online.app.refunds.explain(refund)
    # 119.00 less the credit note of 23.80, of which 107.10 less nothing is paid from this payment.
    assert online.document(document_id).open_minor == 1_190
    assert balances(online) == {"4000": -8_000, "2200": -1_520, "1200": 1_190, "2100": -1_190}
    online.check()


@pytest.mark.parametrize("meaning", [m for m in RefundMeaning if m != "dispute_lost"])
def test_a_refund_that_fails_takes_back_what_was_said_of_it(
    online: Shop, document_id: int, meaning: RefundMeaning
) -> None:
    if meaning is RefundMeaning.CREDIT_RETURNED:
        payment = online.one("SELECT id FROM payment").id
        online.app.allocations.take_off(payment, document_id, 2_380)
    at_stripe, refund = refunded(online, 2_380)
    if meaning is not RefundMeaning.UNEXPLAINED:
        online.app.refunds.explain(refund, meaning)
    online.at_stripe("refund/fail", refund=at_stripe)
    online.settle_down()
    assert online.one("SELECT state FROM refund").state == "failed"
    payment = online.one("SELECT * FROM payment")
    assert (payment.refunded_minor, payment.returned_minor) == (0, 0)
    assert "went back" not in payment.review
    expected = {
        RefundMeaning.CREDIT_NOTE: {"4000": -8_000, "2200": -1_520, "2100": -2_380},
        RefundMeaning.CREDIT_RETURNED: {**PAID, "1200": 2_380, "2100": -2_380},
    }
    assert balances(online) == expected.get(meaning, PAID)
    online.check()
    with pytest.raises(NotAllowed):
        online.app.refunds.explain(refund, RefundMeaning.GOODWILL)
    online.poll(deep=True)
    online.check()


def test_tax_on_cash_basis_goes_back_with_the_refund(online: Shop) -> None:
    online.app.settings.save_taxes(TaxSettings(cash_basis_from=online.time.today()))
    vat = online.rates()[0]
    issued = online.issued(lines=(line("100", tax_rate_ids=(vat,)),), online_payment=True)
    online.work()
    assert balances(online) == {"1200": 11_900, "4000": -10_000, "2210": -1_900}
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.settle_down()
    assert balances(online) == PAID
    _, refund = refunded(online, 11_900)
    online.app.refunds.explain(refund)
    assert balances(online) == {}
    online.check()


def disputed(shop: Shop) -> str:
    """The whole payment is disputed."""
    dispute = shop.at_stripe("dispute", payment_intent=intent(shop))
    shop.settle_down()
    assert shop.one("SELECT disputed_minor FROM payment").disputed_minor == 11_900
    return str(dispute["id"])


@pytest.mark.parametrize("bad_debt", [True, False])
def test_a_lost_dispute_is_a_debt_again_or_a_bad_debt(
    online: Shop, document_id: int, bad_debt: bool
) -> None:
    payment = online.one("SELECT id FROM payment").id
    with pytest.raises(NotAllowed, match="disputed"):
        online.app.deductions.dispute_lost(payment, bad_debt=bad_debt)
    dispute = disputed(online)
    assert balances(online) == {**PAID, "1210": 11_900}
    online.at_stripe("dispute/close", dispute=dispute, won=False)
    online.settle_down()
    online.app.deductions.dispute_lost(payment, bad_debt=bad_debt)
    if bad_debt:
        assert balances(online) == {"4000": -10_000, "5200": 10_000}
        assert online.state(document_id) is DocumentState.WRITTEN_OFF
    else:
        assert balances(online) == {**PAID, "1200": 11_900}
        assert online.document(document_id).open_minor == 11_900
    assert online.one("SELECT review FROM payment").review == ""
    online.check()
    online.poll(deep=True)
    online.check()


def test_a_lost_dispute_stays_lost_and_asks_what_becomes_of_the_invoice(
    online: Shop, document_id: int
) -> None:
    dispute = disputed(online)
    online.at_stripe("dispute/close", dispute=dispute, won=False)
    online.settle_down()
    lost = online.one("SELECT id, state, review, disputed_minor FROM payment")
    assert (lost.state, lost.disputed_minor) == ("lost", 11_900)
    assert "Say what becomes of the invoice" in lost.review
    assert "stripe.lost" in online.audit()
    online.app.deductions.dispute_lost(lost.id, bad_debt=False)
    online.settle_down()
    after = online.one("SELECT state, review, disputed_minor FROM payment")
    assert tuple(after) == ("lost", "", 0)
    online.check()


def test_a_dispute_that_is_won_after_it_was_given_up(online: Shop, document_id: int) -> None:
    dispute = disputed(online)
    payment = online.one("SELECT id FROM payment").id
    online.app.deductions.dispute_lost(payment, bad_debt=False)
    online.at_stripe("dispute/close", dispute=dispute, won=True)
    online.settle_down()
    assert balances(online) == PAID
    assert online.document(document_id).open_minor == 0
    online.check()


def test_a_lost_dispute_is_a_bad_debt_of_every_invoice_its_payment_settled(
    online: Shop, document_id: int
) -> None:
    payment = online.one("SELECT id FROM payment").id
    other = online.issued("200", customer_id=online.document(document_id).customer_id).document_id
    online.app.allocations.move(payment, document_id, Share(other, 9_000))
    disputed(online)
    online.app.deductions.dispute_lost(payment, bad_debt=True)
    written_off = [online.document(one).written_off_minor for one in (document_id, other)]
    assert written_off == [2_900, 9_000]
    assert [online.document(one).open_minor for one in (document_id, other)] == [9_000, 11_000]
    online.check()
