"""CAMT.053, the bank-to-customer statement of ISO 20022, versions 001.02 to 001.12.

Paths are those of the message definition (https://www.iso20022.org, camt.053); what SEPA banks
fill is in the German DK's "Anlage 3" and the Swiss Payment Standards. Only booked entries count.
"""

import re
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

from billdesk.core.gateways.bank.facts import LineFacts, StatementFacts, StatementFormat
from billdesk.core.gateways.bank.values import (
    LONGEST_NAME,
    LONGEST_REFERENCE,
    account_of,
    currency_of,
    given,
    minor_of,
    refuse,
    text_of,
)
from billdesk.core.gateways.bank.xml_reading import every, first, parse_xml, text_at

MOST_LINES = 50_000
_NAMESPACE = re.compile(r"\{.*:(?P<message>[a-z]{4}\.\d{3})\.\d{3}\.\d{2}\}Document")
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
# Of a page of a long statement: the first is where it begins, the last where it ends.
_INTERMEDIATE = "ITBD"


def read_camt(data: bytes) -> tuple[StatementFacts, ...]:
    """The statements in a CAMT.053 file. Raises ``UserError`` when it is none or damaged."""
    root = parse_xml(data)
    found = _NAMESPACE.fullmatch(root.tag)
    message = found["message"] if found else ""
    if message in ("camt.052", "camt.054"):
        raise refuse(f"it is a {message}, not a statement. Ask your bank for camt.053.")
    if message != "camt.053":
        raise refuse("it is XML, but not a camt.053 statement.")
    statements = every(root, "BkToCstmrStmt/Stmt")
    if not statements:
        raise refuse("the file holds no statement.")
    return tuple(_statement(one) for one in statements)


