"""From a draft to the snapshot that is printed, previewed and frozen: one way for all three."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.ledger import to_base
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.snapshot import (
    BaseTotals,
    Buyer,
    Seller,
    Snapshot,
    SnapshotAdjustment,
    SnapshotField,
    SnapshotLine,
    SnapshotTax,
)
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import (
    Deposit,
    LineInput,
    LineTotals,
    TaxTotals,
    Totals,
    TotalsInput,
)


def totals_input(
    draft: InvoiceDraft,
    taxes: Mapping[int, Tax],
    prepaid_minor: int = 0,
    deposits: tuple[Deposit, ...] = (),
) -> TotalsInput:
    """What the totals engine needs of a draft; ``taxes`` by tax rate id.

    ``deposits`` are those that a final invoice deducts.
    """
    return TotalsInput(
        currency=draft.currency,
        lines=tuple(
            LineInput(
                line.quantity,
                line.unit_price,
                tuple(taxes[rate_id] for rate_id in line.tax_rate_ids),
                line.adjustments,
            )
            for line in draft.lines
        ),
        adjustments=draft.adjustments,
        price_mode=draft.price_mode,
        tax_rounding=draft.tax_rounding,
        cash_step_minor=draft.cash_step_minor,
        prepaid_minor=prepaid_minor,
        deposits=deposits,
    )


def build_snapshot(
    draft: InvoiceDraft,
    totals: Totals,
    taxes: Mapping[int, Tax],
    *,
    number: str,
    issued_on: date,
    company_name: str,
    profile: CompanyProfile,
    defaults: InvoiceDefaults,
    buyer: Buyer,
    deposits: tuple[Deposit, ...] = (),
    base: BaseTotals | None = None,
    custom: tuple[SnapshotField, ...] = (),
    kind: DocumentKind = DocumentKind.INVOICE,
) -> Snapshot:
    """Put everything a document says into one frozen value.

    ``draft.currency`` must be set; an empty language or terms fall back to the defaults.
    ``deposits`` are those ``totals`` deducts, ``base`` what a document in foreign currency comes to
    in the company's (``base_totals``).
    ``custom`` are the fields of the company's own that are printed.
    """
    return Snapshot(
        kind=kind.value,
        number=number,
        language=draft.language or defaults.language,
        currency=draft.currency,
        scale=exponent(draft.currency),
        issued_on=issued_on,
        due_on=draft.due_date(issued_on) if kind in INVOICE_KINDS else None,
        valid_until=draft.valid_until_day(issued_on) if kind is DocumentKind.QUOTE else None,
        service_from=draft.service_from,
        service_to=draft.service_to,
        order_reference=draft.order_reference,
        subject=draft.subject,
        seller=seller_of(company_name, profile),
        buyer=replace(buyer, contact=draft.contact) if draft.contact else buyer,
        lines=tuple(
            _line(line, figures, taxes)
            for line, figures in zip(draft.lines, totals.lines, strict=True)
        ),
        adjustments=tuple(
            SnapshotAdjustment(adjustment, effect)
            for adjustment, effect in zip(draft.adjustments, totals.adjustments_minor, strict=True)
        ),
        taxes=_rows(totals.taxes),
        subtotal_minor=totals.subtotal_minor,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        rounding_minor=totals.rounding_minor,
        total_minor=totals.total_minor,
        prepaid_minor=totals.prepaid_minor,
        due_minor=totals.due_minor,
        price_mode=draft.price_mode,
        tax_rounding=draft.tax_rounding,
        introduction=draft.introduction,
        terms=draft.terms,
        legal_texts=_legal_texts(draft, taxes),
        online_payment=draft.online_payment,
        delivery=draft.delivery,
        custom=custom,
        template=defaults.template,
        cash_step_minor=draft.cash_step_minor,
        withheld=_rows(totals.withheld),
        withheld_minor=totals.withheld_minor,
        deposits=deposits,
        discount=draft.discount,
        base=base,
    )


def base_totals(
    draft: InvoiceDraft, totals: Totals, company_currency: str, rate: Decimal
) -> BaseTotals | None:
    """A document in foreign currency in the company's; ``None`` for one in the company's own.

    ``rate`` is company currency per unit of the document's currency; 0 where none is known yet.
    """
    if totals.currency == company_currency or not rate:
        return None
    scale, own = exponent(totals.currency), exponent(company_currency)
    return BaseTotals(
        currency=company_currency,
        scale=own,
        rate=rate,
        tax_minor=to_base(totals.tax_minor, scale, rate, own),
        total_minor=to_base(totals.total_minor, scale, rate, own),
        rate_on=draft.exchange_rate_on,
    )


def _rows(rows: tuple[TaxTotals, ...]) -> tuple[SnapshotTax, ...]:
    return tuple(SnapshotTax(row.tax, row.base_minor, row.tax_minor) for row in rows)


def seller_of(name: str, profile: CompanyProfile) -> Seller:
    """The company as documents show it."""
    return Seller(
        name=name,
        address=profile.address,
        claim=profile.claim,
        email=profile.email,
        phone=profile.phone,
        website=profile.website,
        vat_id=profile.vat_id,
        tax_number=profile.tax_number,
        register_entry=profile.register_entry,
        management=profile.management,
        bank=profile.bank,
        logo_sha256=profile.logo_sha256,
    )


def _line(line: LineDraft, figures: LineTotals, taxes: Mapping[int, Tax]) -> SnapshotLine:
    return SnapshotLine(
        name=line.name,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        amount_minor=figures.amount_minor,
        net_minor=figures.net_minor,
        taxes=tuple(taxes[rate_id] for rate_id in line.tax_rate_ids),
        adjustments=line.adjustments,
        adjustments_minor=figures.adjustments_minor,
    )


def _legal_texts(draft: InvoiceDraft, taxes: Mapping[int, Tax]) -> tuple[str, ...]:
    """The distinct reasons of the taxes used, in the order they first appear (BT-120)."""
    reasons = (taxes[rate_id].reason for line in draft.lines for rate_id in line.tax_rate_ids)
    return tuple(dict.fromkeys(reason for reason in reasons if reason))
