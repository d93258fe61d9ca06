"""A company on real files, wired as the application wires it, and what tests ask of it.

Time stands still until a test moves it; the sandbox can share it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from postgres_server import OWNER
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billdesk.bootstrap import Books, Paths, create_company, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.tables import Document
from billdesk.core.db.triggers import install_guards, remove_guards
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.documents import DocumentState, state_of
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.events import Event
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import CompanyProfile, MailSecurity, MailSettings
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.payments import PaymentInput
from billdesk.core.services.steps.documents import facts_of
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.core.sync.poller import PollResult
from billdesk.sandbox import MailCatcher, StripeWorld

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
COMPANY_NAME = "Werkstatt Lang GmbH"
CUSTOMER = CustomerInput(
    "Nordlicht AS",
    email="accounts@nordlicht.example",
    address=Address("Dronningens gate 1", "", "0154", "Oslo", "", "NO"),
)
RATES = (
    TaxRateInput("VAT 19 %", Decimal(19), is_default=True),
    TaxRateInput("VAT 7 %", Decimal(7)),
    TaxRateInput("Reverse charge", Decimal(0), TaxCategory.REVERSE_CHARGE, "Reverse charge"),
)


@dataclass
class StillTime:
    """The present of one test: it moves only when told to."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def seconds(self) -> float:
        return self.at.timestamp()

    def advance(self, **by: float) -> None:
        """Move on by ``timedelta(**by)``."""
        self.at += timedelta(**by)


def open_shelf(place: Path | Paths, time: StillTime, password: str | None = None) -> Books:
    """The books of a folder or a server, created when there are none."""
    return open_books(
        place if isinstance(place, Paths) else Paths(place),
        secrets=MemorySecretStore("tests"),
        now=time.now,
        today=time.today,
        password=lambda: password,
    )


def new_company(books: Books, name: str = COMPANY_NAME, **changes: Any) -> int:
    """A company in the company currency EUR with three tax rates."""
    address = Address("Torstr. 12", "", "10119", "Berlin", "", "DE")
    fields = {
        "currency": "EUR",
        "profile": CompanyProfile(address=address, email="hello@lang.example"),
        "tax_rates": RATES,
        **changes,
    }
    return create_company(books, NewCompany(name, **fields))


def line(price: str | Decimal = "100", quantity: str = "1", **fields: Any) -> LineDraft:
    """One line of work."""
    return LineDraft(fields.pop("name", "Work"), Decimal(quantity), Decimal(price), **fields)


def as_owner(
    server: DatabaseAddress, password: Callable[[], str | None], sql: str, **values: Any
) -> None:
    """Change the books on the tests' server as the superuser, who may leave every trigger out."""
    engine = open_engine(replace(server, user=OWNER), password)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(text(sql), values)
    engine.dispose()