def _statement(stmt: Element) -> StatementFacts:
    account = account_of(text_at(stmt, "Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not account:
        raise refuse("it does not say which account it is about.")
    opening = _balance(stmt, _OPENING, last=False)
    closing = _balance(stmt, _CLOSING, last=True)
    entries = every(stmt, "Ntry")
    if len(entries) > MOST_LINES:
        raise refuse(f"it holds more than {MOST_LINES:,} entries.")
    currency = text_at(stmt, "Acct/Ccy") or _currency_of_amounts(stmt)
    currency_of(currency)
    lines = [line for entry in entries if _is_booked(entry) for line in _lines(entry, currency)]
    return StatementFacts(
        StatementFormat.CAMT053,
        account,
        currency,
        text_of(text_at(stmt, "ElctrncSeqNb", "LglSeqNb", "Id"), LONGEST_REFERENCE),
        tuple(lines),
        *_amount_and_day(opening, currency),
        *_amount_and_day(closing, currency),
    )


def _currency_of_amounts(stmt: Element) -> str:
    amount = first(stmt, "Bal/Amt", "Ntry/Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _balance(stmt: Element, codes: tuple[str, ...], *, last: bool) -> Element | None:
    coded = [(text_at(bal, "Tp/CdOrPrtry/Cd"), bal) for bal in every(stmt, "Bal")]
    for code in codes:
        for found, bal in coded:
            if found == code:
                return bal
    pages = [bal for found, bal in coded if found == _INTERMEDIATE]
    if not pages:
        return None
    return pages[-1] if last else pages[0]


def _amount_and_day(bal: Element | None, currency: str) -> tuple[int | None, date | None]:
    if bal is None:
        return None, None
    day = text_at(bal, "Dt/Dt", "Dt/DtTm")
    return _signed(bal, currency), _day(day) if day else None


def _signed(element: Element, currency: str) -> int:
    """The amount of a balance, entry or transaction, negative for a debit."""
    amount = first(element, "Amt", "AmtDtls/TxAmt/Amt")
    if amount is None or not amount.text:
        raise refuse("an entry has no amount.")
    if amount.get("Ccy", currency) != currency:
        raise refuse(f"an entry in {amount.get('Ccy')} stands on an account in {currency}.")
    direction = text_at(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise refuse("an entry does not say whether it is a credit or a debit.")
    minor = minor_of(amount.text.strip(), currency)
    return minor if direction == "CRDT" else -minor


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise refuse(f"“{text[:20]}” is not a date.") from None


def _is_booked(entry: Element) -> bool:
    # A code of its own since version 08; plain text before.
    return text_at(entry, "Sts/Cd", "Sts") in ("BOOK", "")


def _lines(entry: Element, currency: str) -> list[LineFacts]:
    """The entry as one line, or a batch as one line per payment when they add up to it."""
    total = _signed(entry, currency)
    booked = text_at(entry, "BookgDt/Dt", "BookgDt/DtTm")
    value = text_at(entry, "ValDt/Dt", "ValDt/DtTm")
    if not booked and not value:
        raise refuse("an entry has no date.")
    whole = LineFacts(
        _day(booked or value),
        _day(value or booked),
        total,
        currency,
        bank_reference=given(text_at(entry, "AcctSvcrRef", "NtryRef")),
        booking_text=text_of(text_at(entry, "AddtlNtryInf"), LONGEST_NAME),
    )
    details = every(entry, "NtryDtls/TxDtls")
    if len(details) == 1:
        return [_with_details(whole, details[0])]
    amounts = [_part(one, total, currency) for one in details]
    if details and sum(amounts) == total and all(amounts):
        return [
            _with_details(replace(whole, amount_minor=amount), one)
            for amount, one in zip(amounts, details, strict=True)
        ]
    texts = (_with_details(whole, one).remittance for one in details)
    return [replace(whole, remittance=text_of(" ".join(texts) or whole.booking_text))]


def _part(details: Element, total: int, currency: str) -> int:
    """The amount of one payment of a batch; 0 when it is not given in the account's currency."""
    amount = first(details, "Amt", "AmtDtls/TxAmt/Amt")
    if amount is None or not amount.text or amount.get("Ccy") != currency:
        return 0
    minor = minor_of(amount.text.strip(), currency)
    direction = text_at(details, "CdtDbtInd")
    negative = direction == "DBIT" if direction else total < 0
    return -minor if negative else minor


def _with_details(line: LineFacts, details: Element) -> LineFacts:
    # For a credit the other side is the debtor. A returned debit names its creditor, which is us,
    # but then there is no other name, so either side is better than none.
    sides = ("Dbtr", "Cdtr") if line.amount_minor > 0 else ("Cdtr", "Dbtr")
    parties = first(details, "RltdPties")
    name = text_at(
        parties, f"{sides[0]}/Nm", f"{sides[0]}/Pty/Nm", f"Ultmt{sides[0]}/Nm",
        f"Ultmt{sides[0]}/Pty/Nm",
    )  # fmt: skip
    account = text_at(parties, f"{sides[0]}Acct/Id/IBAN", f"{sides[0]}Acct/Id/Othr/Id")
    written = [one.text or "" for one in every(details, "RmtInf/Ustrd")]
    structured = every(details, "RmtInf/Strd")
    numbers = [text_at(one, "RfrdDocInf/Nb") for one in structured]
    added = [text_at(one, "AddtlRmtInf") for one in structured]
    extra = text_at(details, "AddtlTxInf")
    remittance = text_of(" ".join(part for part in (*written, *numbers, *added) if part))
    references = (text_at(one, "CdtrRefInf/Ref") for one in structured)
    return replace(
        line,
        counterparty_name=text_of(name, LONGEST_NAME),
        counterparty_iban=account_of(account),
        remittance=remittance or text_of(extra or line.booking_text),
        structured_reference=given(" ".join(one for one in references if one)),
        end_to_end_id=given(text_at(details, "Refs/EndToEndId")),
        bank_reference=given(text_at(details, "Refs/AcctSvcrRef")) or line.bank_reference,
    )
