"""What must not be read in a log, an error or a report: keys and addresses, cut out of any text."""

import re

# Each pattern takes time in proportion to the text, whatever it holds, for it may come from
# anywhere: what may be long is taken once (possessive) or has a bound.

# In an address of the web "_" may be written so.
_BAR = "(?:_|%5[Ff])"
_MODE = f"(?:(?:test|live|org){_BAR})"
# "\n" and "%20" spelled out end in what looks like a letter or digit of the word behind them.
_BEGIN = (
    r"(?:\b|(?<=\\[abfnrtv0])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
)
_REST = "(?:[A-Za-z0-9*_]++|%5[Ff]|%2[Aa])++"
# Anything that looks like a Stripe secret, however long, inside other text. With its mode it may
# begin anywhere; without one "task_list" holds none.
_KEY = re.compile(
    f"((?:{_BEGIN}(?:sk|rk|pk|ek){_BAR}{_MODE}{{0,2}}+"
    f"|(?:sk|rk|pk|ek){_BAR}{_MODE}{{1,2}}+"
    f"|(?:whsec|rkcs){_BAR}{_MODE}{{0,2}}+)){_REST}"
)
# What opens one payment, setup or pay page to whoever has it: pi_…_secret_…; Stripe's ids have 255
# characters at most.
_CLIENT_SECRET = re.compile(
    f"([a-z]{{1,16}}+{_BAR}(?:(?:test|live){_BAR})?[A-Za-z0-9]{{1,255}}+{_BAR}secret{_BAR}){_REST}"
)
_WORD = r"[^\s@<>\"'():]"
_ADDRESS = re.compile(rf"(?<!{_WORD}){_WORD}++@{_WORD}+\.{_WORD}++")


def mask_secrets(text: str) -> str:
    """``text`` with everything that looks like a Stripe secret cut down to its prefix."""
    return _CLIENT_SECRET.sub(r"\1...", _KEY.sub(r"\1...", text))


def mask_private(text: str) -> str:
    """``text`` without secrets and without e-mail addresses."""
    return _ADDRESS.sub("…@…", mask_secrets(text))
