"""Charts of accounts a company can start with: the generic one and DATEV's SKR 03 and SKR 04.

The codes are those of "DATEV Standardkontenrahmen SKR 03" and "SKR 04" (datev.de, article numbers
11174 and 11175) as of 2026, as far as receivables need them. Where DATEV has one account for
several of ours (other assets, transfers, other income) ours take free numbers beside it. A tax
adviser should look at the codes before the first entry goes to DATEV.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billdesk.core.domain.accounts import GENERIC_CHART, AccountKind, ChartRow, Role
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind


class Chart(StrEnum):
    """The charts on offer."""

    GENERIC = "generic"
    SKR03 = "skr03"
    SKR04 = "skr04"


CHART_NAMES = {
    Chart.GENERIC: "Generic",
    Chart.SKR03: "DATEV SKR 03",
    Chart.SKR04: "DATEV SKR 04",
}


class RateUse(StrEnum):
    """What a tax rate posts: the tax itself or the sales it is charged on."""

    TAX = "tax"
    REVENUE = "revenue"


@dataclass(frozen=True, slots=True)
class RateAccount:
    """An account for the tax rates of one kind; ``percent`` ``None``: whatever they are.

    ``small_business`` is the exemption of § 19 UStG, which has sales accounts of its own.
    """

    code: str
    name: str
    use: RateUse
    category: TaxCategory
    percent: Decimal | None = None
    small_business: bool = False

    @property
    def kind(self) -> AccountKind:
        """Tax is owed, sales are income."""
        return AccountKind.LIABILITY if self.use is RateUse.TAX else AccountKind.INCOME

    @property
    def key(self) -> tuple[RateUse, TaxCategory, Decimal | None, bool]:
        """What the account is for, the same in every chart."""
        return self.use, self.category, self.percent, self.small_business

    def fits(self, tax: Tax) -> bool:
        """Whether ``tax`` posts here."""
        return (
            tax.kind is TaxKind.ADDED
            and tax.category is self.category
            and self.percent in (None, tax.percent)
            and self.small_business == (_SMALL_BUSINESS in tax.reason)
        )


# As ``country_defaults`` words it.
_SMALL_BUSINESS = "§ 19 UStG"

_A, _L = AccountKind.ASSET, AccountKind.LIABILITY
_E, _I, _X = AccountKind.EQUITY, AccountKind.INCOME, AccountKind.EXPENSE
# Role, kind, SKR 03, SKR 04, name.
_GERMAN: tuple[tuple[Role, AccountKind, str, str, str], ...] = (
    (Role.CASH, _A, "1000", "1600", "Kasse"),
    (Role.BANK, _A, "1200", "1800", "Bank"),
    (Role.OTHER_MONEY, _A, "1360", "1460", "Geldtransit"),
    (Role.STRIPE_CLEARING, _A, "1361", "1461", "Geldtransit Stripe"),
    (Role.RECEIVABLE, _A, "1400", "1200", "Forderungen aus Lieferungen und Leistungen"),
    (Role.DISPUTED_RECEIVABLE, _A, "1460", "1240", "Zweifelhafte Forderungen"),
    (Role.WITHHOLDING_RECEIVABLE, _A, "1500", "1300", "Sonstige Vermögensgegenstände"),
    (Role.REFUNDS_TO_EXPLAIN, _A, "1501", "1301", "Zu klärende Erstattungen"),
    (Role.CURRENCY_CONVERSION, _A, "1590", "1370", "Durchlaufende Posten"),
    (Role.CUSTOMER_CREDIT, _L, "1700", "3500", "Sonstige Verbindlichkeiten (Kundenguthaben)"),
    (Role.CUSTOMER_DEPOSITS, _L, "1710", "3250", "Erhaltene Anzahlungen"),
    (Role.TAX_NOT_DUE, _L, "1760", "3810", "Umsatzsteuer nicht fällig"),
    (Role.TAX_PAYABLE, _L, "1770", "3800", "Umsatzsteuer"),
    (Role.SUSPENSE, _L, "1792", "3630", "Sonstige Verrechnungskonten (Interimskonto)"),
    (Role.EXCHANGE_LOSS, _X, "2150", "6880", "Aufwendungen aus der Währungsumrechnung"),
    (Role.BAD_DEBT, _X, "2400", "6930", "Forderungsverluste"),
    (Role.EXCHANGE_GAIN, _I, "2660", "4840", "Erträge aus der Währungsumrechnung"),
    (Role.LATE_FEE_INCOME, _I, "2700", "4830", "Sonstige Erträge (Mahngebühren)"),
    (Role.ROUNDING, _I, "2709", "4839", "Sonstige Erträge (Rundung)"),
    (Role.PAYMENT_FEES, _X, "4970", "6855", "Nebenkosten des Geldverkehrs"),
    (Role.REVENUE, _I, "8200", "4200", "Erlöse"),
    (Role.GOODWILL, _X, "8700", "4700", "Erlösschmälerungen"),
    (Role.DISCOUNT_GIVEN, _X, "8730", "4730", "Gewährte Skonti"),
    (Role.OPENING_BALANCE, _E, "9000", "9000", "Saldenvorträge, Sachkonten"),
)
_C = TaxCategory
_TAX, _REVENUE = RateUse.TAX, RateUse.REVENUE
# Use, category, percent, SKR 03, SKR 04, name.
_GERMAN_RATES: tuple[tuple[RateUse, TaxCategory, int | None, str, str, str], ...] = (
    (_TAX, _C.STANDARD, 19, "1776", "3806", "Umsatzsteuer 19 %"),
    (_TAX, _C.STANDARD, 7, "1771", "3801", "Umsatzsteuer 7 %"),
    (_REVENUE, _C.STANDARD, 19, "8400", "4400", "Erlöse 19 % USt"),
    (_REVENUE, _C.STANDARD, 7, "8300", "4300", "Erlöse 7 % USt"),
    (_REVENUE, _C.ZERO, None, "8290", "4290", "Erlöse 0 % USt"),
    (_REVENUE, _C.EXEMPT, None, "8100", "4100", "Steuerfreie Umsätze § 4 Nr. 8 ff. UStG"),
    (_REVENUE, _C.EXPORT, None, "8120", "4120", "Steuerfreie Umsätze § 4 Nr. 1a UStG"),
    (
        _REVENUE,
        _C.INTRA_COMMUNITY,
        None,
        "8125",
        "4125",
        "Steuerfreie innergemeinschaftliche Lieferungen § 4 Nr. 1b UStG",
    ),
    (
        _REVENUE,
        _C.REVERSE_CHARGE,
        None,
        "8337",
        "4337",
        "Erlöse aus Leistungen nach § 13b UStG",
    ),
    (
        _REVENUE,
        _C.OUTSIDE_SCOPE,
        None,
        "8338",
        "4338",
        "Erlöse aus im Drittland steuerbaren Leistungen",
    ),
)
_KLEINUNTERNEHMER = ("8195", "4185", "Erlöse als Kleinunternehmer § 19 UStG")


@dataclass(frozen=True, slots=True)
class ChartOfAccounts:
    """The accounts of a chart: one for each role, and those of tax rates."""

    rows: tuple[ChartRow, ...]
    rates: tuple[RateAccount, ...] = ()

    def of_role(self, role: Role) -> ChartRow:
        """The account with ``role``."""
        return next(row for row in self.rows if row.role is role)

    def of_rate(self, tax: Tax, use: RateUse) -> RateAccount | None:
        """The account ``tax`` has of its own for ``use``, if the chart knows one."""
        return next((one for one in self.rates if one.use is use and one.fits(tax)), None)


def _german(chart: Chart) -> ChartOfAccounts:
    def code(skr03: str, skr04: str) -> str:
        return skr03 if chart is Chart.SKR03 else skr04

    rows = tuple(
        ChartRow(code(skr03, skr04), name, kind, role) for role, kind, skr03, skr04, name in _GERMAN
    )
    rates = tuple(
        RateAccount(
            code(skr03, skr04), name, use, category, None if percent is None else Decimal(percent)
        )
        for use, category, percent, skr03, skr04, name in _GERMAN_RATES
    )
    small = RateAccount(
        code(*_KLEINUNTERNEHMER[:2]),
        _KLEINUNTERNEHMER[2],
        RateUse.REVENUE,
        TaxCategory.EXEMPT,
        small_business=True,
    )
    return ChartOfAccounts(rows, (*rates, small))


CHARTS: dict[Chart, ChartOfAccounts] = {
    Chart.GENERIC: ChartOfAccounts(GENERIC_CHART),
    Chart.SKR03: _german(Chart.SKR03),
    Chart.SKR04: _german(Chart.SKR04),
}
