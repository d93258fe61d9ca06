"""One company's application: every service, query and worker, wired."""

import os
from typing import TYPE_CHECKING

from billdesk.bootstrap.books import Books
from billdesk.bootstrap.safety import safety_of
from billdesk.core.domain.errors import NotFound

if TYPE_CHECKING:
    import ssl

    from billdesk.core.application import Application

STRIPE_URL_VARIABLE = "BILLDESK_STRIPE_URL"


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
    from billdesk.core.db.failures import explaining
    from billdesk.core.db.logins import acting_login
    from billdesk.core.db.tables import Company
    from billdesk.core.db.unit_of_work import Actor, UnitOfWork
    from billdesk.core.domain.outside_services.policy import Service
    from billdesk.core.domain.settings import OnlinePayment
    from billdesk.core.gateways.mail.outcomes import mail_outcome
    from billdesk.core.gateways.stripe.guard import CallGuard
    from billdesk.core.gateways.stripe.outcomes import stripe_outcome
    from billdesk.core.gateways.stripe.port import StripeGateway
    from billdesk.core.queries import Queries
    from billdesk.core.queries.settings import stored_setting
    from billdesk.core.services.accounts import AccountService
    from billdesk.core.services.attachments import AttachmentService
    from billdesk.core.services.banking.service import BankService
    from billdesk.core.services.changes import ChangeService
    from billdesk.core.services.company_closing import CompanyClosingService
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
    from billdesk.core.services.mail import MailService
    from billdesk.core.services.network import NetworkService
    from billdesk.core.services.opening_balances import OpeningBalanceService
    from billdesk.core.services.outbox.jobs import OutboxService
    from billdesk.core.services.outbox.link_jobs import LinkJobService
    from billdesk.core.services.outbox.mail_jobs import MailJobService
    from billdesk.core.services.outbox.order_jobs import OrderJobService
    from billdesk.core.services.outbox.render_jobs import RenderJobService
    from billdesk.core.services.outbox.waiting_jobs import WaitingJobService
    from billdesk.core.services.outgoing_mail import MailConnector
    from billdesk.core.services.payments import (
        AllocationService,
        DeductionService,
        PaymentService,
        PayoutService,
        RefundOrderService,
        RefundService,
    )
    from billdesk.core.services.periods import PeriodService
    from billdesk.core.services.personal_data import PersonalDataService
    from billdesk.core.services.previews import PreviewService
    from billdesk.core.services.price_lists import PriceListService
    from billdesk.core.services.recurring import RecurringRunService, RecurringService
    from billdesk.core.services.seen_numbers import SeenNumberService
    from billdesk.core.services.settings import SettingsService
    from billdesk.core.services.stripe.balance import StripeBalanceService
    from billdesk.core.services.stripe.cards import CardService
    from billdesk.core.services.stripe.connecting import StripeConnectingService
    from billdesk.core.services.stripe.connection import StripeConnector
    from billdesk.core.services.stripe.fees import StripeFeeService
    from billdesk.core.services.stripe.inbox import StripeInboxService
    from billdesk.core.services.stripe.instalments import InstalmentService
    from billdesk.core.services.stripe.links import LinkService
    from billdesk.core.services.stripe.payments import StripePaymentService
    from billdesk.core.services.stripe.permissions import StripePermissionService
    from billdesk.core.services.stripe.reconciling import StripeReconcilingService
    from billdesk.core.services.stripe.trial_money import TrialMoneyService
    from billdesk.core.services.stripe.window import StripeWindowService
    from billdesk.core.services.tax_rates import TaxRateService
    from billdesk.core.services.transfer import ExportService
    from billdesk.core.services.verification import VerificationService
    from billdesk.core.services.watching.states import ServiceKey, ServiceStateService
    from billdesk.core.services.watching.watch import ServiceWatch
    from billdesk.core.sync.change_reader import ChangeReader
    from billdesk.core.sync.document_look import DocumentLooker
    from billdesk.core.sync.inbox_worker import InboxWorker
    from billdesk.core.sync.order_worker import OrderWorker
    from billdesk.core.sync.outbox_worker import OutboxWorker
    from billdesk.core.sync.payout_reader import PayoutReader
    from billdesk.core.sync.poller import Poller
    from billdesk.core.sync.reconciler import Reconciler
    from billdesk.core.sync.recurring_worker import RecurringWorker
    from billdesk.core.sync.runner import SyncRunner

    with explaining(books.engine), books.engine.connect() as connection:
        company = connection.execute(
            select(Company.uid, Company.is_practice).where(Company.id == company_id)
        ).first()
        login = acting_login(connection)
    if company is None:
        raise NotFound("This company does not exist in these books.")
    url = stripe_url or os.environ.get(STRIPE_URL_VARIABLE) or None

    def open_gateway(key: str, guard: CallGuard | None) -> StripeGateway:
        from billdesk.core.gateways.stripe.sdk import SdkStripeGateway

        return SdkStripeGateway(key, base_url=url, guard=guard, folder=books.paths.folder)

    bus = Bus()
    uow = UnitOfWork(
        books.engine,
        company_id,
        Actor(login),
        bus,
        now=books.now,
        today=books.today,
        write_lock=books.write_lock,
    )
    by_itself = uow.acting_as("BillDesk")
    states = ServiceStateService(by_itself)
    watches = {
        livemode: ServiceWatch(
            states,
            ServiceKey(Service.STRIPE, livemode),
            stripe_outcome,
            now=books.now,
            # The practice Stripe on this computer counts nothing.
            has_allowance=not company.is_practice,
        )
        for livemode in (False, True)
    }

    def connected() -> str:
        with uow.read() as connection:
            return stored_setting(connection, company_id, OnlinePayment).account

    stripe = StripeConnector(books.secrets, open_gateway, connected, watches)
    mail_watch = ServiceWatch(
        states, ServiceKey(Service.MAIL), mail_outcome, now=books.now, has_allowance=False
    )
    mail = MailConnector(books.secrets, mail_watch, tls=mail_tls)
    inbox = StripeInboxService(by_itself)
    windows = StripeWindowService(by_itself)
    payments = StripePaymentService(by_itself)
    reconciling = StripeReconcilingService(by_itself)
    sync = SyncRunner(
        OutboxWorker(
            OutboxService(by_itself),
            LinkJobService(by_itself),
            OrderWorker(OrderJobService(by_itself), payments, stripe, company.uid),
            RenderJobService(by_itself, books.archive),
            MailJobService(by_itself, books.archive),
            payments,
            stripe,
            mail,
            company.uid,
            now=books.now,
        ),
        Poller(
            windows,
            InboxWorker(windows, inbox, payments, StripeFeeService(by_itself)),
            Reconciler(reconciling, windows),
            PayoutReader(StripeBalanceService(by_itself)),
            stripe,
            now=books.now,
        ),
        RecurringWorker(RecurringRunService(by_itself)),
        ChangeReader(ChangeService(by_itself), bus),
        bus,
        documents=DocumentLooker(windows, reconciling, payments, stripe),
        retire_expired=LinkService(by_itself).retire_expired,
        is_busy=inbox.is_busy,
        daily=StripePermissionService(by_itself, stripe).probe_daily,
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
        company_closing=CompanyClosingService(uow),
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
        refund_orders=RefundOrderService(uow),
        deductions=DeductionService(uow),
        payouts=PayoutService(uow),
        trial_money=TrialMoneyService(uow),
        links=LinkService(uow),
        instalments=InstalmentService(uow),
        cards=CardService(uow),
        mail=MailService(uow, books.archive, mail),
        previews=PreviewService(uow, books.archive),
        settings=SettingsService(uow, books.archive, stripe, mail),
        connecting=StripeConnectingService(uow, stripe),
        stripe_permissions=StripePermissionService(uow, stripe),
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
        network=NetworkService(books.paths.folder, stripe),
        seen_numbers=SeenNumberService(uow, stripe),
        waiting_jobs=WaitingJobService(uow, stripe, mail),
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
