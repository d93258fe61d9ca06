"""What only an owner of the books may do, and who is one."""

from sqlalchemy import select

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.tables import User
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotAllowed

OWNER = "owner"


def require_owner(tx: Transaction, action: str) -> None:
    """Refuse everybody else. Raises ``NotAllowed`` naming ``action``.

    Who can write a file owns it, so a login the books do not know is the owner there. A server
    lets in whom its administrator chose; there it is a stranger as soon as the books know an owner
    (docs/adr/0023).
    """
    login = tx.actor.name
    role = tx.connection.scalar(
        select(User.role).where(User.company_id == tx.company_id, User.login == login)
    )
    if role == OWNER:
        return
    if role is not None:
        raise NotAllowed(f"Only the owner of these books may {action}; your role here is {role}.")
    if is_sqlite(tx.connection):
        return
    owners = tx.connection.scalars(
        select(User.login)
        .where(User.company_id == tx.company_id, User.role == OWNER)
        .order_by(User.id)
    ).all()
    if owners:
        known = " or ".join(f"“{one}”" for one in owners)
        raise NotAllowed(
            f"Only the owner of these books may {action}; that is {known}, and the server knows "
            f"you as “{login}”."
        )


def add_owner(tx: Transaction, name: str = "") -> None:
    """Make who acts an owner of the company."""
    login = tx.actor.name
    tx.session.add(
        User(
            company_id=tx.company_id,
            name=name or login,
            login=login,
            role=OWNER,
            created_at=tx.now,
        )
    )


def own_on_server(tx: Transaction) -> None:
    """Make who took the company in its owner on a server, unless it is known there already.

    Its owner may have had another login where it comes from; then nobody here would be one.
    """
    known = select(User.id).where(User.company_id == tx.company_id, User.login == tx.actor.name)
    if not is_sqlite(tx.connection) and tx.connection.scalar(known) is None:
        add_owner(tx)
