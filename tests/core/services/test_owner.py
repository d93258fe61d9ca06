"""Who acts, and who owns the books: what the system or the server says, not a variable."""

import os
import pwd
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from books import Shop, StillTime, new_company, open_shelf
from postgres_server import DESK, OWNER, PostgresServer

from billdesk.bootstrap import Books, Paths, companies, take_in_company
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.migrate import bring_up_to_date
from billdesk.core.domain.errors import NotAllowed

CLOSED = date(2026, 9, 30)
ME = pwd.getpwuid(os.getuid()).pw_name
OTTO = "otto"


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """A database that a second working role may use, too."""
    name = postgres.books()
    postgres.execute("postgres", f"CREATE ROLE {OTTO} LOGIN PASSWORD '{postgres.password}'")
    engine = open_engine(postgres.address(name, OWNER), postgres.secret)
    bring_up_to_date(engine, grant_to=(DESK, OTTO))
    engine.dispose()
    yield name
    postgres.drop(name)
    postgres.execute("postgres", f"DROP ROLE {OTTO}")


@pytest.fixture
def on_server(
    postgres: PostgresServer, database: str, tmp_path: Path, still_time: StillTime
) -> Iterator[dict[str, Books]]:
    """The same books, opened by each role."""
    made = {
        role: open_shelf(
            Paths(tmp_path / role, postgres.address(database, role)), still_time, postgres.password
        )
        for role in (DESK, OTTO)
    }
    yield made
    for books in made.values():
        books.close()


@pytest.fixture
def clerks_shop(shop: Shop) -> Shop:
    """A file whose owner is somebody else."""
    shop.falsify("UPDATE app_user SET role = 'clerk'")
    return shop


def test_a_variable_makes_nobody_another_person(
    clerks_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = clerks_shop
    for name in ("USER", "USERNAME", "LOGNAME"):
        monkeypatch.setenv(name, "the.owner")
    again = Shop.open(shop.books, shop.app.company_id, shop.time)
    try:
        again.app.periods.close_through(CLOSED)
        assert again.one("SELECT actor FROM audit_log ORDER BY seq DESC LIMIT 1").actor == ME
        with pytest.raises(NotAllowed, match="Only the owner"):
            again.app.periods.close_through(None, "because")
    finally:
        again.app.close()


def test_who_can_write_the_file_owns_it(shop: Shop) -> None:
    shop.falsify("UPDATE app_user SET login = 'somebody'")
    shop.app.periods.close_through(CLOSED)
    shop.app.periods.close_through(None, "because")


def test_a_stranger_on_the_server_is_not_the_owner(
    on_server: dict[str, Books], still_time: StillTime
) -> None:
    company = new_company(on_server[DESK])
    mine = Shop.open(on_server[DESK], company, still_time)
    theirs = Shop.open(on_server[OTTO], company, still_time)
    try:
        assert [user.login for user in mine.app.queries.company().users] == [DESK]
        theirs.app.periods.close_through(CLOSED)
        assert mine.one("SELECT actor FROM audit_log ORDER BY seq DESC LIMIT 1").actor == OTTO
        with pytest.raises(
            NotAllowed, match=f"that is “{DESK}”, and the server knows you as “otto”"
        ):
            theirs.app.periods.close_through(None, "because")
        mine.app.periods.close_through(None, "because")
        mine.falsify("DELETE FROM app_user")
        theirs.app.periods.close_through(CLOSED)
        theirs.app.periods.close_through(None, "nobody owns these books yet")
    finally:
        mine.app.close()
        theirs.app.close()


def test_who_takes_a_company_in_on_a_server_owns_it_there(
    shop: Shop, on_server: dict[str, Books], still_time: StillTime, tmp_path: Path
) -> None:
    shop.app.periods.close_through(CLOSED)
    shop.app.exports.write(tmp_path / "company.zip")
    company = take_in_company(on_server[OTTO], tmp_path / "company.zip").company_id
    assert [entry.id for entry in companies(on_server[DESK])] == [company]
    mine = Shop.open(on_server[OTTO], company, still_time)
    theirs = Shop.open(on_server[DESK], company, still_time)
    try:
        assert {user.login for user in mine.app.queries.company().users} == {ME, OTTO}
        with pytest.raises(NotAllowed, match="Only the owner"):
            theirs.app.periods.close_through(None, "because")
        mine.app.periods.close_through(None, "because")
    finally:
        mine.app.close()
        theirs.app.close()
