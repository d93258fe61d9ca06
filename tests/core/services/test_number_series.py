"""Numbers: unique and gapless, given at issue or at creation, whatever the pattern becomes."""

from datetime import date

import pytest
from books import Shop

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.numbering import Reset

pytestmark = pytest.mark.both_engines


def test_numbers_are_given_at_issue_in_the_order_of_issue(shop: Shop) -> None:
    first = shop.app.invoices.create(shop.draft())
    second = shop.app.invoices.create(shop.draft())
    assert shop.app.invoices.issue(second.document_id, second.version).number == "INV-00001"
    assert shop.app.invoices.issue(first.document_id, first.version).number == "INV-00002"
    shop.check()


def test_numbers_given_at_creation_stay_with_their_draft(shop: Shop) -> None:
    shop.app.settings.save_series("INV-{seq:05}", Reset.NEVER, at_creation=True)
    first = shop.app.invoices.create(shop.draft())
    second = shop.app.invoices.create(shop.draft())
    assert shop.document(first.document_id).number == "INV-00001"
    shop.app.invoices.delete(first.document_id)
    assert shop.app.invoices.issue(second.document_id, second.version).number == "INV-00002"
    assert shop.issued().number == "INV-00003"
    assert shop.document(first.document_id).number == "INV-00001", "an explained gap"
    shop.check()


def test_a_yearly_series_starts_again_with_the_issue_date(shop: Shop) -> None:
    shop.app.settings.save_series("{yyyy}-{seq:03}", Reset.YEARLY, at_creation=False)
    assert shop.issued(issued_on=date(2026, 11, 24)).number == "2026-001"
    assert shop.issued(issued_on=date(2027, 1, 2)).number == "2027-001"
    assert shop.issued(issued_on=date(2026, 12, 31)).number == "2026-002"
    assert shop.issued(issued_on=date(2027, 1, 3)).number == "2027-002"
    shop.check()


def test_each_customer_counts_alone_when_the_pattern_says_so(shop: Shop) -> None:
    shop.app.settings.save_series("{customer}/{seq}", Reset.NEVER, at_creation=False)
    one, other = shop.customer(number="A"), shop.customer(number="B")
    numbers = [shop.issued(customer_id=who).number for who in (one, other, one)]
    assert numbers == ["A/1", "B/1", "A/2"]
    shop.check()


def test_two_counters_that_print_alike_still_give_unique_numbers(shop: Shop) -> None:
    shop.app.settings.save_series("{customer}{seq}", Reset.NEVER, at_creation=False)
    one, eleven = shop.customer(number="1"), shop.customer(number="11")
    assert shop.issued(customer_id=eleven).number == "111"
    numbers = [shop.issued(customer_id=one).number for _ in range(11)]
    assert numbers[-1] == "112"
    assert "111" not in numbers


def test_a_new_pattern_never_prints_an_old_number(shop: Shop) -> None:
    shop.app.settings.save_series("{yyyy}-{seq:03}", Reset.NEVER, at_creation=False)
    shop.issued()
    assert shop.issued().number == "2026-002"
    # Another counter now: one for each year.
    shop.app.settings.save_series("{yyyy}-{seq:03}", Reset.YEARLY, at_creation=False)
    shop.check()
    assert shop.issued().number == "2026-003"
    assert shop.issued(issued_on=date(2027, 1, 1)).number == "2027-001"
    shop.app.settings.save_series("INV-{seq:05}", Reset.NEVER, at_creation=False)
    assert shop.issued().number == "INV-00003"
    shop.check()


def test_a_pattern_that_cannot_number_is_not_saved(shop: Shop) -> None:
    for pattern, reset, at_creation in (
        ("INV", Reset.NEVER, False),
        ("INV-{seq}", Reset.YEARLY, False),
        ("{customer}-{seq}", Reset.NEVER, True),
    ):
        with pytest.raises(UserError):
            shop.app.settings.save_series(pattern, reset, at_creation=at_creation)
    assert shop.one("SELECT pattern FROM number_series WHERE kind = 'invoice'").pattern == (
        "INV-{seq:05}"
    )


def test_an_empty_draft_takes_a_number_when_numbers_are_given_at_creation(shop: Shop) -> None:
    shop.app.settings.save_series("{seq}", Reset.NEVER, at_creation=True)
    saved = shop.app.invoices.create(InvoiceDraft())
    assert shop.document(saved.document_id).number == "1"


def test_each_kind_has_a_series_of_its_own_to_change(shop: Shop) -> None:
    save = shop.app.settings.save_series
    save("AN-{yyyy}-{seq:03}", Reset.YEARLY, at_creation=True, kind=DocumentKind.QUOTE)
    save("ST-{seq}", Reset.NEVER, at_creation=False, kind=DocumentKind.STATEMENT)
    quote = shop.app.invoices.create(shop.draft(), DocumentKind.QUOTE)
    assert shop.document(quote.document_id).number == "AN-2026-001"
    company = shop.app.queries.company()
    assert company.series_of(DocumentKind.QUOTE).next_number == "AN-2026-002"
    assert company.series_of(DocumentKind.STATEMENT).next_number == "ST-1"
    assert shop.issued().number == company.series.next_number == "INV-00001"
    shop.check()


def test_two_kinds_cannot_share_a_pattern(shop: Shop) -> None:
    with pytest.raises(UserError, match="The invoices are numbered like this already"):
        shop.app.settings.save_series(
            "INV-{seq:05}", Reset.NEVER, at_creation=False, kind=DocumentKind.QUOTE
        )


def test_what_is_made_in_one_step_has_no_draft_to_number(shop: Shop) -> None:
    with pytest.raises(UserError, match="made in one step"):
        shop.app.settings.save_series(
            "R-{seq}", Reset.NEVER, at_creation=True, kind=DocumentKind.RECEIPT
        )
