"""Write everything of a company into one file that needs no BillDesk to be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from billdesk import __version__
from billdesk.core.db.archive import Archive
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.db.tables import Attachment, Company, Install, Rendition
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.services.transfer.company_tables import company_tables
from billdesk.core.services.transfer.export_file import (
    ExportWriter,
    blob_member,
    table_member,
    write_export,
)
from billdesk.core.services.transfer.figures import figures_of
from billdesk.core.services.transfer.rows import company_rows
from billdesk.resources import locate

CHECKER = "check_export.py"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many rows and files, and the head of the audit log in it."""

    file: Path
    rows: int
    files: int
    audit_seq: int
    audit_head: str


class ExportService:
    """Reads the books in one snapshot; changes nothing."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    def write(self, target: Path) -> Exported:
        """Write the company to the new ZIP ``target``; it appears only when it is whole.

        Raises ``UserError`` when it exists or cannot be written, ``ArchiveError`` when a stored
        file is lost.
        """
        with self._uow.read() as connection:
            company_id = self._uow.company_id
            company = connection.execute(
                select(Company.uid, Company.name, Company.currency).where(Company.id == company_id)
            ).one()
            install = connection.execute(select(Install.uid, Install.reference_key)).one()
            figures = figures_of(connection, company_id)
            hashes = stored_hashes(connection, company_id)

            def write(out: ExportWriter) -> None:
                for table in company_tables():
                    rows = company_rows(connection, table, company_id)
                    out.rows(table_member(table.name), rows)
                for sha256 in hashes:
                    out.data(blob_member(sha256), self._archive.get(sha256))
                out.data("check.py", locate(CHECKER).read_bytes())
                out.manifest(
                    {
                        "version": __version__,
                        "schema": SHIPPED.newest,
                        "company": {
                            "uid": company.uid,
                            "name": company.name,
                            "currency": company.currency,
                        },
                        "install": {"uid": install.uid, "reference_key": install.reference_key},
                        "figures": figures,
                    }
                )

            write_export(target, write)
        rows = sum(table["rows"] for table in figures["tables"].values())
        audit = figures["audit"]
        return Exported(target, rows, len(hashes), audit["seq"], audit["head"])


def stored_hashes(connection: Connection, company_id: int) -> list[str]:
    """The SHA-256 of every stored file of the company: PDFs, logos, enclosures."""

    def found() -> Iterator[str]:
        for table in (Rendition, Attachment):
            yield from connection.scalars(
                select(table.sha256).where(table.company_id == company_id)
            )

    return sorted(set(found()))
