"""Begin with the balances that the books before had: per account, and per customer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import func, select

from billdesk.core.db.tables import Account, Customer, Document, LedgerEntry, Posting
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.accounts import FROM_DOCUMENTS, Role
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import Imported
from billdesk.core.domain.freezing import totals_input
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft, reversed_postings
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.texts import clean_line, clean_paragraphs
from billdesk.core.domain.totals import compute
from billdesk.core.queries.sql.opening import (
    SOURCE,
    opening_day,
    standing_documents,
    standing_entries,
)
from billdesk.core.services.importing.history import HistoryWriter
from billdesk.core.services.importing.invoices import Plan
from billdesk.core.services.steps.accounts import role_account
from billdesk.core.services.steps.base_currency import open_day, require_open
from billdesk.core.services.steps.owner import require_owner
from billdesk.core.services.steps.posting import post, postings_of
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.voiding import void_document

LINE = "Opening balance"
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class OpeningAmount:
    """The balance of an account in minor units of the company's currency; debit positive."""

    account_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class OpeningDebt:
    """What a customer owed in the company's currency, as one document without its lines.

    ``number`` is the old invoice's, empty for a lump sum over several.
    """

    customer_id: int
    minor: int
    number: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpeningBalances:
    """The balances at the end of ``on``, entered together."""

    on: date
    accounts: tuple[OpeningAmount, ...] = ()
    customers: tuple[OpeningDebt, ...] = ()


