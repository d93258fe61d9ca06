"""Where shared books live: the address of a PostgreSQL database, never with a password."""

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from billdesk.core.domain.errors import UserError

SCHEMES = ("postgresql+psycopg", "postgresql", "postgres")
DEFAULT_PORT = 5432
# What may follow the “?”; the first is libpq's folder of the server's socket.
SOCKET = "host"
TLS_MODE = "sslmode"
TLS_ROOT = "sslrootcert"
TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
REFUSED = (
    "A password does not belong into the address of the database: it would be seen in lists of "
    "running programs. Leave it out; BillDesk takes it from the keychain (Settings, Database) or "
    "from the file ~/.pgpass or the one PGPASSFILE names."
)
_FIELD = "database"


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL database and who connects to it.

    ``host`` is a name, an address or the folder of a socket; ``tls_mode`` and ``tls_root`` are
    libpq's ``sslmode`` and ``sslrootcert``
    (https://www.postgresql.org/docs/15/libpq-connect.html).
    """

    host: str
    database: str
    user: str
    port: int = DEFAULT_PORT
    tls_mode: str = ""
    tls_root: str = ""

    @property
    def is_local(self) -> bool:
        """Whether what is sent stays on this computer."""
        return self.host.startswith(("/", "127.")) or self.host in ("localhost", "::1")

    @property
    def url(self) -> str:
        """The address as ``parse_address`` reads it."""
        is_folder = self.host.startswith("/")
        options = {
            SOCKET: self.host if is_folder else "",
            TLS_MODE: self.tls_mode,
            TLS_ROOT: self.tls_root,
        }
        query = urlencode({name: value for name, value in options.items() if value})
        host = "" if is_folder else f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{SCHEMES[0]}://{quote(self.user, safe='')}@{host}:{self.port}"
            f"/{quote(self.database, safe='')}{'?' if query else ''}{query}"
        )

    def __str__(self) -> str:
        return f"{self.database} on {self.host}:{self.port} as {self.user}"


def parse_address(url: str) -> DatabaseAddress:
    """Read ``postgresql+psycopg://user@host:port/database``.

    Raises ``UserError`` for another kind of address, a part that is missing, or a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise _wrong("The port is a number from 1 to 65535.") from None
    if parts.password is not None:
        raise UserError(REFUSED, field=_FIELD)
    if parts.scheme not in SCHEMES:
        raise _wrong("It begins with “postgresql+psycopg://”.")
    options = _options(parts.query)
    host = unquote(parts.hostname or "") or options.get(SOCKET, "")
    return check_address(
        DatabaseAddress(
            host=host,
            database=unquote(parts.path.removeprefix("/")),
            user=unquote(parts.username or ""),
            port=port,
            tls_mode=options.get(TLS_MODE, ""),
            tls_root=options.get(TLS_ROOT, ""),
        )
    )


def check_address(address: DatabaseAddress) -> DatabaseAddress:
    """``address``, if every part is there. Raises ``UserError`` with the part as field."""
    for part, name in (("host", "server"), ("database", "database"), ("user", "user")):
        value: str = getattr(address, part)
        if not value.strip():
            raise UserError(f"Name the {name} to connect to.", field=part)
        if any(not character.isprintable() for character in value):
            raise UserError(f"The name of the {name} holds a sign that cannot be.", field=part)
    if not 0 < address.port < 65536:
        raise UserError("The port is a number from 1 to 65535.", field="port")
    if address.tls_mode and address.tls_mode not in TLS_MODES:
        raise UserError(f"The TLS mode is one of {', '.join(TLS_MODES)}.", field="tls_mode")
    return address


def _options(query: str) -> dict[str, str]:
    found = parse_qs(query, keep_blank_values=True)
    for name in found:
        if name.casefold() in ("password", "passfile"):
            raise UserError(REFUSED, field=_FIELD)
        if name not in (SOCKET, TLS_MODE, TLS_ROOT):
            raise _wrong(f"BillDesk does not know “{name}”.")
    return {name: values[-1] for name, values in found.items()}


def _wrong(why: str) -> UserError:
    return UserError(
        f"This is not the address of a database. {why} An example: "
        "postgresql+psycopg://anna@server/books",
        field=_FIELD,
    )
