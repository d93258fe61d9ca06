"""A PostgreSQL server of the tests' own: made in a temporary folder, gone with the session.

Its programs are Debian's package ``postgresql``; it runs as an ordinary user (the server refuses
root) and listens on a socket and a free port of this computer.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from billdesk.bootstrap import Paths
from billdesk.core.db.postgres.engine import open_engine
from billdesk.core.db.postgres.migrate import bring_up_to_date
from billdesk.core.domain.database_address import DatabaseAddress

OWNER = "billdesk_owner"
DESK = "billdesk_desk"
TEMPLATE = "template_books"
START_S = 60
HALT_S = 300
# Debian keeps the server's programs out of the path.
_FOLDERS = "/usr/lib/postgresql/*/bin"
# Nothing has to survive: no waiting for the disk.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "deadlock_timeout": "200ms",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class Place:
    """The paths of a test's books, and the password of their server."""

    paths: Paths
    password: str | None = None


def find_programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, the newest there is."""
    found = [
        path for path in Path("/").glob(_FOLDERS.removeprefix("/")) if (path / "initdb").exists()
    ]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    beside = shutil.which("initdb")
    return Path(beside).parent if beside else None


@dataclass
class PostgresServer:
    """A running server with two roles, and a template of empty books."""

    programs: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="billdesk-pg-")))
    port: int = field(default_factory=lambda: _free_port())
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    # Of the settings below, what this server is to have otherwise.
    changes: dict[str, str] = field(default_factory=dict)
    _process: "subprocess.Popen[bytes] | None" = None
    _made: int = 0

    def start(self) -> None:
        """Make the cluster, start it and fill the template. Raises when the server does not."""
        self._make_cluster()
        self.launch()
        self.execute("postgres", f"CREATE ROLE {DESK} LOGIN PASSWORD '{self.password}'")
        self.create(TEMPLATE)
        engine = open_engine(self.address(TEMPLATE, OWNER), self.secret)
        bring_up_to_date(engine, grant_to=(DESK,))
        engine.dispose()

    def _make_cluster(self) -> None:
        self.folder.chmod(0o755)
        self._give_away(self.folder)
        secret = self.folder / "owner.password"
        secret.write_text(self.password)
        self._give_away(secret)
        self._run(
            f"initdb -D {self.data} -U {OWNER} --pwfile={secret} --auth=scram-sha-256 "
            "--encoding=UTF8 --locale=C.UTF-8 --no-sync".split()
        )

    def launch(self) -> None:
        """Start the server on the cluster there is. Raises when it does not."""
        settings = {
            **_SETTINGS,
            **self.changes,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
        }
        settings["unix_socket_directories"] = str(self.folder)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", str(self.data), *options],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                **_as_ordinary_user(),
            )
        self._wait()

    def halt(self) -> None:
        """End the server and leave its cluster whole."""
        if self._process is not None:
            # Fast shutdown: those connected are sent away, everything is written.
            self._process.send_signal(signal.SIGINT)
            self._process.wait(HALT_S)

    def stop(self) -> None:
        """End the server at once and remove everything."""
        if self._process is not None:
            # Immediate shutdown: there is nothing to keep.
            self._process.send_signal(3)
            self._process.wait(START_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self) -> Path:
        """The cluster's files."""
        return self.folder / "data"

    def secret(self) -> str:
        """Both roles' password."""
        return self.password

    def address(self, database: str, user: str = DESK) -> DatabaseAddress:
        """Where a database is, for one of the roles."""
        return DatabaseAddress("127.0.0.1", database, user, self.port)

    def books(self, name: str = "") -> str:
        """A database with empty books; its name."""
        return self.create(name, template=TEMPLATE)

    def has(self, name: str) -> bool:
        """Whether there is a database of that name."""
        engine = open_engine(self.address("postgres", OWNER), self.secret)
        found = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        try:
            with engine.connect() as connection:
                return bool(connection.scalar(found, {"name": name}))
        finally:
            engine.dispose()

    def create(self, name: str = "", *, template: str = "template0") -> str:
        """A new database."""
        self._made += 1
        name = name or f"test_{self._made}"
        # Faster than through the log where nothing has to survive.
        how = "ENCODING 'UTF8' STRATEGY file_copy"
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        return name

    def drop(self, name: str, *, missing_is_fine: bool = False) -> None:
        """Remove a database, whoever is still connected."""
        condition = "IF EXISTS " if missing_is_fine else ""
        self.execute("postgres", f"DROP DATABASE {condition}{name} WITH (FORCE)")

    def execute(self, database: str, statement: str) -> None:
        """Run a statement as the owner, outside a transaction."""
        engine = open_engine(self.address(database, OWNER), self.secret)
        try:
            with engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
        finally:
            engine.dispose()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            try:
                self.execute("postgres", "SELECT 1")
            except Exception:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    log = (self.folder / "server.log").read_text(errors="replace")
                    raise RuntimeError(f"the server did not start: {log[-2000:]}") from None
                time.sleep(0.05)
            else:
                return

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            [self.programs / command[0], *command[1:]],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **_as_ordinary_user(),
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")

    def _give_away(self, path: Path) -> None:
        if os.geteuid() == 0:
            user = _ordinary_user()
            os.chown(path, user.pw_uid, user.pw_gid)


def wait_until_blocked(engine: Engine) -> None:
    """Returns once somebody on the server waits for a lock."""
    waits = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with engine.connect() as connection:
        for _ in range(2000):
            if connection.scalar(waits):
                return
            connection.execute(text("SELECT pg_sleep(0.01)"))
            connection.rollback()
    raise AssertionError("nobody waited")


def _as_ordinary_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = _ordinary_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _ordinary_user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
