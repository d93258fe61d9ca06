"""Read a draft back as it was typed."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, select

from billdesk.core.db.tables import (
    Document,
    DocumentAdjustment,
    DocumentLine,
    DocumentLineTax,
    DocumentReference,
)
from billdesk.core.domain.canonical import from_json
from billdesk.core.domain.custom_fields import values_from_json
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_DOCUMENT = select(Document.__table__).where(
    Document.company_id == bindparam("company"), Document.id == bindparam("of")
)
_LINES = (
    select(DocumentLine.__table__)
    .where(DocumentLine.document_id == bindparam("of"))
    .order_by(DocumentLine.position)
)
_TAXES = (
    select(DocumentLineTax.position, DocumentLineTax.tax_rate_id)
    .where(DocumentLineTax.document_id == bindparam("of"))
    .order_by(DocumentLineTax.position, DocumentLineTax.ordinal)
)
_ADJUSTMENTS = (
    select(DocumentAdjustment.__table__)
    .where(DocumentAdjustment.document_id == bindparam("of"))
    .order_by(DocumentAdjustment.ordinal)
)
_DEPOSITS = (
    select(DocumentReference.refers_to_id)
    .where(
        DocumentReference.company_id == bindparam("company"),
        DocumentReference.document_id == bindparam("of"),
        DocumentReference.kind == DocumentReferenceKind.DEDUCTS_DEPOSIT.value,
    )
    .order_by(DocumentReference.refers_to_id)
)


def read_draft(connection: Connection, company_id: int, document_id: int) -> InvoiceDraft:
    """The content of a document, draft or issued, as an editable draft."""
    named = {"company": company_id, "of": document_id}
    row = connection.execute(_DOCUMENT, named).one()
    return InvoiceDraft(
        customer_id=row.customer_id,
        currency=row.currency,
        exchange_rate=row.exchange_rate or None,
        exchange_rate_on=row.exchange_rate_on,
        issued_on=row.issued_on,
        terms_days=row.terms_days,
        due_on=row.due_on,
        discount=discount_of(row),
        service_from=row.service_from,
        service_to=row.service_to,
        order_reference=row.order_reference,
        subject=row.subject,
        introduction=row.introduction,
        terms=row.terms,
        language=row.language,
        price_mode=PriceMode(row.price_mode),
        tax_rounding=TaxRounding(row.tax_rounding),
        cash_step_minor=row.cash_step_minor,
        online_payment=row.online_payment,
        contact=row.contact,
        delivery=from_json(Delivery, row.delivery) if row.delivery else None,
        custom=values_from_json(row.custom),
        lines=_lines(connection, document_id),
        adjustments=_adjustments(connection, document_id),
        valid_until=row.valid_until,
        deposit_ids=tuple(connection.scalars(_DEPOSITS, named)),
    )


def discount_of(row: Any) -> DiscountTerms | None:
    """The early-payment discount in the columns of a document or customer."""
    if row.discount_percent is None or row.discount_days is None:
        return None
    return DiscountTerms(row.discount_percent, row.discount_days)


def _lines(connection: Connection, document_id: int) -> tuple[LineDraft, ...]:
    taxes: dict[int, list[int]] = {}
    for row in connection.execute(_TAXES, {"of": document_id}):
        taxes.setdefault(row.position, []).append(row.tax_rate_id)
    return tuple(
        LineDraft(
            name=row.name,
            quantity=row.quantity,
            unit_price=row.unit_price,
            description=row.description,
            unit=row.unit,
            unit_code=row.unit_code,
            tax_rate_ids=tuple(taxes.get(row.position, ())),
            adjustments=_stored_adjustments(row.adjustments),
            item_id=row.item_id,
            account_id=row.account_id,
            cost_centre_id=row.cost_centre_id,
        )
        for row in connection.execute(_LINES, {"of": document_id})
    )


def _stored_adjustments(text: str) -> tuple[Adjustment, ...]:
    return tuple(from_json(Adjustment, json.dumps(one)) for one in json.loads(text))


def _adjustments(connection: Connection, document_id: int) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            is_charge=row.is_charge,
            percent=Decimal(row.percent) if row.percent is not None else None,
            amount_minor=row.amount_minor,
            reason=row.reason,
        )
        for row in connection.execute(_ADJUSTMENTS, {"of": document_id})
    )
