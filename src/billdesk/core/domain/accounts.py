"""The generic chart of accounts and the roles BillDesk posts to."""

from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    """What an account is in the balance sheet or the profit and loss."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Role(StrEnum):
    """Accounts BillDesk posts to by itself; each company has exactly one of each."""

    RECEIVABLE = "receivable"
    DISPUTED_RECEIVABLE = "disputed_receivable"
    CASH = "cash"
    BANK = "bank"
    OTHER_MONEY = "other_money"
    STRIPE_CLEARING = "stripe_clearing"
    SUSPENSE = "suspense"
    TAX_PAYABLE = "tax_payable"
    CUSTOMER_CREDIT = "customer_credit"
    REFUNDS_TO_EXPLAIN = "refunds_to_explain"
    REVENUE = "revenue"
    ROUNDING = "rounding"
    PAYMENT_FEES = "payment_fees"
    WITHHOLDING_RECEIVABLE = "withholding_receivable"
    CURRENCY_CONVERSION = "currency_conversion"
    CUSTOMER_DEPOSITS = "customer_deposits"
    TAX_NOT_DUE = "tax_not_due"
    OPENING_BALANCE = "opening_balance"
    LATE_FEE_INCOME = "late_fee_income"
    EXCHANGE_GAIN = "exchange_gain"
    EXCHANGE_LOSS = "exchange_loss"
    BAD_DEBT = "bad_debt"
    DISCOUNT_GIVEN = "discount_given"
    GOODWILL = "goodwill"


# Balances that follow from documents and payments; opening balances of their own would
# contradict them.
FROM_DOCUMENTS = frozenset(
    {
        Role.RECEIVABLE,
        Role.DISPUTED_RECEIVABLE,
        Role.CUSTOMER_CREDIT,
        Role.CUSTOMER_DEPOSITS,
        Role.REFUNDS_TO_EXPLAIN,
        Role.SUSPENSE,
        Role.TAX_NOT_DUE,
        Role.GOODWILL,
        Role.EXCHANGE_GAIN,
        Role.EXCHANGE_LOSS,
        Role.CURRENCY_CONVERSION,
        Role.OPENING_BALANCE,
    }
)


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One account of a chart."""

    code: str
    name: str
    kind: AccountKind
    role: Role | None = None


GENERIC_CHART = (
    ChartRow("1000", "Cash", AccountKind.ASSET, Role.CASH),
    ChartRow("1100", "Bank", AccountKind.ASSET, Role.BANK),
    ChartRow("1150", "Other payments received", AccountKind.ASSET, Role.OTHER_MONEY),
    ChartRow("1160", "Stripe clearing", AccountKind.ASSET, Role.STRIPE_CLEARING),
    ChartRow("1190", "Suspense", AccountKind.ASSET, Role.SUSPENSE),
    ChartRow("1200", "Receivables", AccountKind.ASSET, Role.RECEIVABLE),
    ChartRow("1210", "Disputed receivables", AccountKind.ASSET, Role.DISPUTED_RECEIVABLE),
    ChartRow("1220", "Refunds to explain", AccountKind.ASSET, Role.REFUNDS_TO_EXPLAIN),
    ChartRow("1230", "Withholding tax receivable", AccountKind.ASSET, Role.WITHHOLDING_RECEIVABLE),
    ChartRow("1900", "Currency conversion", AccountKind.ASSET, Role.CURRENCY_CONVERSION),
    ChartRow("2100", "Customer credit", AccountKind.LIABILITY, Role.CUSTOMER_CREDIT),
    ChartRow("2110", "Customer deposits", AccountKind.LIABILITY, Role.CUSTOMER_DEPOSITS),
    ChartRow("2200", "Tax payable", AccountKind.LIABILITY, Role.TAX_PAYABLE),
    ChartRow("2210", "Tax not yet due", AccountKind.LIABILITY, Role.TAX_NOT_DUE),
    ChartRow("3900", "Opening balances", AccountKind.EQUITY, Role.OPENING_BALANCE),
    ChartRow("4000", "Revenue", AccountKind.INCOME, Role.REVENUE),
    ChartRow("4100", "Late fees", AccountKind.INCOME, Role.LATE_FEE_INCOME),
    ChartRow("4800", "Exchange gains", AccountKind.INCOME, Role.EXCHANGE_GAIN),
    ChartRow("4900", "Rounding", AccountKind.INCOME, Role.ROUNDING),
    ChartRow("5100", "Payment fees", AccountKind.EXPENSE, Role.PAYMENT_FEES),
    ChartRow("5200", "Bad debts", AccountKind.EXPENSE, Role.BAD_DEBT),
    ChartRow("5300", "Early-payment discounts given", AccountKind.EXPENSE, Role.DISCOUNT_GIVEN),
    ChartRow("5400", "Goodwill", AccountKind.EXPENSE, Role.GOODWILL),
    ChartRow("5800", "Exchange losses", AccountKind.EXPENSE, Role.EXCHANGE_LOSS),
)
