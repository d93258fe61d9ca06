"""Stripe's form encoding: nested values in brackets, for queries and bodies alike."""

import re
from typing import Any
from urllib.parse import parse_qsl

from billdesk.sandbox.errors import Json, invalid

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")

# More than Stripe's own requests ever carry, few enough to decode at once.
_MOST_FIELDS = 2_000
_DEEPEST = 20


def decode(encoded: str) -> Json:
    """Nested parameters of ``a[b][0][c]=1``, ``types[]=x`` and ``types[0]=x``; leaves stay text.

    Raises ApiError (400) for keys that are not well formed.
    """
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as problem:
        raise invalid("The request body could not be decoded.") from problem
    tree: Json = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise invalid(f"Invalid parameter name: {key}", param=key)
        path = [match[1], *_PART.findall(match[2])]
        if len(path) > _DEEPEST:
            raise invalid("Invalid parameter name: it is nested too deeply.")
        _insert(tree, path, value, key)
    return {name: _with_lists(value) for name, value in tree.items()}


def _insert(tree: Json, path: list[str], value: str, key: str) -> None:
    node = tree
    for part in path[:-1]:
        name = part or str(len(node))
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid parameter name: {key}", param=key)
        node = child
    name = path[-1] or str(len(node))
    if isinstance(node.get(name), dict):
        raise invalid(f"Invalid parameter name: {key}", param=key)
    node[name] = value


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {name: _with_lists(value) for name, value in node.items()}
    indexes = [str(index) for index in range(len(values))]
    if values and set(values) == set(indexes):
        return [values[index] for index in indexes]
    return values


def path_of(parts: list[str | int]) -> str:
    """The name Stripe gives a nested parameter in an error, such as ``line_items[0][price]``."""
    first, *rest = parts
    return str(first) + "".join(f"[{part}]" for part in rest)
