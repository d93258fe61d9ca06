"""What the caller of an import chooses and gets back."""

from dataclasses import dataclass

from billdesk.core.services.importing.mapping import ImportMapping
from billdesk.core.services.importing.problems import Problem


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``locale`` and ``date_format``, when given, win over the mapping file's.

    ``dry_run`` does everything, then takes all of it back.
    """

    mapping: ImportMapping = ImportMapping()
    locale: str = ""
    date_format: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was imported, or why nothing was.

    ``totals`` are the totals of the history by currency, in minor units. ``problem_count`` counts
    every problem, ``problems`` holds the first thousand in the order of files and lines.
    """

    written: bool
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    customers: int = 0
    items: int = 0
    invoices: int = 0
    drafts: int = 0
    lines: int = 0
    payments: int = 0
    tax_rates: int = 0
    totals: tuple[tuple[str, int], ...] = ()
    # Columns of mapped files that nothing was taken from, as "file: column".
    ignored: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the files are without problems."""
        return self.problem_count == 0
