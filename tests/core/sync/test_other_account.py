"""Another Stripe account is connected while links of the first one can still be paid."""

import requests
from books import Shop


def test_a_link_the_new_account_does_not_know_is_not_called_off(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    # A Stripe that never saw the link, and books that say it was made elsewhere.
    requests.post(
        f"{online.sandbox.url}/_sim/reset",
        headers={"X-Sandbox-Token": online.sandbox.control_token},
        timeout=10,
        proxies={"http": ""},
    ).raise_for_status()
    online.falsify("UPDATE payment_link SET stripe_account = 'the account before'")
    online.receive(issued.document_id, 4_000)
    online.work()
    old, new = online.links(issued.document_id)
    assert old.state == "retiring"
    assert new.state == "queued", "two links that can both be paid"
    job = online.one("SELECT state, error FROM outbox WHERE kind = 'retire_link'")
    assert job.state == "queued"
    assert "another Stripe account" in job.error
    # The way out once it was switched off there by hand.
    online.app.links.switch_off(issued.document_id)
    online.app.links.request(issued.document_id)
    online.work()
    assert online.links(issued.document_id)[-1].state == "active"
    online.check()


def test_a_link_gone_from_its_own_account_needs_no_switching_off(online: Shop) -> None:
    issued = online.issued("100", online_payment=True)
    online.work()
    online.falsify("UPDATE payment_link SET stripe_id = 'plink_deleted'")
    online.receive(issued.document_id, 10_000)
    online.settle_down()
    assert online.links(issued.document_id)[0].state == "closed"
