"""The secret store over real keyring back ends, good and bad."""

import os
import subprocess
import sys

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked

from billdesk.core.gateways.secrets import (
    MemorySecretStore,
    SecretStoreFailure,
    open_secret_store,
)

SERVICE, USER = "BillDesk/stripe", "0a1b:test"
SECRET = "rk_test_" + "s3cr3t" * 5


class Keychain(KeyringBackend):
    """A well-behaved keychain."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class Forgetful(Keychain):
    def set_password(self, service, username, password):
        pass


class Locked(Keychain):
    def get_password(self, service, username):
        raise KeyringLocked(f"no way to read {SECRET}")

    def set_password(self, service, username, password):
        raise KeyringLocked(f"no way to write {password}")


class Odd(Keychain):
    def set_password(self, service, username, password):
        raise OSError(8, f"cannot write {password}")


class Roaming(Keychain):
    persist = "enterprise"


class PlainFile(Keychain):
    pass


# Where the plain-text back ends live; the package itself is not among the dependencies.
PlainFile.__module__ = "keyrings.alt.file"


class HomeMade(PlainFile):
    """A back end built on a plain-text one."""


class Chain(chainer.ChainerBackend):
    backends = ()

    def __init__(self, *members):
        super().__init__()
        self.backends = members


def test_a_keychain_keeps_and_forgets():
    store = open_secret_store(Keychain())
    assert (store.kind, store.reason) == ("keychain", "")
    assert store.get(SERVICE, USER) is None
    store.set(SERVICE, USER, SECRET)
    assert store.get(SERVICE, USER) == SECRET
    assert store.get(SERVICE, "0a1b:live") is None
    store.delete(SERVICE, USER)
    store.delete(SERVICE, USER)
    assert store.get(SERVICE, USER) is None


@pytest.mark.parametrize(
    "backend",
    [null.Keyring(), fail.Keyring(), PlainFile(), HomeMade(), Chain(), Chain(PlainFile())],
    ids=["null", "fail", "plain", "built on plain", "empty chain", "chain of plain"],
)
def test_what_protects_nothing_is_replaced_by_memory(backend):
    store = open_secret_store(backend)
    assert store.kind == "memory"
    assert "memory" in store.reason
    store.set(SERVICE, USER, SECRET)
    assert store.get(SERVICE, USER) == SECRET
    assert getattr(backend, "kept", {}) == {}
    store.delete(SERVICE, USER)
    store.delete(SERVICE, USER)
    assert store.get(SERVICE, USER) is None


def test_of_a_chain_the_first_good_keychain_is_used():
    good = Keychain()
    store = open_secret_store(Chain(PlainFile(), good))
    store.set(SERVICE, USER, SECRET)
    assert store.kind == "keychain"
    assert good.kept == {(SERVICE, USER): SECRET}


def test_a_keychain_that_forgets_is_found_out_at_once():
    with pytest.raises(SecretStoreFailure, match="did not keep"):
        open_secret_store(Forgetful()).set(SERVICE, USER, SECRET)


def test_windows_is_told_to_keep_the_secret_on_this_machine():
    backend = Roaming()
    open_secret_store(backend)
    assert backend.persist == "local machine"


@pytest.mark.parametrize(("backend", "said"), [(Locked(), "locked"), (Odd(), "denied")])
def test_failures_are_plain_words_without_the_secret(backend, said):
    with pytest.raises(SecretStoreFailure, match=said) as caught:
        open_secret_store(backend).set(SERVICE, USER, SECRET)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in f"{error} {error!r} {vars(error)}"


def test_stores_do_not_show_what_they_hold():
    for store in (open_secret_store(Keychain()), MemorySecretStore("No keychain.")):
        store.set(SERVICE, USER, SECRET)
        assert SECRET not in repr(store) + str(store)


@pytest.mark.parametrize("named", ["keyring.backends.null.Keyring", "no.such.Backend"])
def test_the_configured_back_end_is_asked_and_judged(named):
    code = (
        "from billdesk.core.gateways.secrets import open_secret_store\n"
        "print(open_secret_store().kind)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": named},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "memory"


def test_the_deferred_keychain_is_opened_when_first_asked():
    code = (
        "import sys\n"
        "from billdesk.core.gateways.secrets import DeferredSecretStore\n"
        "store = DeferredSecretStore()\n"
        "print('keyring' in sys.modules)\n"
        f"store.set({SERVICE!r}, {USER!r}, 'kept')\n"
        f"print(store.get({SERVICE!r}, {USER!r}), store.kind, bool(store.reason))\n"
        f"store.delete({SERVICE!r}, {USER!r})\n"
        f"print(store.get({SERVICE!r}, {USER!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "kept", "memory", "True", "None"]
