"""Templates of what recurs: each period becomes a document once, or the owner says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from books import Shop, line

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import PriceChange, RecurringAction, RunState
from billdesk.core.domain.totals import Adjustment
from billdesk.core.services.recurring import RecurringInput
from billdesk.core.services.tax_rates import RateChange
from billdesk.sandbox import MailCatcher

ANCHOR = date(2026, 11, 24)


def template(shop: Shop, **changes: Any) -> int:
    """A monthly template, due today for the first time."""
    draft = changes.pop("draft", None) or shop.draft("100")
    return shop.app.recurring.create(given_for(draft, **changes))


def given_for(draft: Any, **changes: Any) -> RecurringInput:
    fields = {"name": "Hosting", "draft": draft, "schedule": Schedule(ANCHOR, Unit.MONTH)}
    return RecurringInput(**{**fields, **changes})


def to_day(shop: Shop, day: date) -> None:
    """Move to noon of ``day``, forwards or backwards."""
    shop.time.at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def documents(shop: Shop) -> list[Any]:
    return shop.rows("SELECT * FROM document ORDER BY id")


def runs(shop: Shop) -> list[tuple[int, str]]:
    found = shop.rows("SELECT period, state FROM recurring_run ORDER BY template_id, period")
    return [(row.period, row.state) for row in found]


def test_a_template_made_of_a_draft_makes_a_draft_on_its_day_once(shop: Shop) -> None:
    saved = shop.app.invoices.create(shop.draft("100", subject="Hosting"))
    draft = shop.app.queries.document(saved.document_id).draft
    template_id = template(shop, draft=draft, schedule=Schedule(date(2026, 11, 30), Unit.MONTH))
    assert shop.app.sync.make_recurring_now() == 0
    to_day(shop, date(2026, 11, 30))
    (row,) = shop.app.queries.recurring()
    assert [(period.number, period.due_on) for period in row.waiting] == [(1, date(2026, 11, 30))]
    shop.told()
    assert shop.app.sync.make_recurring_now() == 1
    assert shop.told() == ["DraftSaved", "RecurringChanged"]
    assert shop.app.sync.make_recurring_now() == 0
    made = documents(shop)[1]
    assert (made.subject, made.total_minor, made.issued_at) == ("Hosting", 10_000, None)
    detail = shop.app.queries.recurring_template(template_id)
    assert (detail.row.waiting, detail.row.next_on) == ((), date(2026, 12, 30))
    assert [(run.period, run.state, run.document_id) for run in detail.runs] == [
        (1, RunState.CREATED, made.id)
    ]
    assert shop.audit()[-2:] == ["invoice.created", "recurring.made"]
    shop.check()


def test_it_issues_and_sends_once(online: Shop, postbox: MailCatcher) -> None:
    template(online, action=RecurringAction.SEND)
    assert online.app.sync.make_recurring_now() == 1
    assert online.app.sync.make_recurring_now() == 0
    online.settle_down()
    (made,) = documents(online)
    assert (made.number, str(made.issued_on)) == ("INV-00001", "2026-11-24")
    assert online.state(made.id) is DocumentState.SENT
    (sent,) = postbox.messages
    assert sent.parsed["Subject"] == "Invoice INV-00001 from Werkstatt Lang GmbH"
    online.check()


def test_a_clock_that_goes_forth_and_back_makes_nothing_twice(shop: Shop) -> None:
    template(shop, action=RecurringAction.ISSUE)
    for day in (24, 25, 24, 20, 23, 24, 25):
        to_day(shop, date(2026, 11, day))
        shop.app.sync.make_recurring_now()
    to_day(shop, date(2026, 12, 24))
    shop.app.sync.make_recurring_now()
    to_day(shop, date(2026, 11, 24))
    shop.app.sync.make_recurring_now()
    to_day(shop, date(2026, 12, 24))
    shop.app.sync.make_recurring_now()
    assert [row.number for row in documents(shop)] == ["INV-00001", "INV-00002"]
    assert runs(shop) == [(1, "created"), (2, "created")]
    shop.check()


@pytest.mark.both_engines
def test_what_was_missed_waits_for_its_owner(shop: Shop) -> None:
    schedule = Schedule(date(2026, 7, 31), Unit.MONTH)
    draft = shop.draft("100", service_from=date(2026, 7, 1), service_to=date(2026, 7, 31))
    changes = (PriceChange(date(2026, 9, 1), percent=Decimal(10)),)
    template_id = template(
        shop, draft=draft, schedule=schedule, action=RecurringAction.ISSUE, price_changes=changes
    )
    assert shop.app.sync.make_recurring_now() == 0
    (row,) = shop.app.queries.recurring()
    assert [period.due_on.isoformat() for period in row.waiting] == [
        "2026-07-31",
        "2026-08-31",
        "2026-09-30",
        "2026-10-31",
    ]
    (task,) = shop.app.queries.home().attention
    assert task.title == "Hosting"
    assert task.detail.startswith("4 recurring documents were missed")
    service = shop.app.recurring_runs
    service.skip(template_id, [1])
    (alone,) = service.create(template_id, [2])
    (both,) = service.create(template_id, [4, 3], merge=True)
    assert (alone.number, both.number, both.periods) == ("INV-00001", "INV-00002", (3, 4))
    assert runs(shop) == [(1, "skipped"), (2, "created"), (3, "merged"), (4, "merged")]
    one, two = (shop.app.queries.document(made.document_id).draft for made in (alone, both))
    assert (one.service_from, one.service_to) == (date(2026, 8, 1), date(2026, 8, 31))
    assert (two.service_from, two.service_to) == (date(2026, 9, 1), date(2026, 10, 31))
    assert [entry.unit_price for entry in (*one.lines, *two.lines)] == [
        Decimal(100),
        Decimal("110.00"),
        Decimal("110.00"),
    ]
    assert [entry.description for entry in two.lines] == ["1–30 Sept 2026", "1–31 Oct 2026"]
    # The documents are of today, whenever they were due.
    assert {str(row.issued_on) for row in documents(shop)} == {"2026-11-24"}
    assert shop.app.queries.recurring()[0].waiting == ()
    assert shop.app.queries.home().attention == ()
    for again in ([2], [], [5], [1, 2]):
        with pytest.raises(NotAllowed, match="has been dealt with"):
            service.create(template_id, again)
        with pytest.raises(NotAllowed, match="has been dealt with"):
            service.skip(template_id, again)
    shop.check()


def test_missed_periods_become_a_document_each(shop: Shop) -> None:
    template_id = template(shop, schedule=Schedule(date(2026, 9, 24), Unit.MONTH))
    made = shop.app.recurring_runs.create(template_id, [1, 2, 3])
    assert [one.periods for one in made] == [(1,), (2,), (3,)]
    assert len({one.document_id for one in made}) == 3


def test_a_week_late_is_made_a_day_more_is_asked(shop: Shop) -> None:
    template(shop)
    to_day(shop, date(2026, 12, 2))
    assert shop.app.sync.make_recurring_now() == 0
    to_day(shop, date(2026, 12, 1))
    assert shop.app.sync.make_recurring_now() == 1


def test_what_falls_into_a_pause_is_skipped(shop: Shop) -> None:
    template_id = template(shop, schedule=Schedule(date(2026, 11, 25), Unit.WEEK))
    shop.app.recurring.pause(template_id)
    shop.app.recurring.pause(template_id)
    to_day(shop, date(2026, 12, 23))
    assert shop.app.sync.make_recurring_now() == 0
    (row,) = shop.app.queries.recurring()
    assert (row.paused, row.waiting) == (True, ())
    with pytest.raises(NotAllowed, match="resume it first"):
        shop.app.recurring_runs.create(template_id, [1])
    shop.app.recurring.resume(template_id)
    shop.app.recurring.resume(template_id)
    # The one due on the day itself is made.
    assert shop.app.sync.make_recurring_now() == 1
    assert runs(shop) == [(1, "skipped")] + [(n, "skipped") for n in (2, 3, 4)] + [(5, "created")]
    shop.check()


def test_it_ends_after_its_last_period(shop: Shop) -> None:
    template(shop, schedule=Schedule(ANCHOR, Unit.WEEK, ends_after=2))
    for week in range(4):
        to_day(shop, date.fromordinal(ANCHOR.toordinal() + 7 * week))
        shop.app.sync.make_recurring_now()
    assert runs(shop) == [(1, "created"), (2, "created")]
    assert shop.app.queries.recurring()[0].ended


def test_what_cannot_be_issued_is_left_as_a_draft_with_the_reason(shop: Shop) -> None:
    template(shop, draft=shop.draft("100", currency="USD"), action=RecurringAction.ISSUE)
    template(shop, name="Second", action=RecurringAction.ISSUE)
    assert shop.app.sync.make_recurring_now() == 2
    assert shop.app.sync.make_recurring_now() == 0
    assert [row.number for row in documents(shop)] == [None, "INV-00001"]
    why = shop.one(
        "SELECT d.body FROM audit_log l JOIN audit_detail d ON d.company_id = l.company_id "
        "AND d.seq = l.seq WHERE l.action = 'recurring.left_as_draft'"
    )
    assert "exchange rate" in why.body
    shop.check()


def test_what_cannot_be_mailed_is_issued_and_the_log_says_why(shop: Shop) -> None:
    template(shop, action=RecurringAction.SEND)
    assert shop.app.sync.make_recurring_now() == 1
    assert documents(shop)[0].number == "INV-00001"
    assert "recurring.not_sent" in shop.audit()
    assert shop.rows("SELECT * FROM mail") == []
    shop.check()


def test_a_template_is_changed_for_the_periods_to_come(shop: Shop) -> None:
    template_id = template(shop)
    detail = shop.app.queries.recurring_template(template_id)
    given = given_for(detail.draft, schedule=Schedule(ANCHOR, Unit.WEEK, 2))
    version = shop.app.recurring.update(template_id, detail.row.version, given)
    shop.app.sync.make_recurring_now()
    with pytest.raises(StaleVersion):
        shop.app.recurring.update(template_id, detail.row.version, given)
    for other in (
        Schedule(ANCHOR, Unit.MONTH, 2),
        Schedule(ANCHOR, Unit.WEEK),
        Schedule(date(2026, 11, 25), Unit.WEEK, 2),
    ):
        with pytest.raises(NotAllowed, match="make another"):
            shop.app.recurring.update(template_id, version, replace(given, schedule=other))
    ends = replace(given, schedule=replace(given.schedule, ends_after=2), name="Renamed")
    dearer = replace(detail.draft, lines=(line("250"),))
    shop.app.recurring.update(template_id, version, replace(ends, draft=dearer))
    to_day(shop, date(2026, 12, 8))
    shop.app.sync.make_recurring_now()
    assert [row.total_minor for row in documents(shop)] == [10_000, 25_000]
    assert shop.app.queries.recurring()[0].name == "Renamed"


def test_a_template_is_deleted_and_restored(shop: Shop) -> None:
    template_id = template(shop)
    shop.app.recurring.delete(template_id)
    assert shop.app.sync.make_recurring_now() == 0
    assert shop.app.queries.recurring() == ()
    assert [row.id for row in shop.app.queries.recurring(deleted=True)] == [template_id]
    with pytest.raises(NotAllowed, match="restore it first"):
        shop.app.recurring_runs.create(template_id, [1])
    shop.app.recurring.restore(template_id)
    assert shop.app.sync.make_recurring_now() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"draft": {"customer_id": None}}, "customer_id"),
        ({"draft": {"lines": ()}}, "lines"),
        ({"draft": {"subject": "\u202e"}}, "subject"),
        ({"draft": {"lines": (line("1", tax_rate_ids=(99,)),)}}, "lines"),
        ({"price_changes": (PriceChange(ANCHOR, percent=Decimal(1), line=7),)}, "price_changes.0"),
    ],
)
def test_a_template_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, Any], field: str
) -> None:
    draft = shop.draft(**changes.pop("draft", {}))
    with pytest.raises(UserError) as refusal:
        shop.app.recurring.create(given_for(draft, **changes))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM recurring_template") == []


def test_templates_of_another_company_are_not_found(shop: Shop, open_shop: Any) -> None:
    template_id = template(shop)
    other: Shop = open_shop("Other GmbH")
    given = given_for(other.draft())
    for act in (
        lambda: other.app.recurring.update(template_id, 1, given),
        lambda: other.app.recurring.pause(template_id),
        lambda: other.app.recurring.resume(template_id),
        lambda: other.app.recurring.delete(template_id),
        lambda: other.app.recurring_runs.create(template_id, [1]),
        lambda: other.app.recurring_runs.skip(template_id, [1]),
        lambda: other.app.recurring_runs.make_due(template_id),
        lambda: other.app.queries.recurring_template(template_id),
    ):
        with pytest.raises(NotFound):
            act()
    assert other.app.sync.make_recurring_now() == 0
    assert other.app.queries.recurring() == ()


def test_the_list_says_what_the_next_document_comes_to(shop: Shop) -> None:
    vat = shop.rates()[0]
    draft = shop.draft(
        lines=(line("100", tax_rate_ids=(vat,)),),
        adjustments=(Adjustment(False, percent=Decimal(10)),),
    )
    changes = (PriceChange(date(2026, 12, 1), percent=Decimal(100)),)
    template(shop, draft=draft, price_changes=changes)
    assert shop.app.queries.recurring()[0].total_minor == 10_710
    shop.app.sync.make_recurring_now()
    (row,) = shop.app.queries.recurring()
    assert (row.total_minor, row.currency, row.customer_name) == (21_420, "EUR", "Nordlicht AS")


@pytest.mark.parametrize("days", [7, 8])
def test_what_is_billed_in_other_money_waits_for_the_rate_of_the_day(shop: Shop, days: int) -> None:
    draft = shop.draft("100", currency="USD", exchange_rate=Decimal("0.9"), exchange_rate_on=ANCHOR)
    due = ANCHOR + timedelta(days=days)
    template(shop, draft=draft, schedule=Schedule(due, Unit.YEAR), action=RecurringAction.ISSUE)
    to_day(shop, due)
    assert shop.app.sync.make_recurring_now() == 1
    (made,) = documents(shop)
    if days == 7:
        assert made.exchange_rate == "0.9"
        assert made.issued_at is not None
        return
    assert made.issued_at is None
    assert shop.audit()[-3:].count("recurring.left_as_draft") == 1
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.issue(made.id, made.version)
    assert refusal.value.field == "exchange_rate"


def test_periods_with_several_tax_rates_are_not_merged(shop: Shop) -> None:
    """The day of supply decides: 19 % until December, 16 % in January."""
    vat = shop.rates()[0]
    draft = shop.draft(
        lines=(line("100", tax_rate_ids=(vat,)),),
        service_from=date(2026, 11, 1),
        service_to=date(2026, 11, 30),
    )
    template_id = template(shop, draft=draft, schedule=Schedule(date(2026, 11, 30), Unit.MONTH))
    version = shop.one("SELECT version FROM tax_rate WHERE id = :id", id=vat).version
    change = RateChange(date(2027, 1, 1), Decimal(16), "VAT 16 %")
    shop.app.tax_rates.change_from(vat, version, change)
    to_day(shop, date(2027, 2, 10))
    with pytest.raises(NotAllowed, match="tax rate changed between these periods"):
        shop.app.recurring_runs.create(template_id, [1, 2, 3], merge=True)
    assert documents(shop) == []
    shop.app.recurring_runs.create(template_id, [1, 2], merge=True)
    shop.app.recurring_runs.create(template_id, [3], merge=True)
    assert [made.tax_minor for made in documents(shop)] == [3_800, 1_600]
