"""Invariants of tax that is due when it is paid."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Account, Document, LedgerEntry, Posting
from billdesk.core.domain.accounts import Role
from billdesk.core.services.steps.tax_due import TaxedDocument, ought_to_wait
from billdesk.core.services.steps.tax_rows import NOTHING, waiting_taxes
from billdesk.core.services.verification.violation import Violation


def not_yet_due(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Tax waits only for documents on cash basis, in proportion to what is unpaid of them."""
    waiting = (
        select(
            Document.number,
            Posting.tax_rate_id,
            func.sum(Posting.minor).label("minor"),
            func.sum(Posting.base_minor).label("base_minor"),
        )
        .join(Account, Account.id == Posting.account_id)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .outerjoin(Document, Document.id == Posting.document_id)
        .where(
            Posting.company_id == company_id,
            Account.role == Role.TAX_NOT_DUE.value,
            LedgerEntry.source_type != "bank_line",
            # Nothing waits for a document that is settled, void or taxed when it is invoiced.
            Document.id.is_(None) | Document.cash_basis.is_(False) | (Document.open_minor == 0),
        )
        .group_by(Document.number, Posting.document_id, Posting.tax_rate_id)
        .having((func.sum(Posting.minor) != 0) | (func.sum(Posting.base_minor) != 0))
    )
    for number, _, minor, _ in connection.execute(waiting).all():
        yield Violation("tax-not-due", number or "no document", f"{minor} waits for nothing")
    for row in connection.execute(
        select(
            Document.id,
            Document.number,
            Document.kind,
            Document.total_minor,
            Document.prepaid_minor,
            Document.open_minor,
        ).where(
            Document.company_id == company_id,
            Document.cash_basis.is_(True),
            Document.issued_at.is_not(None),
            Document.open_minor != 0,
        )
    ).all():
        facts = TaxedDocument(row.id, row.kind, row.total_minor, row.prepaid_minor, row.open_minor)
        wanted = ought_to_wait(connection, company_id, facts)
        for rate_id, (left, moved) in waiting_taxes(connection, company_id, row.id).items():
            off = wanted[rate_id].minus(left).minus(moved)
            if off != NOTHING:
                yield Violation("tax-not-due", row.number, f"{-off.minor} too much waits")
