"""Random use cases about bank statements."""

from dataclasses import replace
from decimal import Decimal

from bank_file import MAPPING
from choosing import OWED, Chooser
from raw_reading import Row

from billdesk.core.domain.bank_suggestions import Part
from billdesk.core.domain.banking import (
    Booked,
    Decision,
    Ignored,
    Receipt,
    Recorded,
    RecordedRefund,
)
from billdesk.core.domain.currencies import exponent
from billdesk.core.services.importing.files import ImportFile


class BankWork(Chooser):
    """What an actor does with what the bank says."""

    def see_a_transfer(self, a: int, b: int, c: int) -> None:
        row = self._open(a)
        full = int(row["open_minor"])
        amounts = (full, full, full // 2 + 1, full + 10, full * 98 // 100 + 1)
        text = f"Invoice {row['number']}" if c % 3 else "Thank you"
        self._import(amounts[b % len(amounts)], row["currency"], text, c)

    def see_money_leave(self, a: int, b: int, c: int) -> None:
        self._import(-(1 + a), "EUR", "Kontoführung" if b % 2 else "Rent", c)

    def see_what_was_recorded(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM payment ORDER BY id", a)
        self._import(int(row["amount_minor"]), row["currency"], f"No {b}", c)

    def see_what_was_given_back(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM refund ORDER BY id", a)
        self._import(-int(row["minor"]), row["currency"], f"No {b}", c)

    def _import(self, minor: int, currency: str, text: str, choice: int) -> None:
        amount = str(Decimal(minor).scaleb(-exponent(currency))).replace(".", ",")
        rows = f"{self._day(choice):%d.%m.%Y};{amount};Nordlicht AS;{text}\n"
        data = f"Day;Amount;Payer;Text\n{rows}".encode()
        mapping = replace(MAPPING, currency=currency)
        self.app.bank.import_file(ImportFile(f"{choice}.csv", data), mapping)

    def decide_a_line(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM bank_line WHERE state = 'open' ORDER BY id", a)
        self.app.bank.decide(row["id"], row["version"], self._decision(row, b, c))

    def _decision(self, row: Row, kind: int, choice: int) -> Decision:
        if kind % 6 == 0:
            return Ignored("Private")
        if kind % 6 == 1:
            own = f"company_id = {self.app.company_id}"
            account = self._pick(f"SELECT * FROM account WHERE {own} ORDER BY id", choice)
            return Booked(account["id"] if choice % 4 else None)
        if kind % 6 == 2 and row["minor"] < 0:
            return RecordedRefund(self._pick("SELECT * FROM refund ORDER BY id", choice)["id"])
        if kind % 6 == 2:
            return Recorded(self._pick("SELECT * FROM payment ORDER BY id", choice)["id"])
        if kind % 6 == 3:
            return Receipt(self._customer(choice) if choice % 3 else None)
        target = self._document(
            f"open_minor > 0 AND kind IN {OWED} AND currency = '{row['currency']}'", choice
        )
        open_minor = int(target["open_minor"])
        part = min(int(row["minor"]), open_minor) if kind % 6 == 4 else open_minor
        missing = max(0, part - int(row["minor"]))
        whole = (Part(target["id"], part),)
        if choice % 2:
            return Receipt(target["customer_id"], whole, fee_minor=missing)
        paid = (Part(target["id"], part - missing),)
        discount = (Part(target["id"], missing),) if missing else ()
        return Receipt(target["customer_id"], paid, discounts=discount)

    def confirm_what_is_sure(self, a: int, b: int, c: int) -> None:
        self.app.bank.confirm_all(50 + a % 51)

    def undo_a_line(self, a: int, b: int, c: int) -> None:
        self.app.bank.undo(self._pick("SELECT * FROM bank_line ORDER BY id", a)["id"])
