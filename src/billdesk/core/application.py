"""What the window and the command line hold: one company's use cases, queries and workers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from billdesk.core.bus import Bus
from billdesk.core.queries import Queries
from billdesk.core.services.accounts import AccountService
from billdesk.core.services.attachments import AttachmentService
from billdesk.core.services.backups import BooksSafety
from billdesk.core.services.banking.service import BankService
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
from billdesk.core.services.outbox.waiting_jobs import WaitingJobService
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
from billdesk.core.services.stripe.cards import CardService
from billdesk.core.services.stripe.connecting import StripeConnectingService
from billdesk.core.services.stripe.instalments import InstalmentService
from billdesk.core.services.stripe.links import LinkService
from billdesk.core.services.stripe.permissions import StripePermissionService
from billdesk.core.services.stripe.trial_money import TrialMoneyService
from billdesk.core.services.tax_rates import TaxRateService
from billdesk.core.services.transfer import ExportService
from billdesk.core.services.verification import VerificationService
from billdesk.core.sync.runner import SyncRunner


@dataclass(frozen=True, slots=True)
class Application:
    """Everything about one company, wired; ``close`` stops the workers and lets the files go."""

    company_id: int
    company_uid: str
    is_practice: bool
    bus: Bus
    today: Callable[[], date]
    queries: Queries
    accounts: AccountService
    attachments: AttachmentService
    company_closing: CompanyClosingService
    customers: CustomerService
    customer_merges: CustomerMergeService
    items: ItemService
    recurring: RecurringService
    recurring_runs: RecurringRunService
    custom_fields: CustomFieldService
    cost_centres: CostCentreService
    price_lists: PriceListService
    tax_rates: TaxRateService
    invoices: InvoiceService
    credit_notes: CreditNoteService
    quotes: QuoteService
    papers: PaperService
    reminders: ReminderService
    payments: PaymentService
    bank: BankService
    opening_balances: OpeningBalanceService
    periods: PeriodService
    personal_data: PersonalDataService
    allocations: AllocationService
    refunds: RefundService
    refund_orders: RefundOrderService
    deductions: DeductionService
    payouts: PayoutService
    trial_money: TrialMoneyService
    links: LinkService
    instalments: InstalmentService
    cards: CardService
    mail: MailService
    previews: PreviewService
    settings: SettingsService
    connecting: StripeConnectingService
    stripe_permissions: StripePermissionService
    imports: ImportService
    exports: ExportService
    verification: VerificationService
    network: NetworkService
    seen_numbers: SeenNumberService
    waiting_jobs: WaitingJobService
    # None where the books are on a server: its backups are the server's business.
    database: DatabaseService
    safety: BooksSafety | None
    sync: SyncRunner
    close: Callable[[], bool]
