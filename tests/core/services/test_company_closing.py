"""A closed company: exported first, then read only for ever, its chain unbroken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from books import Shop
from falsified_export import Change, Members, falsified, replace, retell, without_a_stored_file

from billdesk.bootstrap import choose_company, companies
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.services.customers import CustomerInput

NAME = "Werkstatt Lang GmbH"


def exported(shop: Shop, folder: Path) -> Path:
    file = folder / "lang.zip"
    shop.app.exports.write(file)
    return file


def test_after_closing_everything_is_read_and_nothing_written(
    shop: Shop, tmp_path: Path, open_shop: Callable[..., Shop]
) -> None:
    other = open_shop("Somebody else")
    issued = shop.issued("100")
    shop.work()
    shop.app.company_closing.close(exported(shop, tmp_path), NAME)
    for attempt in (
        lambda: shop.app.customers.create(CustomerInput("New")),
        lambda: shop.receive(issued.document_id, 100),
        lambda: shop.app.invoices.void(issued.document_id, "why"),
        lambda: shop.app.periods.close_through(None),
    ):
        with pytest.raises(NotAllowed, match="was closed on 2026-11-24"):
            attempt()
    assert shop.work() == 0
    assert shop.app.queries.ageing().rows[0].open.total == 10_000
    assert shop.audit()[-1] == "company.closed"
    shop.check()
    other.issued("5")
    other.check()


def test_a_closed_company_is_chosen_only_by_name(
    shop: Shop, tmp_path: Path, open_shop: Callable[..., Shop]
) -> None:
    open_shop("Somebody else")
    shop.app.company_closing.close(exported(shop, tmp_path), NAME)
    assert [one.name for one in companies(shop.books)] == ["Somebody else"]
    everyone = companies(shop.books, closed=True)
    assert choose_company(everyone, None).name == "Somebody else"
    assert choose_company(everyone, NAME).is_closed


def test_the_export_must_be_of_these_books_as_they_stand(
    shop: Shop, tmp_path: Path, open_shop: Callable[..., Shop]
) -> None:
    file = exported(shop, tmp_path)
    with pytest.raises(UserError, match="export is of another company"):
        open_shop("Somebody else").app.company_closing.close(file, "Somebody else")
    with pytest.raises(UserError) as refusal:
        shop.app.company_closing.close(file, "Lang")
    assert refusal.value.field == "name"
    shop.customer()
    with pytest.raises(UserError, match="changed since the export") as refusal:
        shop.app.company_closing.close(file, NAME)
    assert refusal.value.field == "export"
    assert companies(shop.books)[0].name == NAME


def _without_a_table(members: Members) -> None:
    del members["tables/posting.jsonl"]
    retell(members, lambda manifest: manifest["members"].pop("tables/posting.jsonl"))


def _with_another_pdf(members: Members) -> None:
    replace(members, next(name for name in members if name.startswith("files/")), b"%PDF")


def _without_rows(members: Members) -> None:
    replace(members, "tables/posting.jsonl", b"")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_without_a_table, "its manifest does not name tables/posting.jsonl"),
        (without_a_stored_file, "its manifest does not name files/"),
        (_with_another_pdf, "has been changed: .* is another file"),
        (_without_rows, "tables/posting.jsonl has not the rows it should have"),
    ],
)
def test_the_export_must_be_of_everything(
    shop: Shop, tmp_path: Path, change: Change, sentence: str
) -> None:
    shop.issued("100")
    shop.work()
    file = exported(shop, tmp_path)
    with pytest.raises(UserError, match=sentence):
        shop.app.company_closing.close(falsified(file, change), NAME)
    shop.app.company_closing.close(file, NAME)


def test_nothing_may_still_be_on_its_way(shop: Shop, tmp_path: Path) -> None:
    shop.issued("100")
    with pytest.raises(NotAllowed, match="still being worked on"):
        shop.app.company_closing.close(exported(shop, tmp_path), NAME)


def test_links_that_can_be_paid_stand_in_the_way(online: Shop, tmp_path: Path) -> None:
    online.issued("100", online_payment=True)
    online.work()
    with pytest.raises(NotAllowed, match="payment links"):
        online.app.company_closing.close(exported(online, tmp_path), NAME)


def test_only_the_owner_closes(shop: Shop, tmp_path: Path) -> None:
    shop.falsify("UPDATE app_user SET role = 'clerk'")
    with pytest.raises(NotAllowed, match="Only the owner"):
        shop.app.company_closing.close(exported(shop, tmp_path), NAME)
