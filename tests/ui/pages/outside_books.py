"""Books in which work with the outside has left its traces, row by row."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from billdesk.bootstrap import Books
from billdesk.core.application import Application
from billdesk.core.db.tables import (
    Mail,
    Outbox,
    PaymentLink,
    ServiceCallHour,
    ServiceState,
    Setting,
    StripeCursor,
    StripeEvent,
)
from billdesk.core.db.types import new_uid
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.settings import GROUPS, OnlinePayment
from billdesk.core.services.customers import CustomerInput

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass
class OutsideBooks:
    """What the workers write, without them."""

    app: Application
    books: Books

    def insert(self, table: Any, **values: Any) -> int:
        with self.books.engine.begin() as connection:
            result = connection.execute(
                insert(table).values(company_id=self.app.company_id, **values)
            )
            key = (result.inserted_primary_key or (0,))[-1]
        return key if isinstance(key, int) else 0

    def connect(self, *, livemode: bool = False) -> None:
        """A Stripe account, last looked at when these books' clock stands."""
        online = OnlinePayment(
            enabled=True, account="acct", account_name="Morning Studio", livemode=livemode
        )
        name = GROUPS[OnlinePayment].value
        self.insert(Setting, name=name, body=canonical_json(online), version=1)
        self.insert(
            StripeCursor,
            stripe_account="acct",
            livemode=livemode,
            connected_at=NOW,
            last_ok_at=NOW,
        )

    def go_live(self) -> None:
        """The connected account with a live key."""
        online = OnlinePayment(enabled=True, account="acct", livemode=True)
        with self.books.engine.begin() as connection:
            connection.execute(
                update(Setting)
                .where(Setting.name == GROUPS[OnlinePayment].value)
                .values(body=canonical_json(online))
            )

    def issue(self, customer: str = "Atelier Morel") -> int:
        """An issued invoice; what issuing asked for is done."""
        customer_id = self.app.customers.create(CustomerInput(customer))
        draft = InvoiceDraft(
            customer_id=customer_id,
            currency="EUR",
            terms_days=14,
            lines=(LineDraft("Work", Decimal(1), Decimal(100)),),
        )
        saved = self.app.invoices.create(draft)
        self.app.invoices.issue(saved.document_id, saved.version)
        with self.books.engine.begin() as connection:
            connection.execute(update(Outbox).values(state="done", done_at=NOW))
        return saved.document_id

    def event(self, number: int, state: str, **values: Any) -> None:
        """A message from Stripe."""
        row = {
            "livemode": False,
            "id": f"evt_{number}",
            "type": "charge.succeeded",
            "created_at": NOW,
            "api_version": "",
            "object_id": f"ch_{number}",
            "object_type": "charge",
            "root": f"charge:ch_{number}",
            "state": state,
            "next_try_at": NOW,
            "received_at": NOW,
            **values,
        }
        self.insert(StripeEvent, **row)

    def link(self, document_id: int, state: str, **values: Any) -> int:
        """A payment link of 100 euros, its revision one after the last."""
        with self.books.engine.connect() as connection:
            taken = connection.scalars(
                select(PaymentLink.revision).where(PaymentLink.document_id == document_id)
            ).all()
        row = {
            "uid": new_uid(),
            "document_id": document_id,
            "revision": len(taken) + 1,
            "amount_minor": 10000,
            "currency": "EUR",
            "livemode": False,
            "stripe_account": "acct",
            "params": "{}",
            "idempotency_key": new_uid(),
            "state": state,
            "created_at": NOW,
            "updated_at": NOW,
            **values,
        }
        return self.insert(PaymentLink, **row)

    def mail(self, document_id: int, state: str, **values: Any) -> int:
        """A mail to ada@example.com."""
        row = {
            "uid": new_uid(),
            "document_id": document_id,
            "recipient": "ada@example.com",
            "subject": "Invoice",
            "body": "…",
            "message_id": f"<{new_uid()}@example.com>",
            "state": state,
            "created_at": NOW,
            **values,
        }
        return self.insert(Mail, **row)

    def job(self, document_id: int, kind: str, state: str, **values: Any) -> int:
        """A job of the outbox."""
        row = {
            "kind": kind,
            "document_id": document_id,
            "state": state,
            "not_before_at": NOW,
            "correlation_id": new_uid(),
            "created_at": NOW,
            "done_at": NOW if state in ("done", "failed", "cancelled") else None,
            **values,
        }
        return self.insert(Outbox, **row)

    def due_at(self, job_id: int) -> datetime:
        """When a job is tried next."""
        with self.books.engine.connect() as connection:
            at = connection.scalar(select(Outbox.not_before_at).where(Outbox.id == job_id))
        assert isinstance(at, datetime)
        return at

    def service(self, name: str = "stripe", **values: Any) -> None:
        """How a service does."""
        self.insert(ServiceState, service=name, livemode=False, updated_at=NOW, **values)

    def calls(self, **values: int) -> None:
        """What was called in the hour before."""
        hour_at = NOW.replace(minute=0) - timedelta(hours=1)
        self.insert(ServiceCallHour, service="stripe", livemode=False, hour_at=hour_at, **values)
