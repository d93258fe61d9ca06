"""Use cases about which Stripe account a company is connected to."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select

from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_access import AccessReport, PermissionFinding, PermissionLine
from billdesk.core.gateways.stripe.facts import AccountIdentity
from billdesk.core.gateways.stripe.keys import advice_about, mask_key
from billdesk.core.gateways.stripe.permissions import lacking, lines_of
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.steps.account_links import follow_account, retire_account
from billdesk.core.services.steps.settings import company_row, read_setting, write_setting
from billdesk.core.services.steps.stripe.cursor import cursor_of, keep_access
from billdesk.core.services.stripe.accounts import (
    PAYABLE_LINKS,
    count_links,
    known_accounts,
    needs_key,
    recognised,
)
from billdesk.core.services.stripe.connection import StripeConnector

LONGEST_NAME = 200


class AccountChange(StrEnum):
    """What connecting with a key would change."""

    FIRST = "first"
    SAME = "same"
    OTHER_ACCOUNT = "other_account"
    OTHER_MODE = "other_mode"


@dataclass(frozen=True, slots=True)
class KeyFindings:
    """What a key is, before anything is kept of it.

    ``advice`` warns of a key that may do more than it should, ``lacking`` says which rows must be
    ticked for payment links; both are sentences or empty. ``old_account`` is what is connected
    now, in words, and ``old_links`` how many of its links customers may still pay, where the key
    is for another account or mode.
    """

    livemode: bool
    account_number: str
    account_name: str
    masked_key: str
    advice: str
    change: AccountChange
    old_account: str
    old_links: int
    permissions: tuple[PermissionLine, ...]
    lacking: str
    report: AccessReport


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

    def examine(
        self, key: str, told: Callable[[PermissionFinding], object] | None = None
    ) -> KeyFindings:
        """Find out about a key and keep nothing; ``told`` hears of each permission as it is known.

        Blocks on the network, outside any transaction; ``told`` is called on the calling thread.
        Raises ``UserError`` for a key of the wrong kind or one Stripe rejects, ``TemporaryError``
        when Stripe cannot be reached.
        """
        key = key.strip()
        with closing(self._stripe.open_with(key)) as gateway:
            identity, account = self._whose(gateway)
            findings = gateway.probe(told)
        report = AccessReport(self._uow.now(), findings)
        lines = lines_of(report)
        with self._uow.read() as connection:
            of = self._uow.company_id
            stored = stored_setting(connection, of, OnlinePayment)
            change = _change(stored, account, identity.livemode)
            leaves = change in (AccountChange.OTHER_ACCOUNT, AccountChange.OTHER_MODE)
            old_links = (
                count_links(
                    connection,
                    of,
                    stored.account,
                    livemode=stored.livemode,
                    states=PAYABLE_LINKS,
                )
                if leaves
                else 0
            )
        return KeyFindings(
            identity.livemode,
            identity.account_id or "",
            identity.name,
            mask_key(key),
            advice_about(key),
            change,
            stored.account_name or stored.account_number,
            old_links,
            lines,
            lacking(lines),
            report,
        )

    def connect(
        self, key: str, *, findings: KeyFindings | None = None, switch_off: bool = False
    ) -> ConnectedStripe:
        """Check a key at Stripe, keep it in the keychain and switch online payment on.

        ``findings`` of ``examine`` are kept as what the key may do. ``switch_off``: where another
        account or mode was connected, its links are switched off and asked for anew here; its key
        stays until that is done. Blocks on the network, outside any transaction. Raises as
        ``examine``.
        """
        key = key.strip()
        with closing(self._stripe.open_with(key)) as gateway:
            identity, account = self._whose(gateway)
        # The key first: a keychain that refuses it must not leave links without a key behind.
        self._stripe.keep(self._company_uid(), key, livemode=identity.livemode, account=account)
        report = findings.report if findings is not None else None
        self._store_connection(identity, account, report, switch_off=switch_off)
        self._forget_unneeded()
        self._stripe.begin_afresh(livemode=identity.livemode)
        return ConnectedStripe(
            identity.account_id or "",
            identity.name,
            identity.livemode,
            mask_key(key),
            self._stripe.secrets.kind,
        )

    def practice_key(self) -> str:
        """The key of the practice company's Stripe, which opens nothing but that one.

        Raises ``NotAllowed`` for any other company: its key is never shown.
        """
        with self._uow.read() as connection:
            of = self._uow.company_id
            company = connection.execute(
                select(Company.uid, Company.is_practice).where(Company.id == of)
            ).one()
        if not company.is_practice:
            raise NotAllowed("A key that was stored is never shown again.")
        return self._stripe.stored_key(company.uid, livemode=False) or ""

    def open_links(self) -> int:
        """How many links of the connected account customers may still pay."""
        with self._uow.read() as connection:
            of = self._uow.company_id
            online = stored_setting(connection, of, OnlinePayment)
            return count_links(
                connection,
                of,
                online.account,
                livemode=online.livemode,
                states=PAYABLE_LINKS,
            )

    @use_case
    def disconnect(self, *, switch_off: bool = False) -> None:
        """Stop making links and forget the key on this computer.

        ``switch_off``: switch off what customers may still pay first; the key goes with the last
        of these links.
        """
        with self._uow.write() as tx:
            stored = read_setting(tx, OnlinePayment)
            uid = company_row(tx).uid
            if switch_off:
                retire_account(tx, stored)
            write_setting(tx, replace(stored, enabled=False))
            tx.tell(CompanyChanged(tx.company_id))
        if not switch_off:
            self._stripe.forget(uid, livemode=stored.livemode, account=stored.account)
        self._forget_unneeded()

    def _forget_unneeded(self) -> None:
        """Forget keys of accounts that are not connected and have nothing to switch off."""
        with self._uow.read() as connection:
            of = self._uow.company_id
            uid = connection.scalars(select(Company.uid).where(Company.id == of)).one()
            online = stored_setting(connection, of, OnlinePayment)
            unneeded = [
                (one.fingerprint, livemode)
                for livemode in (False, True)
                for one in known_accounts(connection, of, livemode=livemode)
                # Of the account in use the key of the other mode is kept, to go back to.
                if not (online.enabled and one.fingerprint == online.account)
                and not needs_key(connection, of, one.fingerprint, livemode=livemode)
            ]
        for account, livemode in unneeded:
            self._stripe.forget(uid, livemode=livemode, account=account)

    def _whose(self, gateway: StripeGateway) -> tuple[AccountIdentity, str]:
        """Whose key it is, and under which fingerprint the books know the account."""
        identity = gateway.identify()
        with self._uow.read() as connection:
            of = self._uow.company_id
            current = stored_setting(connection, of, OnlinePayment).account
            known = known_accounts(connection, of, livemode=identity.livemode)
        return identity, recognised(gateway, identity, known, current)

    @use_case
    def _store_connection(
        self,
        identity: AccountIdentity,
        account: str,
        report: AccessReport | None,
        *,
        switch_off: bool,
    ) -> None:
        with self._uow.write() as tx:
            before = read_setting(tx, OnlinePayment)
            connected = replace(
                before,
                enabled=True,
                account=account,
                account_number=identity.account_id or "",
                account_name=identity.name[:LONGEST_NAME],
                livemode=identity.livemode,
                has_link=True,
                live_since=before.live_since or (tx.now if identity.livemode else None),
            )
            write_setting(tx, connected)
            self._note_access(tx, connected, report)
            moved = (before.account, before.livemode) != (account, identity.livemode)
            if before.account and moved and switch_off:
                follow_account(tx, before)
            tx.tell(CompanyChanged(tx.company_id))

    @staticmethod
    def _note_access(
        tx: Transaction, connected: OnlinePayment, report: AccessReport | None
    ) -> None:
        cursor = cursor_of(tx, connected)
        cursor.account_id = connected.account_number or cursor.account_id
        # Without a report, what was known is about another key.
        keep_access(cursor, report)

    def _company_uid(self) -> str:
        with self._uow.read() as connection:
            return connection.scalars(
                select(Company.uid).where(Company.id == self._uow.company_id)
            ).one()


def _change(stored: OnlinePayment, account: str, livemode: bool) -> AccountChange:
    if not stored.account:
        return AccountChange.FIRST
    if stored.livemode != livemode:
        return AccountChange.OTHER_MODE
    return AccountChange.SAME if stored.account == account else AccountChange.OTHER_ACCOUNT
