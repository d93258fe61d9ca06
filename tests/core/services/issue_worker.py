"""A program of its own that issues invoices: ``python issue_worker.py FOLDER COMPANY COUNT``.

Prints the numbers it was given, one a line, after a line ``ready`` and a line read from its input.
"""

import sys
from pathlib import Path
from threading import Thread

from books import Shop, StillTime, open_shelf

THREADS = 3


def main(folder: Path, company_id: int, count: int) -> None:
    time = StillTime()
    books = open_shelf(folder, time)
    shop = Shop.open(books, company_id, time)
    customer = shop.customer()
    numbers: list[str] = []

    def issue_some() -> None:
        numbers.extend(shop.issued(customer_id=customer).number for _ in range(count))

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    threads = [Thread(target=issue_some) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.app.close()
    books.close()
    sys.stdout.write("\n".join(numbers) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
