"""The company, new drafts, the sync line, and what is loaded for them."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from outside_rows import add_job, add_link
from query_samples import MovableTime, World
from sqlalchemy import Engine, insert, update

from billdesk.core.db.tables import NumberSeries, StripeCursor
from billdesk.core.domain.documents import DRAFTED_KINDS, INVOICE_KINDS, DocumentKind
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults, OnlinePayment
from billdesk.core.domain.totals import PriceMode
from billdesk.core.services.steps.settings import write_setting

pytestmark = pytest.mark.both_engines

DEFAULTS = InvoiceDefaults(
    terms_days=30,
    language="de",
    price_mode=PriceMode.GROSS,
    cash_step_minor=5,
    introduction="Thank you for your order.",
    terms="Net 30.",
)


def save(world: World, value: object) -> None:
    with world.uow.write() as tx:
        write_setting(tx, value)


def test_the_company_as_it_was_set_up(world: World, other: World) -> None:
    company = world.queries.company()
    assert (company.name, company.currency, company.scale) == ("Werkstatt Lang", "EUR", 2)
    assert company.invoice_defaults == InvoiceDefaults()
    assert (company.online_payment.enabled, company.mail.configured) == (False, False)
    assert (company.id, company.is_practice) == (world.company_id, False)
    assert [user.role for user in company.users] == ["owner"]
    assert other.queries.company().name == "Somebody else"


def test_the_next_number_is_the_one_that_comes(world: World) -> None:
    customer = world.customer("Acme")
    for _ in range(2):
        expected = world.queries.company().series.next_number
        assert world.queries.document(world.issued(customer)).number == expected


def test_the_next_number_starts_over_with_the_year(world: World) -> None:
    series = "{yyyy}-{customer}-{seq:03}"
    with world.uow.write() as tx:
        tx.connection.execute(
            update(NumberSeries)
            .where(NumberSeries.kind == DocumentKind.INVOICE.value)
            .values(pattern=series, reset="yearly")
        )
    world.issued(world.customer("Acme", number="C-0001"))
    assert world.queries.company().series.next_number == "2026-C-0001-002"
    world.clock.today = date(2027, 1, 1)
    info = world.queries.company().series
    assert (info.next_number, info.reset) == ("2027-C-0001-001", Reset.YEARLY)


def test_a_new_draft_starts_with_the_companys_defaults(world: World) -> None:
    save(world, DEFAULTS)
    save(world, OnlinePayment(enabled=True))
    draft = world.queries.new_draft()
    assert (draft.currency, draft.terms_days, draft.language) == ("EUR", 30, "de")
    assert (draft.price_mode, draft.cash_step_minor) == (PriceMode.GROSS, 5)
    assert (draft.introduction, draft.terms) == ("Thank you for your order.", "Net 30.")
    assert (draft.online_payment, draft.lines, draft.issued_on) == (True, (), None)


@pytest.mark.parametrize("kind", sorted(DRAFTED_KINDS))
def test_only_what_asks_for_money_starts_with_the_texts_about_paying(
    world: World, kind: DocumentKind
) -> None:
    save(world, DEFAULTS)
    save(world, OnlinePayment(enabled=True))
    draft = world.queries.new_draft(world.customer("Acme"), kind)
    asks = kind in INVOICE_KINDS
    said = (draft.introduction, draft.terms, draft.online_payment)
    assert said == (("Thank you for your order.", "Net 30.", True) if asks else ("", "", False))
    assert draft.price_mode is PriceMode.GROSS


def test_a_customers_own_terms_win(world: World) -> None:
    save(world, DEFAULTS)
    customer = world.customer("Acme", currency="USD", terms_days=0, language="en")
    draft = world.queries.new_draft(customer)
    assert (draft.customer_id, draft.currency) == (customer, "USD")
    assert (draft.terms_days, draft.language) == (0, "en")
    assert (draft.cash_step_minor, draft.exchange_rate) == (0, None)


def test_a_draft_for_somebody_elses_customer_is_refused(world: World, other: World) -> None:
    with pytest.raises(NotFound):
        world.queries.new_draft(other.customer("Acme"))


def test_the_logo_comes_from_the_archive(world: World) -> None:
    assert world.queries.logo() is None
    save(world, CompanyProfile(logo_sha256=world.archive.put(b"picture")))
    assert world.queries.logo() == b"picture"


def test_nothing_to_say_without_stripe(world: World) -> None:
    status = world.queries.sync_status()
    assert (status.enabled, status.last_ok_at, status.error) == (False, None, "")
    assert (status.outbox_waiting, status.oldest_waiting_at) == (0, None)


def test_the_sync_line_is_about_the_connected_account(world: World) -> None:
    save(world, OnlinePayment(enabled=True, account="acct_1"))
    at = world.clock.now()
    with world.engine.begin() as connection:
        for account, error in (("acct_0", "old"), ("acct_1", "Stripe cannot be reached.")):
            connection.execute(
                insert(StripeCursor).values(
                    company_id=world.company_id,
                    stripe_account=account,
                    livemode=False,
                    connected_at=at,
                    last_ok_at=at,
                    error=error,
                )
            )
    status = world.queries.sync_status()
    assert (status.enabled, status.livemode) == (True, False)
    assert (status.last_ok_at, status.error) == (at, "Stripe cannot be reached.")


def test_waiting_and_failed_work_is_counted(world: World) -> None:
    document = world.issued(world.customer("Acme"))
    add_job(world, document, "create_link", "working")
    add_job(world, document, "retire_link", "failed", "No answer.")
    add_link(world, document, 1, "failed", error="Refused.")
    status = world.queries.sync_status()
    # The PDF of the invoice waits as well.
    assert (status.outbox_waiting, status.outbox_failed) == (2, 2)
    first_at = min(entry.at for entry in world.queries.timeline(document)[:1])
    assert status.oldest_waiting_at == first_at


def test_a_yen_company_counts_in_yen(engine: Engine, tmp_path: Path, clock: MovableTime) -> None:
    yen = World(engine, tmp_path, clock, name="Kyoto", currency="JPY")
    document = yen.issued(yen.customer("Sato"), "1200")
    assert yen.queries.home().owed_minor == 1200
    assert yen.queries.document(document).scale == 0
    draft = replace(yen.queries.document(document).draft, exchange_rate=Decimal(1))
    assert yen.queries.snapshot_for(draft).total_minor == 1200


def test_row_types_load_without_the_database() -> None:
    names = ("documents", "customers", "items", "tax_rates", "company", "home", "sync_status")
    imports = "; ".join(f"import billdesk.core.queries.{name}" for name in names)
    code = f"{imports}; import sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
