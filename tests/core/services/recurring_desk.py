"""Programs of their own that make what recurs: ``recurring_desk.py FOLDER URL COMPANY ...``.

The URL is that of the books' server, or empty; libpq finds its password in the environment.

With numbers behind, one life after another: each is killed (SIGKILL) before its n-th statement, 0
lives to its end. Without, one that prints ``ready``, waits for a line and prints how many it made.
Lives are forked, so that everything is imported once.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from books import Shop, StillTime, open_shelf
from sqlalchemy import event

from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import parse_address


def make_due(paths: Paths, company_id: int, dies_at: int = 0) -> int:
    """Open the books and make what is due; how many documents."""
    time = StillTime()
    books = open_shelf(paths, time)
    shop = Shop.open(books, company_id, time)
    left = dies_at

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(books.engine, "before_cursor_execute", count)
    made = shop.app.sync.make_recurring_now()
    shop.app.close()
    books.close()
    return made


def live(paths: Paths, company_id: int, dies_at: int) -> bool:
    """One life; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            make_due(paths, company_id, dies_at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(paths: Paths, company_id: int, deaths: list[int]) -> None:
    if deaths:
        killed = [live(paths, company_id, dies_at) for dies_at in deaths]
        sys.stdout.write(f"{sum(killed)}\n")
        return
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{make_due(paths, company_id)}\n")


if __name__ == "__main__":
    folder, url, company, *given = sys.argv[1:]
    server = parse_address(url) if url else None
    main(Paths(Path(folder), server), int(company), [int(each) for each in given])
