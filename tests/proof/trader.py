"""One person at one desk, doing whatever comes to mind: a use case chosen by three numbers.

The numbers pick customers, documents and amounts among what is there; what the rules forbid is
refused with a typed error and counts as refused. Anything else that is raised is a fault.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bankwork import BankWork
from choosing import Nothing
from moneywork import MoneyWork
from paperwork import Paperwork

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import ReminderSettings, ReminderStep, TaxSettings
from billdesk.core.services.opening_balances import (
    OpeningAmount,
    OpeningBalances,
    OpeningDebt,
)


class Trader(Paperwork, MoneyWork, BankWork):
    """All the use cases one actor can try."""

    def close_a_period(self, a: int, b: int, c: int) -> None:
        day = self._time.today() - timedelta(days=20 + a % 40) if a % 4 else None
        self.app.periods.close_through(day, "Quarter filed")

    def change_to_cash_basis(self, a: int, b: int, c: int) -> None:
        start = self._time.today() if a % 2 else None
        self.app.settings.save_taxes(TaxSettings(cash_basis_from=start))

    def ask_for_late_fees(self, a: int, b: int, c: int) -> None:
        fees = (ReminderStep(1 + a % 5, fee_minor=b), ReminderStep(9, fee_minor=500 * (c % 2)))
        self.app.reminders.save_settings(ReminderSettings(fees))

    def bring_balances_along(self, a: int, b: int, c: int) -> None:
        if a % 3 == 0:
            self.app.opening_balances.undo("Typed wrongly")
            return
        cash = self._pick("SELECT * FROM account WHERE role = 'cash'", 0)
        self.app.opening_balances.record(
            OpeningBalances(
                self._day(c),
                (OpeningAmount(cash["id"], b - 200),),
                (OpeningDebt(self._customer(a), 1 + b, f"OLD-{c}" if c % 2 else ""),),
            )
        )

    def go_to_bed(self, a: int, b: int, c: int) -> None:
        self._time.advance(days=a % 4, hours=b % 24, seconds=1)


USE_CASES: tuple[Callable[[Any, int, int, int], None], ...] = tuple(
    value
    for kind in reversed(Trader.__mro__)
    for name, value in vars(kind).items()
    if callable(value) and not name.startswith("_") and kind is not object
)


def attempt(use_case: Callable[..., Any], trader: Trader, a: int, b: int, c: int) -> str:
    """``done``, ``refused`` or ``nothing``; whatever else is raised is a fault of BillDesk."""
    try:
        use_case(trader, a, b, c)
    except Nothing:
        return "nothing"
    except UserError:
        return "refused"
    return "done"
