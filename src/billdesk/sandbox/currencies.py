"""Stripe's rules for amounts: exponents, smallest and largest charge, and how to show one.

All amounts are integers in Stripe's minor units. Stripe's exponents are its own, not those of
ISO 4217 (its currency page): ISK and UGX are sent times 100 and must end in 00, MGA has none.
"""

from decimal import Decimal

from babel.numbers import format_currency

from billdesk.sandbox.errors import invalid


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ZERO_DECIMALS = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
_THREE_DECIMALS = _codes("bhd jod kwd omr tnd")
_WHOLE_ONLY_TIMES_100 = _codes("isk ugx")
_TWO_DECIMALS = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad"
    " cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl"
    " htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur"
    " mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd"
    " scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd yer"
    " zar zmw"
)
SUPPORTED = _ZERO_DECIMALS | _THREE_DECIMALS | _WHOLE_ONLY_TIMES_100 | _TWO_DECIMALS

_SMALLEST_MINOR = {
    "aed": 200, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "jpy": 50,
    "krw": 50, "mxn": 1000, "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300,
    "thb": 1000,
} | dict.fromkeys(
    _codes("usd ars aud brl cad chf cop eur idr ils inr nzd php rub sgd zar"), 50
)  # fmt: skip

# Cards take up to 12 digits of minor units, other methods 8.
_LARGEST_MINOR = 999_999_999_999
LARGEST_OTHER_MINOR = 99_999_999


def exponent(currency: str) -> int:
    """How many decimals Stripe's amounts of this (lower case) currency have."""
    if currency in _ZERO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def check_currency(currency: str, param: str) -> str:
    """The currency in Stripe's lower case. Raises ApiError (400) for an unsupported one."""
    code = currency.lower()
    if code not in SUPPORTED:
        raise invalid(f"Invalid currency: {code}", param=param)
    return code


def smallest_minor(currency: str) -> int:
    """The smallest amount Stripe charges in this (lower case) currency."""
    return _SMALLEST_MINOR.get(currency, 1)


def check_amount(
    amount_minor: int, currency: str, param: str, *, also_smallest: bool = True
) -> None:
    """Raises ApiError (400) where Stripe would refuse to charge this amount."""
    if currency in _WHOLE_ONLY_TIMES_100 and amount_minor % 100:
        raise invalid(
            f"Amounts in {currency.upper()} must be whole: the last two digits must be 00.",
            param=param,
            code="invalid_charge_amount_no_decimal_compatible",
        )
    if currency in _THREE_DECIMALS and amount_minor % 10:
        raise invalid(
            f"Amounts in {currency.upper()} must be divisible by 10.",
            param=param,
            code="parameter_invalid_integer",
        )
    smallest = smallest_minor(currency)
    if also_smallest and amount_minor < smallest:
        raise invalid(
            f"Amount must be at least {display(smallest, currency)}.",
            param=param,
            code="amount_too_small",
        )
    if amount_minor > _LARGEST_MINOR:
        raise invalid(
            f"Amount must be no more than {display(_LARGEST_MINOR, currency)}.",
            param=param,
            code="amount_too_large",
        )


def display(amount_minor: int, currency: str) -> str:
    """The amount as an English reader writes it, such as ``€1,190.00``."""
    places = exponent(currency)
    amount = Decimal(amount_minor).scaleb(-places)
    shown = 0 if currency in _WHOLE_ONLY_TIMES_100 else places
    text: str = format_currency(
        amount,
        currency.upper(),
        format=f"¤#,##0.{'0' * shown}" if shown else "¤#,##0",
        locale="en",
        currency_digits=False,
    )
    return text


def minor_of(text: str, currency: str) -> int:
    """A typed amount of this (lower case) currency in minor units. Raises ValueError."""
    try:
        amount = Decimal(text.replace(",", ".")).scaleb(exponent(currency))
    except ArithmeticError:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(f"{text} is not an amount of {currency.upper()}.")
    return int(amount)
