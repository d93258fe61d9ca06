"""Why a connection to PostgreSQL does not come about, in plain words.

libpq tells only a text before the server has answered; these are its own wordings and the
server's, in English. What is not known is shown as it came.
"""

from typing import TYPE_CHECKING

from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError

if TYPE_CHECKING:
    from psycopg import OperationalError

_NO_PASSWORD = "no password supplied"  # noqa: S105 - libpq's words
_WRONG_PASSWORD = "password authentication failed"  # noqa: S105 - the server's words
_PERMANENT = (
    (
        _NO_PASSWORD,
        "The database server asks for the password of “{user}”. Enter it in Settings, Database, "
        "or put it into ~/.pgpass.",
        "password",
    ),
    (_WRONG_PASSWORD, "The database server refuses this password for “{user}”.", "password"),
    (
        "server requested a cleartext password",
        "The database server asks for the password unprotected, so it was not told. Use "
        "scram-sha-256 on the server, or sslmode=verify-full.",
        "tls_mode",
    ),
    (
        "authentication failed",
        "The database server does not let “{user}” in from this computer.",
        "user",
    ),
    ("no pg_hba.conf entry", "The database server does not let this computer in.", "host"),
    ("does not exist", "There is no database “{database}” or no user “{user}” there.", "database"),
    ("permission denied for database", "“{user}” may not use the database.", "user"),
    ("not permitted to log in", "“{user}” may not log in to the server.", "user"),
    ("could not translate host name", "There is no computer named “{host}”.", "host"),
    ("failed to resolve host", "There is no computer named “{host}”.", "host"),
    ("does not support SSL", "The database server offers no encrypted connection.", "tls_mode"),
    ("certificate", "The certificate of the database server is not trusted.", "tls_mode"),
)
_TEMPORARY = (
    (
        "Connection refused",
        "No database server answers at {host}:{port}. Check the address and that the server runs.",
    ),
    (
        "No such file or directory",
        "No database server answers at {host}:{port}. Check the address and that the server runs.",
    ),
    ("timeout", "{host}:{port} does not answer. Check the address, the network and the firewall."),
    ("timed out", "{host}:{port} does not answer. Check the address and the firewall."),
    ("unreachable", "There is no way to {host} on the network. Check the network."),
    ("starting up", "The database server is starting. Try again in a moment."),
    ("shutting down", "The database server is shutting down. Try again later."),
    ("too many clients", "The database server has no connection left. Try again later."),
    ("remaining connection slots", "The database server has no connection left. Try again later."),
)


def wants_password(error: "OperationalError") -> bool:
    """Whether a password, or another one, may help."""
    text = str(error)
    return _NO_PASSWORD in text or _WRONG_PASSWORD in text


def connection_error(address: DatabaseAddress, error: "OperationalError") -> BillDeskError:
    """The sentence for ``error``, met while connecting to ``address``."""
    text = str(error)
    names = {
        "host": address.host,
        "port": address.port,
        "database": address.database,
        "user": address.user,
    }
    for sign, sentence, field in _PERMANENT:
        if sign in text:
            return UserError(sentence.format(**names), field=field)
    for sign, sentence in _TEMPORARY:
        if sign in text:
            return TemporaryError(sentence.format(**names))
    # The first line holds the reason, the others repeat it for each address of the host.
    reason = text.strip().splitlines()[0] if text.strip() else type(error).__name__
    return TemporaryError(f"The database server cannot be used: {reason}")
