"""The key is rolled, or another Stripe account or mode is connected: nothing is mixed or lost."""

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.stripe_access import PermissionState
from billdesk.core.services.stripe.connecting import AccountChange
from billdesk.sandbox.permissions import SLUGS

NAMELESS = sorted(SLUGS - {"rak_accounts_kyc_basic_read", "rak_accounts_kyc_basic_write"})


def paid_later(shop: Shop) -> tuple[int, str]:
    """An invoice that can be paid: its id and the address of the link."""
    issued = shop.issued("100", online_payment=True)
    shop.work()
    (link,) = shop.links(issued.document_id)
    return issued.document_id, link.url


def keys_kept(shop: Shop) -> int:
    return len(shop.books.secrets._secrets)  # type: ignore[attr-defined]  # one in memory


def test_a_rolled_key_keeps_its_cursor(online: Shop) -> None:
    shop = online
    shop.app.connecting.connect(shop.sandbox.make_key(NAMELESS))
    before = shop.app.queries.company().online_payment
    assert before.account_number == ""
    document, url = paid_later(shop)
    shop.poll()
    shop.sandbox.pay(url)
    shop.pass_time(hours=5)
    connected = shop.app.connecting.connect(shop.sandbox.make_key(NAMELESS))
    assert connected.account_number == ""
    after = shop.app.queries.company().online_payment
    assert after.account == before.account, "known by the link it holds"
    assert len(shop.rows("SELECT * FROM stripe_cursor WHERE read_through_at IS NOT NULL")) == 1
    assert shop.poll().events > 0
    assert shop.state(document) is DocumentState.PAID
    shop.check()


def test_a_key_that_may_read_more_is_still_the_same_account(online: Shop) -> None:
    shop = online
    shop.app.connecting.connect(shop.sandbox.make_key(NAMELESS))
    first = shop.app.queries.company().online_payment.account
    paid_later(shop)
    found = shop.app.connecting.examine(shop.sandbox.api_key)
    assert (found.change, found.old_links) == (AccountChange.SAME, 0)
    shop.connect()
    now = shop.app.queries.company().online_payment
    assert now.account == first
    assert now.account_number.startswith("acct_")
    # And back: the account is told by its number from now on, or by the link.
    shop.app.connecting.connect(shop.sandbox.make_key(NAMELESS))
    assert shop.app.queries.company().online_payment.account == first


def test_another_account_keeps_both_keys_until_the_old_links_are_off(online: Shop) -> None:
    shop = online
    document, url = paid_later(shop)
    old = shop.app.queries.company().online_payment
    other_key = shop.sandbox.open_account("The other one")
    found = shop.app.connecting.examine(other_key)
    assert (found.change, found.old_links) == (AccountChange.OTHER_ACCOUNT, 1)
    assert found.old_account == old.account_name
    assert keys_kept(shop) == 1, "looking keeps nothing"
    assert shop.app.queries.company().online_payment == old
    shop.app.connecting.connect(other_key, findings=found, switch_off=True)
    new = shop.app.queries.company().online_payment
    assert new.account not in ("", old.account)
    assert keys_kept(shop) == 2
    shop.settle_down()
    first, second = shop.links(document)
    assert (first.state, second.state) == ("closed", "active")
    assert (first.stripe_account, second.stripe_account) == (old.account, new.account)
    (there,) = shop.sandbox.state()["payment_links"]
    assert (there["url"], there["active"]) == (url, False)
    assert keys_kept(shop) == 1, "the old key has done its work"
    shop.check()


def test_links_left_on_keep_their_key(online: Shop) -> None:
    shop = online
    document, _ = paid_later(shop)
    shop.app.connecting.connect(shop.sandbox.open_account("The other one"))
    shop.work()
    assert [link.state for link in shop.links(document)] == ["active"]
    assert keys_kept(shop) == 2
    # Paid by bank: the old link goes, by the old key.
    shop.receive(document, 10_000)
    shop.settle_down()
    assert [link.state for link in shop.links(document)] == ["closed"]
    assert [one["active"] for one in shop.sandbox.state()["payment_links"]] == [False]
    assert keys_kept(shop) == 1


def test_disconnecting_switches_off_first_where_asked(online: Shop) -> None:
    shop = online
    document, _ = paid_later(shop)
    assert shop.app.connecting.open_links() == 1
    shop.app.connecting.disconnect(switch_off=True)
    assert keys_kept(shop) == 1
    assert not shop.app.queries.company().online_payment.enabled
    shop.work()
    assert [link.state for link in shop.links(document)] == ["closed"]
    assert [one["active"] for one in shop.sandbox.state()["payment_links"]] == [False]
    assert (keys_kept(shop), shop.app.connecting.open_links()) == (0, 0)


def test_a_key_nothing_needs_is_forgotten(online: Shop) -> None:
    online.app.connecting.connect(online.sandbox.open_account("The other one"))
    assert keys_kept(online) == 1, "the first account has no links"
    online.app.connecting.disconnect()
    assert keys_kept(online) == 0


def test_disconnecting_without_links_forgets_at_once(online: Shop) -> None:
    online.app.connecting.disconnect(switch_off=True)
    assert keys_kept(online) == 0


def test_what_the_key_may_do_is_kept_and_looked_at_daily(online: Shop) -> None:
    shop = online
    key = shop.sandbox.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"}))
    assert shop.app.queries.stripe_access().probed_at is None
    found = shop.app.connecting.examine(key)
    shop.app.connecting.connect(key, findings=found)
    access = shop.app.queries.stripe_access()
    assert access.lacking == "The Stripe key lacks the row “Events: Read”."
    assert access.lines == found.permissions
    daily = shop.app.stripe_permissions
    assert not daily.probe_daily(), "just done"
    shop.at_stripe("key", key=key, permissions=sorted(SLUGS))
    shop.pass_time(hours=25)
    shop.told()
    assert daily.probe_daily()
    assert shop.told() == ["CompanyChanged"]
    access = shop.app.queries.stripe_access()
    assert (access.lacking, access.probed_at) == ("", shop.time.now())
    assert {line.state for line in access.lines} == {PermissionState.GRANTED}
    assert not daily.probe_daily()
    shop.check()


@pytest.mark.parametrize(
    "wrong", ["pk_test_" + "a" * 24, "whsec_" + "a" * 24, "sk_org_" + "a" * 24]
)
def test_examining_refuses_other_keys(online: Shop, wrong: str) -> None:
    with pytest.raises(UserError) as refusal:
        online.app.connecting.examine(wrong)
    assert refusal.value.field == "stripe_key"
    assert "a" * 24 not in str(refusal.value)
