"""Whether an export is of everything: what its manifest leaves out, nothing has checked."""

from pathlib import Path
from typing import Any

from billdesk.core.domain.errors import UserError
from billdesk.core.services.transfer.company_tables import company_tables
from billdesk.core.services.transfer.export_file import blob_member, table_member
from billdesk.core.services.transfer.export_reading import ExportReader

# The tables whose rows name a stored file by its hash.
_WITH_FILES = ("rendition", "attachment")


def check_whole(file: Path, export: ExportReader) -> None:
    """Every table and every stored file is a member that the manifest names, as it should be.

    Raises ``UserError``.
    """
    members: dict[str, Any] = export.manifest["members"]
    counts = export.manifest["figures"]["tables"]
    for table in company_tables():
        member = table_member(table.name)
        rows = _named(file, members, member).get("rows")
        if table.name not in counts or rows != counts[table.name]["rows"]:
            raise UserError(f"“{file}” is not whole: {member} has not the rows it should have.")
    for stored in export.blobs():
        if members[blob_member(stored)]["sha256"] != stored:
            raise UserError(f"“{file}” has been changed: {stored[:12]}… is another file.")
    for name in _WITH_FILES:
        for row in export.rows(table_member(name)):
            sha256 = row.get("sha256")
            member = blob_member(str(sha256))
            if _named(file, members, member).get("sha256") != sha256:
                raise UserError(f"“{file}” has been changed: {member} is another file.")


def _named(file: Path, members: dict[str, Any], member: str) -> dict[str, Any]:
    facts: dict[str, Any] | None = members.get(member)
    if facts is None:
        raise UserError(f"“{file}” is not whole: its manifest does not name {member}.")
    return facts
