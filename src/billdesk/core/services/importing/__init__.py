"""Import customers, items and invoices from CSV files (docs/import.md)."""

from billdesk.core.services.importing.files import ImportFile, ImportFiles
from billdesk.core.services.importing.mapping import ImportMapping, parse_mapping, read_mapping
from billdesk.core.services.importing.options import ImportOptions, ImportReport
from billdesk.core.services.importing.problems import Problem
from billdesk.core.services.importing.service import ImportService

__all__ = [
    "ImportFile",
    "ImportFiles",
    "ImportMapping",
    "ImportOptions",
    "ImportReport",
    "ImportService",
    "Problem",
    "parse_mapping",
    "read_mapping",
]
