"""A program of its own that issues invoices: ``issue_worker.py FOLDER URL COMPANY COUNT``.

The URL is that of the books' server, or empty; libpq finds its password in the environment.

Prints the numbers it was given, one a line, after a line ``ready`` and a line read from its input.
"""

import sys
from pathlib import Path
from threading import Thread

from books import Shop, StillTime, open_shelf

from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import parse_address

THREADS = 3


def main(paths: Paths, company_id: int, count: int) -> None:
    time = StillTime()
    books = open_shelf(paths, time)
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
    folder, url, company, number = sys.argv[1:]
    server = parse_address(url) if url else None
    main(Paths(Path(folder), server), int(company), int(number))
