"""The only wiring: where files are, how the log is kept, and one company's application.

Nothing heavy is imported before it is needed: the window paints first, then a worker calls
``open_books`` and ``open_application``.
"""

import logging
import logging.handlers
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from platformdirs import user_data_path, user_log_path

from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import NotFound, UserError

if TYPE_CHECKING:
    import ssl

    from sqlalchemy import Engine

    from billdesk.core.application import Application
    from billdesk.core.db.archive import Archive
    from billdesk.core.db.programs import OtherProgram, Presence
    from billdesk.core.db.unit_of_work import UnitOfWork
    from billdesk.core.gateways.secrets import SecretStore
    from billdesk.core.services.backups import (
        BackupService,
        BooksPlace,
        BooksSafety,
        RestoreService,
    )
    from billdesk.core.services.companies import NewCompany
    from billdesk.core.services.transfer import MovedIn

STRIPE_URL_VARIABLE = "BILLDESK_STRIPE_URL"
LOG_BYTES = 1_000_000
LOG_FILES = 5
# Customers and amounts are nobody else's on a shared computer; a folder that is there is left
# as its owner made it.
OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Paths:
    """Where one set of books lives. The practice company has a folder of its own.

    With a ``server`` the books and the stored PDFs are there; the folder holds what belongs to
    this desk.
    """

    folder: Path
    server: DatabaseAddress | None = None

    def __str__(self) -> str:
        return str(self.server or self.folder)

    @property
    def books(self) -> Path:
        """The database with everything but the PDFs, where there is no server."""
        return self.folder / "books.db"

    @property
    def archive(self) -> Path:
        """The stored PDFs and attachments, where there is no server."""
        return self.folder / "archive.db"

    @property
    def backups(self) -> Path:
        """Copies made before the database is changed by an update."""
        return self.folder / "backups"

    def practice(self) -> "Paths":
        """The practice company beside these books; deleting the folder removes it."""
        return Paths(self.folder / "practice")


def default_folder() -> Path:
    """The user's own data folder."""
    return user_data_path("BillDesk", appauthor=False)


def paths_in(folder: Path) -> Paths:
    """The books of ``folder``, or the server that was chosen at this desk. Raises ``UserError``."""
    from billdesk.core.db.chosen_database import read_choice

    return Paths(folder, read_choice(folder))


def start_logging(folder: Path | None = None) -> Path:
    """Log to a rotating file with keys and passwords masked; returns the file."""
    from billdesk.core.gateways.stripe.keys import mask_secrets

    class Masked(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return mask_secrets(super().format(record))

    target = folder or user_log_path("BillDesk", appauthor=False)
    try:
        target.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        file = target / "billdesk.log"
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8", delay=True
        )
    except OSError as error:
        raise UserError(f"The log folder {target} cannot be written: {error.strerror}.") from None
    handler.setFormatter(Masked("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return file


@dataclass(frozen=True, slots=True)
class Books:
    """Opened files, ready for use cases; shared by all companies in them."""

    paths: Paths
    engine: "Engine"
    archive: "Archive"
    secrets: "SecretStore"
    now: Callable[[], datetime]
    today: Callable[[], date]
    write_lock: Lock
    presence: "Presence"
    password: Callable[[], str | None]

    def close(self) -> None:
        """Let the files go."""
        self.engine.dispose()
        self.presence.close()


@dataclass(frozen=True, slots=True)
class CompanyEntry:
    """A company as the chooser shows it."""

    id: int
    name: str
    is_practice: bool
    is_closed: bool = False


def system_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)


def system_today() -> date:
    """Today as the clock on the wall says it."""
    return datetime.now().astimezone().date()


def open_books(
    paths: Paths,
    *,
    secrets: "SecretStore | None" = None,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
    program: str = "command",
    password: Callable[[], str | None] | None = None,
) -> Books:
    """Open or create the books, bringing an older file up to date (with a backup first).

    ``program`` is what other programs on the same books are told; ``password`` is asked for the
    server's when libpq finds none (default: the keychain). Raises ``UserError`` in plain words for
    a folder, file or server that cannot be used.
    """
    from billdesk.core.db.programs import enter
    from billdesk.core.gateways.secrets import DeferredSecretStore

    try:
        paths.folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {paths.folder} cannot be made: {error.strerror}. Choose another with "
            "--data-dir."
        ) from None
    ask = password or keychain_password(paths)
    presence = enter(paths.folder, program)
    try:
        engine, archive = _open_database(paths, ask, now())
    except BaseException:
        presence.close()
        raise
    return Books(
        paths,
        engine,
        archive,
        secrets or DeferredSecretStore(),
        now,
        today,
        Lock(),
        presence,
        ask,
    )


