"""What is not paid in money, and money that went back, on an invoice's page."""

from datetime import date

from document_shop import Shop
from document_steps import OpenDesk, open_dialog, open_document
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from billdesk.core.bus import Bus
from billdesk.core.db.tables import Dispute, Document, Payment, Refund
from billdesk.core.db.unit_of_work import Actor, Transaction, UnitOfWork
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.ledger import EntryDraft, EntryKind, transfer_postings
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.receipts import Received, new_payment, receipt_entry
from billdesk.core.services.steps.refunds import ask_about_refunds
from billdesk.core.services.steps.settlement import (
    allocate,
    recompute_document,
    recompute_payment,
    recompute_refunds,
)
from billdesk.ui.money.dispute_dialog import DisputeDialog
from billdesk.ui.money.refund_dialog import RefundDialog
from billdesk.ui.money.stripe_refund_dialog import StripeRefundDialog
from billdesk.ui.pages.documents.dialogs.deduction import DeductionDialog
from billdesk.ui.pages.payments import register_payments
from billdesk.ui.pages.payments.payments_page import PaymentsPage
from billdesk.ui.widgets.buttons import Button

TODAY = date(2026, 11, 24)


def unit_of_work(shop: Shop) -> UnitOfWork:
    """The books as Stripe's poller writes them."""
    books, company = shop.books, shop.app.company_id
    return UnitOfWork(
        books.engine,
        company,
        Actor("BillDesk"),
        Bus(),
        now=books.now,
        today=books.today,
        write_lock=books.write_lock,
    )


def paid_online(tx: Transaction, document: Document) -> Payment:
    """The document is paid through Stripe."""
    total = document.total_minor
    received = Received(document.currency, total, PaymentMethod.STRIPE, TODAY)
    payment, settled = new_payment(tx, document, received)
    payment.charge, payment.livemode, payment.payment_intent = "ch_1", False, "pi_1"
    tx.session.add(payment)
    tx.session.flush()
    source = ("charge", "ch_1")
    post(tx, receipt_entry(payment, [settled], kind=EntryKind.CHARGED, source=source))
    allocate(tx, payment, settled, TODAY)
    recompute_payment(tx, payment)
    return payment


def took_back(tx: Transaction, document: Document, kind: EntryKind, role: Role, minor: int) -> None:
    """Stripe took ``minor`` of the money back."""
    postings = transfer_postings(
        role,
        Role.STRIPE_CLEARING,
        currency=document.currency,
        minor=minor,
        base_minor=minor,
        customer_id=document.customer_id,
        document_id=document.id,
    )
    source = "refund" if kind is EntryKind.REFUNDED else "dispute"
    post(tx, EntryDraft(kind, source, "re_1", TODAY, postings))


def refunded(shop: Shop, minor: int) -> int:
    """An invoice paid online, ``minor`` of it refunded at Stripe."""
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    with unit_of_work(shop).write() as tx:
        document = tx.session.get_one(Document, document_id)
        payment = paid_online(tx, document)
        took_back(tx, document, EntryKind.REFUNDED, Role.REFUNDS_TO_EXPLAIN, minor)
        tx.session.add(
            Refund(
                company_id=tx.company_id,
                customer_id=payment.customer_id,
                payment_id=payment.id,
                method="stripe",
                state=PaymentState.SUCCEEDED.value,
                meaning=RefundMeaning.UNEXPLAINED.value,
                currency="EUR",
                minor=minor,
                base_minor=minor,
                refunded_on=TODAY,
                stripe_refund="re_1",
                created_at=tx.now,
                updated_at=tx.now,
            )
        )
        recompute_refunds(tx, payment)
        ask_about_refunds(payment)
        recompute_document(tx, document)
    return document_id


def say(qtbot: QtBot, page: QWidget, text: str = "Explain refund…") -> None:
    """Press the button that asks what money that went back means."""

    def found() -> list[Button]:
        return [b for b in page.findChildren(Button) if b.text() == text]

    qtbot.waitUntil(lambda: bool(found()) and found()[0].isVisible())
    found()[0].click()


def test_a_rest_is_written_off(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    assert desk.window.commands.run("invoice.settle_without_money")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, DeductionDialog)
    dialog.amount.set_minor(0)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: dialog.problem == "Enter the amount.")
    dialog.amount.set_minor(11_900)
    dialog.kind.set_value(DeductionKind.BAD_DEBT)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: dialog.problem.startswith("Say why"))
    qtbot.keyClicks(dialog.reason, "Insolvent")
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Written off")
    assert not desk.window.commands.run("invoice.settle_without_money")


def test_a_refund_at_stripe_is_explained(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = refunded(shop, 2_380)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.waitUntil(lambda: page.bar.pill.word == "Refunded")
    say(qtbot, page)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, RefundDialog)
    assert dialog.meaning.value is RefundMeaning.CREDIT_NOTE
    assert "A credit note over €23.80 is issued" in dialog.consequence.text()
    dialog.meaning.setCurrentIndex(3)
    assert not dialog.reason.isVisible()
    assert dialog.consequence.text().startswith("The customer has €23.80 less credit")
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: dialog.problem == "There is less than that to give back.")
    dialog.meaning.setCurrentIndex(0)
    qtbot.keyClicks(dialog.reason, "Two hours less")
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Paid")
    assert shop.app.verification.run().violations == ()


