"""Verify my books: every invariant, named and checked against the rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from billdesk.core.db.archive import Archive
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.services.verification import audit_chain, documents, ledger
from billdesk.core.services.verification.checks import (
    OF_THE_COMPANY,
    OF_THE_DATABASE,
    violations,
)
from billdesk.core.services.verification.soundness import Soundness, look
from billdesk.core.services.verification.violation import Violation


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
        checks = OF_THE_DATABASE + OF_THE_COMPANY
        found: list[Violation] = []
        with self._uow.read() as connection:
            found.extend(violations(connection, self._uow.company_id, checks))
            found.extend(self._stored_files(documents.renditions(connection, self._uow.company_id)))
            seq, head = audit_chain.head(connection, self._uow.company_id)
            counted = documents.count_issued(connection, self._uow.company_id)
            counted_entries = ledger.count_entries(connection, self._uow.company_id)
        names = (*(name for name, _ in checks), "Stored PDFs match their hash")
        return Report(names, tuple(found), counted, counted_entries, seq, head)

    def look(self) -> Soundness:
        """Check for a minute at most; stored files are left out."""
        with self._uow.read() as connection:
            return look(connection, self._uow.company_id)

    def _stored_files(self, hashes: Iterable[tuple[str, str]]) -> Iterable[Violation]:
        damaged = {problem.sha256 for problem in self._archive.verify_all()}
        for number, sha256 in hashes:
            if sha256 in damaged:
                yield Violation("stored-pdf", number, "the stored PDF has been changed")
            elif not self._archive.has(sha256):
                yield Violation("stored-pdf", number, "the stored PDF is missing")
