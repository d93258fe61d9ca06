"""Stripe's amounts. Its exponents are its own, not those of ISO 4217 (docs.stripe.com/currencies).

BillDesk counts in ISO minor units everywhere; these functions are the only place that converts.
"""

from decimal import Decimal

from billdesk.core.domain.currencies import EXPONENTS, exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import to_minor

# Where Stripe's number of decimals differs from ISO: ISK and UGX are sent times 100 although
# they have no decimals, MGA is sent without any although ISO gives it two.
_DIFFERENT = {"ISK": 2, "UGX": 2, "MGA": 0}
# Three decimals, of which Stripe wants the last to be 0.
_LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

# Smallest charge in ISO minor units. By settlement currency, so other currencies have an
# equivalent that only Stripe knows.
_HALF_A_UNIT = "USD ARS AUD BRL CAD CHF COP EUR IDR ILS INR NZD PHP RUB SGD ZAR"
_SMALLEST_MINOR = {
    **dict.fromkeys(_HALF_A_UNIT.split(), 50),
    "AED": 200,
    "CZK": 1500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "JPY": 50,
    "KRW": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "THB": 1000,
}
# Cards take twelve digits of Stripe's minor units, other methods eight with a few exceptions
# (docs.stripe.com/currencies, "Maximum amounts").
_LARGEST_STRIPE_MINOR = 999_999_999_999
_LARGEST_OF_ALL_METHODS = 99_999_999
_LARGEST_ELSEWHERE = {"IDR": 999_999_999_999, "COP": 9_999_999_999, "INR": 999_999_999}


def stripe_amount(amount_minor: int, currency: str) -> int:
    """The number to send for ``amount_minor`` ISO minor units of ``currency``.

    Raises ``UserError`` where Stripe cannot charge the amount: not positive, below the currency's
    minimum, above twelve digits, or finer than Stripe can express.
    """
    if amount_minor <= 0:
        raise _cannot("Only an amount above zero can be paid online.")
    smallest = _SMALLEST_MINOR.get(currency, 0)
    if amount_minor < smallest:
        raise _cannot(
            f"Stripe takes no payment below {_show(smallest, currency)}; ask for "
            f"{_show(amount_minor, currency)} another way."
        )
    return stripe_part(amount_minor, currency)


def stripe_part(amount_minor: int, currency: str) -> int:
    """As ``stripe_amount``, for a part of what was charged: that has no minimum."""
    decimals = _stripe_exponent(currency)
    if currency in _LAST_DIGIT_ZERO and amount_minor % 10:
        raise _cannot(
            f"Stripe charges {currency} in steps of 0.010; round "
            f"{_show(amount_minor, currency)} up or down."
        )
    scaled = Decimal(amount_minor).scaleb(decimals - exponent(currency))
    if scaled != int(scaled):
        raise _cannot(
            f"Stripe charges only whole {currency}; round {_show(amount_minor, currency)}."
        )
    if scaled > _LARGEST_STRIPE_MINOR:
        raise _cannot(f"{_show(amount_minor, currency)} is more than one card payment can carry.")
    return int(scaled)


def cards_only(amount_minor: int, currency: str) -> bool:
    """Whether no method but cards can carry ``amount_minor`` ISO minor units.

    Raises ``UserError`` like ``stripe_amount``.
    """
    largest = _LARGEST_ELSEWHERE.get(currency, _LARGEST_OF_ALL_METHODS)
    return stripe_amount(amount_minor, currency) > largest


def iso_amount(stripe_minor: int, currency: str) -> int:
    """ISO minor units of an amount Stripe reports; any sign.

    Exact for every amount Stripe can charge. A currency BillDesk does not know is left as it
    came: it can only belong to another program's payment.
    """
    code = currency.upper()
    if code not in _DIFFERENT:
        return stripe_minor
    # Only a fee in ISK or UGX could have a fraction; it is rounded like every other amount.
    return to_minor(Decimal(stripe_minor).scaleb(-_DIFFERENT[code]), EXPONENTS[code])


def _stripe_exponent(currency: str) -> int:
    iso = exponent(currency)
    if iso == 3 and currency not in _LAST_DIGIT_ZERO:
        raise _cannot(f"Stripe does not take {currency}.")
    return _DIFFERENT.get(currency, iso)


def _show(amount_minor: int, currency: str) -> str:
    decimals = exponent(currency)
    return f"{currency} {Decimal(amount_minor).scaleb(-decimals):.{decimals}f}"


def _cannot(sentence: str) -> UserError:
    return UserError(sentence, field="amount")
