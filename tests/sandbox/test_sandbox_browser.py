"""The pay page in a real browser, at a desk's and a phone's size."""

from pathlib import Path

import pytest
from chromium import Chromium
from sandbox_support import MakeLink, picture

from billdesk.sandbox import StripeSandbox

SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def fill(browser: Chromium, **values: str) -> None:
    for name, text in values.items():
        browser.type(f"#{name}", text)


@pytest.mark.parametrize("size", SIZES)
def test_a_customer_is_declined_once_and_then_pays(
    sandbox: StripeSandbox, make_link: MakeLink, browser: Chromium, tmp_path: Path, size: str
) -> None:
    link = make_link(payment_method_types=["card", "link"])
    browser.resize(*SIZES[size])
    browser.open(f"{link.url}?prefilled_email=anna%40example.com")
    assert all(url.startswith(sandbox.url) for url in browser.requested())
    shown = browser.text()
    for words in ("TEST", "Lindqvist & Søn", "Invoice 2026-0042", "€1,190.00", "VAT 190.00"):
        assert words in shown
    assert browser.evaluate("document.querySelector('#email').value") == "anna@example.com"
    picture(browser, tmp_path, f"pay-open-{size}")

    details = {"expiry": "12 / 34", "cvc": "123", "name": "Anna Berg"}
    fill(browser, card="4000 0000 0000 0002", **details)
    browser.submit()
    assert "Your card was declined." in browser.text()
    assert browser.evaluate("document.querySelector('#card').value") == ""
    assert browser.evaluate("document.querySelector('#name').value") == "Anna Berg"
    picture(browser, tmp_path, f"pay-declined-{size}")

    fill(browser, card="4242 4242 4242 4242", **details)
    browser.submit()
    assert "Thank you! Invoice 2026-0042 is paid." in browser.text()
    picture(browser, tmp_path, f"pay-paid-{size}")
    assert sandbox.state()["sessions"][0]["payment_status"] == "paid"

    browser.open(link.url)
    assert "This invoice is paid or was replaced." in browser.text()
    picture(browser, tmp_path, f"pay-inactive-{size}")


@pytest.mark.parametrize("size", SIZES)
def test_a_customer_pays_by_bank_debit(
    sandbox: StripeSandbox, make_link: MakeLink, browser: Chromium, tmp_path: Path, size: str
) -> None:
    browser.resize(*SIZES[size])
    browser.open(make_link().url)
    visible = "getComputedStyle(document.querySelector('#iban')).display != 'none' &&"
    visible += " document.querySelector('#iban').offsetParent !== null"
    assert browser.evaluate(visible) is False
    browser.click("label[for=by-debit]")
    assert browser.evaluate(visible) is True
    browser.submit()
    assert "Type your email address" in browser.text()
    picture(browser, tmp_path, f"pay-errors-{size}")
    fill(browser, email="anna@example.com", iban="AT61 1904 3002 3457 3201", name="Anna Berg")
    browser.submit()
    assert "Payment on its way" in browser.text()
    picture(browser, tmp_path, f"pay-pending-{size}")
    assert sandbox.state()["payment_intents"][0]["status"] == "processing"


def test_a_card_that_needs_the_bank_is_confirmed_on_a_page_of_its_own(
    sandbox: StripeSandbox, make_link: MakeLink, browser: Chromium, tmp_path: Path
) -> None:
    browser.resize(*SIZES["desk"])
    browser.open(make_link().url)
    fill(
        browser,
        email="anna@example.com",
        card="4000002500003155",
        expiry="12 / 34",
        cvc="123",
        name="Anna Berg",
    )
    browser.submit()
    assert "Confirm with your bank" in browser.text()
    picture(browser, tmp_path, "pay-verify-desk")
    browser.submit("button[value=confirm]")
    assert "Payment received" in browser.text()


@pytest.mark.parametrize("size", SIZES)
def test_a_customer_leaves_and_comes_back(
    sandbox: StripeSandbox, make_link: MakeLink, browser: Chromium, tmp_path: Path, size: str
) -> None:
    browser.resize(*SIZES[size])
    saving = {"setup_future_usage": "off_session"}
    browser.open(make_link(customer_creation="always", payment_intent_data=saving).url)
    assert "you allow Lindqvist & Søn to charge this card" in browser.text()
    picture(browser, tmp_path, f"pay-saving-{size}")
    browser.submit("a[href$=leave]")
    assert "You have not paid" in browser.text()
    picture(browser, tmp_path, f"pay-left-{size}")
    assert sandbox.state()["payment_intents"] == []
    browser.submit("main a")
    assert "Payment details" in browser.text()
