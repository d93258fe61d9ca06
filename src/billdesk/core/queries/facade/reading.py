"""What every part of the read side begins with."""

from datetime import date

from billdesk.core.db.archive import Archive
from billdesk.core.db.unit_of_work import UnitOfWork


class CompanyReading:
    """Reads one company's books, each time from one consistent snapshot."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive
        self._company_id = uow.company_id

    @property
    def _today(self) -> date:
        return self._uow.today()

    def today(self) -> date:
        """The day that counts as today."""
        return self._today
