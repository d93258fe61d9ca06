"""The books the bench measures on are whole: a figure of broken books would mean nothing."""

from pathlib import Path

from bench.books import Desk, bench_books
from bench.large_books import fill


def test_large_books_are_whole_and_go_on(tmp_path: Path) -> None:
    with bench_books(tmp_path / "books") as (books, company_id):
        desk = Desk(books, company_id)
        fill(books, desk, 60)
        desk.issue()
        report = desk.app.verification.run()
        desk.app.close()
    assert report.violations == ()
    assert report.documents == 62
