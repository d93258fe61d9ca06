"""Settings and set-up: what is kept, what is refused, what is written down."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from books import Shop, new_company

from billdesk.bootstrap import Books, companies
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
)
from billdesk.core.domain.snapshot import BankAccount, Template
from billdesk.core.gateways.secrets import SecretStoreFailure
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.sandbox import StripeSandbox

pytestmark = pytest.mark.both_engines

# One white pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415478da63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def test_a_new_company_has_all_it_needs_for_the_first_invoice(shelf: Books) -> None:
    company_id = new_company(shelf, "Lang", currency="CHF", is_practice=True)
    (entry,) = companies(shelf)
    assert (entry.id, entry.name, entry.is_practice) == (company_id, "Lang", True)
    with shelf.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM account").scalar()
        roles = connection.exec_driver_sql(
            "SELECT count(DISTINCT role) FROM account WHERE role IS NOT NULL"
        ).scalar()
        series = connection.exec_driver_sql("SELECT kind, pattern FROM number_series").all()
        (user,) = connection.exec_driver_sql("SELECT role FROM app_user").all()
    assert count == roles == 24
    patterns = {row.kind: row.pattern for row in series}
    assert patterns["invoice"] == "INV-{seq:05}"
    assert patterns.keys() == {"customer", *DocumentKind}
    assert user.role == "owner"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("  ", {}),
        ("Lang", {"currency": "EURO"}),
        ("Lang", {"tax_rates": (TaxRateInput("", Decimal(19)),)}),
    ],
)
def test_a_company_that_cannot_be_leaves_nothing_behind(
    shelf: Books, name: str, changes: dict[str, object]
) -> None:
    with pytest.raises(UserError):
        new_company(shelf, name, **changes)
    assert companies(shelf) == ()


def test_the_profile_is_kept_with_its_bank_details_tidied(shop: Shop) -> None:
    bank = BankAccount(holder="Lang GmbH", iban="de89 3704 0044 0532 0130 00")
    profile = CompanyProfile(
        address=Address("Torstr. 1", city="Berlin"), email="me@lang.example", bank=bank
    )
    shop.app.settings.save_company("  Lang  ", profile)
    info = shop.app.queries.company()
    assert info.name == "Lang"
    assert info.profile.bank.iban.replace(" ", "") == "DE89370400440532013000"
    assert info.profile.address.city == "Berlin"
    assert "company.renamed" in shop.audit()
    shop.check()


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("", {}, "name"),
        ("La\ud800ng", {}, "name"),
        ("x" * 201, {}, "name"),
        ("Lang", {"phone": "1" * 61}, "phone"),
        ("Lang", {"claim": "\u202e"}, "claim"),
        ("Lang", {"address": Address(city="\ud800")}, "city"),
        ("Lang", {"bank": BankAccount(holder="\x00")}, "holder"),
        ("Lang", {"email": "nobody"}, "email"),
        ("Lang", {"vat_id": "DE123456789"}, "vat_id"),
        ("Lang", {"bank": BankAccount(iban="DE00370400440532013000")}, "iban"),
    ],
)
def test_a_profile_that_cannot_be_names_its_field(
    shop: Shop, name: str, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.settings.save_company(name, CompanyProfile(**changes))
    assert refusal.value.field == field
    assert shop.app.queries.company().name == "Werkstatt Lang GmbH"


def test_saving_what_is_stored_already_writes_nothing(shop: Shop) -> None:
    info = shop.app.queries.company()
    before = shop.audit()
    shop.app.settings.save_company(info.name, info.profile)
    shop.app.settings.save_invoice_defaults(info.invoice_defaults)
    assert shop.audit() == before


def test_the_logo_is_drawn_until_it_is_removed_and_old_invoices_keep_it(shop: Shop) -> None:
    shop.app.settings.set_logo(PNG, "logo.png")
    assert shop.app.queries.logo() == PNG
    info = shop.app.queries.company()
    shop.app.settings.save_company(info.name, replace(info.profile, logo_sha256=""))
    assert shop.app.queries.logo() == PNG, "saving the profile does not lose the logo"
    issued = shop.issued()
    shop.app.settings.remove_logo()
    assert shop.app.queries.logo() is None
    shop.work()
    assert shop.one("SELECT state FROM outbox").state == "done"
    assert shop.app.queries.document(issued.document_id).snapshot.seller.logo_sha256
    shop.check()


@pytest.mark.parametrize("data", [b"", b"no image", b"x" * (4 * 1024 * 1024 + 1)])
def test_what_is_no_logo_is_refused(shop: Shop, data: bytes) -> None:
    with pytest.raises(UserError):
        shop.app.settings.set_logo(data, "logo.png")
    assert shop.app.queries.logo() is None


def test_a_colour_nobody_could_read_on_is_refused(shop: Shop) -> None:
    for accent in ("#FFFF00", "red", "#12345"):
        with pytest.raises(UserError) as refusal:
            shop.app.settings.save_invoice_defaults(
                InvoiceDefaults(template=Template(accent=accent))
            )
        assert refusal.value.field == "accent"
    with pytest.raises(UserError):
        InvoiceDefaults(terms_days=-1)


def test_a_keychain_that_refuses_leaves_everything_as_it_was(
    open_shop: Callable[..., Shop], stripe_sandbox: StripeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(stripe=stripe_sandbox)

    def locked(*_: str) -> None:
        raise SecretStoreFailure("The keychain is locked.")

    monkeypatch.setattr(shop.books.secrets, "set", locked)
    with pytest.raises(UserError, match="locked"):
        shop.connect()
    settings = MailSettings("127.0.0.1", 25, user="me", from_address="me@lang.example")
    with pytest.raises(UserError, match="locked"):
        shop.app.settings.save_mail(settings, "secret")
    info = shop.app.queries.company()
    assert info.online_payment.enabled is False
    assert info.mail == MailSettings()


def test_the_expiry_of_links_has_bounds(shop: Shop) -> None:
    with pytest.raises(UserError):
        shop.app.settings.save_online_payment(OnlinePayment(expiry_days=366))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"port": 0}, "port"), ({"from_address": "nobody"}, "from_address"), ({"host": ""}, "host")],
)
def test_mail_settings_that_cannot_work_name_their_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    given = {"host": "mail.lang.example", "from_address": "me@lang.example", **changes}
    with pytest.raises(UserError) as refusal:
        shop.app.settings.save_mail(MailSettings(**given), None)
    assert refusal.value.field == field


def test_every_use_case_leaves_a_link_in_an_unbroken_chain(shop: Shop) -> None:
    shop.receive(shop.issued("100").document_id, 10_000)
    rows = shop.rows("SELECT seq, previous, hash, actor, machine, action FROM audit_log")
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].previous == sha256_hex(shop.app.company_uid)
    assert all(row.previous == before.hash for before, row in pairwise(rows))
    assert all(row.actor and row.machine for row in rows)
    assert [row.action for row in rows][-4:] == [
        "customer.created",
        "invoice.created",
        "invoice.issued",
        "payment.recorded",
    ]
    shop.check()


def test_a_failed_use_case_leaves_nothing_and_tells_nobody(shop: Shop) -> None:
    before = shop.audit()
    shop.told()
    with pytest.raises(UserError):
        shop.app.invoices.create(shop.draft(customer_id=None, lines=(), currency="EURO"))
    assert shop.told() == []
    assert shop.audit() == before


def test_a_listener_that_fails_undoes_nothing(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a window that is gone")

    shop.app.bus.subscribe(fail)
    assert shop.issued().number == "INV-00001"
    assert "a listener failed" in caplog.text
    shop.check()
