"""Payments, bank lines and the accounts."""

from collections.abc import Sequence
from datetime import date

from billdesk.core.domain.banking import BankTab
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.questions import Question
from billdesk.core.queries.accounts import LedgerAccount, ProposedName, RateAccounts
from billdesk.core.queries.as_of import Ageing, Balances, TrialBalance
from billdesk.core.queries.bank import AccountRow, BankLineRow, OpenDocumentRow
from billdesk.core.queries.disputes import DisputeRow
from billdesk.core.queries.facade.reading import CompanyReading
from billdesk.core.queries.money import CustomerMoney, PaymentDetail, SettledDocument, UnusedMoney
from billdesk.core.queries.paging import PAGE, Key, Page
from billdesk.core.queries.payments import PaymentFilter, PaymentRow, PaymentTab
from billdesk.core.queries.payouts import PayoutRow
from billdesk.core.queries.sql import (
    bank_lines,
    payment_list,
)
from billdesk.core.queries.sql.accounts import (
    propose_names,
    read_accounts,
    read_rate_accounts,
)
from billdesk.core.queries.sql.as_of import read_ageing, read_balances, read_trial_balance
from billdesk.core.queries.sql.money import (
    read_customer_money,
    read_note_uses,
    read_payment,
    read_unused_money,
)
from billdesk.core.queries.sql.payouts import read_payouts
from billdesk.core.queries.sql.questions import read_disputes, read_questions


class MoneyQueries(CompanyReading):
    """Reads what was paid and what the books say."""

    def payments(
        self, wanted: PaymentFilter, after: Key | None = None, limit: int = PAGE
    ) -> Page[PaymentRow]:
        """One page of the money received, the newest first."""
        with self._uow.read() as connection:
            return payment_list.payment_page(connection, self._company_id, wanted, after, limit)

    def payment_counts(self, search: str = "") -> dict[PaymentTab | None, int]:
        """How many payments each tab holds; ``None`` is all of them."""
        with self._uow.read() as connection:
            return payment_list.payment_counts(connection, self._company_id, search)

    def payment(self, payment_id: int) -> PaymentDetail:
        """A payment with what it settles and what of it went back. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_payment(connection, self._company_id, payment_id)

    def credit_note_uses(self, credit_note_id: int) -> tuple[SettledDocument, ...]:
        """What a credit note settles, by document."""
        with self._uow.read() as connection:
            return read_note_uses(connection, self._company_id, credit_note_id)

    def customer_money(self, customer_id: int) -> CustomerMoney:
        """What a customer owes and has as credit, row by row. Raises ``NotFound``."""
        with self._uow.read() as connection:
            return read_customer_money(connection, self._company_id, customer_id)

    def unused_money(self) -> tuple[UnusedMoney, ...]:
        """Payments and credit notes that settle nothing yet, in part or whole."""
        with self._uow.read() as connection:
            return read_unused_money(connection, self._company_id)

    def payment_questions(self, payment_ids: Sequence[int]) -> dict[int, tuple[Question, ...]]:
        """What waits for the owner's word about each of these payments, with what helps."""
        with self._uow.read() as connection:
            return read_questions(connection, self._company_id, payment_ids)

    def disputes(self, payment_ids: Sequence[int]) -> tuple[DisputeRow, ...]:
        """The disputes and inquiries about these payments, the newest first."""
        with self._uow.read() as connection:
            return read_disputes(connection, self._company_id, payment_ids)

    def trial_payments(self) -> tuple[PaymentRow, ...]:
        """Payments of Stripe's test mode that are booked: what going live takes back."""
        with self._uow.read() as connection:
            return payment_list.trial_payments(connection, self._company_id)

    def payouts(self, limit: int = 50) -> tuple[PayoutRow, ...]:
        """What Stripe sent to the bank, the newest first, and whether it arrived."""
        with self._uow.read() as connection:
            return read_payouts(connection, self._company_id, limit)

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
