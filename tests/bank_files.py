"""Statements for tests, as a bank would write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from billdesk.core.services.importing.files import ImportFile

ACCOUNT = "DE87200500001234567890"
DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Movement:
    """One booked movement; ``minor`` positive for money that arrived."""

    minor: int
    text: str = ""
    name: str = "Nordlicht AS"
    iban: str = "NO9386011117947"
    on: date = DAY
    reference: str = ""


def _entry(one: Movement, currency: str) -> str:
    side = "Dbtr" if one.minor > 0 else "Cdtr"
    iban = f"<{side}Acct><Id><IBAN>{one.iban}</IBAN></Id></{side}Acct>" if one.iban else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{Decimal(abs(one.minor)).scaleb(-2)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if one.minor > 0 else 'DBIT'}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{one.on}</Dt></BookgDt><ValDt><Dt>{one.on}</Dt></ValDt>"
        f"<AcctSvcrRef>{one.reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><RltdPties><{side}><Nm>{escape(one.name)}</Nm></{side}>{iban}"
        f"</RltdPties><RmtInf><Ustrd>{escape(one.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _balance(code: str, minor: int, currency: str, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{Decimal(abs(minor)).scaleb(-2)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def camt(
    *movements: Movement, name: str = "statement.xml", currency: str = "EUR", opening: int = 100_000
) -> ImportFile:
    """A camt.053 file whose balances fit."""
    closing = opening + sum(one.minor for one in movements)
    body = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Id>{name}</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{_balance('OPBD', opening, currency, DAY)}{_balance('CLBD', closing, currency, DAY)}"
        f"{''.join(_entry(one, currency) for one in movements)}"
        "</Stmt></BkToCstmrStmt></Document>"
    )
    return ImportFile(name, body.encode())


def mt940(*movements: Movement, name: str = "statement.sta", opening: int = 100_000) -> ImportFile:
    """The same as MT940, in the German form."""
    closing = opening + sum(one.minor for one in movements)
    lines = [":20:START", ":25:20050000/1234567890", ":28C:1/1", f":60F:{_mark(opening)}"]
    for one in movements:
        mark = "C" if one.minor > 0 else "D"
        lines.append(f":61:{one.on:%y%m%d%m%d}{mark}{_comma(one.minor)}NTRFNONREF")
        lines.append(f":86:166?00X?20SVWZ+{one.text[:27]}?31{one.iban}?32{one.name[:27]}")
    lines += [f":62F:{_mark(closing)}", "-", ""]
    return ImportFile(name, "\r\n".join(lines).encode())


def csv_file(rows: Sequence[Movement], name: str = "statement.csv") -> ImportFile:
    """The same as a bank's CSV export."""
    lines = ["Buchungstag;Betrag;Name;IBAN;Verwendungszweck"]
    for one in rows:
        lines.append(f"{one.on:%d.%m.%Y};{_comma(one.minor, '-')};{one.name};{one.iban};{one.text}")
    return ImportFile(name, "\r\n".join(lines).encode())


def _comma(minor: int, minus: str = "") -> str:
    sign = minus if minor < 0 else ""
    return f"{sign}{abs(minor) // 100},{abs(minor) % 100:02}"


def _mark(minor: int) -> str:
    return f"{'C' if minor >= 0 else 'D'}{DAY:%y%m%d}EUR{_comma(minor)}"
