"""Write balanced entries into the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, insert, select

from billdesk.core.db.dialects import next_ids
from billdesk.core.db.tables import Account, Company, LedgerEntry, Posting
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.ledger import EntryDraft, PostingDraft

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ADD_POSTINGS = insert(Posting)
_ADD_ENTRIES = insert(LedgerEntry)
# Shared by all who post, so that a period closes before or after a posting, never around it.
_CLOSED_THROUGH = (
    select(Company.locked_through).where(Company.id == bindparam("of")).with_for_update(read=True)
)
_ROLES = select(Account.role, Account.id).where(
    Account.company_id == bindparam("of"), Account.role.is_not(None)
)


def post(tx: Transaction, entry: EntryDraft) -> int:
    """Post ``entry`` and return its id. Nothing to post (no amounts) returns 0.

    Raises ``NotAllowed`` for a day of a closed period; the database refuses an entry that
    does not balance or was posted before.
    """
    return post_all(tx, [entry])[0]


def post_all(tx: Transaction, entries: Sequence[EntryDraft]) -> list[int]:
    """Post ``entries`` in order, as ``post`` does; returns their ids."""
    closed = tx.connection.scalar(_CLOSED_THROUGH, {"of": tx.company_id})
    accounts = _accounts_by_role(tx)
    free = iter(next_ids(tx.connection, LedgerEntry, len(entries)))
    ids: list[int] = []
    postings: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for entry in entries:
        parts = [p for p in entry.postings if p.minor or p.base_minor]
        if not parts:
            ids.append(0)
            continue
        if closed is not None and entry.occurred_on <= closed:
            raise NotAllowed(f"The books are closed through {closed}; choose a later date.")
        entry_id = next(free)
        ids.append(entry_id)
        postings += [
            _posting_row(tx, entry_id, position, posting, accounts)
            for position, posting in enumerate(parts, start=1)
        ]
        rows.append(
            {
                "id": entry_id,
                "company_id": tx.company_id,
                "kind": entry.kind.value,
                "source_type": entry.source_type,
                "source_id": entry.source_id,
                "occurred_on": entry.occurred_on,
                "memo": entry.memo,
                "reverses_id": entry.reverses_id,
                "created_at": tx.now,
            }
        )
    if rows:
        # Postings first: the entry's trigger then proves that they exist and balance.
        tx.connection.execute(_ADD_POSTINGS, postings)
        tx.connection.execute(_ADD_ENTRIES, rows)
    return ids


def with_accounts(tx: Transaction, postings: Sequence[PostingDraft]) -> tuple[PostingDraft, ...]:
    """The postings with every account spelled out, as the books give them back."""
    accounts = _accounts_by_role(tx)
    return tuple(replace(one, account_id=one.account_id or accounts[one.role]) for one in postings)


def _posting_row(
    tx: Transaction, entry_id: int, position: int, posting: PostingDraft, accounts: dict[Role, int]
) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "position": position,
        "company_id": tx.company_id,
        "account_id": posting.account_id or accounts[posting.role],
        "currency": posting.currency,
        "minor": posting.minor,
        "base_minor": posting.base_minor,
        "customer_id": posting.customer_id,
        "document_id": posting.document_id,
        "tax_rate_id": posting.tax_rate_id,
        "cost_centre_id": posting.cost_centre_id,
    }


def is_posted(tx: Transaction, source_type: str, source_id: str, kind: str) -> bool:
    """Whether the books have this entry already."""
    return find_entry(tx, source_type, source_id, kind) is not None


def find_entry(tx: Transaction, source_type: str, source_id: str, kind: str) -> int | None:
    """The id of an entry by its unique source."""
    return tx.connection.scalar(
        select(LedgerEntry.id).where(
            LedgerEntry.company_id == tx.company_id,
            LedgerEntry.source_type == source_type,
            LedgerEntry.source_id == source_id,
            LedgerEntry.kind == kind,
        )
    )


def postings_of(tx: Transaction, entry_id: int) -> tuple[PostingDraft, ...]:
    """The postings of an entry, to be reversed."""
    roles = {account: role for role, account in _accounts_by_role(tx).items()}
    rows = tx.connection.execute(
        select(Posting.__table__)
        .where(Posting.company_id == tx.company_id, Posting.entry_id == entry_id)
        .order_by(Posting.position)
    )
    return tuple(
        PostingDraft(
            roles.get(row.account_id, Role.REVENUE),
            row.currency,
            row.minor,
            row.base_minor,
            account_id=row.account_id,
            customer_id=row.customer_id,
            document_id=row.document_id,
            tax_rate_id=row.tax_rate_id,
            cost_centre_id=row.cost_centre_id,
        )
        for row in rows
    )


def _accounts_by_role(tx: Transaction) -> dict[Role, int]:
    rows = tx.connection.execute(_ROLES, {"of": tx.company_id})
    return {Role(row.role): row.id for row in rows}
