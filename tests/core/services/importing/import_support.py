"""What the tests of imports ask of the books."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billdesk.core.db.archive import Archive
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.services.importing import (
    ImportFile,
    ImportFiles,
    ImportOptions,
    ImportReport,
    ImportService,
    parse_mapping,
)
from billdesk.core.services.verification import VerificationService

EXAMPLE = Path(__file__).parents[3] / "data" / "import"

CUSTOMERS = "number,name\nC-0007,Acme\n"
INVOICES = "number,customer,issued_on,due_on,paid_on,total\n"
LINES = "invoice,name,quantity,unit_price,tax\n"


@dataclass(frozen=True)
class Desk:
    """The books of one company and the questions of the tests."""

    uow: UnitOfWork
    archive: Archive
    file: Path

    def run(self, files: ImportFiles, mapping: str = "", **options: Any) -> ImportReport:
        """Import with the text of a mapping file."""
        return ImportService(self.uow).run(
            files, ImportOptions(mapping=parse_mapping(mapping), **options)
        )

    def take(self, *, mapping: str = "", **texts: str) -> ImportReport:
        """Import files given as texts, named like ``lines.csv``."""
        files = {kind: ImportFile(f"{kind}.csv", text.encode()) for kind, text in texts.items()}
        return self.run(ImportFiles(**files), mapping)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The answer of a SELECT."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(statement).fetchall()

    def dump(self) -> str:
        """The whole database as text."""
        with closing(sqlite3.connect(self.file)) as connection:
            return "\n".join(connection.iterdump())

    def violations(self) -> tuple[object, ...]:
        """What the verification finds wrong."""
        return VerificationService(self.uow, self.archive).run().violations


def example_files() -> ImportFiles:
    """The files docs/import.md explains."""
    names = ("kunden.csv", "artikel.csv", "rechnungen.csv", "positionen.csv")
    return ImportFiles(*(ImportFile.read(EXAMPLE / name) for name in names))


def places(report: ImportReport) -> list[tuple[str, int, str]]:
    """Where the problems are."""
    return [(problem.file, problem.line, problem.column) for problem in report.problems]
