"""An import with problems: all of them reported at once, and not a trace in the books."""

import pytest
from import_support import (
    CUSTOMERS,
    EXAMPLE,
    INVOICES,
    LINES,
    Desk,
    example_files,
    places,
)
from sqlalchemy import event

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import Event
from billdesk.core.services.importing import ImportFile, ImportFiles, ImportService

GOOD = "INV-00041,C-0007,2025-01-02,2025-01-16,2025-01-10,119.00\n"
GOOD_LINES = LINES + "INV-00041,Work,2,50.00,19\n"


def test_all_problems_are_told_with_file_line_and_column(desk: Desk) -> None:
    report = desk.take(
        customers=(
            "number,name,email,country,terms_days,notes\n"
            'C-1,Good,,,,"two\nlines"\n'
            "C-2,,nobody,Atlantis,soon,\n"
            "C-1,Twin,,,,\n"
            "C-3,Mail,nobody,,,\n"
        ),
        items="code,name,unit_price,tax\nA,Thing,1.5,19\nB,Other,-1,19\nC,Third,1,Luxury\n",
        invoices=INVOICES
        + GOOD.replace("C-0007", "C-1")
        + "INV-00041,C-1,2025-01-02,,,1.00\n"
        + "N-2,C-9,2025-01-02,2024-12-31,,1.00\n"
        + "N-3,C-1,2027-01-02,,2025-13-01,1.00\n"
        + "N-4,C-1,,,,119,00\n"
        + "N-5,C-1,2025-01-02,,,118.99\n"
        + ",C-1,2025-01-02,,,119.00\n",
        lines=GOOD_LINES
        + "N-2,Work,1,1.00,\n"
        + "N-3,,1,1.0000001,\n"
        + "N-5,Work,2,50.00,19\n"
        + "N-6,Work,2,50.00,19\n",
    )
    assert not report.written
    assert places(report) == [
        ("customers.csv", 4, "name"),
        ("customers.csv", 4, "country"),
        ("customers.csv", 4, "terms_days"),
        ("customers.csv", 5, "number"),
        ("customers.csv", 6, "email"),
        ("items.csv", 3, "unit_price"),
        ("items.csv", 4, "tax"),
        ("invoices.csv", 3, "number"),
        ("invoices.csv", 4, "customer"),
        ("invoices.csv", 4, "due_on"),
        ("invoices.csv", 5, "paid_on"),
        ("invoices.csv", 5, "issued_on"),
        ("invoices.csv", 6, ""),
        ("invoices.csv", 7, "total"),
        ("invoices.csv", 8, "number"),
        ("lines.csv", 4, "name"),
        ("lines.csv", 6, "invoice"),
    ]
    assert report.problem_count == len(report.problems)
    by_place = {(p.file, p.line, p.column): p.reason for p in report.problems}
    assert by_place["invoices.csv", 3, "number"] == "“INV-00041” is on line 2 already."
    assert by_place["invoices.csv", 7, "total"] == (
        "the lines come to 119.00 EUR, the file says 118.99."
    )


def test_a_broken_import_leaves_nothing_behind(desk: Desk) -> None:
    told: list[Event] = []
    desk.uow.bus.subscribe(told.append)
    before = desk.dump()
    report = desk.take(
        customers=CUSTOMERS + "C-0008,Other\n",
        items="code,name,unit_price\nA,Thing,1.5\n",
        invoices=INVOICES + GOOD + GOOD.replace("41", "42").replace("119.00", "119.01"),
        lines=GOOD_LINES + "INV-00042,Work,2,50.00,19\n",
    )
    assert places(report) == [("invoices.csv", 3, "total")]
    assert not report.written
    assert desk.dump() == before
    assert told == []


def test_a_dry_run_checks_everything_and_leaves_nothing_behind(desk: Desk) -> None:
    before = desk.dump()
    mapping = (EXAMPLE / "mapping.toml").read_text(encoding="utf-8")
    report = desk.run(example_files(), mapping, dry_run=True)
    assert report.clean
    assert not report.written
    assert report.invoices == 4
    assert desk.dump() == before


def test_the_database_refusing_at_the_end_leaves_nothing_behind(desk: Desk) -> None:
    """Even a failure nobody foresaw, after hundreds of rows, takes everything back."""
    desk.rows("SELECT 1")
    before = desk.dump()
    with desk.uow.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON audit_log WHEN NEW.action = 'import.finished'"
            " BEGIN SELECT RAISE(ABORT, 'disk gone'); END"
        )
    with pytest.raises(Exception, match="disk gone"):
        desk.take(customers=CUSTOMERS, invoices=INVOICES + GOOD, lines=GOOD_LINES)
    with desk.uow.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER broken")
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("invoice", "place", "reason"),
    [
        ("INV-00041,C-0007,2025-01-02,,2026-11-25,119.00", "paid_on", "lies in the future"),
        ("INV-00041,C-0007,2025-01-02,,2025-01-05,119.001", "total", "the lines come to"),
        (f"{'9' * 41},C-0007,2025-01-02,,,119.00", "number", "41 characters; the most is 40."),
        ("INV-0\x0741,C-0007,2025-01-02,,,119.00", "number", "control character"),
        ("INV-0\u202e41,C-0007,2025-01-02,,,119.00", "number", "direction of writing"),
        ("INV-00041,C-0007,2025-01-02,9999-12-31,,119.00", "due_on", "2100-12-31"),
        ("INV-00041,C-0007,0001-01-01,,,119.00", "issued_on", "2000-01-01"),
    ],
)
def test_what_an_invoice_cannot_be(desk: Desk, invoice: str, place: str, reason: str) -> None:
    lines = LINES + f"{invoice.split(',')[0]},Work,2,50.00,19\n"
    report = desk.take(customers=CUSTOMERS, invoices=INVOICES + invoice + "\n", lines=lines)
    found = [p for p in report.problems if p.file == "invoices.csv"]
    assert [(p.line, p.column) for p in found] == [(2, place)]
    assert reason in found[0].reason


