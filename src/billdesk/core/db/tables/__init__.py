"""The mapped tables, by what they are about."""

from billdesk.core.db.tables.base import Base
from billdesk.core.db.tables.books import (
    Allocation,
    AuditDetail,
    AuditHead,
    AuditLog,
    LedgerEntry,
    Payment,
    Posting,
)
from billdesk.core.db.tables.company import (
    Account,
    Attachment,
    Company,
    Install,
    NumberCounter,
    NumberSeries,
    Setting,
    TaxRate,
    User,
)
from billdesk.core.db.tables.outside import Mail, Outbox, PaymentLink, StripeCursor, StripeEvent
from billdesk.core.db.tables.trade import (
    Customer,
    Document,
    DocumentAdjustment,
    DocumentLine,
    DocumentLineTax,
    DocumentSnapshot,
    Item,
    Rendition,
)

__all__ = [
    "Account",
    "Allocation",
    "Attachment",
    "AuditDetail",
    "AuditHead",
    "AuditLog",
    "Base",
    "Company",
    "Customer",
    "Document",
    "DocumentAdjustment",
    "DocumentLine",
    "DocumentLineTax",
    "DocumentSnapshot",
    "Install",
    "Item",
    "LedgerEntry",
    "Mail",
    "NumberCounter",
    "NumberSeries",
    "Outbox",
    "Payment",
    "PaymentLink",
    "Posting",
    "Rendition",
    "Setting",
    "StripeCursor",
    "StripeEvent",
    "TaxRate",
    "User",
]
