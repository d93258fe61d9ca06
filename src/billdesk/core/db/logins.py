"""Who acts: the login that the system or the server vouches for, not one a variable claims."""

import os
import sys

from sqlalchemy import Connection, text

from billdesk.core.db.engine import is_sqlite

_UNKNOWN = "unknown"

if sys.platform == "win32":

    def system_login() -> str:
        """The name of the person logged in to this computer, or ``unknown``."""
        try:
            return os.getlogin()
        except OSError:
            return _UNKNOWN

else:
    import pwd

    def system_login() -> str:
        """The name of the user this program runs as; its number where it has no name.

        $USER is whatever somebody wrote into it.
        """
        uid = os.getuid()
        try:
            return pwd.getpwuid(uid).pw_name or f"uid-{uid}"
        except KeyError:
            return f"uid-{uid}"


def acting_login(connection: Connection) -> str:
    """Who works on these books: on a server the user it let in, on a file the system's.

    ``session_user`` stays who logged in, whatever role was taken on since.
    """
    if is_sqlite(connection):
        return system_login()
    return str(connection.scalar(text("SELECT session_user")))
