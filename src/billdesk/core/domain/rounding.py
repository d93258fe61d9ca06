"""The one rounding rule of BillDesk: half away from zero ("commercial rounding").

EN 16931 asks for amounts rounded to the currency's minor unit, halves up; for credit (negative)
amounts "away from zero" keeps a credit note the exact mirror of its invoice.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

# Enough for a 15-digit amount times a 12-digit quantity with 6 decimals each, without loss.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def round_half_away(value: Decimal, decimals: int) -> Decimal:
    """Round to ``decimals`` places; a half goes away from zero."""
    # decimal's ROUND_HALF_UP is "away from zero" for both signs.
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)


def to_minor(amount: Decimal, decimals: int) -> int:
    """Turn an amount in major units into integer minor units of a currency with ``decimals``."""
    with localcontext(EXACT):
        return int(round_half_away(amount.scaleb(decimals), 0))


def round_fraction(value: Fraction) -> int:
    """Round an exact fraction to a whole number; a half goes away from zero."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -size if value < 0 else size


def split_minor(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split ``total_minor`` in proportion to ``weights`` so that the parts sum to the whole.

    Largest-remainder method; a weight may be negative (a returned item among sold ones), then its
    part has the other sign. Where the weights sum to zero, everything goes to the first part.
    Splitting the negated total gives the negated parts. Raises ``ValueError`` without weights.
    """
    if not weights:
        raise ValueError("nothing to split over")
    whole = sum(weights)
    if whole == 0:
        return [total_minor] + [0] * (len(weights) - 1)
    sign = -1 if total_minor < 0 else 1
    towards = -1 if whole < 0 else 1
    shares = [divmod(abs(total_minor) * weight * towards, abs(whole)) for weight in weights]
    parts = [quotient for quotient, _ in shares]
    left = abs(total_minor) - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return [sign * part for part in parts]
