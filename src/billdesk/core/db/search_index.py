"""Documents by every three characters of their search text: an FTS5 table, kept by triggers.

The table has no text of its own (``content=''``) and no positions (``detail=none``): it says which
documents may match, their text says which do. The two blanks behind each text let its last
characters begin a trigram too, so that one or two characters are found by the trigrams that begin
with them.
"""

from sqlalchemy import Connection

INDEX = "document_search"
# One row per trigram and document.
TERMS = "document_search_terms"
# One row per trigram, with the number of its documents.
COUNTS = "document_search_counts"
# FTS5's own table with the number of trigrams of each document.
SIZES = "document_search_docsize"
PADDING = "  "
GRAM = 3

TABLES = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(search_text, content='', detail=none, "
    "tokenize='trigram case_sensitive 1')",
    f"CREATE VIRTUAL TABLE {TERMS} USING fts5vocab({INDEX}, instance)",
    f"CREATE VIRTUAL TABLE {COUNTS} USING fts5vocab({INDEX}, row)",
)
_ADD = f"INSERT INTO {INDEX}(rowid, search_text) VALUES (NEW.id, NEW.search_text || '{PADDING}')"  # noqa: S608 - names of ours
# FTS5 takes a row out by what it was given for it.
_REMOVE = (
    f"INSERT INTO {INDEX}({INDEX}, rowid, search_text) "  # noqa: S608 - names of ours
    f"VALUES ('delete', OLD.id, OLD.search_text || '{PADDING}')"
)
# Event, condition, what keeps the index: by trigger, so that no program can write past it.
UPKEEP = {
    "document_search_insert": f"AFTER INSERT ON document BEGIN {_ADD}; END",
    "document_search_update": (
        "AFTER UPDATE OF id, search_text ON document "
        "WHEN OLD.id <> NEW.id OR OLD.search_text IS NOT NEW.search_text "
        f"BEGIN {_REMOVE}; {_ADD}; END"
    ),
    "document_search_delete": f"AFTER DELETE ON document BEGIN {_REMOVE}; END",
}


def create_search_index(connection: Connection) -> None:
    """Make the empty index of new books."""
    for statement in TABLES:
        connection.exec_driver_sql(statement)


def fill_search_index(connection: Connection) -> None:
    """Make the index anew from all documents, for rows that were written past the triggers."""
    connection.exec_driver_sql(f"INSERT INTO {INDEX}({INDEX}) VALUES ('delete-all')")  # noqa: S608
    connection.exec_driver_sql(
        f"INSERT INTO {INDEX}(rowid, search_text) "  # noqa: S608 - names of ours
        f"SELECT id, search_text || '{PADDING}' FROM document ORDER BY id"
    )


def is_search_table(name: str) -> bool:
    """Whether a table is the index or one that FTS5 keeps for it, which no mapped class has."""
    return name.startswith(INDEX)
