"""ISO 4217 minor-unit exponents as frozen facts.

Kept here rather than taken from CLDR, whose display digits differ for a dozen currencies. Stripe's
own exponents differ again and live in the Stripe gateway.
"""

from decimal import Decimal

from billdesk.core.domain.errors import UserError

_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN "
    "QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
    "TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
)

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_ZERO.split(), 0),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_THREE.split(), 3),
}


def exponent(currency: str, field: str = "currency") -> int:
    """Number of decimals of an ISO 4217 code. Raises ``UserError`` about ``field`` for another."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UserError(
            f"“{currency}” is not a currency code BillDesk knows; use three letters like EUR.",
            field=field,
        ) from None


def check_rate(rate: Decimal) -> None:
    """Raises ``UserError`` for something that is no exchange rate."""
    if not rate.is_finite() or not Decimal("0.000001") <= rate <= Decimal("1000000"):
        raise UserError(
            "An exchange rate lies between 0.000001 and 1000000.", field="exchange_rate"
        )
