"""Rows of a file as typed values under BillDesk's own column names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billdesk.core.domain.texts import forbidden_in, one_line, paragraphs
from billdesk.core.services.importing.columns import COLUMNS, Column, FileKind, ValueKind
from billdesk.core.services.importing.csv_reading import Table
from billdesk.core.services.importing.mapping import FromColumn, ImportMapping, Source, hint
from billdesk.core.services.importing.problems import Problems
from billdesk.core.services.importing.values import ValueProblem, ValueReader


@dataclass(frozen=True, slots=True)
class Record:
    """One row. A column that was left out or blank is "" (text) or missing (all others)."""

    line: int
    values: Mapping[str, Any]
    # Columns whose text could not be read: already reported, not to be reported again.
    bad: frozenset[str]

    def text(self, column: str) -> str:
        """A text, "" when blank."""
        return str(self.values.get(column, ""))

    def number(self, column: str) -> Decimal | None:
        """A number, ``None`` when blank."""
        value = self.values.get(column)
        return value if isinstance(value, Decimal) else None

    def whole(self, column: str) -> int | None:
        """A whole number, ``None`` when blank."""
        value = self.values.get(column)
        return value if isinstance(value, int) else None

    def day(self, column: str) -> date | None:
        """A date, ``None`` when blank."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a file and how to tell where a problem is."""

    file: str
    sources: Mapping[str, Source]
    rows: tuple[Record, ...]
    ignored: tuple[str, ...]
    problems: Problems

    def report(self, record: Record, column: str, reason: str) -> None:
        """Note a problem of ``column`` under the name it has in the file."""
        source = self.sources.get(column)
        shown = ", ".join(source.columns) if source is not None else ""
        self.problems.add(self.file, record.line, shown or column, reason)


def read_records(
    kind: FileKind,
    table: Table,
    mapping: ImportMapping,
    reader: ValueReader,
    problems: Problems,
) -> Records:
    """Read every row of ``table``; what does not fit goes into ``problems``."""
    sources, ignored = _sources(kind, table, mapping, problems)
    columns = [column for column in COLUMNS[kind] if column.name in sources]
    rows = []
    for row in table.rows:
        named = dict(zip(table.header, row.fields, strict=True))
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for column in columns:
            source = sources[column.name]
            try:
                value = _read(column, source.read(named), reader)
            except ValueProblem as problem:
                bad.add(column.name)
                shown = ", ".join(source.columns) or column.name
                problems.add(table.file, row.line, shown, str(problem))
            else:
                if value is not None:
                    values[column.name] = value
        rows.append(Record(row.line, values, frozenset(bad)))
    return Records(table.file, sources, tuple(rows), ignored, problems)


def _sources(
    kind: FileKind, table: Table, mapping: ImportMapping, problems: Problems
) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Where each column comes from, and the columns of the file nobody asked for."""
    header = {name for name in table.header if name}
    mapped = mapping.sections.get(kind, {})
    sources: dict[str, Source] = {}
    for column in COLUMNS[kind]:
        source = mapped.get(column.name)
        if source is None and column.name in header:
            source = FromColumn(column.name)
        if source is None:
            if column.required:
                problems.add(table.file, 1, column.name, "this column is missing.")
            continue
        missing = [name for name in source.columns if name not in header]
        for name in missing:
            reason = f"the mapping names this column, but the file has {', '.join(table.header)}."
            problems.add(table.file, 1, name, reason)
        if not missing:
            sources[column.name] = source
    used = {name for source in sources.values() for name in source.columns}
    ignored = tuple(name for name in table.header if name and name not in used)
    if kind not in mapping.sections:
        # A misspelt column must not be left out in silence.
        known = [column.name for column in COLUMNS[kind]]
        for name in ignored:
            problems.add(table.file, 1, name, f"this column is not known{hint(name, known)}.")
    return sources, ignored


def _read(column: Column, text: str, reader: ValueReader) -> Any:
    """The value of a text, ``None`` when it is blank. Raises ``ValueProblem``."""
    if not text:
        if column.required:
            raise ValueProblem("this must not be blank.")
        return None
    text = paragraphs(text) if column.kind is ValueKind.PARAGRAPHS else one_line(text)
    found = forbidden_in(text)
    if found is not None:
        raise ValueProblem(f"this holds {found}.")
    if len(text) > column.longest:
        raise ValueProblem(f"{len(text):,} characters; the most is {column.longest:,}.")
    match column.kind:
        case ValueKind.NUMBER:
            return reader.number(text)
        case ValueKind.WHOLE:
            return reader.whole(text)
        case ValueKind.DATE:
            return reader.day(text)
        case ValueKind.CURRENCY:
            return reader.currency(text)
        case ValueKind.COUNTRY:
            return reader.country(text)
        case ValueKind.LANGUAGE:
            return reader.language(text)
        case ValueKind.CHOICE:
            return reader.choice(text, column.choices)
    return text
