"""What must not be read in a log, an error or a report: keys and addresses, cut out of any text."""

import re

# Anything that looks like a Stripe secret, however long, inside other text.
_KEY = re.compile(r"\b((?:sk|rk|pk|ek|whsec|rkcs)_(?:(?:test|live|org)_)*)[A-Za-z0-9*_]+")
# What opens one payment, setup or pay page to whoever has it: pi_…_secret_…
_CLIENT_SECRET = re.compile(r"\b([a-z]+_(?:(?:test|live)_)?[A-Za-z0-9]+_secret_)[A-Za-z0-9_]+")
_ADDRESS = re.compile(r"[^\s@<>\"'():]+@[^\s@<>\"'():]+\.[^\s@<>\"'():]+")


def mask_secrets(text: str) -> str:
    """``text`` with everything that looks like a Stripe secret cut down to its prefix."""
    return _CLIENT_SECRET.sub(r"\1...", _KEY.sub(r"\1...", text))


def mask_private(text: str) -> str:
    """``text`` without secrets and without e-mail addresses."""
    return _ADDRESS.sub("…@…", mask_secrets(text))
