"""The taxes a draft's lines carry, as they are in force when it is supplied."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from billdesk.core.db.tables import TaxRate
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.tax_dates import RateChains
from billdesk.core.queries.tax_rates import rate_of


@dataclass(frozen=True, slots=True)
class TaxedDraft:
    """A draft whose lines name the rates in force, and those taxes by id.

    Ids that are no rate of the company stay on the lines and are missing in ``taxes``.
    """

    draft: InvoiceDraft
    taxes: dict[int, Tax]


def with_taxes(
    connection: Connection, company_id: int, draft: InvoiceDraft, today: date, language: str = ""
) -> TaxedDraft:
    """``draft`` with the rates of the day it is supplied; legal texts in ``language``."""
    wanted = {rate_id for line in draft.lines for rate_id in line.tax_rate_ids}
    if not wanted:
        return TaxedDraft(draft, {})
    rows = connection.execute(select(TaxRate.__table__).where(TaxRate.company_id == company_id))
    rates = [rate_of(row) for row in rows]
    return TaxedDraft(
        in_force(draft, RateChains(rates), today),
        {rate.id: rate.tax(language or draft.language) for rate in rates},
    )


def in_force(draft: InvoiceDraft, chains: RateChains, today: date) -> InvoiceDraft:
    """``draft`` with each rate replaced by what stands for it on the day of supply."""
    day = draft.supplied_on or today
    lines = tuple(
        replace(line, tax_rate_ids=tuple(chains.in_force(one, day) for one in line.tax_rate_ids))
        for line in draft.lines
    )
    return draft if lines == draft.lines else replace(draft, lines=lines)
