"""What other desks changed: read from the change sequence."""

from dataclasses import dataclass

from sqlalchemy import func, select

from billdesk.core.db.tables import Change
from billdesk.core.db.unit_of_work import UnitOfWork
from billdesk.core.domain.event_text import decode_events
from billdesk.core.domain.events import Event, Imported


@dataclass(frozen=True, slots=True)
class Changes:
    """Events of other desks; ``through`` is where to read on."""

    through: int
    events: tuple[Event, ...]


class ChangeService:
    """Reads the sequence for one company and one desk."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def newest(self) -> int:
        """The end of the sequence now."""
        with self._uow.read() as connection:
            return int(connection.scalar(select(func.max(Change.id))) or 0)

    def since(self, through: int) -> Changes:
        """What others told after ``through``, each event once.

        Who was away so long that rows were pruned, or whose books were replaced, is told to start
        over.
        """
        company_id = self._uow.company_id
        with self._uow.read() as connection:
            newest = int(connection.scalar(select(func.max(Change.id))) or 0)
            if newest == through:
                return Changes(through, ())
            oldest = int(connection.scalar(select(func.min(Change.id))) or 0)
            if newest < through or oldest > through + 1:
                return Changes(newest, (Imported(company_id),))
            rows = connection.execute(
                select(Change.events)
                .where(
                    Change.id > through,
                    Change.company_id == company_id,
                    Change.desk != self._uow.bus.desk,
                )
                .order_by(Change.id)
            ).all()
        told = [event for row in rows for event in decode_events(company_id, row.events)]
        return Changes(newest, tuple(dict.fromkeys(told)))
