"""The window shows its first list without what is slow to import."""

import subprocess
import sys
from pathlib import Path

SLOW = (
    "PIL",
    "alembic",
    "keyring",
    "pyrage",
    "reportlab",
    "requests",
    "stripe",
    "starlette",
    "uvicorn",
)

START = """
import sys
from pathlib import Path

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.companies import NewCompany
from billdesk.desktop import DesktopProgram

books = open_books(Paths(Path(sys.argv[1])))
application = open_application(books, create_company(books, NewCompany("Studio", "EUR")))
application.queries.documents(DocumentFilter())
books.close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_first_list_needs_no_slow_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path)], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "sqlalchemy" in loaded
    assert sorted(set(SLOW) & set(loaded)) == []
