"""Files attached to documents: kept, listed, removed, sent along."""

import zipfile
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from books import Shop

from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.services.attachments import AttachmentInput
from billdesk.core.services.mail import MailDraft
from billdesk.sandbox import MailCatcher

PLAN = b"%PDF-1.7 a plan"


def test_a_file_is_kept_listed_removed_and_brought_back(shop: Shop) -> None:
    issued = shop.issued("100")
    attachments, queries = shop.app.attachments, shop.app.queries
    shop.told()
    added = attachments.add(issued.document_id, AttachmentInput("../Plan: 2.pdf", PLAN))
    (row,) = queries.attachments(issued.document_id)
    assert (row.name, row.media_type, row.size) == ("Plan- 2.pdf", "application/pdf", len(PLAN))
    assert attachments.data(added) == PLAN
    attachments.remove(added)
    assert queries.attachments(issued.document_id) == ()
    attachments.restore(added)
    assert queries.attachments(issued.document_id) == (row,)
    assert set(shop.told()) == {"AttachmentsChanged"}
    assert shop.audit()[-3:] == ["attachment.added", "attachment.removed", "attachment.restored"]
    shop.check()


def test_only_chosen_files_go_with_the_mail(online: Shop, postbox: MailCatcher) -> None:
    issued = online.issued("100")
    attachments = online.app.attachments
    attachments.add(issued.document_id, AttachmentInput("Plan.pdf", PLAN, with_mail=True))
    attachments.add(issued.document_id, AttachmentInput("Own notes.txt", b"secret"))
    online.work()
    draft = online.app.mail.draft_for(issued.document_id)
    file = message_from_bytes(online.app.mail.eml(issued.document_id, draft), policy=policy.default)
    names = [part.get_filename() for part in file.iter_attachments()]
    assert names == ["INV-00001.pdf", "Plan.pdf"]
    online.app.mail.send(
        issued.document_id, MailDraft("a@example.org", draft.subject, draft.body), delay_s=0
    )
    online.work()
    (mail,) = postbox.wait_for(1)
    received = mail.parsed
    assert [part.get_filename() for part in received.iter_attachments()] == names


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("", PLAN, "name"),
        ("../..", PLAN, "name"),
        ("virus.EXE", PLAN, "name"),
        ("invoice.pdf.url", PLAN, "name"),
        ("empty.txt", b"", "data"),
        ("large.bin", b"x" * 10_000_001, "data"),
    ],
    ids=["no name", "only dots", "program", "shortcut", "empty", "too large"],
)
def test_a_file_that_cannot_be_attached(shop: Shop, name: str, data: bytes, field: str) -> None:
    issued = shop.issued("100")
    with pytest.raises(UserError) as refusal:
        shop.app.attachments.add(issued.document_id, AttachmentInput(name, data))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM attachment") == []


def test_what_is_mailed_stays_within_what_servers_take(shop: Shop) -> None:
    issued = shop.issued("100")
    attachments = shop.app.attachments
    attachments.add(issued.document_id, AttachmentInput("a.bin", b"a" * 9_000_000, with_mail=True))
    with pytest.raises(UserError) as refusal:
        attachments.add(
            issued.document_id, AttachmentInput("b.bin", b"b" * 9_000_000, with_mail=True)
        )
    assert refusal.value.field == "with_mail"
    second = attachments.add(issued.document_id, AttachmentInput("b.bin", b"b" * 9_000_000))
    with pytest.raises(UserError):
        attachments.set_with_mail(second, with_mail=True)


def test_the_logo_and_other_companies_files_are_none_of_a_documents(
    shop: Shop, open_shop: object
) -> None:
    other = open_shop("Somebody else")  # type: ignore[operator]  # the factory fixture
    theirs = other.issued("5")
    file = other.app.attachments.add(theirs.document_id, AttachmentInput("a.txt", b"a"))
    for attempt in (
        lambda: shop.app.attachments.data(file),
        lambda: shop.app.attachments.remove(file),
        lambda: shop.app.attachments.add(theirs.document_id, AttachmentInput("b.txt", b"b")),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_files_are_kept_at_a_customer_and_never_sent(shop: Shop) -> None:
    attachments, queries = shop.app.attachments, shop.app.queries
    customer = shop.customer()
    shop.told()
    added = attachments.add_to_customer(customer, AttachmentInput("Contract.pdf", PLAN))
    (row,) = queries.customer_attachments(customer)
    assert (row.id, row.name, row.with_mail) == (added, "Contract.pdf", False)
    assert attachments.data(added) == PLAN
    assert shop.told() == ["CustomerChanged"]
    with pytest.raises(UserError, match="document's mails only"):
        attachments.set_with_mail(added, with_mail=True)
    with pytest.raises(UserError, match="document's mails only"):
        attachments.add_to_customer(customer, AttachmentInput("b.txt", b"b", with_mail=True))
    with pytest.raises(NotFound):
        attachments.add_to_customer(customer + 99, AttachmentInput("b.txt", b"b"))
    other = shop.customer()
    attachments.add_to_customer(other, AttachmentInput("Other.txt", b"other"))
    shop.app.customer_merges.merge(other, customer)
    names = [one.name for one in queries.customer_attachments(customer)]
    assert names == ["Contract.pdf", "Other.txt"], "a duplicate's files come along"
    attachments.remove(added)
    assert [one.name for one in queries.customer_attachments(customer)] == ["Other.txt"]
    shop.check()


def test_names_changed_in_the_database_lead_nowhere_when_given_out(
    shop: Shop, tmp_path: Path
) -> None:
    customer = shop.customer()
    shop.app.attachments.add_to_customer(customer, AttachmentInput("Contract.pdf", PLAN))
    shop.falsify("UPDATE attachment SET name = '../../Contract.exe'")
    target = tmp_path / "person.zip"
    shop.app.personal_data.give_out(customer, target)
    with zipfile.ZipFile(target) as archive:
        names = [name for name in archive.namelist() if name.startswith("files/")]
    assert names == ["files/attached-1-Contract.exe.file"]


def test_erasing_a_customer_takes_its_files_off(shop: Shop, tmp_path: Path) -> None:
    customer = shop.customer()
    shop.app.attachments.add_to_customer(customer, AttachmentInput("Contract.pdf", PLAN))
    given = shop.app.personal_data.give_out(customer, tmp_path / "person.zip")
    assert given.files == 1
    shop.app.personal_data.erase(customer)
    assert shop.app.queries.customer_attachments(customer) == ()
    assert shop.one("SELECT name FROM attachment").name == "Erased customer"