def keychain_password(paths: Paths) -> Callable[[], str | None]:
    """Looks the server's password up in this system's keychain, when called."""

    def look_up() -> str | None:
        from billdesk.core.gateways.secrets import DATABASE_SERVICE, open_secret_store

        server = paths.server
        return None if server is None else open_secret_store().get(DATABASE_SERVICE, server.url)

    return look_up


def _open_database(
    paths: Paths, password: Callable[[], str | None], now: datetime
) -> "tuple[Engine, Archive]":
    if paths.server is not None:
        from billdesk.core.db.postgres.archive import TableArchive
        from billdesk.core.db.postgres.migrate import open_books as open_on_server

        engine = open_on_server(paths.server, password)
        return engine, TableArchive(engine)
    from billdesk.core.db.archive import FileArchive
    from billdesk.core.db.file_watch import watch
    from billdesk.core.db.lost_books import check_not_lost
    from billdesk.core.db.migrate import open_books as open_file

    check_not_lost(paths.books, paths.backups)
    engine = open_file(paths.books, backups=paths.backups, now=now)
    watch(engine, paths.books)
    return engine, FileArchive(paths.archive)


def backup_service(
    paths: Paths, secrets: "SecretStore", *, now: Callable[[], datetime] = system_now
) -> "BackupService":
    """The backups of the books in ``paths``, which need not be open.

    Raises ``UserError`` for books on a server.
    """
    from billdesk.core.services.backups import BackupService

    return BackupService(_place(paths), secrets, now=now)


def restore_service(
    paths: Paths,
    *,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
) -> "RestoreService":
    """Restores backups to ``paths``; close the books there first.

    Raises ``UserError`` for books on a server.
    """
    from billdesk.core.services.backups import RestoreService

    return RestoreService(_place(paths), now=now, today=today)


def _place(paths: Paths) -> "BooksPlace":
    from billdesk.core.services.backups import BooksPlace

    if paths.server is not None:
        raise UserError(
            f"These books are on a database server ({paths.server}). Backing it up is the server's "
            "business: use pg_dump and pg_restore, or what its host offers (docs/backups.md)."
        )
    return BooksPlace(paths.books, paths.archive, paths.backups)


def safety_of(
    paths: Paths,
    secrets: "SecretStore",
    *,
    now: Callable[[], datetime] = system_now,
    today: Callable[[], date] = system_today,
    others: "Callable[[], tuple[OtherProgram, ...]] | None" = None,
) -> "BooksSafety | None":
    """Backups, restore and the look at the start; ``None`` for books on a server.

    The books need not be open; ``others`` tells who else has them.
    """
    from billdesk.core.db.programs import present
    from billdesk.core.services.backups import BooksSafety

    if paths.server is not None:
        return None
    return BooksSafety(
        backup_service(paths, secrets, now=now),
        restore_service(paths, now=now, today=today),
        others or partial(present, paths.folder),
    )


def companies(books: Books, *, closed: bool = False) -> tuple[CompanyEntry, ...]:
    """The companies in the books, oldest first; ``closed`` ones only when they are asked for."""
    from sqlalchemy import select

    from billdesk.core.db.tables import Company

    statement = select(Company.id, Company.name, Company.is_practice, Company.closed_at)
    if not closed:
        statement = statement.where(Company.closed_at.is_(None))
    with books.engine.connect() as connection:
        return tuple(
            CompanyEntry(row.id, row.name, row.is_practice, row.closed_at is not None)
            for row in connection.execute(statement.order_by(Company.id))
        )


