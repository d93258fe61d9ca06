"""Where passwords and API keys live: the system's keychain, or memory until BillDesk closes.

Never a file: back ends that store nothing, or store plain text, are refused. No exception and no
``repr`` here holds a secret.
"""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from billdesk.core.domain.errors import UserError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Answer = TypeVar("Answer")
Kind = Literal["keychain", "memory"]
# The password of the database server; the user is the server's address.
DATABASE_SERVICE = "BillDesk/database"


class SecretStoreFailure(UserError):
    """The keychain is locked, denied access or lost what it was given."""


class SecretStore(Protocol):
    """Secrets by service ("BillDesk/stripe") and user ("<company uuid>:<mode>:<account>")."""

    @property
    def kind(self) -> Kind:
        """``keychain`` survives a restart, ``memory`` does not."""

    @property
    def reason(self) -> str:
        """Why only memory is used, as a sentence; empty for a keychain."""

    def get(self, service: str, user: str) -> str | None:
        """The secret, or ``None``. Raises ``SecretStoreFailure``."""

    def set(self, service: str, user: str, secret: str) -> None:
        """Store and prove it was stored. Raises ``SecretStoreFailure``."""

    def delete(self, service: str, user: str) -> None:
        """Forget; nothing happens when there is none. Raises ``SecretStoreFailure``."""


class MemorySecretStore(SecretStore):
    """Secrets for this session only."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._secrets: dict[tuple[str, str], str] = {}

    @property
    def kind(self) -> Kind:
        return "memory"

    @property
    def reason(self) -> str:
        return self._reason

    def get(self, service: str, user: str) -> str | None:
        return self._secrets.get((service, user))

    def set(self, service: str, user: str, secret: str) -> None:
        self._secrets[service, user] = secret

    def delete(self, service: str, user: str) -> None:
        self._secrets.pop((service, user), None)


class KeychainSecretStore(SecretStore):
    """Secrets in a keyring back end that ``open_secret_store`` has found trustworthy."""

    def __init__(self, backend: "KeyringBackend") -> None:
        self._backend = backend
        if hasattr(backend, "persist"):
            # Windows would otherwise copy the secret to every machine of a roaming profile.
            backend.persist = "local machine"

    @property
    def kind(self) -> Kind:
        return "keychain"

    @property
    def reason(self) -> str:
        return ""

    def get(self, service: str, user: str) -> str | None:
        return _guarded(lambda: self._backend.get_password(service, user))

    def set(self, service: str, user: str, secret: str) -> None:
        _guarded(lambda: self._backend.set_password(service, user, secret))
        if self.get(service, user) != secret:
            raise SecretStoreFailure(
                "The system's keychain did not keep what BillDesk stored in it. Check its "
                "settings, or go on and enter the secret again at the next start."
            )

    def delete(self, service: str, user: str) -> None:
        if self.get(service, user) is not None:
            _guarded(lambda: self._backend.delete_password(service, user))


class DeferredSecretStore(SecretStore):
    """Opens the keychain when the first secret is asked for: the window starts without it."""

    def __init__(self) -> None:
        self._store: SecretStore | None = None
        self._opening = Lock()

    @property
    def kind(self) -> Kind:
        return self._opened().kind

    @property
    def reason(self) -> str:
        return self._opened().reason

    def get(self, service: str, user: str) -> str | None:
        return self._opened().get(service, user)

    def set(self, service: str, user: str, secret: str) -> None:
        self._opened().set(service, user, secret)

    def delete(self, service: str, user: str) -> None:
        self._opened().delete(service, user)

    def _opened(self) -> SecretStore:
        # Two threads must not get two memories.
        with self._opening:
            if self._store is None:
                self._store = open_secret_store()
            return self._store


def open_secret_store(backend: "KeyringBackend | None" = None) -> SecretStore:
    """The system's keychain where it can be trusted, else memory with the reason.

    ``backend`` is keyring's own choice unless given. Loading keyring takes a moment and may talk
    to the session bus: call it on a worker thread.
    """
    if backend is None:
        try:
            import keyring

            backend = keyring.get_keyring()
        except Exception:
            # keyring loads whatever back end a configuration names, so anything may come.
            return MemorySecretStore(_for_now("The keychain of this system could not be opened."))
    found = _trustworthy(backend)
    if found is None:
        return MemorySecretStore(_for_now("This system has no keychain that protects secrets."))
    return KeychainSecretStore(found)


def _trustworthy(backend: "KeyringBackend") -> "KeyringBackend | None":
    """The back end itself, the first good one of a chain, or ``None``."""
    from keyring.backends.chainer import ChainerBackend

    if isinstance(backend, ChainerBackend):
        # A chain writes to its first member, whatever that is; it is common on Linux, where
        # several good keychains are installed at once.
        members = (_trustworthy(member) for member in backend.backends)
        return next((member for member in members if member is not None), None)
    for ancestor in type(backend).__mro__:
        # keyrings.alt holds the plain-text files and those that ask on a terminal.
        if ancestor.__module__.startswith(("keyring.backends.null", "keyring.backends.fail")):
            return None
        if ancestor.__module__.startswith("keyrings.alt"):
            return None
    return backend


def _guarded(call: Callable[[], Answer]) -> Answer:
    from keyring.errors import KeyringLocked

    locked = False
    try:
        return call()
    except KeyringLocked:
        locked = True
    except Exception:
        # Every platform raises its own: D-Bus errors, Windows errors, macOS status codes.
        locked = False
    # Outside the except block, so that nothing a back end put into its exception is attached.
    if locked:
        raise SecretStoreFailure("The system's keychain is locked. Unlock it and try again.")
    raise SecretStoreFailure(
        "The system's keychain did not do what BillDesk asked. Check whether access was denied."
    )


def _for_now(why: str) -> str:
    return f"{why} Passwords and keys are kept in memory and asked for again at the next start."
