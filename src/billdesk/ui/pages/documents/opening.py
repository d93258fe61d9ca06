"""Read what the page of one document needs, in one go and off the GUI thread."""

from dataclasses import dataclass, replace

from billdesk.core.domain.custom_fields import Entity
from billdesk.core.domain.documents import DocumentKind, DocumentState
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.tax_dates import RateChains
from billdesk.core.queries import Queries
from billdesk.core.queries.cost_centres import CostCentreRow
from billdesk.core.queries.documents import DocumentDetail, TimelineEntry
from billdesk.ui.pages.documents.draft_editor import OpenedDraft, usual_taxes
from billdesk.ui.pages.documents.tax_box import TaxChoices


@dataclass(frozen=True)
class Opened:
    """A document to show: ``form`` for a draft, ``timeline`` for an issued one."""

    detail: DocumentDetail | None
    form: OpenedDraft | None
    timeline: tuple[TimelineEntry, ...] = ()
    can_make_link: bool = False
    kind: DocumentKind = DocumentKind.INVOICE


def open_document(
    queries: Queries,
    document_id: int | None,
    customer_id: int | None = None,
    kind: DocumentKind = DocumentKind.INVOICE,
) -> Opened:
    """A stored document, or a new one of ``kind`` for a customer. Raises ``NotFound``."""
    detail = None if document_id is None else queries.document(document_id)
    if detail is not None and detail.state is not DocumentState.DRAFT:
        enabled = queries.company().online_payment.enabled
        return Opened(detail, None, queries.timeline(detail.id), enabled, detail.kind)
    kind = kind if detail is None else detail.kind
    draft = queries.new_draft(customer_id, kind) if detail is None else detail.draft
    defaults = draft if detail is None else queries.new_draft(draft.customer_id, kind)
    customer = None
    if draft.customer_id is not None:
        customer = queries.customer(draft.customer_id)
    taxes = read_taxes(queries)
    usual = taxes.today_s(usual_taxes(queries, draft.customer_id))
    if all(rate in taxes.known for rate in usual):
        taxes = replace(taxes, default=usual)
    fields = tuple(row.field for row in queries.custom_fields() if row.entity is Entity.DOCUMENT)
    form = OpenedDraft(
        draft,
        defaults,
        customer,
        queries.company(),
        taxes,
        fields,
        kind=kind,
        deposits=queries.deposits(draft.deposit_ids),
        centres=_read_centres(queries, draft),
    )
    return Opened(detail, form, kind=kind)


def _read_centres(queries: Queries, draft: InvoiceDraft) -> tuple[CostCentreRow, ...]:
    """The cost centres on offer, and the deleted ones that lines still have."""
    used = {line.cost_centre_id for line in draft.lines}
    gone = queries.cost_centres(deleted=True) if used - {None} else ()
    return (*queries.cost_centres(), *(one for one in gone if one.id in used))


def read_taxes(queries: Queries) -> TaxChoices:
    """The rates to offer, and the deleted ones that old lines may still carry."""
    usable = queries.tax_rates()
    all_rates = (*usable, *queries.tax_rates(deleted=True))
    chains, today = RateChains(all_rates), queries.today()
    return TaxChoices(
        known={rate.id: rate.tax() for rate in all_rates},
        usable=tuple(rate.id for rate in usable),
        default=tuple(chains.in_force(rate.id, today) for rate in usable if rate.is_default)[:1],
        chains=chains,
        today=today,
    )