def choose_company(found: Sequence[CompanyEntry], wanted: str | None) -> CompanyEntry:
    """The company meant by ``wanted``, a name or an id; without it the only one not closed.

    Raises ``UserError`` naming the choices.
    """
    if not found:
        raise UserError("These books hold no company yet; open BillDesk and set one up.")
    still_open = [entry for entry in found if not entry.is_closed]
    choices = ", ".join(f"{entry.name} ({entry.id})" for entry in still_open or found)
    if wanted is None:
        if len(still_open) != 1:
            raise UserError(f"Choose a company with --company; these books hold: {choices}.")
        return still_open[0]
    named = [entry for entry in found if entry.name.casefold() == wanted.casefold()]
    if len(named) > 1:
        raise UserError(f"Several companies have this name; choose one by its id: {choices}.")
    named = named or [entry for entry in found if str(entry.id) == wanted]
    if not named:
        raise UserError(f"There is no company “{wanted}” in these books; they hold: {choices}.")
    return named[0]


def create_company(books: Books, new: "NewCompany") -> int:
    """Set up a company; returns its id. Raises ``UserError``."""
    from billdesk.core.services.companies import CompanyService

    return CompanyService(_without_company(books)).create(new)


def take_in_company(books: Books, file: Path) -> "MovedIn":
    """Take the exported company in ``file`` into these books. Raises ``UserError``."""
    from billdesk.core.services.transfer import TransferService

    return TransferService(_without_company(books), books.archive).take_in(file)


def _without_company(books: Books) -> "UnitOfWork":
    """What use cases need that come before there is a company."""
    from billdesk.core.bus import Bus
    from billdesk.core.db.unit_of_work import Actor, UnitOfWork, system_user

    return UnitOfWork(
        books.engine,
        0,
        Actor(system_user()),
        Bus(),
        now=books.now,
        today=books.today,
        write_lock=books.write_lock,
    )


