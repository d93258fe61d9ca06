"""Programs of their own that make what recurs: ``python recurring_desk.py FOLDER COMPANY ...``.

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


def make_due(folder: Path, company_id: int, dies_at: int = 0) -> int:
    """Open the books and make what is due; how many documents."""
    time = StillTime()
    books = open_shelf(folder, time)
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


def live(folder: Path, company_id: int, dies_at: int) -> bool:
    """One life; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            make_due(folder, company_id, dies_at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, company_id: int, deaths: list[int]) -> None:
    if deaths:
        killed = [live(folder, company_id, dies_at) for dies_at in deaths]
        sys.stdout.write(f"{sum(killed)}\n")
        return
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{make_due(folder, company_id)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(each) for each in sys.argv[3:]])