class OpeningBalanceService:
    """Use cases about the balances the books begin with."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def record(self, given: OpeningBalances) -> None:
        """Enter the balances, once: each against the account for opening balances.

        A customer's debt becomes a document of history: it can be paid and reminded of, and has
        no revenue and no tax. Raises ``UserError`` with the field (``accounts.N.minor`` …),
        ``NotAllowed`` when there are opening balances already or the day is closed, ``NotFound``.
        """
        check_day(given.on, "on")
        if not given.accounts and not given.customers:
            raise UserError("Enter at least one balance.", field="accounts")
        with self._uow.write() as tx:
            if given.on > tx.today:
                raise UserError("The day of the balances lies in the future.", field="on")
            require_open(tx, given.on, "on")
            standing = opening_day(tx.connection, tx.company_id)
            if standing is not None:
                raise NotAllowed(
                    f"Opening balances of {standing} were entered already; undo them first."
                )
            opening = role_account(tx, Role.OPENING_BALANCE)
            _post_accounts(tx, given, opening)
            numbers = _numbers(tx, given)
            plans = [
                _plan(tx, given.on, debt, number, opening, f"customers.{i}.")
                for i, (debt, number) in enumerate(zip(given.customers, numbers, strict=True))
            ]
            if plans:
                HistoryWriter(tx, {}).write(plans)
            company = company_row(tx)
            tx.audit("opening.recorded", f"company:{company.uid}", after=given)
            tx.tell(Imported(tx.company_id))

    @use_case
    def undo(self, reason: str) -> None:
        """Take the opening balances back by reversal, all of them.

        Raises ``NotAllowed`` when there are none, for another role, and when one of the
        customers' documents was paid or credited; ``UserError`` without a reason.
        """
        reason = clean_paragraphs(reason, "reason").strip()
        if not reason:
            raise UserError("Say why the opening balances are taken back.", field="reason")
        with self._uow.write() as tx:
            require_owner(tx, "take the opening balances back")
            if opening_day(tx.connection, tx.company_id) is None:
                raise NotAllowed("There are no opening balances to take back.")
            for document_id in tx.connection.scalars(standing_documents(tx.company_id)).all():
                document = load(tx, Document, document_id)
                void_document(tx, document, reason, open_day(tx, _last_moved_on(tx, document)))
            for entry in tx.session.scalars(standing_entries(tx.company_id)).all():
                post(
                    tx,
                    EntryDraft(
                        EntryKind.OPENING_UNDONE,
                        SOURCE,
                        entry.source_id,
                        open_day(tx, entry.occurred_on),
                        reversed_postings(postings_of(tx, entry.id)),
                        memo=LINE,
                        reverses_id=entry.id,
                    ),
                )
            company = company_row(tx)
            tx.audit("opening.undone", f"company:{company.uid}", after={"reason": reason})
            tx.tell(Imported(tx.company_id))


def _last_moved_on(tx: Transaction, document: Document) -> date:
    """The day a debt is gone from: its own, or that of the last payment taken back of it."""
    day = tx.connection.scalar(
        select(func.max(LedgerEntry.occurred_on))
        .join(Posting, Posting.entry_id == LedgerEntry.id)
        .where(Posting.company_id == tx.company_id, Posting.document_id == document.id)
    )
    return day or tx.today


def _post_accounts(tx: Transaction, given: OpeningBalances, opening: int) -> None:
    currency = company_row(tx).currency
    if len({one.account_id for one in given.accounts}) < len(given.accounts):
        raise UserError("Enter each account once.", field="accounts")
    postings = []
    for i, one in enumerate(given.accounts):
        account = load(tx, Account, one.account_id)
        if account.role is not None and Role(account.role) in FROM_DOCUMENTS:
            raise UserError(
                f"{account.code} {account.name} follows from documents and payments; enter what "
                "customers owe per customer.",
                field=f"accounts.{i}.account_id",
            )
        if not 0 < abs(one.minor) <= LARGEST_MINOR:
            raise UserError(
                f"Enter the balance of {account.code} {account.name}.", field=f"accounts.{i}.minor"
            )
        postings.append(_posting(currency, one.minor, account.id))
    total = sum(one.minor for one in given.accounts)
    postings.append(_posting(currency, -total, opening))
    number = tx.connection.scalar(
        select(func.count()).where(
            LedgerEntry.company_id == tx.company_id,
            LedgerEntry.source_type == SOURCE,
            LedgerEntry.kind == EntryKind.OPENING.value,
        )
    )
    if given.accounts:
        source_id = str(int(number or 0) + 1)
        post(
            tx,
            EntryDraft(EntryKind.OPENING, SOURCE, source_id, given.on, tuple(postings), memo=LINE),
        )


def _numbers(tx: Transaction, given: OpeningBalances) -> list[str]:
    """The number of each debt: the old invoice's, or one that is free for a lump sum.

    Documents of opening balances that were taken back keep theirs; one that is entered again gets
    the next. Raises ``UserError`` for a number that is given twice or taken by another document.
    """
    taken: set[str] = set()
    standing: set[str] = set()
    for row in tx.connection.execute(
        select(Document.number, Document.is_history, Document.voided_at).where(
            Document.company_id == tx.company_id, Document.number.is_not(None)
        )
    ):
        taken.add(row.number)
        if not row.is_history or row.voided_at is None:
            standing.add(row.number)
    found: list[str] = []
    for i, debt in enumerate(given.customers):
        number = clean_line(debt.number, f"customers.{i}.number", LONGEST_NUMBER)
        if number and number in found:
            raise UserError("Give each of these its own number.", field=f"customers.{i}.number")
        if number and number in standing:
            raise UserError(f"There is a document {number} already.", field=f"customers.{i}.number")
        if not number:
            customer = load(tx, Customer, debt.customer_id)
            number = f"{customer.number}-{given.on:%Y%m%d}"
        number = _free(number, taken)
        taken.add(number)
        found.append(number)
    return found


def _free(number: str, taken: set[str]) -> str:
    if number not in taken:
        return number
    others = (f"{number[: LONGEST_NUMBER - len(f'-{i}')]}-{i}" for i in count(2))
    return next(one for one in others if one not in taken)


def _posting(currency: str, minor: int, account_id: int) -> PostingDraft:
    return PostingDraft(Role.OPENING_BALANCE, currency, minor, minor, account_id=account_id)


def _plan(
    tx: Transaction, on: date, debt: OpeningDebt, number: str, opening: int, prefix: str
) -> Plan:
    customer = load(tx, Customer, debt.customer_id)
    if not 0 < debt.minor <= LARGEST_MINOR:
        raise UserError(
            f"Enter what {customer.name} owed; money of theirs is a payment without an invoice.",
            field=f"{prefix}minor",
        )
    check_day(debt.due_on, f"{prefix}due_on")
    currency = company_row(tx).currency
    amount = Decimal(debt.minor).scaleb(-exponent(currency))
    draft = InvoiceDraft(
        customer_id=customer.id,
        currency=currency,
        issued_on=on,
        due_on=debt.due_on or on,
        subject=LINE,
        lines=(LineDraft(LINE, Decimal(1), amount, account_id=opening),),
    )
    return Plan(number, draft, compute(totals_input(draft, {})), 0, None, None, None)
