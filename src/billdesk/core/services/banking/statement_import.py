"""Take a statement into the books: each file once, each movement once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from billdesk.core.db.tables import BankLine, BankStatement
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.banking import LineState
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.texts import one_line
from billdesk.core.gateways.bank.facts import LineFacts, StatementFacts
from billdesk.core.services.banking.fingerprints import again, fingerprints
from billdesk.core.services.importing.files import ImportFile

_CHUNK = 500
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What an import brought. ``known`` lines came in before; ``repeated``: the whole file did."""

    lines: int
    known: int
    accounts: tuple[str, ...]
    repeated: bool = False


def import_statements(
    tx: Transaction, file: ImportFile, statements: Sequence[StatementFacts]
) -> ImportedStatement:
    """Write ``statements`` of ``file`` with all their lines; nothing of a file known already."""
    accounts = tuple(dict.fromkeys(one.account for one in statements))
    sha256 = sha256_hex(file.data)
    if _is_known(tx, sha256):
        return ImportedStatement(0, sum(len(one.lines) for one in statements), accounts, True)
    prints = fingerprints(statements)
    first = _first_with(tx, [one for of_statement in prints for one in of_statement])
    known = 0
    for position, (statement, own) in enumerate(zip(statements, prints, strict=True), start=1):
        row = _statement_row(tx, file, sha256, position, statement)
        tx.session.add(row)
        tx.session.flush()
        lines = [
            _line_row(tx, row.id, line, print_, first.get(print_), sha256)
            for line, print_ in zip(statement.lines, own, strict=True)
        ]
        if lines:
            tx.connection.execute(insert(BankLine), lines)
        known += sum(1 for print_ in own if print_ in first)
    imported = ImportedStatement(sum(map(len, prints)) - known, known, accounts)
    after = {"file": file.name, "sha256": sha256, "lines": imported.lines, "known": known}
    tx.audit("bank.imported", "bank", after=after)
    return imported


def _is_known(tx: Transaction, sha256: str) -> bool:
    found = tx.connection.scalar(
        select(BankStatement.id)
        .where(BankStatement.company_id == tx.company_id, BankStatement.sha256 == sha256)
        .limit(1)
    )
    return found is not None


def _first_with(tx: Transaction, prints: Sequence[str]) -> dict[str, int]:
    """The lines in the books with these fingerprints."""
    found: dict[str, int] = {}
    for start in range(0, len(prints), _CHUNK):
        rows = tx.connection.execute(
            select(BankLine.fingerprint, BankLine.id).where(
                BankLine.company_id == tx.company_id,
                BankLine.fingerprint.in_(prints[start : start + _CHUNK]),
            )
        )
        found.update({row.fingerprint: row.id for row in rows})
    return found


def _statement_row(
    tx: Transaction, file: ImportFile, sha256: str, position: int, facts: StatementFacts
) -> BankStatement:
    return BankStatement(
        company_id=tx.company_id,
        bank_format=facts.format.value,
        file_name=one_line(file.name)[:_LONGEST_NAME],
        sha256=sha256,
        position=position,
        iban=facts.account,
        statement_number=facts.number,
        currency=facts.currency,
        opening_minor=facts.opening_minor,
        closing_minor=facts.closing_minor,
        imported_at=tx.now,
    )


def _line_row(
    tx: Transaction,
    statement_id: int,
    line: LineFacts,
    fingerprint: str,
    duplicate_of: int | None,
    sha256: str,
) -> dict[str, object]:
    said = (line.remittance, line.structured_reference)
    return {
        "uid": new_uid(),
        "company_id": tx.company_id,
        "statement_id": statement_id,
        "fingerprint": again(fingerprint, sha256) if duplicate_of else fingerprint,
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "minor": line.amount_minor,
        "currency": line.currency,
        "counterparty": line.counterparty_name,
        "counterparty_iban": line.counterparty_iban,
        "remittance": " ".join(part for part in said if part) or line.booking_text,
        "end_to_end": line.end_to_end_id,
        "bank_reference": line.bank_reference,
        "state": (LineState.DUPLICATE if duplicate_of else LineState.OPEN).value,
        "duplicate_of_id": duplicate_of,
        "fee_minor": 0,
        "bookings": 0,
        "note": "",
        "created_at": tx.now,
        "updated_at": tx.now,
        "version": 1,
    }
