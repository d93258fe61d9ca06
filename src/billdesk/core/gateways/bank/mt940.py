"""MT940, SWIFT's customer statement message, through the mt-940 library.

What stands in field 86 differs by country: German banks write ``?20``-subfields (DK, Anlage 3),
Dutch ones ``/NAME/…/REMI/…`` words; others plain text.
"""

import io
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from billdesk.core.gateways.bank.decoding import decode
from billdesk.core.gateways.bank.facts import LineFacts, StatementFacts, StatementFormat
from billdesk.core.gateways.bank.values import (
    LONGEST_NAME,
    LONGEST_REFERENCE,
    account_of,
    currency_of,
    german_iban,
    given,
    minor_of,
    refuse,
    text_of,
)

MOST_LINES = 50_000
_MOVEMENT = re.compile(r"^:61:", re.MULTILINE)
_STATEMENT = re.compile(r"^:20:", re.MULTILINE)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# Bank code and account number, as German MT940 files still name an account.
_GERMAN = re.compile(r"(?P<bank>\d{8})/(?P<account>\d{1,10})")
# The words Dutch banks put between slashes (ABN AMRO, ING, Rabobank).
_WORD = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|CNTP|ORDP|BENM|ADDR|ISDT|CSID|MARF|PREF|TRCD|BAI|USTD|STRD|PURP"
    r"|RTRN|ULTD|ULTB|ID|CREF|NRTX)/"
)
_WIDTH_86 = 65


def read_mt940(data: bytes) -> tuple[StatementFacts, ...]:
    """The statements in an MT940 file. Raises ``UserError`` when it is none or damaged."""
    text = decode(data)[0].replace("\r\n", "\n").replace("\r", "\n")
    movements = len(_MOVEMENT.findall(text))
    if movements > MOST_LINES:
        raise refuse(f"it holds more than {MOST_LINES:,} entries.")
    try:
        # A file object, because the library would open a file whose name it is given.
        found = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
        statements = tuple(_statement(one) for one in found)
    except (ValueError, RuntimeError, KeyError, TypeError, AttributeError, ArithmeticError):
        # The library names no error of its own for what it cannot read.
        raise refuse("the file is damaged or cut off. Fetch it again.") from None
    if len(statements) != len(_STATEMENT.findall(text)) or not statements:
        raise refuse("the file holds no whole MT940 statement.")
    # A movement without a transaction type would silently replace the one before it.
    if sum(len(one.lines) for one in statements) != movements:
        raise refuse("some of its entries cannot be understood.")
    return statements


def _statement(found: mt940.models.Transactions) -> StatementFacts:
    data = found.data
    account = account_of(str(data.get("account_identification") or ""))
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    if not account or opening is None or closing is None:
        raise refuse("account or balances are missing; it may be cut off. Fetch it again.")
    currency = currency_of(str(opening.amount.currency))
    if closing.amount.currency != currency:
        raise refuse("its balances are in two currencies.")
    number = "/".join(
        str(data[key]) for key in ("statement_number", "sequence_number") if data.get(key)
    )
    return StatementFacts(
        StatementFormat.MT940,
        _iban_in(account),
        currency,
        text_of(number or str(data.get("transaction_reference") or ""), LONGEST_REFERENCE),
        tuple(_line(one.data, currency) for one in found.transactions if "amount" in one.data),
        minor_of(opening.amount.amount, currency),
        _plain_day(opening.date),
        minor_of(closing.amount.amount, currency),
        _plain_day(closing.date),
    )


def _iban_in(account: str) -> str:
    """The IBAN before or after what banks add (currency, BIC); other numbers as they are."""
    german = _GERMAN.fullmatch(account)
    if german:
        return german_iban(german["bank"], german["account"])
    found = _IBAN.match(account)
    if found is None:
        return account
    iban = found.group()
    # ABN AMRO and others write the currency right behind it: NL08DEUT0319809633EUR.
    return iban[:-3] if iban[-3:].isalpha() and len(iban) > 18 else iban


def _plain_day(day: date) -> date:
    return date(day.year, day.month, day.day)


def _line(data: Mapping[str, Any], currency: str) -> LineFacts:
    value_on = _plain_day(data["date"])
    amount: Decimal = data["amount"].amount
    details = _structured(data) if "purpose" in data else _worded(data)
    own = given(str(data.get("customer_reference") or ""))
    return LineFacts(
        _plain_day(data.get("entry_date") or value_on),
        value_on,
        minor_of(amount, currency),
        currency,
        counterparty_name=text_of(details.get("name", ""), LONGEST_NAME),
        counterparty_iban=account_of(details.get("iban", "")),
        remittance=text_of(details.get("text", "")),
        structured_reference=given(details.get("structured", "")),
        end_to_end_id=given(details.get("end_to_end_id", "")) or own,
        bank_reference=given(str(data.get("bank_reference") or "")),
        booking_text=text_of(details.get("booking", ""), LONGEST_NAME),
    )


def _structured(data: Mapping[str, Any]) -> dict[str, str]:
    """Field 86 in the German form, already taken apart by the library."""

    def said(*keys: str) -> str:
        return next((str(data[key]) for key in keys if data.get(key)), "")

    return {
        "name": said("applicant_name"),
        "iban": said("gvc_applicant_iban", "applicant_iban"),
        "text": " ".join(filter(None, (said("purpose"), said("additional_purpose")))),
        "end_to_end_id": said("end_to_end_reference"),
        "booking": said("posting_text"),
    }


def _worded(data: Mapping[str, Any]) -> dict[str, str]:
    """Field 86 with words between slashes, or as plain text."""
    text = _joined(str(data.get("transaction_details") or ""))
    extra = str(data.get("extra_details") or "").strip()
    pieces = _WORD.split(text)
    if len(pieces) < 3:
        return {"text": text or extra}
    words: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(word, value.strip("/ "))
    name, iban = words.get("NAME", ""), words.get("IBAN", "")
    if "CNTP" in words:
        # ING: /CNTP/IBAN/BIC/name/city/
        parts = [*words["CNTP"].split("/"), "", "", ""]
        iban, name = iban or parts[0], name or parts[2]
    remittance = words.get("USTD") or words.get("REMI", "")
    structured = words.get("STRD", "")
    return {
        "name": name,
        "iban": iban if _IBAN.fullmatch(account_of(iban)) else "",
        "text": remittance.removeprefix("USTD//") or pieces[0].strip(),
        "structured": structured.split("/")[-1] if structured else "",
        "end_to_end_id": words.get("EREF", ""),
        "booking": words.get("TRTP", ""),
    }


def _joined(details: str) -> str:
    """The lines of field 86 as one: a full line was broken anywhere, a short one at a word."""
    text = ""
    for line in details.split("\n"):
        text += line if len(line) >= _WIDTH_86 else f"{line} "
    return text.strip()
