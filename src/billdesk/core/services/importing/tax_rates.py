"""Which of the company's tax rates a text of a file means."""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from billdesk.core.db.tables import TaxRate
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.queries.tax_rates import rate_of
from billdesk.core.services.importing.values import ValueProblem, ValueReader
from billdesk.core.services.tax_rates import TaxRateInput, add_tax_rate, check_tax_rate


class TaxRates:
    """Finds tax rates by name or percentage; makes missing percentages when allowed to."""

    def __init__(self, tx: Transaction, reader: ValueReader, *, create: bool) -> None:
        self._tx = tx
        self._reader = reader
        self._create = create
        self.created = 0
        self.taxes: dict[int, Tax] = {}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_percent: dict[Decimal, list[int]] = defaultdict(list)
        self._found: dict[str, tuple[int, ...]] = {}
        rows = tx.session.scalars(
            select(TaxRate)
            .where(TaxRate.company_id == tx.company_id, TaxRate.deleted_at.is_(None))
            .order_by(TaxRate.id)
        )
        for row in rows:
            self._keep(row)

    def find(self, text: str) -> tuple[int, ...]:
        """The ids of the rates in ``text``: names or percentages, several joined by +.

        Raises ``ValueProblem``.
        """
        if text not in self._found:
            whole = self._by_name.get(search_key(text))
            parts = [text] if whole else text.split("+")
            self._found[text] = tuple(self._one(part.strip()) for part in parts if text)
        return self._found[text]

    def _one(self, text: str) -> int:
        named = self._by_name.get(search_key(text))
        if named is not None:
            return self._only(named, text)
        try:
            percent = self._reader.number(text.removesuffix("%").strip()).normalize()
        except ValueProblem:
            raise ValueProblem(
                f"there is no tax rate “{text}”; add it in Settings, Tax rates, or give a percent."
            ) from None
        known = self._by_percent.get(percent)
        if known is None:
            return self._add(percent)
        return self._only(known, text)

    @staticmethod
    def _only(ids: list[int], text: str) -> int:
        if len(ids) > 1:
            raise ValueProblem(f"several tax rates fit “{text}”; give the name of one.")
        return ids[0]

    def _add(self, percent: Decimal) -> int:
        shown = format(percent, "f")
        if not self._create:
            raise ValueProblem(
                f"there is no tax rate of {shown} %; add it in Settings, Tax rates, or write "
                "create_tax_rates = true in the mapping file."
            )
        category = TaxCategory.STANDARD if percent else TaxCategory.ZERO
        rate = TaxRateInput(f"Tax {shown} %", percent, category)
        try:
            check_tax_rate(rate)
        except UserError as error:
            raise ValueProblem(str(error)) from None
        row = add_tax_rate(self._tx, rate)
        self.created += 1
        self._keep(row)
        return row.id

    def _keep(self, row: TaxRate) -> None:
        self.taxes[row.id] = rate_of(row).tax()
        self._by_name[search_key(row.name)].append(row.id)
        self._by_percent[row.percent.normalize()].append(row.id)
