"""Statements are compiled once for all tests: each opens engines of its own, all of one kind.

An engine remembers what it compiled under its own dialect; a third of a test's time went into
compiling again what the test before it had compiled.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event


class CompiledStatements(dict[tuple[Any, ...], Any]):
    """Compiled statements by the dialect's name instead of one engine's dialect."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, *rest)


_STATEMENTS = CompiledStatements()


@event.listens_for(Engine, "engine_connect")
def remember(connection: Connection) -> None:
    """Each connection of each engine looks there first."""
    connection.execution_options(compiled_cache=_STATEMENTS)
