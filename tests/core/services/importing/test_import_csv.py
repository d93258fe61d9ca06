"""From bytes to rows with the lines they begin on."""

import pytest

from billdesk.core.services.importing.csv_reading import Table, read_table
from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.importing.problems import Problems


def read(data: bytes) -> tuple[Table | None, list[str]]:
    problems = Problems()
    table = read_table(ImportFile("a.csv", data), problems)
    return table, [str(problem) for problem in problems.kept]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_delimiter_line_ends_and_byte_order_mark(delimiter: str, end: str, start: str) -> None:
    rows = [["Name", "City; or, town"], ["Müller", "Köln"]]
    text = end.join(delimiter.join(f'"{field}"' for field in row) for row in rows) + end
    table, problems = read((start + text).encode())
    assert problems == []
    assert table is not None
    assert table.header == rows[0]
    assert [(row.line, row.fields) for row in table.rows] == [(2, rows[1])]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    data = b'\n\na,b\n"1\n\n1",2\r\n\n"3","4\r\n5"\nx,y\n'
    table, problems = read(data)
    assert problems == []
    assert table is not None
    assert [row.line for row in table.rows] == [4, 8, 10]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "a.csv, line 1: the file is empty"),
        (b"\xff\xfea\x00", "a.csv, line 1: the file is UTF-16"),
        (b"a,b\n1,\xe4\n", "a.csv, line 2: byte 7 is not UTF-8"),
        (b"\xef\xbb\xbfa,b\n1,\xe4\n", "a.csv, line 2: byte 10 is not UTF-8"),
        (b"a,b\n1,2\n\x00,4\n", "a.csv, line 3: a NUL byte"),
        (b"a,b\n1,2,3\n", "a.csv, line 2: 3 fields, but the header has 2."),
        (b"a,b\n1\n", "a.csv, line 2: 1 fields, but the header has 2."),
        (b"a,a\n", "a.csv, line 1, column a: the header has this column twice."),
        (b'a,b\n1,2\n"3,4\n5,6\n', "a.csv, line 3: a quotation mark opened here is never"),
        (b'a,b\n"1" x,2\n', "a.csv, line 2: text follows a closing quotation mark"),
        (b"a,b\n1," + b"x" * 110_000 + b"\n", "a.csv, line 2, column b: 110,000 characters"),
        (b"a,b\n1," + b"x" * 140_000 + b"\n", "a.csv, line 2: a field is far too long"),
    ],
)
def test_damaged_files_are_explained_with_their_place(data: bytes, problem: str) -> None:
    _, problems = read(data)
    assert [text[: len(problem)] for text in problems] == [problem]


def test_the_number_of_rows_is_bounded() -> None:
    table, problems = read(b"a\n" + b"1\n" * 100_001)
    assert table is not None
    assert len(table.rows) == 100_000
    assert len(problems) == 1
    assert "more than 100,000 rows" in problems[0]
