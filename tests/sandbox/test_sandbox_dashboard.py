"""The practice Dashboard: the owner plays customers, banks and Stripe on a page of its own."""

from pathlib import Path

import pytest
import requests
import stripe
from chromium import Chromium
from sandbox_support import MakeLink, picture

from billdesk.sandbox import StripeSandbox

DEBIT = "AT611904300234573201"


def button(label: str) -> str:
    """Marks the button with this label, for a click."""
    return (
        f"[...document.querySelectorAll('button')].find(one => one.textContent === {label!r})"
        ".setAttribute('data-chosen', '')"
    )


def press(browser: Chromium, label: str) -> str:
    browser.evaluate(button(label))
    browser.submit("button[data-chosen]")
    return browser.text()


def test_what_happens_to_money_is_played_through_on_the_page(
    sandbox: StripeSandbox, make_link: MakeLink, browser: Chromium, tmp_path: Path
) -> None:
    browser.resize(1280, 900)
    browser.open(sandbox.dashboard_url)
    assert "Nobody has paid yet" in browser.text()
    paid, debited = make_link(), make_link()
    open_link = make_link()
    sandbox.pay(paid.url)
    sandbox.pay(debited.url, card=DEBIT)
    browser.open(sandbox.dashboard_url)
    assert "On its way" in browser.text()
    assert open_link.url in browser.evaluate("document.body.innerHTML")
    picture(browser, tmp_path, "dashboard")

    assert "The bank debit has arrived." in press(browser, "Let it arrive")
    browser.type("input[name=amount]", "100,50")
    assert "€100.50 refunded." in press(browser, "Refund")
    assert "Partly refunded" in browser.text()
    assert "disputes the payment" in press(browser, "Dispute")
    assert "The dispute is lost." in press(browser, "Lose the dispute")
    assert "Dispute lost" in browser.text()
    picture(browser, tmp_path, "dashboard-later")

    state = sandbox.state()
    assert [refund["amount"] for refund in state["refunds"]] == [10_050]
    assert [dispute["status"] for dispute in state["disputes"]] == ["lost"]
    assert {intent["status"] for intent in state["payment_intents"]} == {"succeeded"}
    assert "Switch off" in browser.text()
    press(browser, "Switch off")
    assert "No link is open" in browser.text()
    assert all(url.startswith(sandbox.url) for url in browser.requested())


def test_the_network_breaks_and_mends(sandbox: StripeSandbox, client: stripe.StripeClient) -> None:
    def do(**form: str) -> None:
        assert requests.post(sandbox.dashboard_url, form, timeout=10).status_code == 200

    do(do="break", how="errors")
    with pytest.raises(stripe.APIError):
        client.v1.balance.retrieve()
    do(do="mend")
    before = sandbox.now()
    assert client.v1.balance.retrieve().object == "balance"
    do(do="time", span="week")
    assert sandbox.now() - before >= 7 * 86_400


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({}, 400, "cannot do that"),
        ({"do": "refund"}, 400, "Something is missing"),
        ({"do": "refund", "payment": "pi_unknown"}, 404, "No such"),
        ({"do": "refund", "payment": "PAID", "amount": "all of it"}, 400, "not an amount"),
        ({"do": "refund", "payment": "PAID", "amount": "99999"}, 400, "greater than"),
        ({"do": "time", "span": "century"}, 400, "Something is missing"),
        ({"do": "refund", "payment": "x" * 3_000}, 413, "too long"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_happens(
    sandbox: StripeSandbox, make_link: MakeLink, form: dict[str, str], status: int, told: str
) -> None:
    sandbox.pay(make_link().url)
    intent = sandbox.state()["payment_intents"][0]["id"]
    sent = {name: intent if value == "PAID" else value for name, value in form.items()}
    answer = requests.post(sandbox.dashboard_url, sent, timeout=10)
    assert answer.status_code == status
    assert told in answer.text
    assert sandbox.state()["refunds"] == []


def test_nobody_finds_the_page_without_its_secret(sandbox: StripeSandbox) -> None:
    wrong = f"{sandbox.dashboard_url[:-3]}xxx"
    for answer in (
        requests.get(wrong, timeout=10),
        requests.post(wrong, {"do": "payout"}, timeout=10),
    ):
        assert answer.status_code == 404
        assert "Open the practice Stripe from BillDesk" in answer.text
    other_site = {"Origin": "https://shop.example"}
    posted = requests.post(sandbox.dashboard_url, {"do": "payout"}, headers=other_site, timeout=10)
    assert posted.status_code == 403
