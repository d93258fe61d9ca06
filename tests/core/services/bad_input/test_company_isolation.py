"""Two companies in one file: nothing that one does or reads touches the other."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from books import RATES, Shop, StillTime, new_company, open_shelf
from company_scope import statements_looked_at
from foreign_calls import TOKEN, Builder, Foreign, arguments, methods, other_rows, raw_row
from furnishing import furnished

from billdesk.core.application import Application
from billdesk.core.domain.errors import UserError


def every_row(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the company, by table."""
    found = {}
    with closing(sqlite3.connect(shop.books.paths.books)) as connection:
        tables = connection.execute(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "ON c.name = 'company_id' WHERE m.type = 'table'"
        ).fetchall()
        for (name,) in tables:
            rows = connection.execute(
                f"SELECT * FROM {name} WHERE company_id = ?",
                (shop.app.company_id,),
            )
            found[name] = sorted(rows, key=repr)
    return found


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Shop, Foreign]]:
    """The company that asks, another one, and what that one has."""
    time = StillTime()
    books = open_shelf(tmp_path_factory.mktemp("two") / "data", time)
    rates = tuple(replace(rate, name=f"{TOKEN} {rate.name}") for rate in RATES)
    mine = Shop.open(books, new_company(books), time)
    other = Shop.open(books, new_company(books, f"{TOKEN} Ltd", tax_rates=rates), time)
    furnished(mine)
    ids = furnished(other, TOKEN)
    with other.books.engine.begin() as connection:
        for sql in (
            f"UPDATE customer SET name = '{TOKEN}', search_text = 'zzforeign' WHERE company_id = 2",
            f"UPDATE item SET name = '{TOKEN}' WHERE company_id = 2",
            f"UPDATE account SET name = '{TOKEN} ' || id WHERE company_id = 2",
            f"UPDATE cost_centre SET name = '{TOKEN}' WHERE company_id = 2",
        ):
            connection.exec_driver_sql(sql)
    mail = raw_row(other, "mail", document_id=ids.issued)
    yield mine, other, Foreign(ids, mail, ids.issued, other_rows(other, ids, ids.issued))
    mine.app.close()
    other.app.close()
    books.close()


def names() -> list[str]:
    """The methods, found without books: by the classes the application is made of."""
    import typing

    hints = typing.get_type_hints(Application)
    found = []
    for field, kind in hints.items():
        for one in (kind, *typing.get_args(kind)):
            if getattr(one, "__name__", "").endswith(("Service", "Queries")):
                found += [f"{field}.{name}" for name in vars(one) if not name.startswith("_")]
    return found


@pytest.mark.parametrize("which", ["issued", "draft", "accepted", "note"])
def test_no_use_case_or_query_crosses_companies(
    companies: tuple[Shop, Shop, Foreign], tmp_path: Path, which: str
) -> None:
    mine, other, foreign = companies
    foreign = replace(foreign, document=getattr(foreign.ids, which))
    before = every_row(other)
    heads = {row.company_id: row.hash for row in mine.rows("SELECT * FROM audit_head")}
    tried = refused = 0
    for name, method in methods(mine.app):
        builder = Builder(foreign, tmp_path / name)
        (tmp_path / name).mkdir()
        try:
            result = method(**arguments(method, builder))
        except UserError as error:
            refused += builder.names_a_row
            told = str(error)
        else:
            told = repr(result)
        assert TOKEN not in told, f"{name} reads the other company: {told}"
        tried += builder.names_a_row
    assert every_row(other) == before
    now = {row.company_id: row.hash for row in mine.rows("SELECT * FROM audit_head")}
    assert now[other.app.company_id] == heads[other.app.company_id]
    # What names a row of another company ends in a refusal, or reads nothing.
    assert tried > 60, tried
    assert refused > 50, refused
    mine.check()


@pytest.mark.parametrize("which", ["issued", "draft"])
def test_every_statement_on_business_rows_carries_the_company(
    shop: Shop, tmp_path: Path, which: str
) -> None:
    """All use cases and queries, called with what the company has itself."""
    with statements_looked_at(shop.books.engine) as unscoped:
        ids = furnished(shop, TOKEN)
        mail = raw_row(shop, "mail", document_id=ids.draft, state="queued")
        own = Foreign(ids, mail, getattr(ids, which), other_rows(shop, ids, ids.draft))
        done = 0
        for name, method in methods(shop.app):
            (tmp_path / name).mkdir()
            try:
                method(**arguments(method, Builder(own, tmp_path / name)))
            except UserError:
                continue
            done += 1
    assert unscoped == {}
    assert done > 80, done


def test_every_method_is_walked_or_left_out_for_a_reason(
    companies: tuple[Shop, Shop, Foreign],
) -> None:
    walked = {name for name, _ in methods(companies[0].app)}
    from foreign_calls import APART

    left = {name for name in names() if not {name, name.partition(".")[0]} & APART.keys()}
    assert left <= walked