def open_application(
    books: Books,
    company_id: int,
    *,
    stripe_url: str | None = None,
    mail_tls: "ssl.SSLContext | None" = None,
) -> "Application":
    """Wire everything about one company. The workers are not started yet.

    ``stripe_url`` points at a loopback Stripe (default: the environment variable); another host or
    a live key is refused when the first call is made. Raises ``NotFound``.
    """
    from sqlalchemy import select

    from billdesk.core.application import Application
    from billdesk.core.bus import Bus
    from billdesk.core.db.tables import Company
    from billdesk.core.db.unit_of_work import Actor, UnitOfWork, system_user
    from billdesk.core.gateways.stripe.port import StripeGateway
    from billdesk.core.queries import Queries
    from billdesk.core.services.accounts import AccountService
    from billdesk.core.services.attachments import AttachmentService
    from billdesk.core.services.banking.service import BankService
    from billdesk.core.services.changes import ChangeService
    from billdesk.core.services.closing import ClosingService
    from billdesk.core.services.cost_centres import CostCentreService
    from billdesk.core.services.custom_fields import CustomFieldService
    from billdesk.core.services.customer_merges import CustomerMergeService
    from billdesk.core.services.customers import CustomerService
    from billdesk.core.services.database import DatabaseService
    from billdesk.core.services.documents.credit_notes import CreditNoteService
    from billdesk.core.services.documents.papers import PaperService
    from billdesk.core.services.documents.quotes import QuoteService
    from billdesk.core.services.documents.reminders import ReminderService
    from billdesk.core.services.importing import ImportService
    from billdesk.core.services.invoices import InvoiceService
    from billdesk.core.services.items import ItemService
    from billdesk.core.services.link_jobs import LinkJobService
    from billdesk.core.services.links import LinkService
    from billdesk.core.services.mail import MailService
    from billdesk.core.services.mail_jobs import MailJobService
    from billdesk.core.services.opening_balances import OpeningBalanceService
    from billdesk.core.services.outbox import OutboxService
    from billdesk.core.services.outgoing_mail import MailConnector
    from billdesk.core.services.payments import (
        AllocationService,
        DeductionService,
        PaymentService,
        PayoutService,
        RefundService,
    )
    from billdesk.core.services.periods import PeriodService
    from billdesk.core.services.personal_data import PersonalDataService
    from billdesk.core.services.previews import PreviewService
    from billdesk.core.services.price_lists import PriceListService
    from billdesk.core.services.recurring import RecurringRunService, RecurringService
    from billdesk.core.services.render_jobs import RenderJobService
    from billdesk.core.services.seen_numbers import SeenNumberService
    from billdesk.core.services.settings import SettingsService
    from billdesk.core.services.stripe_connection import StripeConnector
    from billdesk.core.services.stripe_inbox import StripeInboxService
    from billdesk.core.services.stripe_payments import StripePaymentService
    from billdesk.core.services.tax_rates import TaxRateService
    from billdesk.core.services.transfer import ExportService
    from billdesk.core.services.verification import VerificationService
    from billdesk.core.sync.change_reader import ChangeReader
    from billdesk.core.sync.outbox_worker import OutboxWorker
    from billdesk.core.sync.poller import Poller
    from billdesk.core.sync.recurring_worker import RecurringWorker
    from billdesk.core.sync.runner import SyncRunner

    with books.engine.connect() as connection:
        company = connection.execute(
            select(Company.uid, Company.is_practice).where(Company.id == company_id)
        ).first()
    if company is None:
        raise NotFound("This company does not exist in these books.")
    url = stripe_url or os.environ.get(STRIPE_URL_VARIABLE) or None

    def open_gateway(key: str) -> StripeGateway:
        from billdesk.core.gateways.stripe.sdk import SdkStripeGateway

        return SdkStripeGateway(key, base_url=url)

    bus = Bus()
    uow = UnitOfWork(
        books.engine,
        company_id,
        Actor(system_user()),
        bus,
        now=books.now,
        today=books.today,
        write_lock=books.write_lock,
    )
    stripe = StripeConnector(books.secrets, open_gateway)
    mail = MailConnector(books.secrets, tls=mail_tls)
    by_itself = uow.acting_as("BillDesk")
    inbox = StripeInboxService(by_itself)
    sync = SyncRunner(
        OutboxWorker(
            OutboxService(by_itself),
            LinkJobService(by_itself),
            RenderJobService(by_itself, books.archive),
            MailJobService(by_itself, books.archive),
            stripe,
            mail,
            company.uid,
        ),
        Poller(inbox, StripePaymentService(by_itself), LinkService(by_itself), stripe),
        RecurringWorker(RecurringRunService(by_itself)),
        ChangeReader(ChangeService(by_itself), bus),
        bus,
        is_busy=inbox.is_busy,
    )

    return Application(
        company_id=company_id,
        company_uid=company.uid,
        is_practice=company.is_practice,
        bus=bus,
        today=books.today,
        queries=Queries(uow, books.archive),
        accounts=AccountService(uow),
        attachments=AttachmentService(uow, books.archive),
        closing=ClosingService(uow),
        customers=CustomerService(uow),
        customer_merges=CustomerMergeService(uow),
        items=ItemService(uow),
        recurring=RecurringService(uow),
        recurring_runs=RecurringRunService(uow),
        custom_fields=CustomFieldService(uow),
        cost_centres=CostCentreService(uow),
        price_lists=PriceListService(uow),
        tax_rates=TaxRateService(uow),
        invoices=InvoiceService(uow),
        credit_notes=CreditNoteService(uow),
        quotes=QuoteService(uow),
        papers=PaperService(uow),
        reminders=ReminderService(uow),
        payments=PaymentService(uow),
        opening_balances=OpeningBalanceService(uow),
        periods=PeriodService(uow),
        personal_data=PersonalDataService(uow, books.archive),
        allocations=AllocationService(uow),
        refunds=RefundService(uow),
        deductions=DeductionService(uow),
        payouts=PayoutService(uow),
        links=LinkService(uow),
        mail=MailService(uow, books.archive, mail),
        previews=PreviewService(uow, books.archive),
        settings=SettingsService(uow, books.archive, stripe, mail),
        bank=BankService(uow),
        imports=ImportService(uow),
        exports=ExportService(uow, books.archive),
        verification=VerificationService(uow, books.archive),
        database=DatabaseService(
            books.paths.folder,
            books.paths.server,
            books.secrets,
            is_fixed=company.is_practice,
        ),
        seen_numbers=SeenNumberService(uow, stripe),
        safety=safety_of(
            books.paths,
            books.secrets,
            now=books.now,
            today=books.today,
            others=books.presence.others,
        ),
        sync=sync,
        close=sync.stop,
    )