@dataclass
class Shop:
    """One company as its owner has it before them, with short words for what tests repeat."""

    books: Books
    app: Application
    time: StillTime
    events: list[Event] = field(default_factory=list)
    stripe: StripeWorld | None = None

    @classmethod
    def open(
        cls,
        books: Books,
        company_id: int,
        time: StillTime,
        *,
        stripe: StripeWorld | None = None,
    ) -> "Shop":
        """Wire the application of one company."""
        url = stripe.url if stripe else None
        app = open_application(books, company_id, stripe_url=url)
        shop = cls(books, app, time, stripe=stripe)
        app.bus.subscribe(shop.events.append)
        return shop

    # -- writing ---------------------------------------------------------------------------

    def customer(self, **changes: Any) -> int:
        """A customer, Nordlicht unless changed."""
        fields = {name: getattr(CUSTOMER, name) for name in CUSTOMER.__slots__} | changes
        return self.app.customers.create(CustomerInput(**fields))

    def rates(self) -> tuple[int, ...]:
        """The ids of the company's tax rates: 19 %, 7 %, reverse charge."""
        rows = self.rows(
            "SELECT id FROM tax_rate WHERE company_id = :c ORDER BY id", c=self.app.company_id
        )
        return tuple(row.id for row in rows)

    def draft(self, price: str = "100", **fields: Any) -> InvoiceDraft:
        """A draft of one taxless line, for a new customer unless one is given."""
        if "customer_id" not in fields:
            fields["customer_id"] = self.customer()
        return InvoiceDraft(**{"lines": (line(price),), "terms_days": 14, **fields})

    def issued(self, price: str = "100", **fields: Any) -> Issued:
        """An issued invoice of one line."""
        saved = self.app.invoices.create(self.draft(price, **fields))
        return self.app.invoices.issue(saved.document_id, saved.version)

    def receive(self, document_id: int, minor: int, **fields: Any) -> int:
        """A bank transfer received today."""
        given = {"method": PaymentMethod.BANK, "received_on": self.time.today(), **fields}
        return self.app.payments.record(PaymentInput(document_id, minor, **given))

    def set_up_mail(self, postbox: MailCatcher) -> None:
        """Send through the catcher."""
        settings = MailSettings(
            host=postbox.host,
            port=postbox.port,
            security=MailSecurity.NONE,
            from_address="billing@lang.example",
        )
        self.app.settings.save_mail(settings, None)

    def connect(self) -> None:
        """Connect the sandbox with its key."""
        self.app.connecting.connect(self.sandbox.api_key)

    def key_entry(self, mode: str = "test") -> tuple[str, str]:
        """Where the keychain has the key of the account connected now."""
        account = self.app.queries.company().online_payment.account
        return "BillDesk/stripe", f"{self.app.company_uid}:{mode}:{account[:8]}"

    @property
    def sandbox(self) -> StripeWorld:
        """The Stripe this shop is connected to."""
        if self.stripe is None:
            raise AssertionError("this shop has no Stripe")
        return self.stripe

    def at_stripe(self, name: str, **given: Any) -> Any:
        """Cause something at the sandbox that only Stripe's Dashboard or a bank can."""
        return self.sandbox.act(name, **given)

    # -- what runs by itself ---------------------------------------------------------------

    def work(self) -> int:
        """Do the jobs that are due now."""
        return self.app.sync.work_outbox_now()

    def poll(self, *, deep: bool = False) -> PollResult:
        """Look at Stripe once."""
        return self.app.sync.poll_now(deep=deep)

    def settle_down(self, rounds: int = 12) -> None:
        """Let time pass and everything run until it has come to rest."""
        for _ in range(rounds):
            self.pass_time(minutes=3)
            worked = self.work()
            result = self.poll()
            if not (
                worked or result.applied or result.skipped or result.is_more or self._unfinished()
            ):
                return
        raise AssertionError(f"no rest after {rounds} rounds: {self._unfinished()}")

    def _unfinished(self) -> list[Row[Any]]:
        company = self.app.company_id
        jobs = "SELECT id, kind, error FROM outbox WHERE state IN ('queued', 'working')"
        news = "SELECT id, type, error FROM stripe_event WHERE state = 'new'"
        mine = " AND company_id = :company"
        return [row for sql in (jobs, news) for row in self.rows(sql + mine, company=company)]

    def pass_time(self, **by: float) -> None:
        """Move the time of the shop and of its Stripe, and let happen there what is due."""
        self.time.advance(**by)
        if self.stripe is not None:
            self.stripe.advance(0)

    # -- reading ---------------------------------------------------------------------------

    def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        """Rows of the books as they stand."""
        with self.books.engine.connect() as connection:
            return list(connection.execute(text(sql), values))

    def one(self, sql: str, **values: Any) -> Row[Any]:
        """The only row."""
        (row,) = self.rows(sql, **values)
        return row

    def document(self, document_id: int) -> Row[Any]:
        """The row of a document."""
        return self.one("SELECT * FROM document WHERE id = :id", id=document_id)

    def state(self, document_id: int) -> DocumentState:
        """The state a document shows today."""
        with Session(self.books.engine) as session:
            return state_of(facts_of(session.get_one(Document, document_id)), self.time.today())

    def links(self, document_id: int) -> list[Row[Any]]:
        """The payment links of a document, first revision first."""
        return self.rows(
            "SELECT * FROM payment_link WHERE document_id = :id ORDER BY revision", id=document_id
        )

    def balances(self) -> dict[str, int]:
        """Account code to balance in company currency, accounts at zero left out."""
        rows = self.rows(
            "SELECT a.code, sum(p.base_minor) AS minor FROM posting p JOIN account a "
            "ON a.id = p.account_id WHERE p.company_id = :c "
            "GROUP BY a.code HAVING sum(p.base_minor) <> 0",
            c=self.app.company_id,
        )
        return {row.code: row.minor for row in rows}

    def audit(self) -> list[str]:
        """The actions of the audit log in order."""
        rows = self.rows(
            "SELECT action FROM audit_log WHERE company_id = :c ORDER BY seq", c=self.app.company_id
        )
        return [row.action for row in rows]

    def told(self) -> list[str]:
        """The names of the events published since this was last asked."""
        names = [type(event).__name__ for event in self.events]
        self.events.clear()
        return names

    def check(self) -> None:
        """Every invariant of the books holds."""
        violations = self.app.verification.run().violations
        assert violations == (), violations

    # -- what nobody may do ----------------------------------------------------------------

    def falsify(self, sql: str, **values: Any) -> None:
        """Change the books behind BillDesk's back: no guards, no foreign keys until it is done."""
        server = self.books.paths.server
        if server is not None:
            as_owner(server, self.books.password, sql, **values)
            return
        with self.books.engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                remove_guards(connection)
                connection.execute(text(sql), values)
                install_guards(connection)
            raw.execute("PRAGMA foreign_keys=ON")
