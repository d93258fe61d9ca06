"""Invariants of payment links and of the plans they follow."""

import json
from collections.abc import Iterable
from functools import cache
from itertools import groupby, pairwise

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Document, Instalment, PaymentLink
from billdesk.core.domain.outside import LinkState
from billdesk.core.gateways.stripe.amounts import iso_amount
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.services.verification.violation import Violation


def links(connection: Connection, company_id: int) -> Iterable[Violation]:
    """The stored request of each link asks for the link's amount, in its currency.

    One that can be paid asks for no more than is open, and for less only as a part.
    """
    rows = connection.execute(_links(company_id))
    for row in rows:
        asked = json.loads(row.params)["line_items"][0]["price_data"]
        currency = asked["currency"].upper()
        amount = iso_amount(asked["unit_amount"], currency)
        if (amount, currency) != (row.amount_minor, row.currency):
            yield Violation(
                "link-amount", f"{row.number} link {row.revision}", f"it asks for {amount}"
            )
        of_open = amount <= row.open_minor if row.is_part else amount == row.open_minor
        if row.state == LinkState.ACTIVE and not of_open:
            yield Violation(
                "link-open", f"{row.number} link {row.revision}", "it asks for other than is open"
            )


@cache
def _links(company_id: int) -> AnySelect:
    return (
        select(
            Document.number,
            Document.open_minor,
            PaymentLink.revision,
            PaymentLink.amount_minor,
            PaymentLink.currency,
            PaymentLink.params,
            PaymentLink.state,
            PaymentLink.is_part,
        )
        .join(Document, Document.id == PaymentLink.document_id)
        .where(PaymentLink.company_id == company_id)
    )


def instalments(connection: Connection, company_id: int) -> Iterable[Violation]:
    """A plan counts its parts from 1, each more than zero and later than the one before."""
    rows = connection.execute(_instalments(company_id))
    for number, parts in groupby(rows, key=lambda row: row.number):
        plan = list(parts)
        if (
            [row.position for row in plan] != list(range(1, len(plan) + 1))
            or any(row.minor <= 0 for row in plan)
            or any(later.due_on <= row.due_on for row, later in pairwise(plan))
        ):
            yield Violation("instalments", number, "its parts do not follow one another")


@cache
def _instalments(company_id: int) -> AnySelect:
    return (
        select(Document.number, Instalment.position, Instalment.due_on, Instalment.minor)
        .join(Document, Document.id == Instalment.document_id)
        .where(Instalment.company_id == company_id)
        .order_by(Document.id, Instalment.position)
    )
