"""What only an owner of the books may do."""

from sqlalchemy import select

from billdesk.core.db.tables import User
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import NotAllowed

OWNER = "owner"


def require_owner(tx: Transaction, action: str) -> None:
    """Refuse clerks and accountants. Raises ``NotAllowed`` naming ``action``.

    A login the books do not know owns them: it has the file, or the database let it in.
    """
    role = tx.connection.scalar(
        select(User.role).where(User.company_id == tx.company_id, User.login == tx.actor.name)
    )
    if role not in (None, OWNER):
        raise NotAllowed(f"Only the owner of these books may {action}; your role here is {role}.")
