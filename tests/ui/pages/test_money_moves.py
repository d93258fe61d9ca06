"""Credit of a customer, whose money it is, what it settles, moved, made credit and given back."""

from decimal import Decimal
from typing import TypeVar

import pytest
from books import line
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.money import PaymentDetail, SettledDocument
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.payments import PaymentInput, Share
from billdesk.core.services.steps.credit import CreditInput
from billdesk.ui.desk import Desk
from billdesk.ui.money.actions import MoneyActions
from billdesk.ui.money.give_back_dialog import GiveBackDialog
from billdesk.ui.money.received_dialogs import OwnerDialog, ReceivedDialog
from billdesk.ui.money.use_dialog import MoveDialog, UseDialog
from billdesk.ui.pages.documents import EditorPage
from billdesk.ui.pages.payments.payments_page import PaymentsPage
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import ConfirmDialog

D = TypeVar("D", bound=QDialog)


def dialog_of(qtbot: QtBot, kind: type[D]) -> D:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


@pytest.fixture
def customer(desk: Desk) -> int:
    return desk.app.customers.create(CustomerInput("Nordlicht AS"))


def issue(desk: Desk, customer: int) -> int:
    """An invoice of 100.00."""
    draft = InvoiceDraft(customer_id=customer, lines=(line(),), terms_days=14)
    saved = desk.app.invoices.create(draft)
    desk.app.invoices.issue(saved.document_id, saved.version)
    return saved.document_id


def receive(desk: Desk, minor: int, customer: int | None = None, invoice: int | None = None) -> int:
    given = PaymentInput(invoice, minor, PaymentMethod.BANK, desk.app.today(), customer_id=customer)
    return desk.app.payments.record(given)


def payments_page(qtbot: QtBot, desk: Desk, payment: int | None = None) -> PaymentsPage:
    desk.window.open_page("payments", payment)
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    settle(qtbot, desk)
    if payment is not None:
        qtbot.waitUntil(lambda: page.received.detail is not None)
        qtbot.waitUntil(lambda: detail(page).payment.id == payment)
        settle(qtbot, desk)
    return page


def shown_labels(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel)]


def detail(page: PaymentsPage) -> PaymentDetail:
    shown = page.received.detail
    assert shown is not None
    return shown


def document(desk: Desk, document_id: int) -> tuple[str, int]:
    found = desk.app.queries.document(document_id)
    return found.state.value, found.open_minor


def offered(desk: Desk) -> list[str]:
    desk.window.commands.refresh()
    names = ("use", "assign", "unassign", "receipt", "give_back", "undo")
    return [one for one in names if desk.window.commands.action(f"payment.{one}").isEnabled()]


def test_credit_pays_an_invoice(qtbot: QtBot, desk: Desk, customer: int) -> None:
    page = payments_page(qtbot, desk)
    assert desk.window.commands.run("payment.record")
    received = dialog_of(qtbot, ReceivedDialog)
    received.submit()
    assert received.problem == "Enter the amount received."
    assert "until you say whose it is" in received.consequence.text()
    qtbot.keyClicks(received.amount, "150")
    received.set_customer(customer)
    received.submit()
    qtbot.waitUntil(lambda: page.received.detail is not None)
    settle(qtbot, desk)
    assert detail(page).payment.unallocated_minor == 15_000
    assert offered(desk) == ["use", "unassign", "receipt", "give_back", "undo"]
    assert desk.window.commands.run("payment.use")
    assert "owes nothing the credit could be used for" in shown_toast(qtbot, desk).text
    invoice = issue(desk, customer)
    assert desk.window.commands.run("payment.use")
    use = dialog_of(qtbot, UseDialog)
    assert use.amount.minor == 10_000
    assert use.consequence.text() == (
        "Nothing stays open on INV-00001; €50.00 of the credit is left."
    )
    use.amount.set_minor(20_000)
    use.submit()
    qtbot.waitUntil(lambda: bool(use.problem))
    use.amount.set_minor(6_000)
    use.submit()
    qtbot.waitUntil(lambda: document(desk, invoice) == ("partially_paid", 4_000))
    qtbot.waitUntil(lambda: len(detail(page).settles) == 1)
    assert offered(desk) == ["use", "receipt", "give_back", "undo"]
    assert desk.app.verification.run().violations == ()


