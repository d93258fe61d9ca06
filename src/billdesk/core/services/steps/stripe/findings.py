"""What Stripe's lists show and the books do not say yet, put into the inbox like an event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.tables import Dispute, Payment, PaymentLink, Refund, StripeEvent
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import RECEIVED, InboxState, PaymentState
from billdesk.core.domain.stripe_states import REFUND_FAILED
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.list_facts import RecordFact, RecordKind
from billdesk.core.services.steps.stripe.cursor import Window

# Nothing is booked for these: the customer has not paid, and may try again.
_NOTHING_YET = frozenset(
    {"requires_action", "requires_capture", "requires_confirmation", "requires_payment_method"}
)
# Whoever reads the payment for another reason learns these as well.
_TOLD_BY_THE_PAYMENT = (RecordKind.SESSION, RecordKind.PAYMENT_INTENT)
_NOT_PAID = frozenset({"canceled", "requires_payment_method"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A payment to be read: ``kind`` is in which list it was seen, ``root`` what is fetched."""

    kind: str
    intent: str
    root: str

    @classmethod
    def open_payment(cls, intent: str) -> "Finding":
        """One that is open in the books; its refunds and disputes are read too."""
        return cls("refund.dispute", intent, f"{RootKind.PAYMENT_INTENT.value}:{intent}")


def find_news(
    tx: Transaction, window: Window, records: Sequence[RecordFact]
) -> tuple[Finding, ...]:
    """Those of ``records`` that are ours and say something else than the books."""
    intents = {one.intent_id for one in records if one.intent_id}
    known = {
        row.payment_intent: PaymentState(row.state)
        for row in tx.connection.execute(
            select(Payment.payment_intent, Payment.state).where(
                Payment.company_id == tx.company_id,
                Payment.livemode == window.livemode,
                Payment.payment_intent.in_(intents),
            )
        )
    }
    links = set(
        tx.connection.scalars(
            select(PaymentLink.stripe_id).where(
                PaymentLink.company_id == tx.company_id,
                PaymentLink.stripe_id.in_({one.payment_link_id for one in records}),
            )
        )
    )
    told = {one.id for one in records}
    refunds = tx.connection.execute(
        select(Refund.stripe_refund, Refund.state).where(
            Refund.company_id == tx.company_id, Refund.stripe_refund.in_(told)
        )
    )
    disputes = tx.connection.execute(
        select(Dispute.stripe_dispute, Dispute.status).where(
            Dispute.company_id == tx.company_id, Dispute.stripe_dispute.in_(told)
        )
    )
    # Refunds by the books' word for their state, disputes by Stripe's.
    before = {row.stripe_refund: row.state for row in refunds}
    before |= {row.stripe_dispute: row.status for row in disputes}
    waiting = set(
        tx.connection.scalars(
            select(StripeEvent.intent).where(
                StripeEvent.company_id == tx.company_id,
                StripeEvent.livemode == window.livemode,
                StripeEvent.state == InboxState.NEW.value,
                StripeEvent.intent.in_(intents),
            )
        )
    )
    found = {}
    for one in records:
        if one.kind in _TOLD_BY_THE_PAYMENT and one.intent_id in waiting:
            continue
        ours = (
            one.intent_id in known
            or one.payment_link_id in links
            or one.metadata.get("company") == window.company_uid
        )
        state = known.get(one.intent_id or "")
        if ours and one.intent_id and _is_news(one, state, before.get(one.id)):
            found[one.intent_id] = Finding(one.kind.value, one.intent_id, _root(one, one.intent_id))
    return tuple(found.values())


def keep_findings(tx: Transaction, window: Window, found: Iterable[Finding]) -> None:
    """Let each wait in the inbox, also where the same was found and applied before."""
    rows = [
        {
            "company_id": tx.company_id,
            "livemode": window.livemode,
            "id": f"found_{one.kind}_{one.intent}",
            "type": f"found.{one.kind}",
            "created_at": tx.now,
            "api_version": "",
            "object_id": one.intent,
            "object_type": "payment_intent",
            "root": one.root,
            "intent": one.intent,
            "state": InboxState.NEW.value,
            "tries": 0,
            "next_try_at": tx.now,
            "error": "",
            "received_at": tx.now,
        }
        for one in found
    ]
    if not rows:
        return
    tx.connection.execute(
        update(StripeEvent)
        .where(
            StripeEvent.company_id == tx.company_id,
            StripeEvent.livemode == window.livemode,
            StripeEvent.id.in_([row["id"] for row in rows]),
            StripeEvent.state != InboxState.NEW.value,
        )
        .values(
            state=InboxState.NEW.value,
            tries=0,
            next_try_at=tx.now,
            created_at=tx.now,
            received_at=tx.now,
            applied_at=None,
            error="",
        )
    )
    tx.connection.execute(insert_missing(tx.connection, StripeEvent), rows)


def _root(record: RecordFact, intent: str) -> str:
    """A session is read with its payment at once; from the others one has to find it."""
    if record.kind is RecordKind.SESSION and record.id:
        return f"{RootKind.SESSION.value}:{record.id}"
    return f"{RootKind.PAYMENT_INTENT.value}:{intent}"


def _is_news(record: RecordFact, known: PaymentState | None, before: str | None) -> bool:
    """Whether reading the payment may change the books. Unknown words are: they are to be seen."""
    status = record.status
    if known is PaymentState.RETURNED and record.kind in _TOLD_BY_THE_PAYMENT:
        return False
    match record.kind:
        case RecordKind.SESSION:
            return known is None and status not in ("open", "expired")
        case RecordKind.PAYMENT_INTENT if status == "succeeded":
            return known not in RECEIVED
        case RecordKind.PAYMENT_INTENT if status == "processing":
            return known is not PaymentState.PENDING
        case RecordKind.PAYMENT_INTENT if status in _NOT_PAID:
            return known is PaymentState.PENDING or known in RECEIVED
        case RecordKind.PAYMENT_INTENT:
            return status not in _NOTHING_YET
        case RecordKind.REFUND if before == PaymentState.UNDONE:
            # Given up after it had failed, or of a test payment: nothing comes of it any more.
            return False
        case RecordKind.REFUND:
            failed = status in REFUND_FAILED
            return before is None or failed != (before == PaymentState.FAILED)
        case RecordKind.DISPUTE:
            # Open ones are read again in any case: money moves while their status stays.
            return before != status
