"""Books, a practice Stripe and a mail catcher for every test that asks for them."""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import compiled_once  # noqa: F401 - from here on, for every engine
import pytest
from books import COMPANY_NAME, Shop, StillTime, new_company, open_shelf
from chromium import Chromium, find_chromium
from collecting import SELDOM
from hypothesis import settings
from postgres_server import TEMPLATE, Place, PostgresServer, find_programs
from quick_key import QUICK_KEY
from stripe_contract import StripeContract
from stripe_mock import NoStripeMockError, find_go, find_stripe_mock, running_stripe_mock

from billdesk.bootstrap import Books, Paths, companies
from billdesk.sandbox import Exchange, MailCatcher, SandboxClock, StripeSandbox

# How long an example takes says something of the machine, not of the code: bench/ measures.
settings.register_profile("billdesk", deadline=None)
settings.load_profile("billdesk")

OpenShop = Callable[..., Shop]
# Fixtures that open the company most tests are about: their books are copied with it.
OPEN_A_COMPANY = {"shop", "online", "quick_online"}


@pytest.fixture(autouse=True)
def _log_files_end() -> Iterator[None]:
    """A program that a test runs within its own process leaves no log file open behind it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in root.handlers[:]:
        if isinstance(handler, logging.FileHandler) and handler not in before:
            root.removeHandler(handler)
            handler.close()
            root.setLevel(level)


@pytest.fixture
def still_time() -> StillTime:
    """The present; a test moves it."""
    return StillTime()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "both_engines: runs on a file and on a PostgreSQL server (fixture ``place``)"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long proofs come last: they take every core, and windows wait only so long for theirs."""
    items.sort(key=lambda item: "proof" in item.path.parts)


def pytest_collection_finish() -> None:
    """What has been loaded stays: looking through it again takes a tenth of a test's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked ``both_engines`` get their books on each engine."""
    if "place" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize("place", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own; in CI it must be there."""
    programs = find_programs()
    if programs is None:
        missing = "no PostgreSQL server on this computer (Debian: apt install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def empty_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of empty books, to be copied: making its tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    open_shelf(folder, StillTime()).close()
    return folder / "books.db"


@pytest.fixture(scope="session")
def company_books(empty_books: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the company most tests are about, to be copied as well."""
    folder = tmp_path_factory.mktemp("company")
    shutil.copy(empty_books, folder)
    _set_up_company(Place(Paths(folder)))
    return folder / "books.db"


@pytest.fixture(scope="session")
def company_database(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a database of the server, to be a template."""
    name = postgres.books("template_company")
    folder = tmp_path_factory.mktemp("company")
    _set_up_company(Place(Paths(folder, postgres.address(name)), postgres.password))
    return name


def _set_up_company(place: Place) -> None:
    with closing(open_shelf(place.paths, StillTime(), place.password)) as books:
        new_company(books)


@pytest.fixture
def quick_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backups are locked with a key that its passphrase opens at once."""
    monkeypatch.setattr("billdesk.core.services.backups.service.make_key", lambda _: QUICK_KEY)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where the books of a test are: a folder, or also a database of the server."""
    folder = tmp_path / "data"
    has_company = not OPEN_A_COMPANY.isdisjoint(request.fixturenames)
    if getattr(request, "param", "sqlite") == "sqlite":
        folder.mkdir(mode=0o700)
        made = request.getfixturevalue("company_books" if has_company else "empty_books")
        shutil.copy(made, folder)
        yield Place(Paths(folder))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = request.getfixturevalue("company_database") if has_company else TEMPLATE
    name = server.create(template=template)
    yield Place(Paths(folder, server.address(name)), server.password)
    server.drop(name)


@pytest.fixture
def shelf(place: Place, still_time: StillTime) -> Iterator[Books]:
    """Empty books on disk or on a server."""
    books = open_shelf(place.paths, still_time, place.password)
    yield books
    books.close()


@pytest.fixture(scope="session")
def contract() -> StripeContract:
    """Stripe's published description of its API."""
    return StripeContract()


@pytest.fixture
def stripe_sandbox(still_time: StillTime, contract: StripeContract) -> Iterator[StripeSandbox]:
    """A loopback Stripe that shares the test's time.

    Whatever the application asked of it must be what Stripe's description allows.
    """
    asked: list[Exchange] = []
    clock = SandboxClock(still_time.seconds)
    with StripeSandbox(clock=clock, on_exchange=asked.append) as sandbox:
        yield sandbox
    for exchange in asked:
        if exchange.status == 200:
            contract.check_request(exchange.method, exchange.path, exchange.params)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    """A headless Chromium; in CI it must be there."""
    program = find_chromium()
    if program is None:
        message = "no Chromium found: install the package chromium or set BILLDESK_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with Chromium(program, tmp_path / "profile") as running:
        yield running


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    """The address of Stripe's own mock; where Go is in CI it must be there."""
    try:
        program = find_stripe_mock()
    except NoStripeMockError as reason:
        if os.environ.get("CI") and find_go() is not None:
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    with running_stripe_mock(program) as address:
        yield address


@pytest.fixture
def postbox() -> Iterator[MailCatcher]:
    """A loopback mail server that keeps every mail."""
    with MailCatcher() as catcher:
        yield catcher


@pytest.fixture
def open_shop(shelf: Books, still_time: StillTime) -> Iterator[OpenShop]:
    """Opens companies in ``shelf``; closed after the test."""
    opened: list[Shop] = []
    # In books that were copied with it, the first one is there.
    ready = [company.id for company in companies(shelf)]

    def make(
        name: str = COMPANY_NAME, *, stripe: StripeSandbox | None = None, **changes: Any
    ) -> Shop:
        usual = name == COMPANY_NAME and not changes
        company = ready.pop() if ready and usual else new_company(shelf, name, **changes)
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