def test_money_without_a_home_gets_one(qtbot: QtBot, desk: Desk, customer: int) -> None:
    payment = receive(desk, 5_000)
    page = payments_page(qtbot, desk, payment)
    assert offered(desk) == ["assign", "undo"]
    desk.window.commands.run("payment.assign")
    owner = dialog_of(qtbot, OwnerDialog)
    owner.submit()
    assert owner.problem == "Choose the customer."
    owner.set_customer(customer)
    owner.submit()
    qtbot.waitUntil(lambda: detail(page).payment.customer == "Nordlicht AS")
    settle(qtbot, desk)
    desk.window.commands.run("payment.unassign")
    qtbot.waitUntil(lambda: detail(page).payment.customer_id is None)
    settle(qtbot, desk)
    desk.window.commands.run("payment.undo")
    dialog_of(qtbot, ConfirmDialog).verb_button.click()
    qtbot.waitUntil(lambda: detail(page).payment.state.value == "undone")
    settle(qtbot, desk)
    assert offered(desk) == []


def test_undoing_a_payment_asks_with_its_numbers(qtbot: QtBot, desk: Desk, customer: int) -> None:
    invoice = issue(desk, customer)
    payment = receive(desk, 12_000, invoice=invoice)
    receive(desk, 12_000, customer=customer)
    receipt = desk.app.papers.receipt(payment)
    page = payments_page(qtbot, desk, payment)
    desk.window.commands.run("payment.undo")
    asked = dialog_of(qtbot, ConfirmDialog)
    assert asked.windowTitle() == "Undo the payment of €120.00?"
    said = asked.accessibleDescription()
    assert "INV-00001 will be open by €100.00 again." in said
    assert "€20.00 of credit is gone." in said
    assert f"Receipt {receipt.number} no longer holds" in said
    assert asked.verb_button.property("kind") == "danger"
    assert asked.cancel_button.isDefault()
    asked.reject()
    settle(qtbot, desk)
    assert detail(page).payment.state.value == "succeeded"
    assert document(desk, invoice) == ("overpaid", 0)


def test_money_is_moved_and_taken_off(qtbot: QtBot, desk: Desk, customer: int) -> None:
    first, second = issue(desk, customer), issue(desk, customer)
    payment = receive(desk, 10_000, invoice=first)
    page = payments_page(qtbot, desk, payment)

    def press(name: str) -> None:
        found = [b for b in page.findChildren(Button) if b.accessibleName() == name]
        assert found, name
        found[-1].click()

    press("Move to another…, INV-00001")
    move = dialog_of(qtbot, MoveDialog)
    assert move.consequence.text() == "€100.00 is owed on INV-00001 again."
    move.amount.set_minor(4_000)
    move.submit()
    qtbot.waitUntil(lambda: document(desk, second) == ("partially_paid", 6_000))
    qtbot.waitUntil(lambda: [one.minor for one in detail(page).settles] == [6_000, 4_000])
    settle(qtbot, desk)
    press("Make it credit, INV-00002")
    qtbot.waitUntil(lambda: document(desk, second)[1] == 10_000)
    settle(qtbot, desk)
    assert detail(page).payment.unallocated_minor == 4_000
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 6_000)
    assert desk.app.verification.run().violations == ()


def test_money_is_given_back(qtbot: QtBot, desk: Desk, customer: int) -> None:
    invoice = issue(desk, customer)
    payment = receive(desk, 12_000, invoice=invoice)
    page = payments_page(qtbot, desk, payment)
    desk.window.commands.run("payment.give_back")
    back = dialog_of(qtbot, GiveBackDialog)
    assert back.amount.minor == 2_000
    assert back.consequence.text() == "Nothing of it is left afterwards."
    back.meaning.setCurrentIndex(1)
    assert back.amount.minor == 10_000
    assert "of INV-00001 is open again" in back.consequence.text()
    back.meaning.setCurrentIndex(0)
    back.submit()
    qtbot.waitUntil(lambda: detail(page).payment.unallocated_minor == 0)
    settle(qtbot, desk)
    (refund,) = detail(page).refunds
    assert (refund.minor, refund.meaning) == (2_000, RefundMeaning.CREDIT_RETURNED)
    undo = next(b for b in page.received.side.findChildren(Button) if b.text() == "Undo")
    undo.click()
    qtbot.waitUntil(lambda: detail(page).payment.unallocated_minor == 2_000)
    assert desk.app.verification.run().violations == ()


