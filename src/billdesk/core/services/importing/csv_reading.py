"""From the bytes of a CSV file to its rows, each with the physical line it begins on."""

import codecs
import csv
import io
from dataclasses import dataclass

from billdesk.core.services.importing.files import ImportFile
from billdesk.core.services.importing.problems import Problems

MOST_ROWS = 100_000
LONGEST_FIELD = 100_000
DELIMITERS = ",;\t"
_OTHER_UNICODE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that has as many fields as the header; ``line`` counts from 1."""

    line: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and its whole rows.

    ``complete`` is false when reading stopped before the end of the file.
    """

    file: str
    header: list[str]
    rows: list[Row]
    complete: bool


def read_table(file: ImportFile, problems: Problems) -> Table | None:
    """The table in ``file``; what cannot be read goes into ``problems``.

    ``None`` when nothing of the file can be understood.
    """
    text = _decode(file, problems)
    if text is None:
        return None
    position = text.find("\0")
    if position >= 0:
        line = sum(1 for _ in io.StringIO(text[: position + 1], newline=""))
        problems.add(file.name, line, "", "a NUL byte: this is not a text file.")
        return None
    # newline="" keeps line ends inside quotation marks as they are and counts physical lines.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, doublequote=True
    )
    header: list[str] | None = None
    rows: list[Row] = []
    line = 1
    complete = True
    try:
        for fields in reader:
            start, line = line, reader.line_num + 1
            if not any(field.strip() for field in fields):
                continue
            if header is None:
                header = [field.strip() for field in fields]
                _check_header(file.name, start, header, problems)
            elif len(fields) != len(header):
                reason = f"{len(fields)} fields, but the header has {len(header)}."
                problems.add(file.name, start, "", reason)
            elif len(rows) == MOST_ROWS:
                reason = f"more than {MOST_ROWS:,} rows; split the file into several imports."
                problems.add(file.name, start, "", reason)
                complete = False
                break
            else:
                _check_lengths(file.name, start, header, fields, problems)
                rows.append(Row(start, fields))
    except csv.Error as error:
        problems.add(file.name, line, "", _explained(error))
        complete = False
    if header is None:
        if not problems.count:
            problems.add(file.name, 1, "", "the file is empty; its first line names the columns.")
        return None
    return Table(file.name, header, rows, complete)


def _decode(file: ImportFile, problems: Problems) -> str | None:
    if file.data.startswith(_OTHER_UNICODE):
        problems.add(file.name, 1, "", "the file is UTF-16; save it as UTF-8.")
        return None
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The position is counted after the byte order mark, if there is one.
        skipped = 3 if file.data.startswith(codecs.BOM_UTF8) else 0
        position = error.start + skipped
        line = file.data.count(b"\n", 0, position) + 1
        reason = f"byte {position + 1:,} is not UTF-8; save the file as “CSV UTF-8”."
        problems.add(file.name, line, "", reason)
        return None


def _delimiter(text: str) -> str:
    """The delimiter that occurs most often in the first line with text, outside quotes."""
    for line in io.StringIO(text):
        if line.strip():
            outside = "".join(line.split('"')[::2])
            # max() takes the first of equals: the comma where there is no delimiter at all.
            return max(DELIMITERS, key=outside.count)
    return DELIMITERS[0]


def _check_header(file: str, line: int, header: list[str], problems: Problems) -> None:
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            problems.add(file, line, name, "the header has this column twice.")
        seen.add(name)


def _check_lengths(
    file: str, line: int, header: list[str], fields: list[str], problems: Problems
) -> None:
    for name, field in zip(header, fields, strict=True):
        if len(field) > LONGEST_FIELD:
            reason = f"{len(field):,} characters; is a quotation mark missing?"
            problems.add(file, line, name, reason)


def _explained(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark opened here is never closed."
    if "field larger" in text:
        return "a field is far too long; is a quotation mark missing?"
    if "expected after" in text:
        return "text follows a closing quotation mark; double the quotation marks inside a field."
    return f"the row cannot be read ({text})."
