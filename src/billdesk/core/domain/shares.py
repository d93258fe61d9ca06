"""A share of a document as lines of another: an amount, taxed as the whole is taxed."""

from decimal import Decimal

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.rounding import EXACT, split_minor, to_minor
from billdesk.core.domain.snapshot import Snapshot

ONE = Decimal(1)
HUNDRED = Decimal(100)
# How a line is taxed, and the account and cost centre its revenue is booked on.
_Place = tuple[tuple[int, ...], int | None, int | None]


def share_lines(
    frozen: Snapshot, draft: InvoiceDraft, amount_minor: int, text: str
) -> tuple[LineDraft, ...]:
    """One line of ``text`` for each way of taxing and booking, together ``amount_minor`` with tax.

    Prices contain the tax; ``draft`` is the content ``frozen`` was made from.
    """
    weights: dict[_Place, int] = {}
    for line, typed in zip(frozen.lines, draft.lines, strict=True):
        added = sum((tax.percent for tax in line.taxes if not tax.is_withheld), Decimal(0))
        weight = int(EXACT.multiply(Decimal(line.net_minor), HUNDRED + added).scaleb(6))
        place = typed.tax_rate_ids, typed.account_id, typed.cost_centre_id
        weights[place] = weights.get(place, 0) + weight
    parts = split_minor(amount_minor, list(weights.values()))
    return tuple(
        LineDraft(
            text,
            ONE if part > 0 else -ONE,
            Decimal(abs(part)).scaleb(-frozen.scale),
            tax_rate_ids=rates,
            account_id=account_id,
            cost_centre_id=cost_centre_id,
        )
        for (rates, account_id, cost_centre_id), part in zip(weights, parts, strict=True)
        if part
    )


def share_of_total(
    total_minor: int, percent: Decimal | None, amount_minor: int | None, left_minor: int
) -> int:
    """The amount meant by a percentage of ``total_minor`` or by an amount, at most what is left.

    A percentage that misses what is left by a rounded minor unit takes what is left. Raises
    ``UserError`` with the field.
    """
    if percent is not None and amount_minor is not None:
        raise UserError("Give a percentage or an amount.", field="percent")
    if percent is not None:
        if not percent.is_finite() or not 0 < percent <= HUNDRED:
            raise UserError("A share lies between 0 and 100 %.", field="percent")
        field = "percent"
        share = to_minor(EXACT.multiply(Decimal(total_minor), percent) / HUNDRED, 0)
        if abs(share - left_minor) <= 1:
            share = left_minor
    else:
        field = "amount_minor"
        share = amount_minor or 0
    if share <= 0:
        raise UserError("The share comes to nothing.", field=field)
    if share > left_minor:
        left = f"{Decimal(left_minor) * HUNDRED / Decimal(total_minor):.2f}"
        raise UserError(f"Only {left} % of the quote is left.", field=field)
    return share
