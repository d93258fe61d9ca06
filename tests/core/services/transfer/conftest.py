"""An export that the tests of this folder falsify and break, each its own copy."""

from pathlib import Path

import pytest
from books import Shop, StillTime, line, new_company, open_shelf


@pytest.fixture(scope="package")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported books with documents, money, PDFs and an audit log; nobody writes to it."""
    time = StillTime()
    books = open_shelf(tmp_path_factory.mktemp("written"), time)
    shop = Shop.open(books, new_company(books), time)
    try:
        vat = shop.rates()[0]
        first = shop.issued(lines=(line("100", tax_rate_ids=(vat,)),))
        shop.receive(first.document_id, 12_000)
        shop.issued("50")
        shop.work()
        file = tmp_path_factory.mktemp("export") / "company.zip"
        shop.app.exports.write(file)
    finally:
        shop.app.close()
        books.close()
    return file
