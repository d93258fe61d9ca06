"""What is known of a person: given out as a file, erased but for what was issued."""

import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from bank_file import bank_line
from books import Shop

from billdesk.core.domain.banking import Receipt
from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.mail import MailDraft
from billdesk.core.services.payments import RefundInput
from billdesk.sandbox import MailCatcher

# Words that occur nowhere else in the books.
NAME, PLACE, ADDRESS = "Xaverine Quandt", "Quittengasse 7", "xaverine@quandt.example"


def person(shop: Shop) -> int:
    """A private customer."""
    from billdesk.core.domain.addresses import Address

    return shop.customer(
        name=NAME, email=ADDRESS, address=Address(PLACE, "", "0154", "Oslo", "", "NO"), notes=NAME
    )


def known(shop: Shop, word: str) -> set[str]:
    """The tables in which ``word`` stands."""
    found = set()
    with closing(sqlite3.connect(shop.books.paths.books)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f"SELECT * FROM {table}"):
                if any(word.casefold() in str(value).casefold() for value in row):
                    found.add(table)
    return found


def test_everything_about_a_customer_is_in_the_file(online: Shop, tmp_path: Path) -> None:
    customer = person(online)
    issued = online.issued("100", customer_id=customer)
    online.receive(issued.document_id, 4_000)
    online.issued("7")
    online.work()
    done = online.app.personal_data.give_out(customer, tmp_path / "person.zip")
    with zipfile.ZipFile(done.file) as found:
        names = found.namelist()
        assert NAME in found.read("customer.jsonl").decode()
        assert len(found.read("document.jsonl").decode().splitlines()) == 1
        assert len(found.read("payment.jsonl").decode().splitlines()) == 1
        pdf = next(name for name in names if name.endswith(".pdf"))
        assert found.read(pdf).startswith(b"%PDF")
    assert done.files == 1
    assert done.rows >= 4
    with pytest.raises(UserError, match="exists already"):
        online.app.personal_data.give_out(customer, tmp_path / "person.zip")
    with pytest.raises(NotFound):
        online.app.personal_data.give_out(9_999, tmp_path / "nobody.zip")


def test_only_what_was_issued_stays(online: Shop, postbox: MailCatcher) -> None:
    shop = online
    customer = person(shop)
    issued = shop.issued("100", customer_id=customer)
    shop.work()
    shop.app.mail.send(issued.document_id, MailDraft(ADDRESS, NAME, f"Dear {NAME}"), delay_s=0)
    shop.work()
    shop.receive(issued.document_id, 10_000)
    shop.work()
    shop.app.invoices.create(shop.draft(customer_id=customer, subject=f"For {NAME}"))
    head = shop.audit()
    erased = shop.app.personal_data.erase(customer)
    assert (erased.kept_documents, erased.kept_until) == (1, date(2036, 12, 31))
    assert erased.sentence.startswith("Everything else was erased; 1 issued document has to be")
    assert known(shop, NAME) == {"document", "document_snapshot"}, "as it was sent"
    assert known(shop, PLACE) == {"document_snapshot"}
    assert known(shop, ADDRESS) <= {"document_snapshot"}
    assert shop.audit() == [*head, "customer.erased"]
    assert shop.app.queries.documents(DocumentFilter(search="Xaverine")).rows == ()
    assert len(shop.app.queries.documents(DocumentFilter(search="INV-00001")).rows) == 1
    assert shop.app.queries.pdf(issued.document_id) is not None
    with pytest.raises(NotAllowed, match="erased already"):
        shop.app.personal_data.erase(customer)
    shop.check()


def test_what_the_bank_said_is_given_out_and_kept(shop: Shop, tmp_path: Path) -> None:
    """Bank statements are vouchers of the books, as issued documents are."""
    customer = person(shop)
    line = bank_line(shop, date(2026, 11, 24), "50,00", "for nothing", NAME)
    shop.app.bank.decide(line.id, line.version, Receipt(customer))
    done = shop.app.personal_data.give_out(customer, tmp_path / "person.zip")
    with zipfile.ZipFile(done.file) as found:
        assert NAME in found.read("bank_line.jsonl").decode()
    (payment,) = shop.rows("SELECT id FROM payment")
    shop.app.refunds.refund(RefundInput(5_000, PaymentMethod.BANK, date(2026, 11, 24), payment.id))
    erased = shop.app.personal_data.erase(customer)
    assert erased.sentence == (
        "Everything else was erased; payments and the bank's lines have to be kept."
    )
    assert known(shop, NAME) == {"bank_line"}
    shop.check()


def test_a_customer_without_documents_goes_altogether(shop: Shop) -> None:
    customer = person(shop)
    erased = shop.app.personal_data.erase(customer)
    assert (erased.kept_documents, erased.kept_until) == (0, None)
    assert known(shop, NAME) == known(shop, ADDRESS) == known(shop, PLACE) == set()
    shop.check()


def test_what_is_not_settled_stands_in_the_way(shop: Shop) -> None:
    customer = person(shop)
    issued = shop.issued("100", customer_id=customer)
    with pytest.raises(NotAllowed, match="still open"):
        shop.app.personal_data.erase(customer)
    shop.receive(issued.document_id, 10_000)
    with pytest.raises(NotAllowed, match="still waiting"):
        shop.app.personal_data.erase(customer)
    shop.work()
    shop.falsify("UPDATE app_user SET role = 'clerk'")
    with pytest.raises(NotAllowed, match="Only the owner"):
        shop.app.personal_data.erase(customer)
    assert "customer" in known(shop, NAME)


def test_duplicates_are_erased_together(shop: Shop) -> None:
    twice, once = person(shop), person(shop)
    shop.app.customer_merges.merge(twice, once)
    with pytest.raises(NotAllowed, match="erase that one"):
        shop.app.personal_data.erase(twice)
    shop.app.personal_data.erase(once)
    assert known(shop, NAME) == set()
    shop.check()
