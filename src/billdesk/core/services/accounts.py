"""The chart of accounts: add, rename, retire, give tax rates their accounts, switch the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from billdesk.core.db.tables import Account, Item, Posting, TaxRate
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.accounts import AccountKind, Role
from billdesk.core.domain.charts import CHART_NAMES, CHARTS, Chart
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import AccountsChanged, TaxRateChanged
from billdesk.core.domain.texts import clean_lines_of
from billdesk.core.services.steps.accounts import accounts_of_rate, tax_of_row
from billdesk.core.services.steps.owner import require_owner
from billdesk.core.services.steps.rows import load, load_company

# Characters, as the columns hold.
LONGEST = {"code": 20, "name": 120}


@dataclass(frozen=True, slots=True)
class AccountName:
    """What an account is called: its code in the chart and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountInput:
    """An account as typed."""

    code: str
    name: str
    kind: AccountKind


class AccountService:
    """Use cases about the chart of accounts."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def add(self, given: AccountInput) -> int:
        """Add an account for items, tax rates or bank lines; returns its id.

        Raises ``UserError`` without a code or name and for a code that is taken.
        """
        name = _checked(AccountName(given.code, given.name))
        with self._uow.write() as tx:
            _refuse_taken(tx, {0: name}, prefixed=False)
            row = Account(
                company_id=tx.company_id,
                code=name.code,
                name=name.name,
                kind=given.kind.value,
                role=None,
            )
            tx.session.add(row)
            tx.session.flush()
            tx.audit(
                "account.added",
                f"account:{row.id}",
                after=replace(given, code=name.code, name=name.name),
            )
            tx.tell(AccountsChanged(tx.company_id))
            return row.id

    @use_case
    def rename(self, account_id: int, given: AccountName) -> None:
        """Give an account another code or name; what was posted to it stays there.

        Raises ``UserError``, ``NotFound``.
        """
        name = _checked(given)
        with self._uow.write() as tx:
            load(tx, Account, account_id)
            _refuse_taken(tx, {account_id: name}, prefixed=False)
            _rename_all(tx, {account_id: name})
            tx.tell(AccountsChanged(tx.company_id))

    @use_case
    def renumber(self, given: Mapping[int, AccountName], chart: Chart | None = None) -> None:
        """Give accounts other codes and names at once, by id; every one is in the audit log.

        With ``chart`` the company goes on under that chart: how codes are changed once entries
        exist. Raises ``UserError`` with the field ``<id>.code`` or ``<id>.name``, ``NotFound``.
        """
        names = {one: _checked(name, f"{one}.") for one, name in sorted(given.items())}
        with self._uow.write() as tx:
            _rename_all(tx, names)
            if chart is not None:
                company = load_company(tx)
                tx.audit(
                    "chart.switched",
                    f"company:{company.uid}",
                    before={"chart": company.chart},
                    after={"chart": chart.value},
                )
                company.chart = chart.value
            tx.tell(AccountsChanged(tx.company_id))

    @use_case
    def retire(self, account_id: int) -> None:
        """Offer an account no more; its entries stay.

        Raises ``NotAllowed`` for one that BillDesk, an item or a tax rate posts to.
        """
        with self._uow.write() as tx:
            row = load(tx, Account, account_id)
            if row.role is not None:
                raise NotAllowed(f"BillDesk itself posts to {row.code} {row.name}; keep it.")
            user = _user_of(tx, account_id)
            if user is not None:
                raise NotAllowed(f"{user} posts to {row.code} {row.name}; change that first.")
            _set_retired(tx, row, retired=True)

    @use_case
    def restore(self, account_id: int) -> None:
        """Offer a retired account again. Raises ``NotFound``."""
        with self._uow.write() as tx:
            _set_retired(tx, load(tx, Account, account_id), retired=False)

    @use_case
    def assign_tax_rate(
        self, tax_rate_id: int, version: int, tax_account_id: int, revenue_account_id: int | None
    ) -> None:
        """Which accounts a tax rate and the sales taxed with it are posted to from now on.

        ``None``: sales go to the usual account. Raises ``UserError``, ``NotFound``,
        ``StaleVersion``.
        """
        with self._uow.write() as tx:
            row = load(tx, TaxRate, tax_rate_id, version=version)
            _check_account(tx, tax_account_id, "tax_account_id", (AccountKind.LIABILITY,))
            if revenue_account_id is not None:
                _check_account(tx, revenue_account_id, "revenue_account_id", (AccountKind.INCOME,))
            before = {"account_id": row.account_id, "revenue_account_id": row.revenue_account_id}
            row.account_id, row.revenue_account_id = tax_account_id, revenue_account_id
            tx.session.flush()
            tx.audit(
                "tax_rate.accounts_changed",
                f"tax_rate:{row.id}",
                before=before,
                after={"account_id": tax_account_id, "revenue_account_id": revenue_account_id},
            )
            tx.tell(TaxRateChanged(tx.company_id, row.id))

    @use_case
    def switch_chart(self, chart: Chart) -> None:
        """Keep the books under another chart, as long as nothing has been posted.

        Raises ``NotAllowed`` after the first entry: codes are then changed one by one
        (``renumber``), so that it is plain which account became which.
        """
        with self._uow.write() as tx:
            require_owner(tx, "switch the chart of accounts")
            company = load_company(tx)
            before = Chart(company.chart)
            if chart is before:
                return
            posted = select(Posting.entry_id).where(Posting.company_id == tx.company_id).limit(1)
            if tx.connection.scalar(posted) is not None:
                raise NotAllowed(
                    f"The books have entries already; to go over to {CHART_NAMES[chart]}, give "
                    "the accounts their new codes instead."
                )
            _switch(tx, before, chart)
            company.chart = chart.value
            tx.session.flush()
            tx.audit(
                "chart.switched",
                f"company:{company.uid}",
                before={"chart": before.value},
                after={"chart": chart.value},
            )
            tx.tell(AccountsChanged(tx.company_id))


def _checked(name: AccountName, prefix: str = "") -> AccountName:
    name = clean_lines_of(name, LONGEST, prefix)
    if not name.code:
        raise UserError("Give the account a code.", field=f"{prefix}code")
    if not name.name:
        raise UserError("Give the account a name.", field=f"{prefix}name")
    return name


def _fields(name: AccountName) -> dict[str, str]:
    return {"code": name.code, "name": name.name}


def _refuse_taken(
    tx: Transaction, names: Mapping[int, AccountName], *, prefixed: bool = True
) -> None:
    """No code twice, counting the accounts that keep theirs."""
    taken = {
        row.code: row.name
        for row in tx.connection.execute(
            select(Account.id, Account.code, Account.name).where(
                Account.company_id == tx.company_id, Account.id.not_in(names.keys())
            )
        )
    }
    for account_id, name in names.items():
        prefix = f"{account_id}." if prefixed else ""
        if name.code in taken:
            raise UserError(
                f"Code {name.code} belongs to “{taken[name.code]}”; choose another.",
                field=f"{prefix}code",
            )
        taken[name.code] = name.name


def _rename_all(tx: Transaction, names: Mapping[int, AccountName]) -> None:
    rows = {one: load(tx, Account, one) for one in sorted(names)}
    _refuse_taken(tx, names)
    changed = {
        one: row
        for one, row in rows.items()
        if (row.code, row.name) != (names[one].code, names[one].name)
    }
    before = {one: {"code": row.code, "name": row.name} for one, row in changed.items()}
    # Two accounts may swap their codes: make room first.
    for one, row in changed.items():
        row.code = f"~{one}"
    tx.session.flush()
    for one, row in changed.items():
        row.code, row.name = names[one].code, names[one].name
        tx.audit("account.renamed", f"account:{one}", before=before[one], after=_fields(names[one]))
    tx.session.flush()


def _user_of(tx: Transaction, account_id: int) -> str | None:
    """The first tax rate or item that posts to an account, by name."""
    rate = tx.connection.scalar(
        select(TaxRate.name).where(
            TaxRate.company_id == tx.company_id,
            TaxRate.deleted_at.is_(None),
            (TaxRate.account_id == account_id) | (TaxRate.revenue_account_id == account_id),
        )
    )
    return rate or tx.connection.scalar(
        select(Item.name).where(
            Item.company_id == tx.company_id,
            Item.deleted_at.is_(None),
            Item.account_id == account_id,
        )
    )


def _set_retired(tx: Transaction, row: Account, *, retired: bool) -> None:
    if (row.deleted_at is not None) == retired:
        return
    row.deleted_at = tx.now if retired else None
    tx.audit("account.retired" if retired else "account.restored", f"account:{row.id}")
    tx.tell(AccountsChanged(tx.company_id))


def _check_account(
    tx: Transaction, account_id: int, field: str, kinds: Sequence[AccountKind]
) -> None:
    row = load(tx, Account, account_id)
    if row.deleted_at is not None:
        raise UserError(f"{row.code} {row.name} is retired; restore it first.", field=field)
    if AccountKind(row.kind) not in kinds:
        raise UserError(f"{row.code} {row.name} is not an account for this.", field=field)


def _switch(tx: Transaction, old: Chart, new: Chart) -> None:
    """Accounts with a role or for a tax rate get their new names; the rest of the old chart go."""
    rows = tx.session.scalars(select(Account).where(Account.company_id == tx.company_id)).all()
    keys = {one.code: one.key for one in CHARTS[old].rates}
    rates = {one.key: one for one in CHARTS[new].rates}
    names: dict[int, AccountName] = {}
    for row in rows:
        if row.role is not None:
            chart_row = CHARTS[new].of_role(Role(row.role))
            names[row.id] = AccountName(chart_row.code, chart_row.name)
            row.kind = chart_row.kind.value
        elif row.code in keys:
            known = rates.pop(keys[row.code], None)
            if known is None:
                # Its code may be another account's in the new chart.
                names[row.id] = AccountName(f"{row.code} ({CHART_NAMES[old]})", row.name)
                row.deleted_at = tx.now
            else:
                names[row.id] = AccountName(known.code, known.name)
    _rename_all(tx, names)
    codes = {name.code for name in names.values()}
    tx.session.add_all(
        Account(
            company_id=tx.company_id, code=one.code, name=one.name, kind=one.kind.value, role=None
        )
        for one in rates.values()
        if one.code not in codes
    )
    tx.session.flush()
    for rate in tx.session.scalars(select(TaxRate).where(TaxRate.company_id == tx.company_id)):
        rate.account_id, rate.revenue_account_id = accounts_of_rate(tx, new, tax_of_row(rate))
    tx.session.flush()
