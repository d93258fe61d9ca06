"""Connecting a company to a Stripe account: what is asked, kept and refused."""

from collections.abc import Callable

import pytest
from books import Shop

from billdesk.core.domain.errors import NotAllowed, TemporaryError, UserError
from billdesk.core.domain.settings import OnlinePayment
from billdesk.sandbox import Fault, StripeSandbox

pytestmark = pytest.mark.both_engines


def test_connecting_keeps_the_key_in_the_store_only(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    connected = shop.app.connecting.connect(f"  {stripe_sandbox.api_key}\n")
    assert connected.livemode is False
    assert connected.kept_in == "memory"
    assert stripe_sandbox.api_key not in repr(connected)
    online = shop.app.queries.company().online_payment
    assert (online.enabled, online.livemode) == (True, False)
    assert online.account != ""
    everything = "".join(
        row.body
        for row in shop.rows("SELECT body FROM setting UNION SELECT body FROM audit_detail")
    )
    assert stripe_sandbox.api_key not in everything
    shop.app.settings.save_online_payment(OnlinePayment(enabled=True, expiry_days=5))
    kept = shop.app.queries.company().online_payment
    assert (kept.account, kept.account_number) == (online.account, online.account_number)
    shop.app.connecting.disconnect()
    assert shop.app.queries.company().online_payment.enabled is False
    assert shop.books.secrets.get(*shop.key_entry()) is None


def test_connecting_tells_whose_account_it_is(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    connected = shop.app.connecting.connect(stripe_sandbox.api_key)
    assert connected.account_number.startswith("acct_")
    assert connected.account_name != ""
    online = shop.app.queries.company().online_payment
    assert (online.account_number, online.account_name) == (
        connected.account_number,
        connected.account_name,
    )
    # A key that may read less forgets nothing wrong: it says that it does not know.
    stripe_sandbox.fail_next(Fault("GET", "/v1/account", status=403))
    connected = shop.app.connecting.connect(stripe_sandbox.api_key)
    assert (connected.account_number, connected.account_name) == ("", "")
    assert shop.app.queries.company().online_payment.account_number == ""


@pytest.mark.parametrize("key", ["", "pk_test_" + "a" * 24, "rk_test_short", "whsec_" + "a" * 24])
def test_a_key_of_the_wrong_kind_changes_nothing(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox, key: str
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    with pytest.raises(UserError) as refusal:
        shop.app.connecting.connect(key)
    assert refusal.value.field == "stripe_key"
    assert shop.app.queries.company().online_payment.enabled is False


def test_a_key_stripe_rejects_changes_nothing(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    stripe_sandbox.fail_next(Fault("GET", "/v1/balance", status=401))
    with pytest.raises(UserError):
        shop.app.connecting.connect(stripe_sandbox.api_key)
    assert shop.app.queries.company().online_payment.enabled is False
    stripe_sandbox.stop()
    with pytest.raises(TemporaryError):
        shop.app.connecting.connect(stripe_sandbox.api_key)


def test_a_live_key_is_never_sent_to_a_loopback_stripe(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    with pytest.raises(UserError):
        shop.app.connecting.connect("rk_live_" + "9" * 30)


def test_only_the_practice_company_shows_its_key(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox
) -> None:
    shop = open_shop(stripe=stripe_sandbox)
    shop.connect()
    with pytest.raises(NotAllowed):
        shop.app.connecting.practice_key()
    practice = open_shop("Practice", stripe=stripe_sandbox, is_practice=True)
    practice.connect()
    assert practice.app.connecting.practice_key() == stripe_sandbox.api_key