@pytest.mark.parametrize(
    ("amount", "paid_on", "column", "reason"),
    [
        ("119.01", "2025-01-05", "amount_paid", "not between 0 and 119.00"),
        ("-1.00", "2025-01-05", "amount_paid", "not between 0 and 119.00"),
        ("1.005", "2025-01-05", "amount_paid", "more decimals than the currency"),
        ("5.00", "", "paid_on", "when the money was received"),
    ],
)
def test_what_cannot_have_been_paid(
    desk: Desk, amount: str, paid_on: str, column: str, reason: str
) -> None:
    invoices = (
        "number,customer,issued_on,paid_on,amount_paid,total\n"
        f"INV-00041,C-0007,2025-01-02,{paid_on},{amount},119.00\n"
    )
    report = desk.take(customers=CUSTOMERS, invoices=invoices, lines=GOOD_LINES)
    assert places(report) == [("invoices.csv", 2, column)]
    assert reason in report.problems[0].reason


def test_a_number_of_the_books_is_refused(desk: Desk) -> None:
    texts = {"invoices": INVOICES + GOOD, "lines": GOOD_LINES}
    assert desk.take(customers=CUSTOMERS, **texts).written
    report = desk.take(**texts)
    assert places(report) == [("invoices.csv", 2, "number")]
    assert "in the books already" in report.problems[0].reason


def test_a_foreign_currency_needs_its_rate(desk: Desk) -> None:
    invoices = "number,customer,issued_on,total,currency\nINV-00041,C-0007,2025-01-02,119.00,USD\n"
    report = desk.take(customers=CUSTOMERS, invoices=invoices, lines=GOOD_LINES)
    assert places(report) == [("invoices.csv", 2, "exchange_rate")]


def test_a_misspelt_column_is_never_left_out_in_silence(desk: Desk) -> None:
    report = desk.take(customers="number,name,emial\nC-1,Good,a@example.com\n")
    assert places(report) == [("customers.csv", 1, "emial")]
    assert "is “email” meant?" in report.problems[0].reason
    mapped = desk.take(
        customers="number,name,Fax\nC-1,Good,1\n", mapping='[customers]\nname = "name"'
    )
    assert mapped.written
    assert mapped.ignored == ("customers.csv: Fax",)


def test_problems_name_the_columns_of_the_file(desk: Desk) -> None:
    report = desk.take(
        customers="Nr,Vor,Nach\n1,,\n",
        mapping='[customers]\nnumber = "Nr"\nname = "{Vor} {Nach}"\nemail = "Mail"',
    )
    assert places(report) == [("customers.csv", 1, "Mail"), ("customers.csv", 2, "Vor, Nach")]


def test_a_missing_column_is_told_once_or_by_row(desk: Desk) -> None:
    report = desk.take(customers="number,contact\nC-1,A\nC-2,B\n")
    assert places(report)[0] == ("customers.csv", 1, "name")


def test_the_problems_kept_are_bounded_but_all_are_counted(desk: Desk) -> None:
    report = desk.take(customers="number,name\n" + "".join(f"C-{i},\n" for i in range(1500)))
    assert report.problem_count == 1500
    assert len(report.problems) == 1000


def test_an_unreadable_file_of_lines_is_the_only_problem(desk: Desk) -> None:
    files = ImportFiles(
        customers=ImportFile("customers.csv", CUSTOMERS.encode()),
        invoices=ImportFile("invoices.csv", (INVOICES + GOOD).encode()),
        lines=ImportFile("lines.csv", b"invoice,name\nINV-00041,M\xfcller\n"),
    )
    report = desk.run(files)
    assert places(report) == [("lines.csv", 2, "")]


def test_lines_need_invoices(desk: Desk) -> None:
    with pytest.raises(UserError, match="together with their invoices"):
        desk.take(lines=GOOD_LINES)
    with pytest.raises(UserError, match="at least one file"):
        ImportService(desk.uow).run(ImportFiles())


def test_nothing_is_imported_into_closed_books(desk: Desk) -> None:
    with desk.uow.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE company SET locked_through = '2025-01-05'")
    report = desk.take(customers=CUSTOMERS, invoices=INVOICES + GOOD, lines=GOOD_LINES)
    assert places(report) == [("invoices.csv", 2, "issued_on")]
    assert "closed through 2025-01-05" in report.problems[0].reason


def test_a_file_read_in_part_is_not_checked_against_the_books(desk: Desk) -> None:
    """Its missing rows would only cause problems that are not there, after minutes of work."""
    statements: list[str] = []
    event.listen(
        desk.uow.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    customers = "number,name\n" + "C-1,Berg\n" * 100_001
    report = desk.take(customers=customers, invoices=INVOICES + GOOD, lines=GOOD_LINES)
    assert places(report) == [("customers.csv", 100_002, "")]
    assert statements == []
