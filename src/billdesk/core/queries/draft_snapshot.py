"""The snapshot a draft would freeze to if it were issued now: what the preview draws."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Company, Customer
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import values_from_json
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.freezing import base_totals, build_snapshot, totals_input
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults, OnlinePayment
from billdesk.core.domain.snapshot import Buyer, Snapshot
from billdesk.core.domain.totals import compute
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.queries.draft_taxes import with_taxes
from billdesk.core.queries.references import named_deposits
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.custom_fields import definitions, printed_fields


def draft_snapshot(
    connection: Connection,
    company_id: int,
    draft: InvoiceDraft,
    today: date,
    number: str,
    kind: DocumentKind = DocumentKind.INVOICE,
) -> Snapshot:
    """``draft`` as a snapshot, however incomplete it still is.

    Raises ``UserError`` for amounts that cannot be computed.
    """
    company = connection.execute(
        select(Company.name, Company.currency).where(Company.id == company_id)
    ).one()
    defaults = stored_setting(connection, company_id, InvoiceDefaults)
    customer = connection.execute(
        select(Customer.__table__).where(
            Customer.company_id == company_id, Customer.id == draft.customer_id
        )
    ).first()
    language = draft.language or (customer.language if customer else "")
    complete = replace(draft, currency=draft.currency or company.currency, language=language)
    taxed = with_taxes(
        connection, company_id, complete, today, language=language or defaults.language
    )
    complete, taxes = taxed.draft, taxed.taxes
    if any(rate not in taxes for line in complete.lines for rate in line.tax_rate_ids):
        raise UserError("A line names a tax rate that does not exist.", field="lines")
    deposits = named_deposits(connection, company_id, draft.deposit_ids)
    totals = compute(totals_input(complete, taxes, deposits=deposits))
    online = stored_setting(connection, company_id, OnlinePayment).enabled
    # As issuing decides it: a link needs Stripe and something to pay.
    asked = draft.online_payment and online and kind in INVOICE_KINDS
    return build_snapshot(
        replace(complete, online_payment=asked and totals.due_minor > 0),
        totals,
        taxes,
        number=number,
        issued_on=draft.issued_on or today,
        company_name=company.name,
        profile=stored_setting(connection, company_id, CompanyProfile),
        defaults=defaults,
        buyer=buyer_of(customer) if customer else Buyer("", Address()),
        base=base_totals(draft, totals, company.currency, draft.exchange_rate or Decimal(0)),
        deposits=deposits,
        custom=printed_fields(
            definitions(connection, company_id),
            draft.custom,
            values_from_json(customer.custom) if customer else (),
        ),
        kind=kind,
    )
