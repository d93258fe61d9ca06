"""Take a company out of its books as one file, and into other books, on either database."""

from billdesk.core.services.transfer.export import Exported, ExportService
from billdesk.core.services.transfer.importer import MovedIn, TransferService

__all__ = ["ExportService", "Exported", "MovedIn", "TransferService"]
