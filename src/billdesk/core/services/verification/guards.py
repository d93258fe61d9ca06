"""The guards in the database: what protects the books must be there, and nothing else."""

from collections.abc import Iterable

from sqlalchemy import Connection

from billdesk.core.db.triggers import unexpected_guards
from billdesk.core.services.verification.violation import Violation


def intact(connection: Connection, company_id: int) -> Iterable[Violation]:
    """Every guard of this version is installed as written; there is no other trigger."""
    for name, fault in unexpected_guards(connection):
        yield Violation("guard", name, fault)
