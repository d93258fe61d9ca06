"""Books, a practice Stripe and a mail catcher for every test that asks for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from books import Shop, StillTime, new_company, open_shelf

from billdesk.bootstrap import Books
from billdesk.sandbox import MailCatcher, SandboxClock, StripeSandbox

OpenShop = Callable[..., Shop]


@pytest.fixture
def still_time() -> StillTime:
    """The present; a test moves it."""
    return StillTime()


@pytest.fixture
def shelf(tmp_path: Path, still_time: StillTime) -> Iterator[Books]:
    """Empty books on disk."""
    books = open_shelf(tmp_path / "data", still_time)
    yield books
    books.close()


@pytest.fixture
def stripe_sandbox(still_time: StillTime) -> Iterator[StripeSandbox]:
    """A loopback Stripe that shares the test's time."""
    with StripeSandbox(clock=SandboxClock(still_time.seconds)) as sandbox:
        yield sandbox


@pytest.fixture
def postbox() -> Iterator[MailCatcher]:
    """A loopback mail server that keeps every mail."""
    with MailCatcher() as catcher:
        yield catcher


@pytest.fixture
def open_shop(shelf: Books, still_time: StillTime) -> Iterator[OpenShop]:
    """Opens companies in ``shelf``; closed after the test."""
    opened: list[Shop] = []

    def make(
        name: str = "Werkstatt Lang GmbH", *, stripe: StripeSandbox | None = None, **changes: Any
    ) -> Shop:
        company = new_company(shelf, name, **changes)
        opened.append(Shop.open(shelf, company, still_time, stripe=stripe))
        return opened[-1]

    yield make
    for shop in opened:
        shop.app.close()


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """A company without Stripe and mail."""
    return open_shop()


@pytest.fixture
def online(open_shop: OpenShop, stripe_sandbox: StripeSandbox, postbox: MailCatcher) -> Shop:
    """A company that is connected to Stripe and can send mail."""
    shop = open_shop(stripe=stripe_sandbox)
    shop.connect()
    shop.set_up_mail(postbox)
    return shop
