"""Customers in a real browser, and what the window says after the next look at Stripe."""

from pathlib import Path

import pytest
from books import Shop
from chromium import Chromium

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment

VISA, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"


@pytest.fixture
def document(online: Shop) -> int:
    """An issued invoice with its link."""
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, instant_only=False))
    issued = online.issued("100", online_payment=True)
    online.work()
    return issued.document_id


def visit(browser: Chromium, shop: Shop, document: int) -> None:
    browser.open(shop.links(document)[-1].url)


def fill(browser: Chromium, card: str) -> None:
    if not browser.evaluate("document.querySelector('#email').value"):
        browser.type("#email", "anna@example.com")
    browser.type("#name", "Anna Berg")
    browser.type("#card", card)
    browser.type("#expiry", "12 / 34")
    browser.type("#cvc", "123")


def test_a_customer_is_declined_and_pays_with_another_card(
    online: Shop, document: int, browser: Chromium
) -> None:
    visit(browser, online, document)
    fill(browser, DECLINED)
    browser.submit()
    assert "Your card was declined." in browser.text()
    online.settle_down()
    assert online.state(document) is DocumentState.ISSUED
    assert online.rows("SELECT * FROM payment") == []
    fill(browser, VISA)
    browser.submit()
    online.settle_down()
    assert online.state(document) is DocumentState.PAID
    online.check()


@pytest.mark.parametrize("answer", ["confirm", "refuse"])
def test_the_bank_asks_first(online: Shop, document: int, browser: Chromium, answer: str) -> None:
    visit(browser, online, document)
    fill(browser, ASKS)
    browser.submit()
    online.settle_down()
    assert online.state(document) is DocumentState.ISSUED, "nobody has confirmed yet"
    browser.submit(f"button[value={answer}]")
    online.settle_down()
    paid = answer == "confirm"
    assert online.state(document) is (DocumentState.PAID if paid else DocumentState.ISSUED)
    assert len(online.rows("SELECT * FROM payment")) == int(paid)
    online.check()


def test_a_customer_walks_away_and_the_page_ends_by_itself(
    online: Shop, document: int, browser: Chromium
) -> None:
    visit(browser, online, document)
    browser.submit("a[href$=leave]")
    assert "You have not paid" in browser.text()
    online.pass_time(hours=25)
    online.settle_down()
    assert online.state(document) is DocumentState.ISSUED
    assert online.links(document)[-1].state == "active", "the link is good for another visit"
    browser.submit("main a")
    assert "expired" in browser.text()
    visit(browser, online, document)
    fill(browser, VISA)
    browser.submit()
    online.settle_down()
    assert online.state(document) is DocumentState.PAID


def test_two_tabs_pay_at_once_and_nothing_is_lost(
    online: Shop, document: int, browser: Chromium
) -> None:
    first = browser.tab
    visit(browser, online, document)
    fill(browser, VISA)
    second = browser.new_tab()
    visit(browser, online, document)
    fill(browser, VISA)
    browser.submit()
    browser.go_to(first)
    browser.submit()
    online.settle_down()
    payments = online.rows("SELECT state, amount_minor, unallocated_minor FROM payment ORDER BY id")
    assert [(one.state, one.amount_minor) for one in payments] == [("succeeded", 10_000)] * 2
    assert sum(one.unallocated_minor for one in payments) == 10_000, "both recorded, one is over"
    assert online.state(document) is DocumentState.OVERPAID
    browser.go_to(second)
    assert "Payment received" in browser.text() or "Thank you" in browser.text()
    online.check()


def test_a_debit_is_on_its_way_until_the_bank_says(
    online: Shop, document: int, browser: Chromium, tmp_path: Path
) -> None:
    visit(browser, online, document)
    browser.click("label[for=by-debit]")
    browser.type("#email", "anna@example.com")
    browser.type("#name", "Anna Berg")
    browser.type("#iban", "AT61 1904 3002 3457 3201")
    browser.submit()
    assert "Payment on its way" in browser.text()
    online.poll()
    assert online.state(document) is DocumentState.PROCESSING
    online.pass_time(minutes=2)
    online.settle_down()
    assert online.state(document) is DocumentState.PAID
