"""What a movement on the Stripe balance makes of an amount in another currency."""

from sqlalchemy import select

from billdesk.core.db.tables import BalanceTransaction, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import EntryDraft, EntryKind
from billdesk.core.domain.movements import Worth, leg, with_exchange_difference
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.services.steps.base_currency import open_day
from billdesk.core.services.steps.posting import is_posted, post
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.stripe.ledger.transfer import memo_of

_SOURCE = "settled"
_NOTHING = Worth(0, 0)


def convert(tx: Transaction, payment: Payment, seen: BalanceFact, worth: Worth) -> None:
    """Clearing of the settlement currency / clearing of the payment's, through conversion.

    ``worth`` is what the books have in clearing for the movement, in the payment's currency,
    negative where it leaves. Settled in the company's currency the difference to what that was
    worth is realised; of a third currency the books know no rate but this.
    """
    if seen.currency == payment.currency or is_posted(tx, _SOURCE, seen.id, EntryKind.CONVERTED):
        return
    settled_at_home = seen.currency == company_row(tx).currency
    value = seen.amount_minor if settled_at_home else worth.base_minor
    arrived = Worth(seen.amount_minor, value)
    document_id = payment.document_id
    postings = (
        leg(Role.STRIPE_CLEARING, seen.currency, arrived, document_id=document_id),
        leg(Role.CURRENCY_CONVERSION, seen.currency, _NOTHING.minus(arrived)),
        leg(Role.CURRENCY_CONVERSION, payment.currency, Worth(worth.minor, value)),
        leg(
            Role.STRIPE_CLEARING,
            payment.currency,
            _NOTHING.minus(worth),
            document_id=document_id,
        ),
    )
    post(
        tx,
        EntryDraft(
            EntryKind.CONVERTED,
            _SOURCE,
            seen.id,
            open_day(tx, seen.created_at.date()),
            with_exchange_difference(postings, payment.currency),
            memo=memo_of(tx, payment),
        ),
    )


def remember(tx: Transaction, payment: Payment, seen: BalanceFact) -> None:
    """Keep a balance transaction that the books have posted: it is ours."""
    row = keep_row(tx, seen, livemode=bool(payment.livemode), account=payment.stripe_account or "")
    if not row.is_ours:
        row.is_ours = True
        tx.session.flush()


def keep_row(
    tx: Transaction, seen: BalanceFact, *, livemode: bool, account: str
) -> BalanceTransaction:
    """The row of a balance transaction, which never changes at Stripe."""
    row = tx.session.scalar(
        select(BalanceTransaction).where(
            BalanceTransaction.company_id == tx.company_id,
            BalanceTransaction.livemode == livemode,
            BalanceTransaction.id == seen.id,
        )
    )
    if row is None:
        row = BalanceTransaction(
            company_id=tx.company_id,
            livemode=livemode,
            id=seen.id,
            stripe_account=account,
            type=seen.type,
            source=seen.source_id or "",
            currency=seen.currency,
            amount_minor=seen.amount_minor,
            fee_minor=seen.fee_minor,
            fee_tax_minor=seen.fee_tax_minor,
            net_minor=seen.net_minor,
            exchange_rate=seen.exchange_rate,
            available_on=seen.available_on,
            created_at=seen.created_at,
        )
        tx.session.add(row)
    return row
