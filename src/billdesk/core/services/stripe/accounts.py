"""Which of the Stripe accounts a company has used a key belongs to."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from billdesk.core.db.tables import PaymentLink, StripeCursor, StripeOrder
from billdesk.core.domain.outside import LinkState, OrderState
from billdesk.core.gateways.stripe.errors import StripeGone, StripePermissionMissing
from billdesk.core.gateways.stripe.facts import AccountIdentity
from billdesk.core.gateways.stripe.port import StripeGateway

# One answer is proof; a few are asked for because a sandbox may have been emptied meanwhile.
_MOST_ASKED = 3
# What may exist at Stripe and be paid there; of these, what nobody is about to switch off.
OPEN_LINKS = (LinkState.SENT, LinkState.ACTIVE, LinkState.RETIRING)
PAYABLE_LINKS = (LinkState.SENT, LinkState.ACTIVE)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account of the books, newest links first; ``number`` (acct_…) where it was told."""

    fingerprint: str
    number: str
    link_ids: tuple[str, ...]


def recognised(
    gateway: StripeGateway,
    identity: AccountIdentity,
    known: tuple[KnownAccount, ...],
    current: str,
) -> str:
    """The fingerprint under which the books know the account of a key, or a new one.

    Where either key may not read the account, an account is known by what it holds: Stripe shows
    a link to keys of its own account only. ``current``, the one connected now, is asked first: the
    books may know an account twice from when nothing told that it is one. Blocks on the network.
    Raises ``StripeFailure``.
    """
    connected = [one for one in known if one.fingerprint == current]
    others = [one for one in known if one.fingerprint != current]
    for group in (connected, others):
        for one in group:
            if _is_named(one, identity):
                return one.fingerprint
        for one in group:
            told_apart = one.number and identity.account_id
            if not told_apart and any(_holds(gateway, link_id) for link_id in one.link_ids):
                return one.fingerprint
    return identity.fingerprint


def _is_named(one: KnownAccount, identity: AccountIdentity) -> bool:
    same_number = bool(one.number) and one.number == identity.account_id
    return same_number or one.fingerprint == identity.fingerprint


def known_accounts(
    connection: Connection, company_id: int, *, livemode: bool
) -> tuple[KnownAccount, ...]:
    """The accounts of one mode that ever were connected or had links."""
    numbers: dict[str, str] = {
        row.stripe_account: row.account_id or ""
        for row in connection.execute(
            select(StripeCursor.stripe_account, StripeCursor.account_id).where(
                StripeCursor.company_id == company_id, StripeCursor.livemode == livemode
            )
        )
    }
    of_links = connection.scalars(
        select(PaymentLink.stripe_account)
        .where(PaymentLink.company_id == company_id, PaymentLink.livemode == livemode)
        .group_by(PaymentLink.stripe_account)
    )
    for account in of_links:
        numbers.setdefault(account, "")
    return tuple(
        KnownAccount(account, number, _newest_links(connection, company_id, account, livemode))
        for account, number in sorted(numbers.items())
        if account
    )


def count_links(
    connection: Connection,
    company_id: int,
    account: str,
    *,
    livemode: bool,
    states: tuple[LinkState, ...] = OPEN_LINKS,
) -> int:
    """How many links of an account are in one of ``states``."""
    return int(
        connection.scalar(
            select(func.count()).where(
                *_of(company_id, account, livemode),
                PaymentLink.state.in_([state.value for state in states]),
            )
        )
        or 0
    )


def needs_key(connection: Connection, company_id: int, account: str, *, livemode: bool) -> bool:
    """Whether a key of the account is still needed: to switch something off, or for an order."""
    return bool(
        count_links(connection, company_id, account, livemode=livemode)
        or _sent_orders(connection, company_id, account, livemode)
    )


def _sent_orders(connection: Connection, company_id: int, account: str, livemode: bool) -> int:
    """How many orders may have been carried out in an account without the books knowing."""
    found = connection.scalar(
        select(func.count()).where(
            StripeOrder.company_id == company_id,
            StripeOrder.stripe_account == account,
            StripeOrder.livemode == livemode,
            StripeOrder.state == OrderState.SENT.value,
        )
    )
    return int(found or 0)


def _of(company_id: int, account: str, livemode: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        PaymentLink.company_id == company_id,
        PaymentLink.stripe_account == account,
        PaymentLink.livemode == livemode,
    )


def _newest_links(
    connection: Connection, company_id: int, account: str, livemode: bool
) -> tuple[str, ...]:
    found = connection.scalars(
        select(PaymentLink.stripe_id)
        .where(*_of(company_id, account, livemode), PaymentLink.stripe_id.is_not(None))
        .order_by(PaymentLink.id.desc())
        .limit(_MOST_ASKED)
    )
    return tuple(str(one) for one in found)


def _holds(gateway: StripeGateway, link_id: str) -> bool:
    try:
        gateway.read_payment_link(link_id)
    except (StripeGone, StripePermissionMissing):
        return False
    return True
