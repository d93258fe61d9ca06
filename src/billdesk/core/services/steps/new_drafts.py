"""Begin a draft of any kind."""

from billdesk.core.db.tables import Document
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.events import DraftSaved
from billdesk.core.queries.drafts import read_draft
from billdesk.core.services.steps.documents import action_family
from billdesk.core.services.steps.drafts import write_draft
from billdesk.core.services.steps.numbers import series_of, take_number
from billdesk.core.services.steps.revisions import keep_revision


def begin_draft(tx: Transaction, kind: DocumentKind, draft: InvoiceDraft) -> Document:
    """Store a new draft, with its number if the series gives it at creation.

    Raises ``UserError`` with the field that cannot be stored.
    """
    series = series_of(tx, kind)
    document = Document(
        uid=new_uid(),
        company_id=tx.company_id,
        kind=kind.value,
        series_id=series.id,
        created_at=tx.now,
    )
    if series.at_creation:
        document.number = take_number(tx, series, draft.issued_on or tx.today)
    write_draft(tx, document, draft)
    tx.audit(
        f"{action_family(kind)}.created",
        f"document:{document.uid}",
        after={"total_minor": document.total_minor, "number": document.number},
    )
    tx.tell(DraftSaved(tx.company_id, document.id))
    keep_revision(tx, document, read_draft(tx.connection, tx.company_id, document.id))
    return document
