"""Books that were falsified and written into an export whose every figure fits are not taken in."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from books import Shop, StillTime, new_company, open_shelf
from falsified_export import Members, falsified, recount, retell, rewrite
from postgres_server import PostgresServer
from sqlalchemy import Connection, text

from billdesk.bootstrap import Paths, take_in_company
from billdesk.core.domain.errors import UserError
from billdesk.core.services.transfer import importer
from billdesk.core.services.verification.checks import violations
from billdesk.core.services.verification.violation import Violation

Rows = list[dict[str, Any]]


def _of(table: str, change: Callable[[Rows], object]) -> Callable[[Members], None]:
    def forge(members: Members) -> None:
        rewrite(members, table, change)
        recount(members, table)

    return forge


def _without_an_audit_log(members: Members) -> None:
    for table in ("audit_log", "audit_detail", "audit_head"):
        _of(table, lambda rows: rows.clear())(members)
    retell(members, lambda manifest: manifest["figures"].update(audit={"seq": 0, "head": ""}))


def _frozen_anew(rows: Rows) -> None:
    """Another buyer than the invoice was issued to."""
    rows[0]["body"] = rows[0]["body"].replace("Nordlicht", "Somebody")
    rows[0]["sha256"] = hashlib.sha256(rows[0]["body"].encode()).hexdigest()


def _without_proof(rows: Rows) -> None:
    rows[:] = [row for row in rows if "snapshot_sha256" not in row["body"]]


def _change(**values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[0].update(values)


FORGERIES = {
    "no audit log": (_without_an_audit_log, r"\(audit-chain\)"),
    "another hand": (_of("audit_log", _change(actor="x")), "audit row 1: it has been changed"),
    "no last row": (_of("audit_log", lambda rows: rows.pop()), "last rows of the chain"),
    "no proof": (_of("audit_detail", _without_proof), "its detail is missing"),
    "a proof that is no JSON": (_of("audit_detail", _change(body="{")), "has been changed|belong"),
    "another buyer": (
        _of("document_snapshot", _frozen_anew),
        "INV-00001: it is not what the audit log recorded",
    ),
    "a snapshot that is none": (_of("document_snapshot", _change(body="{}")), "INV-00001: "),
    "another PDF": (
        lambda members: _of(
            "rendition",
            lambda rows: rows[0].update(
                sha256=next(row["sha256"] for row in rows if row["document_id"] == 2)
            ),
        )(members),
        r"\(stored-pdf\)",
    ),
    "a PDF less": (_of("rendition", lambda rows: rows.pop()), r"\(stored-pdf\)"),
    "a paid invoice": (_of("document", lambda rows: rows[1].update(open_minor=0)), "INV-00002: "),
    "another total": (_of("document", _change(total_minor=5)), "INV-00001: "),
    "an unknown kind": (_of("document", _change(kind="bill")), "INV-00001|belong"),
    "no allocation": (_of("allocation", lambda rows: rows.clear()), "INV-00001: "),
    "another payment": (_of("payment", _change(amount_minor=1)), "."),
}


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Books with a company in them, which every refusal leaves as they are."""
    time = StillTime()
    books = open_shelf(tmp_path_factory.mktemp("neighbour"), time)
    shop = Shop.open(books, new_company(books, "Nachbar KG"), time)
    shop.issued("11")
    yield shop
    shop.app.close()
    books.close()


@pytest.mark.parametrize(("forge", "sentence"), FORGERIES.values(), ids=FORGERIES)
def test_books_that_are_not_in_order_are_not_taken_in(
    written: Path,
    tmp_path: Path,
    neighbour: Shop,
    forge: Callable[[Members], None],
    sentence: str,
) -> None:
    before = _everything(neighbour)
    with pytest.raises(UserError, match=sentence):
        take_in_company(neighbour.books, falsified(written, forge, into=tmp_path))
    assert _everything(neighbour) == before
    neighbour.check()


@pytest.mark.both_engines
def test_a_forgery_leaves_nothing_on_either_engine(
    written: Path, tmp_path: Path, shop: Shop
) -> None:
    forge, sentence = FORGERIES["another buyer"]
    with pytest.raises(UserError, match=sentence):
        take_in_company(shop.books, falsified(written, forge, into=tmp_path))
    assert shop.one("SELECT count(*) AS n FROM company").n == 1
    assert shop.one("SELECT count(*) AS n FROM posting").n == 0
    take_in_company(shop.books, written)
    assert shop.one("SELECT count(*) AS n FROM company").n == 2


def test_books_are_checked_on_a_server_before_it_has_counted_their_rows(
    written: Path, tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would read a table for each row of another: ten thousand invoices took minutes."""
    plans: list[str] = []

    def ask(connection: Connection, company_id: int) -> Iterator[Violation]:
        plans.append(connection.execute(text("SHOW enable_nestloop")).scalar_one())
        yield from violations(connection, company_id)

    monkeypatch.setattr(importer, "violations", ask)
    name = postgres.books()
    paths = Paths(tmp_path / "desk", postgres.address(name))
    server = open_shelf(paths, StillTime(), postgres.password)
    take_in_company(server, written)
    with server.engine.connect() as connection:
        plans.append(connection.execute(text("SHOW enable_nestloop")).scalar_one())
    server.close()
    postgres.drop(name)
    assert plans == ["off", "on"]


def _everything(shop: Shop) -> list[Any]:
    tables = ("company", "install", "customer", "document", "posting", "audit_log", "change")
    return [shop.rows(f"SELECT * FROM {table}") for table in tables]
