"""Rows that the workers for Stripe and mail write, as small as the schema allows."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from query_samples import World

from billdesk.core.db.tables import Mail, Outbox, Payment, PaymentLink, Rendition
from billdesk.core.db.types import new_uid

_serial = count(1)


def add_mail(world: World, document_id: int, state: str, error: str = "") -> int:
    """A mail to ada@example.com."""
    return world.insert(
        Mail,
        uid=new_uid(),
        document_id=document_id,
        recipient="ada@example.com",
        subject="Invoice",
        body="…",
        message_id=f"<{next(_serial)}@example.com>",
        state=state,
        error=error,
        created_at=world.clock.now(),
    )


def add_link(world: World, document_id: int, revision: int, state: str, **values: Any) -> int:
    """A payment link of 100 euros."""
    now = world.clock.now()
    return world.insert(
        PaymentLink,
        **{
            "uid": new_uid(),
            "document_id": document_id,
            "revision": revision,
            "amount_minor": 10000,
            "currency": "EUR",
            "livemode": False,
            "stripe_account": "acct_1",
            "params": "{}",
            "idempotency_key": new_uid(),
            "state": state,
            "created_at": now,
            "updated_at": now,
            **values,
        },
    )


def add_job(world: World, document_id: int, kind: str, state: str, error: str = "") -> int:
    """A job of the outbox."""
    now = world.clock.now()
    return world.insert(
        Outbox,
        kind=kind,
        document_id=document_id,
        state=state,
        error=error,
        not_before_at=now,
        correlation_id=new_uid(),
        created_at=now,
    )


def add_online_payment(world: World, document_id: int, on: date, **values: Any) -> int:
    """A Stripe payment of 100 euros that was received."""
    now = world.clock.now()
    return world.insert(
        Payment,
        **{
            "uid": new_uid(),
            "version": 1,
            "document_id": document_id,
            "method": "stripe",
            "state": "succeeded",
            "currency": "EUR",
            "amount_minor": 10000,
            "base_minor": 10000,
            "exchange_rate": Decimal(1),
            "received_on": on,
            "livemode": False,
            "payment_intent": f"pi_{next(_serial)}",
            "fee_state": "final",
            "fee_minor": 175,
            "net_minor": 9825,
            "fee_currency": "EUR",
            "receipt_url": "http://127.0.0.1/receipt",
            "created_at": now,
            "updated_at": now,
            **values,
        },
    )


def add_pdf(world: World, document_id: int, kind: str, data: bytes) -> None:
    """A stored PDF."""
    world.insert(
        Rendition,
        document_id=document_id,
        kind=kind,
        snapshot_sha256="0" * 64,
        sha256=world.archive.put(data),
        size=len(data),
        created_at=world.clock.now(),
    )
