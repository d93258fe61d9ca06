"""Desks on the same books hear of each other: threads here, and a program of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from books import Shop

from billdesk.bootstrap import open_application
from billdesk.core.bus import Bus
from billdesk.core.db.changes import KEPT
from billdesk.core.db.unit_of_work import Actor, UnitOfWork
from billdesk.core.domain.event_text import MOST_EVENTS, decode_events, encode_events
from billdesk.core.domain.events import (
    CustomerChanged,
    DraftSaved,
    Event,
    Imported,
    InvoiceIssued,
    PaymentChanged,
)
from billdesk.core.services.changes import ChangeService
from billdesk.core.sync.change_reader import ChangeReader

TESTS = Path(__file__).parents[2]
WITHIN_S = 5.0
pytestmark = pytest.mark.both_engines
PROGRAM = """
import sys
from pathlib import Path
from books import Shop, StillTime, open_shelf
from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import parse_address

folder, url, company = sys.argv[1:]
time = StillTime()
books = open_shelf(Paths(Path(folder), parse_address(url) if url else None), time)
shop = Shop.open(books, int(company), time)
print(shop.issued().document_id, flush=True)
shop.app.close()
books.close()
"""


class OtherDesk:
    """Another BillDesk on the books of a shop, with what it has heard."""

    def __init__(self, shop: Shop, bus: Bus | None = None) -> None:
        books = shop.books
        self.bus = bus or Bus()
        self.heard: list[Event] = []
        self.bus.subscribe(self.heard.append)
        uow = UnitOfWork(
            books.engine,
            shop.app.company_id,
            Actor("Otto"),
            self.bus,
            now=books.now,
            today=books.today,
            write_lock=books.write_lock,
        )
        self.reader = ChangeReader(ChangeService(uow), self.bus)
        self.reader.read()

    def hears(self) -> list[Event]:
        """What is new since it listened last."""
        self.heard.clear()
        self.reader.read()
        return list(self.heard)


@pytest.fixture
def other(shop: Shop) -> OtherDesk:
    return OtherDesk(shop)


def test_what_was_before_is_no_news(shop: Shop) -> None:
    shop.issued()
    assert OtherDesk(shop).hears() == []


def test_a_desk_hears_what_another_committed_and_nothing_twice(
    shop: Shop, other: OtherDesk
) -> None:
    company = shop.app.company_id
    customer = shop.customer()
    issued = shop.issued(customer_id=customer)
    document = issued.document_id
    assert other.hears() == [
        CustomerChanged(company, customer),
        DraftSaved(company, document),
        InvoiceIssued(company, document),
    ]
    shop.receive(document, 100)
    assert other.hears() == [PaymentChanged(company, document)]
    assert other.hears() == []


def test_a_desk_does_not_hear_itself(shop: Shop) -> None:
    same = OtherDesk(shop, shop.app.bus)
    shop.customer()
    assert len(same.heard) == 1
    assert same.hears() == []


def test_what_failed_is_not_told(shop: Shop, other: OtherDesk) -> None:
    with pytest.raises(Exception, match="does not exist"):
        shop.app.invoices.void(4711, "There is no such invoice")
    assert other.hears() == []


def test_another_companys_changes_are_not_told(shop: Shop, other: OtherDesk, open_shop) -> None:
    open_shop("Somebody else").customer()
    assert other.hears() == []


def test_old_rows_are_pruned_and_who_missed_them_starts_over(shop: Shop, other: OtherDesk) -> None:
    # As if a thousand transactions had passed while the other desk slept.
    shop.falsify(
        "UPDATE change SET id = id + :by", by=5000 - shop.one("SELECT max(id) AS id FROM change").id
    )
    shop.falsify(
        "INSERT INTO change (id, company_id, desk, events, at) VALUES (3000, :c, 'x', '[]', :at)",
        c=shop.app.company_id,
        at=shop.time.now(),
    )
    if shop.books.paths.server is not None:
        shop.falsify("SELECT setval('change_id_seq', 5099)")
        shop.customer()
    else:
        shop.falsify("UPDATE change SET id = 5099 WHERE id = 5000")
        shop.customer()
    assert [
        row.id for row in shop.rows("SELECT id FROM change WHERE id <= :k", k=5100 - KEPT)
    ] == []
    assert shop.one("SELECT max(id) AS id FROM change").id == 5100
    assert other.hears() == [Imported(shop.app.company_id)]
    assert other.hears() == []


def test_many_events_of_one_transaction_are_told_as_one() -> None:
    many = [DraftSaved(3, document) for document in range(MOST_EVENTS + 1)]
    assert decode_events(3, encode_events(3, many)) == (Imported(3),)
    assert decode_events(3, encode_events(3, many[1:])) == tuple(many[1:])
    assert decode_events(3, encode_events(3, [many[0], many[0]])) == (many[0],)


def test_what_a_newer_version_tells_means_start_over() -> None:
    assert decode_events(3, '[["DroneLanded", {"company_id": 3}]]') == (Imported(3),)


@pytest.fixture
def window(shop: Shop) -> Iterator["SimpleQueue[Event]"]:
    """What a second, running application hears."""
    heard: SimpleQueue[Event] = SimpleQueue()
    app = open_application(shop.books, shop.app.company_id)
    app.bus.subscribe(heard.put)
    app.sync.start()
    yield heard
    assert app.close()


def test_a_running_desk_hears_another_program_within_seconds(
    shop: Shop, window: "SimpleQueue[Event]"
) -> None:
    paths = shop.books.paths
    url = paths.server.url if paths.server else ""
    _wait_until_it_listens(shop, window)
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, paths.folder, url, str(shop.app.company_id)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]),
            "PGPASSWORD": shop.books.password() or "",
        },
    )
    assert program.stdout is not None
    document = int(program.stdout.readline())
    _wait_for(window, InvoiceIssued(shop.app.company_id, document), WITHIN_S)
    program.communicate(timeout=60)
    assert program.returncode == 0


def _wait_until_it_listens(shop: Shop, heard: "SimpleQueue[Event]") -> None:
    for _ in range(30):
        shop.customer()
        with suppress(Empty):
            heard.get(timeout=1)
            return
    raise AssertionError("it never listened")


def _wait_for(heard: "SimpleQueue[Event]", wanted: Event, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            event = heard.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise AssertionError(f"{wanted} was not heard within {seconds} s") from None
        if event == wanted:
            return
