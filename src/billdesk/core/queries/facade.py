"""The read side of one company as the window and the command line use it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Document, DocumentSnapshot
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.domain.banking import BankTab
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.documents import DocumentGroup, DocumentKind, FilterTab
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.revision_diff import Diff
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries import revisions
from billdesk.core.queries.accounts import LedgerAccount, ProposedName, RateAccounts
from billdesk.core.queries.as_of import Ageing, Balances, DocumentAsOf, TrialBalance
from billdesk.core.queries.attachments import AttachmentRow
from billdesk.core.queries.bank import AccountRow, BankLineRow, OpenDocumentRow
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.custom_fields import CustomFieldRow
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.documents import (
    DocumentDetail,
    DocumentFilter,
    DocumentRow,
    TimelineEntry,
)
from billdesk.core.queries.draft_snapshot import draft_snapshot
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.home import Home
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.money import CustomerMoney, PaymentDetail, UnusedMoney
from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.core.queries.payments import PaymentRow
from billdesk.core.queries.prices import LineOffer, PriceListRow
from billdesk.core.queries.recurring import RecurringDetail, RecurringRow
from billdesk.core.queries.references import named_references
from billdesk.core.queries.revisions import RevisionRow
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql import (
    bank_lines,
    company,
    cost_centres,
    custom_fields,
    customers,
    document_detail,
    document_list,
    history,
    home,
    items,
    payment_list,
    prices,
    recurring,
    sync_status,
    tax_rates,
)
from billdesk.core.queries.sql.accounts import (
    propose_names,
    read_accounts,
    read_rate_accounts,
)
from billdesk.core.queries.sql.as_of import read_ageing, read_balances, read_trial_balance
from billdesk.core.queries.sql.attachments import read_attachments
from billdesk.core.queries.sql.customer_group import merged_into
from billdesk.core.queries.sql.document_as_of import read_document_as_of
from billdesk.core.queries.sql.money import read_customer_money, read_payment, read_unused_money
from billdesk.core.queries.sql.new_draft import new_draft
from billdesk.core.queries.sync_status import SyncStatus
from billdesk.core.queries.tax_rates import TaxRateRow

DRAFT_NUMBER = "Draft"


class Queries:
    """Each method reads one consistent snapshot of the books and blocks: call it off the window.

    "Today" is asked anew with every call; what depends on it is never stored.
    """

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive
        self._company_id = uow.company_id

    @property
    def _today(self) -> date:
        return self._uow.today()

    def today(self) -> date:
        """The day that counts as today."""
        return self._today

    def documents(
        self, wanted: DocumentFilter, after: Key | None = None, limit: int = PAGE
    ) -> Page[DocumentRow]:
        """One page of the list of documents."""
        with self._uow.read() as connection:
            return document_list.document_page(
                connection,
                self._company_id,
                self._today,
                wanted,
                after,
                limit,
                self._duplicates(connection, wanted.customer_id),
            )

    def document_counts(
        self,
        search: str = "",
        customer_id: int | None = None,
        group: DocumentGroup | None = DocumentGroup.INVOICES,
    ) -> dict[FilterTab | None, int]:
        """How many documents each tab holds; ``None`` is all of them."""
        with self._uow.read() as connection:
            return document_list.document_counts(
                connection,
                self._company_id,
                self._today,
                search,
                customer_id,
                group,
                self._duplicates(connection, customer_id),
            )

    def _duplicates(self, connection: Connection, customer_id: int | None) -> tuple[int, ...]:
        if customer_id is None:
            return ()
        return tuple(merged_into(connection, self._company_id, [customer_id]))

    def document(self, document_id: int) -> DocumentDetail:
        """One document with everything that belongs to it. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return document_detail.read_document(
                connection, self._company_id, self._today, document_id
            )

    def timeline(self, document_id: int) -> tuple[TimelineEntry, ...]:
        """What happened to a document, newest first. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return history.read_timeline(connection, self._company_id, document_id)

    def revisions(self, document_id: int) -> tuple[RevisionRow, ...]:
        """The versions kept of a draft, newest first."""
        with self._uow.read() as connection:
            return revisions.read_revisions(connection, self._company_id, document_id)

    def revision_diff(self, document_id: int, before: int, after: int) -> Diff:
        """What differs between two versions of a draft. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return revisions.read_diff(connection, self._company_id, document_id, before, after)

    def new_draft(self, customer_id: int | None = None) -> InvoiceDraft:
        """What a new invoice starts with. Raises ``NotFound`` for an unknown customer."""
        with self._uow.read() as connection:
            return new_draft(connection, self._company_id, customer_id)

    def pdf(self, document_id: int) -> bytes | None:
        """The best stored PDF: paid copy, else the newest link's, else the original.

        Raises ``ArchiveError`` when its bytes are lost.
        """
        with self._uow.read() as connection:
            found = document_detail.best_pdf(connection, self._company_id, document_id)
        return None if found is None else self._archive.get(found.sha256)

    def preview_snapshot(self, document_id: int) -> Snapshot:
        """What an issued document says, or what a draft would say. Raises ``NotFound``."""
        with self._uow.read() as connection:
            row = connection.execute(
                select(Document.number, Document.kind, DocumentSnapshot.body)
                .outerjoin(DocumentSnapshot, DocumentSnapshot.document_id == Document.id)
                .where(Document.company_id == self._company_id, Document.id == document_id)
            ).first()
            if row is None:
                raise NotFound("This document does not exist.")
            if row.body is not None:
                return Snapshot.from_json(row.body)
            draft = read_draft(connection, document_id)
            number = row.number or DRAFT_NUMBER
            kind = DocumentKind(row.kind)
            snapshot = draft_snapshot(
                connection, self._company_id, draft, self._today, number, kind
            )
            return replace(snapshot, references=named_references(connection, document_id))

    def snapshot_for(
        self,
        draft: InvoiceDraft,
        number: str = DRAFT_NUMBER,
        kind: DocumentKind = DocumentKind.INVOICE,
    ) -> Snapshot:
        """What ``draft`` would say if it were issued today, however incomplete it is.

        Raises ``UserError`` for amounts that cannot be computed.
        """
        with self._uow.read() as connection:
            return draft_snapshot(connection, self._company_id, draft, self._today, number, kind)

    def logo(self) -> bytes | None:
        """The company's logo. Raises ``ArchiveError`` when its bytes are lost."""
        with self._uow.read() as connection:
            sha256 = stored_setting(connection, self._company_id, CompanyProfile).logo_sha256
        return self._archive.get(sha256) if sha256 else None

    def customers(
        self,
        search: str = "",
        after: Key | None = None,
        limit: int = PAGE,
        *,
        deleted: bool = False,
    ) -> Page[CustomerRow]:
        """One page of the customers by name; ``deleted`` shows the deleted ones instead."""
        with self._uow.read() as connection:
            return customers.customer_page(
                connection, self._company_id, self._today, search, after, limit, deleted=deleted
            )

    def customer(self, customer_id: int) -> CustomerRow:
        """One customer, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return customers.read_customer(connection, self._company_id, self._today, customer_id)

    def find_customers(self, text: str, limit: int = 8) -> tuple[CustomerRow, ...]:
        """The likeliest customers for a picker; without text the ones invoiced lately."""
        with self._uow.read() as connection:
            return customers.find_customers(connection, self._company_id, self._today, text, limit)

    def items(
        self,
        search: str = "",
        after: Key | None = None,
        limit: int = PAGE,
        *,
        deleted: bool = False,
    ) -> Page[ItemRow]:
        """One page of the items by name; ``deleted`` shows the deleted ones instead."""
        with self._uow.read() as connection:
            return items.item_page(
                connection, self._company_id, search, after, limit, deleted=deleted
            )

    def item(self, item_id: int) -> ItemRow:
        """One item, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return items.read_item(connection, self._company_id, item_id)

    def find_items(self, text: str, limit: int = 8) -> tuple[ItemRow, ...]:
        """The likeliest items for a picker."""
        with self._uow.read() as connection:
            return items.find_items(connection, self._company_id, text, limit)

    def payments(self, after: Key | None = None, limit: int = PAGE) -> Page[PaymentRow]:
        """One page of the money received, the newest first."""
        with self._uow.read() as connection:
            return payment_list.payment_page(connection, self._company_id, after, limit)

    def payment(self, payment_id: int) -> PaymentDetail:
        """A payment with what it settles and what of it went back. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_payment(connection, self._company_id, payment_id)

    def customer_money(self, customer_id: int) -> CustomerMoney:
        """What a customer owes and has as credit, row by row. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_customer_money(connection, self._company_id, customer_id)

    def unused_money(self) -> tuple[UnusedMoney, ...]:
        """Payments and credit notes that settle nothing yet, in part or whole."""
        with self._uow.read() as connection:
            return read_unused_money(connection, self._company_id)

    def bank_lines(
        self, tab: BankTab, after: Key | None = None, limit: int = PAGE
    ) -> Page[BankLineRow]:
        """One page of bank lines, newest first; open ones with what they may be."""
        with self._uow.read() as connection:
            return bank_lines.line_page(
                connection, self._company_id, self._today, tab, after, limit
            )

    def bank_counts(self) -> dict[BankTab, int]:
        """How many bank lines each tab holds."""
        with self._uow.read() as connection:
            return bank_lines.line_counts(connection, self._company_id)

    def payable_documents(
        self, currency: str, text: str = "", limit: int = 50
    ) -> tuple[OpenDocumentRow, ...]:
        """Open invoices a transfer in ``currency`` could pay, the oldest first."""
        with self._uow.read() as connection:
            return bank_lines.payable_documents(connection, self._company_id, currency, text, limit)

    def bookable_accounts(self) -> tuple[AccountRow, ...]:
        """The accounts a bank line can be booked to."""
        with self._uow.read() as connection:
            return bank_lines.bookable_accounts(connection, self._company_id)

    def price_lists(self, *, deleted: bool = False) -> tuple[PriceListRow, ...]:
        """The price lists by name; or the deleted ones."""
        with self._uow.read() as connection:
            return prices.read_price_lists(connection, self._company_id, deleted=deleted)

    def line_offer(
        self,
        item_id: int | None,
        customer_id: int | None,
        quantity: Decimal,
        currency: str,
        *,
        on: date | None = None,
        language: str = "",
    ) -> LineOffer:
        """Price, taxes and unit for a line; ``on`` is the document's day, today without one.

        Raises ``NotFound`` for an unknown item or customer.
        """
        with self._uow.read() as connection:
            return prices.line_offer(
                connection,
                self._company_id,
                item_id=item_id,
                customer_id=customer_id,
                quantity=quantity,
                currency=currency,
                on=on or self._today,
                language=language,
            )

    def tax_rates(self, *, deleted: bool = False) -> tuple[TaxRateRow, ...]:
        """The tax rates on offer, the default first; or the deleted ones."""
        with self._uow.read() as connection:
            return tax_rates.read_tax_rates(connection, self._company_id, deleted=deleted)

    def custom_fields(self, *, deleted: bool = False) -> tuple[CustomFieldRow, ...]:
        """The company's own fields of all kinds in their order; or the deleted ones."""
        with self._uow.read() as connection:
            return custom_fields.read_custom_fields(connection, self._company_id, deleted=deleted)

    def cost_centres(self, *, deleted: bool = False) -> tuple[CostCentreRow, ...]:
        """The cost centres on offer by code; or the deleted ones."""
        with self._uow.read() as connection:
            return cost_centres.read_cost_centres(connection, self._company_id, deleted=deleted)

    def recurring(self, *, deleted: bool = False) -> tuple[RecurringRow, ...]:
        """What recurs, by name, with the periods that wait; or the deleted templates."""
        with self._uow.read() as connection:
            return recurring.read_templates(
                connection, self._company_id, self._today, deleted=deleted
            )

    def recurring_template(self, template_id: int) -> RecurringDetail:
        """One template with its draft and runs, deleted or not. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return recurring.read_template(connection, self._company_id, self._today, template_id)

    def home(self) -> Home:
        """Figures, tasks and news for the home page."""
        with self._uow.read() as connection:
            return home.read_home(connection, self._company_id, self._today)

    def company(self) -> CompanyInfo:
        """The company and its settings."""
        with self._uow.read() as connection:
            return company.read_company(connection, self._company_id, self._today)

    def sync_status(self) -> SyncStatus:
        """How the work with Stripe and the outbox stands."""
        with self._uow.read() as connection:
            return sync_status.read_sync_status(connection, self._company_id)

    def ageing(self, as_of: date | None = None) -> Ageing:
        """Who owed what for how long at the end of ``as_of`` (today)."""
        with self._uow.read() as connection:
            return read_ageing(connection, self._company_id, as_of or self._today)

    def balances(
        self, as_of: date | None = None, customer_ids: Sequence[int] | None = None
    ) -> Balances:
        """The customers' accounts at the end of ``as_of`` (today), or some of them."""
        with self._uow.read() as connection:
            return read_balances(connection, self._company_id, as_of or self._today, customer_ids)

    def trial_balance(self, as_of: date | None = None) -> TrialBalance:
        """The balance of every account at the end of ``as_of`` (today)."""
        with self._uow.read() as connection:
            return read_trial_balance(connection, self._company_id, as_of or self._today)

    def document_as_of(self, document_id: int, as_of: date) -> DocumentAsOf:
        """A document's state and amounts at the end of ``as_of``. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_document_as_of(connection, self._company_id, document_id, as_of)

    def accounts(self) -> tuple[LedgerAccount, ...]:
        """The chart of accounts by code, retired accounts too."""
        with self._uow.read() as connection:
            return read_accounts(connection, self._company_id)

    def rate_accounts(self) -> tuple[RateAccounts, ...]:
        """Which accounts the tax rates post to."""
        with self._uow.read() as connection:
            return read_rate_accounts(connection, self._company_id)

    def proposed_names(self, chart: Chart) -> tuple[ProposedName, ...]:
        """What the accounts would be called in another chart."""
        with self._uow.read() as connection:
            return propose_names(connection, self._company_id, chart)

    def attachments(self, document_id: int) -> tuple[AttachmentRow, ...]:
        """The files attached to a document."""
        with self._uow.read() as connection:
            return read_attachments(connection, self._company_id, document_id)