def test_a_payment_is_refunded_through_stripe_and_withdrawn(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    with unit_of_work(shop).write() as tx:
        document = tx.session.get_one(Document, document_id)
        payment = paid_online(tx, document)
        payment.stripe_account = ""
        recompute_document(tx, document)
    desk = open_desk()
    register_payments(desk)
    page = open_document(qtbot, desk, document_id)
    press(qtbot, page, "Refund…")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, StripeRefundDialog)
    assert dialog.amount.minor == 11_900
    dialog.amount.set_minor(12_000)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: "less than that to pay back" in dialog.problem)
    dialog.amount.clear()
    qtbot.keyClicks(dialog.amount, "23.80")
    assert "Stripe pays €23.80 back the way it was paid" in dialog.consequence.text()
    assert "A credit note over €23.80 is issued now" in dialog.consequence.text()
    dialog.verb_button.click()
    (payment_row,) = shop.app.queries.document(document_id).payments
    read = shop.app.queries.payment
    qtbot.waitUntil(lambda: read(payment_row.id).refundable_minor == 9_520)
    desk.window.open_page("payments", payment_row.id)
    beside = desk.window.current_page
    assert isinstance(beside, PaymentsPage)
    qtbot.waitUntil(lambda: shows(beside, "Ordered; Stripe is told as soon as it can be reached."))
    press(qtbot, beside, "Withdraw")
    qtbot.waitUntil(lambda: shows(beside, "Undone"))
    assert read(payment_row.id).refundable_minor == 11_900
    assert shop.app.verification.run().violations == ()


def test_refunds_not_sent_yet_are_withdrawn_on_the_invoice_page(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    with unit_of_work(shop).write() as tx:
        document = tx.session.get_one(Document, document_id)
        payment = paid_online(tx, document)
        payment.stripe_account = ""
        recompute_document(tx, document)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    for typed, ordered in (("23.80", "€23.80"), ("10", "€10.00")):
        press(qtbot, page, "Refund…")
        dialog = open_dialog(qtbot, desk)
        assert isinstance(dialog, StripeRefundDialog)
        dialog.amount.clear()
        qtbot.keyClicks(dialog.amount, typed)
        dialog.verb_button.click()
        qtbot.waitUntil(lambda what=ordered: offers(page, f"Withdraw refund of {what}"))
    press(qtbot, page, "Withdraw refund of €10.00")
    qtbot.waitUntil(lambda: not offers(page, "Withdraw refund of €10.00"))
    assert offers(page, "Withdraw refund of €23.80")
    assert shows(page, "refund of €23.80 on its way")
    assert shop.app.verification.run().violations == ()


def offers(page: QWidget, text: str) -> bool:
    return any(one.text() == text for one in page.findChildren(Button))


def press(qtbot: QtBot, page: QWidget, text: str) -> None:
    """Click the link of this text once it is there."""

    def found() -> list[Button]:
        return [one for one in page.findChildren(Button) if one.text() == text]

    qtbot.waitUntil(lambda: bool(found()))
    found()[0].click()


def shows(page: QWidget, text: str) -> bool:
    return any(text in one.text() for one in page.findChildren(QLabel))


def test_a_refund_at_stripe_is_explained_beside_the_payments(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = refunded(shop, 2_380)
    (payment,) = shop.app.queries.document(document_id).payments
    desk = open_desk()
    register_payments(desk)
    desk.window.open_page("payments", payment.id)
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    qtbot.waitUntil(lambda: page.received.detail is not None)
    say(qtbot, page)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, RefundDialog)
    dialog.meaning.set_value(RefundMeaning.REOPENED)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: shop.app.queries.document(document_id).open_minor == 2_380)
    assert shop.app.verification.run().violations == ()


def lost_dispute(shop: Shop) -> tuple[int, int]:
    """An invoice whose payment the bank took back for good; its id and the payment's."""
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    with unit_of_work(shop).write() as tx:
        document = tx.session.get_one(Document, document_id)
        payment = paid_online(tx, document)
        took_back(tx, document, EntryKind.DISPUTE_WITHDRAWN, Role.DISPUTED_RECEIVABLE, 11_900)
        tx.session.add(
            Dispute(
                company_id=tx.company_id,
                payment_id=payment.id,
                stripe_dispute="dp_1",
                status="lost",
                reason="fraudulent",
                currency="EUR",
                amount_minor=11_900,
                held_minor=11_900,
                held_base_minor=11_900,
                is_refundable=False,
                opened_at=tx.now,
                created_at=tx.now,
                updated_at=tx.now,
            )
        )
        payment.disputed_minor = 11_900
        payment.state = PaymentState.LOST.value
        tx.session.flush()
        recompute_document(tx, document)
        return document_id, payment.id


def test_a_lost_dispute_is_explained(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id, _ = lost_dispute(shop)
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    say(qtbot, page, "Say what becomes of it…")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, DisputeDialog)
    dialog.bad_debt.setCurrentIndex(1)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: page.bar.pill.word == "Written off")
    with Session(shop.books.engine) as session:
        assert session.get_one(Document, document_id).written_off_minor == 11_900
    assert shop.app.queries.document(document_id).state is DocumentState.WRITTEN_OFF
    assert shop.app.verification.run().violations == ()


def test_a_dispute_is_given_up_beside_its_payment_as_well(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id, payment_id = lost_dispute(shop)
    desk = open_desk()
    register_payments(desk)
    desk.window.open_page("payments", payment_id)
    qtbot.waitUntil(lambda: desk.window.commands.action("payment.dispute").isEnabled())
    desk.window.commands.run("payment.dispute")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, DisputeDialog)
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: not desk.window.commands.action("payment.dispute").isEnabled())
    assert shop.app.queries.document(document_id).open_minor == 11_900
    assert shop.app.verification.run().violations == ()
