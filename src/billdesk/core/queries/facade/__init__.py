"""The read side of one company as the window and the command line use it."""

from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.facade.activity import ActivityQueries
from billdesk.core.queries.facade.documents import DocumentQueries
from billdesk.core.queries.facade.master_data import MasterDataQueries
from billdesk.core.queries.facade.money import MoneyQueries
from billdesk.core.queries.home import Home
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql import company, home


class Queries(DocumentQueries, MasterDataQueries, MoneyQueries, ActivityQueries):
    """Each method reads one consistent snapshot of the books and blocks: call it off the window.

    "Today" is asked anew with every call; what depends on it is never stored.
    """

    def logo(self) -> bytes | None:
        """The company's logo. Raises ``ArchiveError`` when its bytes are lost."""
        with self._uow.read() as connection:
            sha256 = stored_setting(connection, self._company_id, CompanyProfile).logo_sha256
        return self._archive.get(sha256) if sha256 else None

    def home(self) -> Home:
        """Figures, tasks and news for the home page."""
        with self._uow.read() as connection:
            return home.read_home(connection, self._company_id, self._today, self._uow.now())

    def company(self) -> CompanyInfo:
        """The company and its settings."""
        with self._uow.read() as connection:
            return company.read_company(connection, self._company_id, self._today)
