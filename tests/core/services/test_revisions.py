"""Versions of drafts: when one is kept, how two differ, and going back to one."""

from dataclasses import replace

import pytest
from books import Shop

from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion
from billdesk.core.domain.revision_diff import FieldChange
from billdesk.core.services.documents.results import Saved
from billdesk.core.services.invoices import InvoiceService


def save(shop: Shop, saved: Saved, subject: str) -> Saved:
    draft = shop.app.queries.document(saved.document_id).draft
    return shop.app.invoices.save(saved.document_id, saved.version, replace(draft, subject=subject))


def test_saves_within_ten_minutes_are_one_version(shop: Shop) -> None:
    first = shop.app.invoices.create(shop.draft(subject="One"))
    second = save(shop, first, "Two")
    shop.time.advance(minutes=9)
    third = save(shop, second, "Three")
    assert [row.version for row in shop.app.queries.revisions(first.document_id)] == [third.version]
    shop.time.advance(minutes=1)
    fourth = save(shop, third, "Four")
    kept = shop.app.queries.revisions(first.document_id)
    assert [row.version for row in kept] == [fourth.version, third.version]
    found = shop.app.queries.revision_diff(first.document_id, third.version, fourth.version)
    assert found.fields == (FieldChange("subject", "Three", "Four"),)


def test_another_actor_keeps_a_version_of_their_own(shop: Shop) -> None:
    first = shop.app.invoices.create(shop.draft(subject="One"))
    other = InvoiceService(shop.app.invoices._uow.acting_as("Ada"))
    draft = replace(shop.app.queries.document(first.document_id).draft, subject="Two")
    other.save(first.document_id, first.version, draft)
    actors = [row.actor for row in shop.app.queries.revisions(first.document_id)]
    assert len(actors) == 2
    assert actors[0] == "Ada"


def test_an_earlier_version_is_brought_back(shop: Shop) -> None:
    first = shop.app.invoices.create(shop.draft(subject="One"))
    shop.time.advance(minutes=11)
    second = save(shop, first, "Two")
    with pytest.raises(StaleVersion):
        shop.app.invoices.restore_revision(first.document_id, first.version, first.version)
    with pytest.raises(NotFound, match="version"):
        shop.app.invoices.restore_revision(first.document_id, second.version, 99)
    third = shop.app.invoices.restore_revision(first.document_id, second.version, first.version)
    assert shop.app.queries.document(first.document_id).draft.subject == "One"
    kept = [row.version for row in shop.app.queries.revisions(first.document_id)]
    assert kept == [third.version, second.version, first.version]
    issued = shop.app.invoices.issue(third.document_id, third.version)
    version = shop.app.queries.document(issued.document_id).version
    with pytest.raises(NotAllowed):
        shop.app.invoices.restore_revision(issued.document_id, version, first.version)
    shop.check()


def test_versions_of_another_document_are_not_found(shop: Shop) -> None:
    mine = shop.app.invoices.create(shop.draft())
    other = shop.app.invoices.create(shop.draft())
    save(shop, other, "Two")
    with pytest.raises(NotFound):
        shop.app.queries.revision_diff(mine.document_id, mine.version, 7)


def test_bringing_back_what_stands_changes_nothing(shop: Shop) -> None:
    first = shop.app.invoices.create(shop.draft(subject="One"))
    same = shop.app.invoices.restore_revision(first.document_id, first.version, first.version)
    kept = [row.version for row in shop.app.queries.revisions(first.document_id)]
    assert kept == [same.version]
    assert shop.app.queries.document(first.document_id).draft.subject == "One"
