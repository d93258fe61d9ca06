"""Which rows of the books belong to a company, and in which order they can be written."""

from sqlalchemy import ColumnElement, Table, select

from billdesk.core.db.tables import Base

# Tables whose rows belong to a company through another table: (column, that table).
THROUGH = {
    "document_line": ("document_id", "document"),
    "document_line_tax": ("document_id", "document"),
    "document_adjustment": ("document_id", "document"),
    "number_counter": ("series_id", "number_series"),
}
# The books' own identity, what desks whisper to one another, and how the services here are doing.
LEFT_OUT = frozenset({"install", "change", "service_state", "service_call_hour"})


def company_tables() -> list[Table]:
    """Every table that holds a company's rows, parents first.

    Postings stand before their entries: the entry's guard proves that they balance.
    """
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
    names = [table.name for table in tables]
    entries = tables.pop(names.index("ledger_entry"))
    tables.insert(names.index("posting"), entries)
    return tables


def of_company(table: Table, company_id: int) -> ColumnElement[bool]:
    """The condition that picks the company's rows of ``table``."""
    if table.name == "company":
        return table.c.id == company_id
    if table.name in THROUGH:
        column, parent_name = THROUGH[table.name]
        parent = Base.metadata.tables[parent_name]
        owned = select(parent.c.id).where(parent.c.company_id == company_id)
        return table.c[column].in_(owned)
    return table.c.company_id == company_id


def referred_table(table: Table, column: str) -> str | None:
    """The table whose ``id`` stands in ``column``, or ``None`` for a plain value."""
    for key in table.c[column].foreign_keys:
        if key.column.name == "id":
            return key.column.table.name
        # A line's taxes refer to the line by document and position.
        if key.column.name == "document_id":
            return "document"
    return None
