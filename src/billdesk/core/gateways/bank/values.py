"""Amounts, texts and accounts as statements write them, made fit for the books."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.texts import forbidden_in, one_line

LONGEST_NAME = 200
LONGEST_REFERENCE = 80
LONGEST_TEXT = 2_000
LONGEST_ACCOUNT = 40
# SEPA's word for none, SWIFT's, and what banks write when the reference is in another field.
_NO_REFERENCE = frozenset(
    {"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "EREF", "EREF+", "KREF+"}
)
# 18 digits and a point are the most ISO 20022 allows (ActiveOrHistoricCurrencyAndAmount).
_PLAIN = re.compile(r"[+-]?\d{1,18}(\.\d{0,10})?")


def refuse(reason: str) -> UserError:
    """The error about a file that cannot be taken as a statement."""
    return UserError(f"This bank statement cannot be read: {reason}", field="file")


def currency_of(code: str) -> str:
    """An ISO 4217 code. Raises ``UserError``."""
    if code not in EXPONENTS:
        raise refuse(f"“{code[:10]}” is not a currency BillDesk knows.")
    return code


def minor_of(amount: str | Decimal, currency: str) -> int:
    """An amount in major units as minor units, exactly.

    Raises ``UserError`` for a text that is no number and for decimals the currency does not have.
    """
    if isinstance(amount, str) and not _PLAIN.fullmatch(amount.strip()):
        raise refuse(f"“{amount[:30]}” is not an amount.")
    try:
        scaled = Decimal(amount).scaleb(EXPONENTS[currency_of(currency)])
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        raise refuse(f"“{str(amount)[:30]}” is not an amount.") from None
    if whole != scaled:
        raise refuse(f"{amount} has more decimals than {currency} has.")
    if abs(whole) > LARGEST_MINOR:
        raise refuse(f"{amount} {currency} is larger than the books can hold.")
    return whole


def text_of(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` on one line, without what no text may hold, cut to ``longest`` characters."""
    line = one_line(text)
    if forbidden_in(line) is not None:
        line = "".join(c for c in line if forbidden_in(c) is None or c == " ")
    return " ".join(line.split())[:longest].rstrip()


def account_of(text: str) -> str:
    """An IBAN or account number without blanks, in capitals."""
    letters = (c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c in "/-.")
    account = "".join(letters).upper()[:LONGEST_ACCOUNT]
    return account if account.strip("0/-.") else ""


def given(reference: str) -> str:
    """A reference, empty when it only says that there is none or that it stands elsewhere."""
    clean = text_of(reference, LONGEST_REFERENCE)
    return "" if clean.upper() in _NO_REFERENCE else clean


def german_iban(bank_code: str, account: str) -> str:
    """The IBAN of a German bank code and account number (ISO 13616, check digits mod 97)."""
    basic = bank_code + account.rjust(10, "0")
    # "DE" and "00" as digits behind the account (D = 13, E = 14).
    check = 98 - int(f"{basic}131400") % 97
    return f"DE{check:02}{basic}"
