"""Everything in the books that can explain bank lines, read once for many lines."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import (
    Account,
    BankLine,
    BankStatement,
    Company,
    Customer,
    Document,
    Payment,
    Posting,
    Refund,
    StripePayout,
)
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.bank_matching import Matcher
from billdesk.core.domain.bank_other_matches import (
    Explainer,
    Habit,
    OtherLine,
    RecordedMoney,
    SentPayout,
    Surroundings,
)
from billdesk.core.domain.bank_payers import KnownPayer
from billdesk.core.domain.bank_suggestions import (
    LineToMatch,
    PayableDocument,
    Suggestion,
    SuggestionKind,
)
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.domain.early_payment import DiscountTerms, early_payment_discount
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.payouts import real_payout
from billdesk.core.queries.sql.state import STILL_OPEN

# Invoices settled so lately that somebody may pay them again by mistake.
_SETTLED_LATELY = timedelta(days=120)
# Before the first line: payments recorded by hand that the bank may book only now.
_RECORDED_BEFORE = timedelta(days=14)
BY_HAND = (PaymentMethod.BANK, PaymentMethod.CHEQUE, PaymentMethod.OTHER)
PAYABLE = tuple(sorted(kind.value for kind in RECEIVABLE_KINDS))
LINE_COLUMNS = (
    BankLine.id,
    BankLine.booked_on,
    BankLine.minor,
    BankLine.currency,
    BankLine.counterparty,
    BankLine.counterparty_iban,
    BankLine.remittance,
    BankLine.end_to_end,
    BankLine.statement_id,
)


_MERGED = aliased(Customer)


class BankExplainer:
    """Suggestions for lines of one company, from what the books hold now."""

    def __init__(self, connection: Connection, company_id: int, today: date) -> None:
        self._connection = connection
        self._company_id = company_id
        first = connection.scalar(
            select(func.min(BankLine.booked_on)).where(
                BankLine.company_id == company_id, BankLine.state == LineState.OPEN.value
            )
        )
        since = (first or today) - _RECORDED_BEFORE
        matcher = Matcher(
            _documents(connection, company_id, today),
            _payers(connection, company_id),
            connection.scalar(select(Company.currency).where(Company.id == company_id)) or "",
        )
        self._explainer = Explainer(
            matcher,
            Surroundings(
                (
                    *_payments(connection, company_id, since),
                    *_refunds(connection, company_id, since),
                ),
                tuple(_habits(connection, company_id)),
                _clearing(connection, company_id),
                _fee_account(connection, company_id),
                tuple(_payouts(connection, company_id)),
            ),
        )

    def explain(self, rows: Iterable[Any]) -> dict[int, tuple[Suggestion, ...]]:
        """Suggestions by line, for rows selected with ``LINE_COLUMNS``."""
        rows = list(rows)
        twins = self._twins(rows)
        return {
            row.id: self._explainer.suggest(
                line_to_match(row),
                (one for one in twins[row.booked_on, row.minor] if one.line_id < row.id),
                row.end_to_end,
            )
            for row in rows
        }

    def _twins(self, rows: list[Any]) -> dict[tuple[date, int], list[OtherLine]]:
        found: dict[tuple[date, int], list[OtherLine]] = defaultdict(list)
        days = sorted({row.booked_on for row in rows})
        if not days:
            return found
        own = {row.id: row.statement_id for row in rows}
        wanted = {(row.booked_on, row.minor) for row in rows}
        candidates = self._connection.execute(
            select(*LINE_COLUMNS, BankStatement.file_name)
            .join(BankStatement, BankStatement.id == BankLine.statement_id)
            .where(
                BankLine.company_id == self._company_id,
                BankLine.state != LineState.DUPLICATE.value,
                BankLine.booked_on.between(days[0], days[-1]),
            )
        )
        statements = set(own.values())
        for row in candidates:
            if (row.booked_on, row.minor) in wanted and statements != {row.statement_id}:
                found[row.booked_on, row.minor].append(
                    OtherLine(
                        row.id,
                        row.booked_on,
                        row.minor,
                        row.currency,
                        row.counterparty,
                        row.counterparty_iban,
                        row.end_to_end,
                        row.file_name,
                    )
                )
        return found


def line_to_match(row: Any) -> LineToMatch:
    """A row selected with ``LINE_COLUMNS`` as the matcher wants it."""
    text = f"{row.remittance} {row.end_to_end}"
    return LineToMatch(
        row.minor, row.currency, row.booked_on, row.counterparty, row.counterparty_iban, text
    )


def _documents(connection: Connection, company_id: int, today: date) -> Iterable[PayableDocument]:
    columns = select(
        Document.id,
        Document.number,
        _MERGED.id.label("customer_id"),
        _MERGED.name,
        Document.currency,
        Document.open_minor,
        Document.open_base_minor,
        Document.due_on,
        Document.listed_on,
        Document.discount_percent,
        Document.discount_days,
    )
    columns = _with_merged(columns.join(Customer, Customer.id == Document.customer_id))
    issued = (
        Document.company_id == company_id,
        Document.kind.in_(PAYABLE),
        Document.issued_at.is_not(None),
        Document.voided_at.is_(None),
    )
    for condition in (STILL_OPEN, Document.settled_on >= today - _SETTLED_LATELY):
        for row in connection.execute(columns.where(*issued, condition)):
            yield PayableDocument(
                row.id,
                row.number or "",
                row.customer_id,
                row.name,
                row.currency,
                row.open_minor,
                row.due_on or row.listed_on,
                *_early(row),
                row.open_base_minor,
            )


def _early(row: Any) -> tuple[int, date | None]:
    """What settles a document early, and until when."""
    if not row.discount_percent or row.discount_days is None:
        return 0, None
    terms = DiscountTerms(row.discount_percent, row.discount_days)
    return early_payment_discount((), 0, row.open_minor, terms).pay_minor, terms.until(
        row.listed_on
    )


def _with_merged(statement: AnySelect) -> AnySelect:
    """Joined with the customer that ``Customer`` was merged into, or itself."""
    return statement.join(
        _MERGED, _MERGED.id == func.coalesce(Customer.merged_into_id, Customer.id)
    )


def _payers(connection: Connection, company_id: int) -> Iterable[KnownPayer]:
    """Accounts and names customers paid from: every line that became a payment of theirs."""
    columns = select(
        _MERGED.id.label("customer_id"),
        _MERGED.name,
        BankLine.counterparty,
        BankLine.counterparty_iban,
    ).select_from(Payment)
    rows = connection.execute(
        _with_merged(
            columns.join(BankLine, BankLine.payment_id == Payment.id).join(
                Customer, Customer.id == Payment.customer_id
            )
        )
        .where(
            BankLine.company_id == company_id,
            BankLine.state.in_([LineState.MATCHED.value, LineState.RECOGNISED.value]),
        )
        .distinct()
    )
    for row in rows:
        yield KnownPayer(row.customer_id, row.name, row.counterparty, row.counterparty_iban)


def _payments(connection: Connection, company_id: int, since: date) -> Iterable[RecordedMoney]:
    rows = connection.execute(
        select(
            Payment.id,
            Payment.customer_id,
            func.coalesce(Payment.received_currency, Payment.currency).label("currency"),
            func.coalesce(Payment.received_minor, Payment.amount_minor).label("amount_minor"),
            Payment.received_on,
            Document.number,
        )
        .outerjoin(Document, Document.id == Payment.document_id)
        .where(
            Payment.company_id == company_id,
            Payment.received_on >= since,
            Payment.method.in_([one.value for one in BY_HAND]),
            Payment.state == PaymentState.SUCCEEDED.value,
            ~exists().where(BankLine.payment_id == Payment.id),
        )
    )
    for row in rows:
        yield RecordedMoney(
            SuggestionKind.RECORDED, row.id, row.customer_id, row.currency, row.amount_minor,
            row.received_on, row.number or "",
        )  # fmt: skip


def _payouts(connection: Connection, company_id: int) -> Iterable[SentPayout]:
    rows = connection.execute(
        select(
            StripePayout.id,
            StripePayout.currency,
            StripePayout.amount_minor,
            StripePayout.available_on,
        )
        .where(
            StripePayout.company_id == company_id,
            StripePayout.bank_line_id.is_(None),
            StripePayout.failed_on.is_(None),
            real_payout(connection, company_id),
        )
        .order_by(StripePayout.available_on, StripePayout.id)
    )
    for row in rows:
        yield SentPayout(row.id, row.currency, row.amount_minor, row.available_on)


def _refunds(connection: Connection, company_id: int, since: date) -> Iterable[RecordedMoney]:
    rows = connection.execute(
        select(
            Refund.id,
            Refund.customer_id,
            func.coalesce(Refund.paid_currency, Refund.currency).label("currency"),
            func.coalesce(Refund.paid_minor, Refund.minor).label("minor"),
            Refund.refunded_on,
            Document.number,
        )
        .outerjoin(Document, Document.id == Refund.credit_note_id)
        .where(
            Refund.company_id == company_id,
            Refund.refunded_on >= since,
            Refund.method.in_([one.value for one in BY_HAND]),
            Refund.state == PaymentState.SUCCEEDED.value,
            ~exists().where(BankLine.refund_id == Refund.id),
        )
    )
    for row in rows:
        yield RecordedMoney(
            SuggestionKind.REFUNDED, row.id, row.customer_id, row.currency, -row.minor,
            row.refunded_on, row.number or "",
        )  # fmt: skip


def _habits(connection: Connection, company_id: int) -> Iterable[Habit]:
    incoming = BankLine.minor > 0
    rows = connection.execute(
        select(
            BankLine.counterparty,
            BankLine.counterparty_iban,
            incoming.label("incoming"),
            BankLine.account_id,
            Account.name,
            func.count().label("times"),
        )
        .join(Account, Account.id == BankLine.account_id)
        .where(BankLine.company_id == company_id, BankLine.state == LineState.BOOKED.value)
        .group_by(
            BankLine.counterparty,
            BankLine.counterparty_iban,
            "incoming",
            BankLine.account_id,
            Account.name,
        )
    )
    for row in rows:
        yield Habit(
            row.counterparty, row.counterparty_iban, bool(row.incoming), row.account_id, row.name,
            row.times,
        )  # fmt: skip


def _clearing(connection: Connection, company_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(Posting.currency, func.sum(Posting.minor).label("minor"))
        .join(Account, Account.id == Posting.account_id)
        .where(Account.company_id == company_id, Account.role == Role.STRIPE_CLEARING.value)
        .group_by(Posting.currency)
    )
    return {row.currency: int(row.minor) for row in rows}


def _fee_account(connection: Connection, company_id: int) -> tuple[int, str] | None:
    row = connection.execute(
        select(Account.id, Account.name).where(
            Account.company_id == company_id, Account.role == Role.PAYMENT_FEES.value
        )
    ).first()
    return None if row is None else (row.id, row.name)
