"""What a bank statement says, whatever format it came in."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StatementFormat(StrEnum):
    """The formats BillDesk reads."""

    CAMT053 = "camt.053"
    MT940 = "mt940"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One booked movement. ``amount_minor`` is positive when money arrived.

    ``counterparty_*`` is who paid, or who was paid. ``structured_reference`` is a reference with a
    check digit (ISO 11649, Swiss QR, Belgian OGM) or the document number the payer's bank carried
    in a field of its own. ``bank_reference`` is the bank's own name for the movement.
    """

    booked_on: date
    value_on: date
    amount_minor: int
    currency: str
    counterparty_name: str = ""
    counterparty_iban: str = ""
    remittance: str = ""
    structured_reference: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    booking_text: str = ""


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """One statement of one account. Balances are ``None`` where the format has none (CSV).

    ``account`` is the IBAN, or the account number where the bank gives no IBAN.
    """

    format: StatementFormat
    account: str
    currency: str
    number: str
    lines: tuple[LineFacts, ...]
    opening_minor: int | None = None
    opening_on: date | None = None
    closing_minor: int | None = None
    closing_on: date | None = None

    @property
    def gap_minor(self) -> int:
        """What the lines lack to lead from the opening to the closing balance; 0 when they do."""
        if self.opening_minor is None or self.closing_minor is None:
            return 0
        return self.closing_minor - self.opening_minor - sum(x.amount_minor for x in self.lines)
