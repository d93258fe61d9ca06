"""Whether the books in a backup hold, told before they take the place of the present ones.

A restore is never refused for it: the backup may be the only copy there is.
"""

import logging
from datetime import datetime
from pathlib import Path

from billdesk.core.db.migrate import SchemaState, open_books, schema_state
from billdesk.core.domain.backups import BackupSummary
from billdesk.core.services.verification.soundness import UNREADABLE, Soundness, look

log = logging.getLogger(__name__)
# Bringing more than this up to date, only to look at it, takes about as long as restoring it.
MOST_TO_BRING_UP_TO_DATE = 50_000


def check_backup(books: Path, summary: BackupSummary, now: datetime) -> Soundness:
    """Verify the books in ``books``, a copy of the backup that is changed on the way.

    Rule after rule, until all are tried or a minute is over. Large books of an older version are
    not tried. Stored PDFs are not looked at: they are not in a file of books, and what is missing
    comes back from its packs.
    """
    is_large = sum(one.documents for one in summary.companies) > MOST_TO_BRING_UP_TO_DATE
    if is_large and schema_state(books) is not SchemaState.CURRENT:
        return Soundness(0, "", is_complete=False)
    try:
        # Brings this version's guards along: what is found beside them would survive a restore.
        engine = open_books(books, backups=books.parent / "checked", now=now)
    except UNREADABLE as error:
        log.warning("the backup cannot be checked", exc_info=error)
        return Soundness(1, "its rows cannot be read", is_complete=False)
    try:
        with engine.connect() as connection, connection.begin():
            return look(connection)
    finally:
        engine.dispose()
