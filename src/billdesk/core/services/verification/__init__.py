"""Verify my books: every invariant, named and checked against the rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from billdesk.core.db.archive import Archive
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.services.verification import (
    audit_chain,
    bank,
    credit,
    documents,
    entries,
    guards,
    ledger,
    movements,
    numbers,
    payments,
    search,
    taken_back,
    taxes,
)
from billdesk.core.services.verification.violation import Check, Violation


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, what is wrong, and the head of the audit chain to keep."""

    checks: tuple[str, ...]
    violations: tuple[Violation, ...]
    documents: int
    entries: int
    audit_seq: int
    audit_head: str

    @property
    def clean(self) -> bool:
        """Whether the books are consistent."""
        return not self.violations


class VerificationService:
    """Reads the books of one company in one snapshot; changes nothing."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def run(self) -> Report:
        """Check every invariant."""
        checks: tuple[tuple[str, Check], ...] = (
            ("The guards in the database are intact", guards.intact),
            ("Every ledger entry balances", ledger.entries_balance),
            ("Every ledger row belongs to this company", ledger.one_company),
            ("Receivables equal what invoices have open", ledger.receivables),
            ("Customer credit and suspense equal money not allocated", credit.customer_credit),
            ("Credit notes have open what they did not settle", credit.credit_notes),
            ("Stripe clearing equals Stripe's payments", ledger.stripe_clearing),
            ("Every entry has its document or payment", entries.entries_have_a_source),
            ("Revenue and tax in the ledger are the documents'", entries.issue_entries),
            ("Money in the ledger is the payments'", entries.money_entries),
            ("Money given back by hand is in the ledger once", entries.refund_entries),
            ("Fees in the ledger are Stripe's", entries.fee_entries),
            ("Totals agree in document, snapshot and ledger", documents.totals),
            ("Open amounts equal their recomputation", documents.open_amounts),
            ("Payment links ask for what was open", documents.links),
            ("No number twice, no unexplained gap", numbers.sequence),
            ("Every payment is posted exactly once", payments.posted_once),
            ("Refunds in the ledger are the payments'", payments.refunds),
            ("Refunds add up in payments and ledger", movements.refund_rows),
            ("Deductions in the ledger are the documents'", movements.deductions),
            ("What is settled was owed and stays paid for", movements.taken_with),
            ("Exchange differences move no money", movements.exchange),
            ("Deposits are deducted once, as they were taken", movements.deposits),
            ("No more is credited than was billed", taken_back.credited),
            ("Each deposit is in one final invoice", taken_back.deducted_once),
            ("Quotes are billed up to their total", taken_back.billed),
            ("Tax is given back at most once", taxes.given_back),
            ("Tax not yet due waits for what is unpaid", taxes.not_yet_due),
            ("Bank lines are in the books once", bank.lines),
            ("Documents say what their payments say", payments.states_of_documents),
            ("A search finds what documents say", search.texts),
            ("The search index holds every document's text", search.index),
            ("Every document that was issued exists", audit_chain.documents_exist),
            ("The audit chain is unbroken", audit_chain.unbroken),
            ("Snapshots match what the audit log recorded", audit_chain.snapshots),
            ("Stored PDFs are the ones the audit log recorded", audit_chain.stored_pdfs),
        )
        found: list[Violation] = []
        with self._uow.read() as connection:
            for _, check in checks:
                found.extend(check(connection, self._uow.company_id))
            found.extend(self._stored_files(documents.renditions(connection, self._uow.company_id)))
            seq, head = audit_chain.head(connection, self._uow.company_id)
            counted = documents.count_issued(connection, self._uow.company_id)
            counted_entries = ledger.count_entries(connection, self._uow.company_id)
        names = (*(name for name, _ in checks), "Stored PDFs match their hash")
        return Report(names, tuple(found), counted, counted_entries, seq, head)

    def _stored_files(self, hashes: Iterable[tuple[str, str]]) -> Iterable[Violation]:
        damaged = {problem.sha256 for problem in self._archive.verify_all()}
        for number, sha256 in hashes:
            if sha256 in damaged:
                yield Violation("stored-pdf", number, "the stored PDF has been changed")
            elif not self._archive.has(sha256):
                yield Violation("stored-pdf", number, "the stored PDF is missing")
