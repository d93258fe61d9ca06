"""Use cases about which Stripe account a company is connected to."""

from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import select

from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import AccountIdentity
from billdesk.core.gateways.stripe.keys import mask_key
from billdesk.core.services.steps.settings import company_row, read_setting, write_setting
from billdesk.core.services.stripe_connection import StripeConnector

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ConnectedStripe:
    """What connecting found out; ``kept_in`` is keychain or memory.

    ``account_number`` and ``account_name`` are empty where the key may not read the account.
    """

    account_number: str
    account_name: str
    livemode: bool
    masked_key: str
    kept_in: str


class StripeConnectingService:
    """Connect a company to a Stripe account, and let it go."""

    def __init__(self, uow: UnitOfWork, stripe: StripeConnector) -> None:
        self._uow = uow
        self._stripe = stripe

    def connect(self, key: str) -> ConnectedStripe:
        """Check a key at Stripe, keep it in the keychain and switch online payment on.

        Blocks on the network, outside any transaction. Raises ``UserError`` for a key of the
        wrong kind or one Stripe rejects, ``TemporaryError`` when Stripe cannot be reached.
        """
        key = key.strip()
        with closing(self._stripe.open_with(key)) as gateway:
            identity = gateway.identify()
        # The key first: a keychain that refuses it must not leave links without a key behind.
        self._stripe.keep(self._company_uid(), key)
        self._store_connection(identity)
        self._stripe.begin_afresh(livemode=identity.livemode)
        return ConnectedStripe(
            identity.account_id or "",
            identity.name,
            identity.livemode,
            mask_key(key),
            self._stripe.secrets.kind,
        )

    @use_case
    def disconnect(self) -> None:
        """Forget the key on this computer and stop making links."""
        with self._uow.write() as tx:
            stored = read_setting(tx, OnlinePayment)
            uid = company_row(tx).uid
            write_setting(tx, replace(stored, enabled=False))
            tx.tell(CompanyChanged(tx.company_id))
        self._stripe.forget(uid, livemode=stored.livemode)

    @use_case
    def _store_connection(self, identity: AccountIdentity) -> None:
        with self._uow.write() as tx:
            connected = replace(
                read_setting(tx, OnlinePayment),
                enabled=True,
                account=identity.fingerprint,
                account_number=identity.account_id or "",
                account_name=identity.name[:LONGEST_NAME],
                livemode=identity.livemode,
                has_link=True,
            )
            write_setting(tx, connected)
            tx.tell(CompanyChanged(tx.company_id))

    def _company_uid(self) -> str:
        with self._uow.read() as connection:
            return connection.scalars(
                select(Company.uid).where(Company.id == self._uow.company_id)
            ).one()
