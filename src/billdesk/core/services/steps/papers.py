"""Issue a document that is made in one step from what it is about, without a draft."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Customer, Document
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.events import DocumentRelated
from billdesk.core.domain.freezing import build_snapshot, totals_input
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.totals import compute
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.queries.references import named_references
from billdesk.core.services.steps.drafts import draft_with_currency, fill_document, insert_lines
from billdesk.core.services.steps.issue import check_glyphs, freeze
from billdesk.core.services.steps.numbers import series_of, take_number
from billdesk.core.services.steps.references import refer
from billdesk.core.services.steps.settings import company_row, read_setting

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document made in one step says; its lines carry no tax.

    ``finish`` adds to the snapshot what only this kind has; ``due_on`` is for reminders.
    """

    kind: DocumentKind
    draft: InvoiceDraft
    reference: DocumentReferenceKind | None = None
    refers_to_ids: tuple[int, ...] = ()
    finish: Callable[[Snapshot], Snapshot] = lambda snapshot: snapshot
    due_on: date | None = None


def amount_line(text: str, minor: int, scale: int) -> LineDraft:
    """A line of exactly ``minor``, negative ones by their quantity."""
    return LineDraft(text, ONE if minor >= 0 else -ONE, Decimal(abs(minor)).scaleb(-scale))


def make_paper(tx: Transaction, customer: Customer, paper: Paper) -> tuple[Document, str]:
    """Number and freeze the document; returns it and the hash of its snapshot, to be announced.

    The series must be locked by the caller. Raises ``UserError`` for what cannot be printed.
    """
    issued_on = paper.draft.issued_on or tx.today
    draft = draft_with_currency(tx, replace(paper.draft, customer_id=customer.id))
    totals = compute(totals_input(draft, {}))
    series = series_of(tx, paper.kind)
    document = Document(
        uid=new_uid(),
        company_id=tx.company_id,
        kind=paper.kind.value,
        series_id=series.id,
        created_at=tx.now,
    )
    document.number = take_number(tx, series, issued_on, customer.number)
    fill_document(tx, document, draft, totals, customer)
    if not document.exchange_rate:
        document.exchange_rate = ONE
    tx.session.add(document)
    tx.session.flush()
    insert_lines(tx, [(document, draft, totals)])
    if paper.reference is not None:
        refer(tx, document, paper.reference, _once(paper.refers_to_ids))
        for one in _once(paper.refers_to_ids):
            tx.tell(DocumentRelated(tx.company_id, one))
    snapshot = build_snapshot(
        replace(draft, language=document.language),
        totals,
        {},
        number=document.number,
        issued_on=issued_on,
        company_name=company_row(tx).name,
        profile=read_setting(tx, CompanyProfile),
        defaults=read_setting(tx, InvoiceDefaults),
        buyer=buyer_of(customer),
        kind=paper.kind,
    )
    snapshot = paper.finish(
        replace(
            snapshot,
            due_on=paper.due_on,
            references=named_references(tx.connection, tx.company_id, document.id),
        )
    )
    check_glyphs(snapshot)
    return document, freeze(tx, document, snapshot)


def _once(ids: Iterable[int]) -> list[int]:
    return sorted(set(ids))
