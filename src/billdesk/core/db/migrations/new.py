"""Write the next migration step: ``python -m billdesk.core.db.migrations.new "what changes"``.

The step holds the difference between the steps so far and the mapped tables. Read and tidy it,
then add its revision to ``SHIPPED``.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from billdesk.core.db.engine import open_engine, sqlite_url
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.migrations.alembic_config import alembic_config


def write_step(message: str, steps: Steps = SHIPPED) -> None:
    """Write the script of the next revision into the last folder of ``steps``."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(sqlite_url(Path(folder) / "books.db"))
        with engine.begin() as connection:
            config = alembic_config(steps, connection)
            command.upgrade(config, "head")
            command.revision(
                config,
                message,
                autogenerate=True,
                rev_id=f"{len(steps.revisions) + 1:04}",
                version_path=str(steps.folders[-1]),
            )
        engine.dispose()


if __name__ == "__main__":
    write_step(" ".join(sys.argv[1:]))
