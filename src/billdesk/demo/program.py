"""The practice company as the window's program."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Paths
from billdesk.core.domain.errors import NotAllowed
from billdesk.practice.session import PracticeSession

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.services.backups import Restored
    from billdesk.core.services.companies import NewCompany


class PracticeProgram:
    """Opens the practice company and nothing else."""

    def __init__(self, paths: Paths) -> None:
        self.session = PracticeSession(paths)

    def open(self) -> "Application":
        """Make or open the practice company and start its workers."""
        return self.session.start()

    def open_practice(self) -> "Application":
        """The practice company is what is open."""
        return self.session.start()

    def create_company(self, new: "NewCompany") -> "Application":
        """The demonstration has its company already. Raises ``NotAllowed``."""
        raise NotAllowed("This is the practice company; start BillDesk itself for your own.")

    def practice_stripe(self) -> str:
        """The address of the practice Stripe's page. Raises ``RuntimeError`` before ``open``."""
        return self.session.dashboard_url

    def restore(self, file: Path, passphrase: str | None, past: Sequence[str]) -> "Restored":
        """The practice company has no backups. Raises ``NotAllowed``."""
        raise NotAllowed("The practice company has no backups; start BillDesk itself for yours.")

    def safety(self) -> None:
        """The practice company has no backups."""

    def close(self) -> None:
        """Stop workers and servers."""
        self.session.close()
