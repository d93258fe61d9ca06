"""The address of a database: read, written, and never with a password."""

import pytest

from billdesk.core.domain.database_address import DatabaseAddress, parse_address
from billdesk.core.domain.errors import UserError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql+psycopg://anna@server/books", DatabaseAddress("server", "books", "anna")),
        ("postgresql://anna@server:6543/books", DatabaseAddress("server", "books", "anna", 6543)),
        ("postgres://a%40b@[::1]/my%20books", DatabaseAddress("::1", "my books", "a@b")),
        ("postgresql://anna@/books?host=/run/pg", DatabaseAddress("/run/pg", "books", "anna")),
        (
            "postgresql://anna@server/books?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            DatabaseAddress("server", "books", "anna", 5432, "verify-full", "/etc/ca.pem"),
        ),
    ],
)
def test_an_address_is_read_and_written_alike(url: str, address: DatabaseAddress) -> None:
    assert parse_address(url) == address
    assert parse_address(address.url) == address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://anna:secret@server/books",
        "postgresql://anna:@server/books",
        "postgresql://anna@server/books?password=secret",
        "postgresql://anna@server/books?passfile=/tmp/x",
    ],
)
def test_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UserError, match="does not belong") as refusal:
        parse_address(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("sqlite:///books.db", "database"),
        ("anna@server/books", "database"),
        ("postgresql://anna@server:port/books", "database"),
        ("postgresql://anna@server:70000/books", "database"),
        ("postgresql://anna@server/books?options=-cfoo", "database"),
        ("postgresql://server/books", "user"),
        ("postgresql://anna@server", "database"),
        ("postgresql://anna@/books", "host"),
        ("postgresql://anna@server/books%00", "database"),
        ("postgresql://anna@server/books?sslmode=maybe", "tls_mode"),
    ],
)
def test_what_is_wrong_is_named(url: str, field: str) -> None:
    with pytest.raises(UserError) as refusal:
        parse_address(url)
    assert refusal.value.field == field