def test_what_left_the_account_is_asked_for_in_another_currency(
    qtbot: QtBot, desk: Desk, customer: int
) -> None:
    payment = desk.app.payments.record(
        PaymentInput(
            None,
            10_000,
            PaymentMethod.BANK,
            desk.app.today(),
            customer_id=customer,
            currency="USD",
            exchange_rate=Decimal("0.8"),
        )
    )
    page = payments_page(qtbot, desk, payment)
    desk.window.commands.run("payment.give_back")
    back = dialog_of(qtbot, GiveBackDialog)
    assert back.left.isVisible()
    back.left.set_minor(8_300)
    back.submit()
    qtbot.waitUntil(lambda: detail(page).payment.unallocated_minor == 0)
    (entry,) = (one for one in desk.app.queries.trial_balance().rows if one.name.startswith("Bank"))
    # 100 dollars that came in as 80 euros, less the 83 euros that left for them.
    assert entry.base_minor == -300
    assert desk.app.verification.run().violations == ()


def test_a_receipt_is_made_of_a_payment(qtbot: QtBot, desk: Desk, customer: int) -> None:
    payment = receive(desk, 10_000, invoice=issue(desk, customer))
    payments_page(qtbot, desk, payment)
    desk.window.commands.run("payment.receipt")
    assert shown_toast(qtbot, desk).text == "REC-00001 is issued."


def test_a_document_is_settled_with_credit_or_gives_it(
    qtbot: QtBot, desk: Desk, customer: int
) -> None:
    first, second = issue(desk, customer), issue(desk, customer)
    receive(desk, 10_000, invoice=first)
    note = desk.app.credit_notes.credit(CreditInput(first, amount_minor=7_000)).document_id
    desk.window.open_page("invoice", second)
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.id == second)
    assert desk.window.commands.run("invoice.use_credit")
    use = dialog_of(qtbot, UseDialog)
    assert use.amount.minor == 7_000
    use.amount.set_minor(3_000)
    use.submit()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 7_000)
    settle(qtbot, desk)
    desk.window.open_page("invoice", note)
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.id == note)
    settle(qtbot, desk)
    assert desk.window.commands.run("credit_note.use")
    use = dialog_of(qtbot, UseDialog)
    assert (use.amount.minor, use.source.isEnabled()) == (4_000, False)
    use.amount.set_minor(1_000)
    use.submit()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 6_000)
    settle(qtbot, desk)
    uses = page.issued_view.uses
    qtbot.waitUntil(lambda: shown_labels(uses) == ["Used for", "€40.00"])
    assert [b.text() for b in uses.findChildren(Button)][:1] == ["INV-00002"]
    next(b for b in uses.findChildren(Button) if b.text() == "Make it credit").click()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 10_000)
    toast = shown_toast(qtbot, desk)
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 6_000)
    settle(qtbot, desk)
    assert desk.window.commands.run("credit_note.pay_out")
    out = dialog_of(qtbot, GiveBackDialog)
    assert out.amount.minor == 3_000
    out.submit()
    qtbot.waitUntil(lambda: document(desk, note) == ("settled", 0))
    assert desk.app.verification.run().violations == ()


@pytest.mark.parametrize("source", ["payment", "credit note"])
def test_undo_brings_back_what_was_taken_off_not_what_was_shown(
    qtbot: QtBot, desk: Desk, customer: int, source: str
) -> None:
    first, second = issue(desk, customer), issue(desk, customer)
    allocations, actions = desk.app.allocations, MoneyActions(desk, desk.window)
    shown = SettledDocument(second, "INV-00002", 3_000)
    if source == "payment":
        payment = receive(desk, 7_000, customer)
        allocations.use_payment(payment, Share(second, 4_000))
        actions.take_off(desk.app.queries.payment(payment).payment, shown)
    else:
        receive(desk, 10_000, invoice=first)
        note = desk.app.credit_notes.credit(CreditInput(first, amount_minor=7_000)).document_id
        allocations.use_credit_note(note, Share(second, 4_000))
        actions.take_note_off(note, "EUR", shown)
    toast = shown_toast(qtbot, desk)
    assert toast.text.replace("\xa0", " ").startswith("€40.00 no longer pays INV-00002")
    assert document(desk, second)[1] == 10_000
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: document(desk, second)[1] == 6_000)
