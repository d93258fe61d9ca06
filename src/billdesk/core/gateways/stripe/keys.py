"""Stripe API keys: which ones BillDesk takes, their mode, and how they are shown."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from billdesk.core.domain.errors import UserError

_FORM = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9]{16,240}")


def check_key(key: str) -> str:
    """Return ``key`` if it is a usable secret or restricted key, else raise ``UserError``.

    The sentences never repeat the key.
    """
    if not key:
        raise _refuse("Paste the restricted key from the Stripe Dashboard (it starts with rk_).")
    if any(character.isspace() for character in key):
        raise _refuse("The key holds a space or a line break; copy it again without them.")
    if key.startswith("pk_"):
        raise _refuse(
            "This is a publishable key, made for web pages. BillDesk needs a restricted key, "
            "which starts with rk_."
        )
    if key.startswith("whsec_"):
        raise _refuse(
            "This is a webhook signing secret. BillDesk needs a restricted key, which starts "
            "with rk_; it uses no webhooks."
        )
    if key.startswith("sk_org_"):
        raise _refuse(
            "This is an organisation key. Make a restricted key (rk_) inside the one account "
            "BillDesk is to use."
        )
    if key.startswith(("ek_", "rkcs_")):
        raise _refuse(
            "This key was made for another program and ends after a while. Make a restricted key "
            "of your own, which starts with rk_test_ or rk_live_."
        )
    if not _FORM.fullmatch(key):
        raise _refuse(
            "This does not look like a Stripe key: it starts with rk_test_, rk_live_, sk_test_ "
            "or sk_live_ and goes on with letters and digits only. Copy the whole key."
        )
    return key


def advice_about(key: str) -> str:
    """A warning about a usable key that may do more than BillDesk needs, else nothing."""
    if not key.startswith("sk_"):
        return ""
    return (
        "This is a full secret key: whoever gets hold of it can do everything with your Stripe "
        "account, even send its money elsewhere. BillDesk works with it, but a restricted key "
        "(rk_) that may only do what BillDesk needs is safer."
    )


def livemode_of(key: str) -> bool:
    """Whether a checked key moves real money."""
    return key.split("_", 2)[1] == "live"


def mode_of(key: str) -> str:
    """``"live"`` or ``"test"``."""
    return "live" if livemode_of(key) else "test"


def mask_key(key: str) -> str:
    """The key as it may be shown: prefix and last four characters (``rk_live_...abcd``)."""
    if not _FORM.fullmatch(key):
        return "..."
    kind, mode, rest = key.split("_", 2)
    return f"{kind}_{mode}_...{rest[-4:]}"


def check_base_url(url: str, key: str) -> str:
    """Return the address of a practice Stripe, or raise ``UserError``.

    Only this computer and only test keys: otherwise one edit of a setting could send a live key
    anywhere.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_here() from None
    if parts.scheme not in ("http", "https") or port == 0 or not _loopback(parts.hostname):
        raise _not_here()
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    # Anything beside host and port might be another host to another reader of the same text.
    plain = parts.netloc.lower() == (host if port is None else f"{host}:{port}")
    if not plain or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UserError(
            "Give only the practice Stripe's address and port, like http://127.0.0.1:12111.",
            field="stripe_url",
        )
    if livemode_of(check_key(key)):
        raise UserError(
            "A live key is never sent to a practice Stripe; use a key that starts with rk_test_.",
            field="stripe_key",
        )
    return f"{parts.scheme}://{parts.netloc}"


def is_safe_page(url: str, *, livemode: bool) -> bool:
    """Whether a customer may be sent to the pay page ``url``.

    It is encrypted, or a practice Stripe's on this computer, where no page is live.
    """
    # urlsplit drops line ends, and what stands before "@" is no host but may look like one.
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and not livemode and _loopback(host))


def _not_here() -> UserError:
    return UserError(
        "The practice Stripe must run on this computer; use an address like "
        "http://127.0.0.1:12111.",
        field="stripe_url",
    )


def _loopback(host: str | None) -> bool:
    if host is None:
        return False
    # The name of an interface ("%eth0") may hold anything.
    if "%" in host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse(sentence: str) -> UserError:
    return UserError(sentence, field="stripe_key")
