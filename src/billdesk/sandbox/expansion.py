"""The ``expand`` parameter: ids replaced by the objects they name, up to four levels deep."""

from typing import Any

from billdesk.sandbox.account import copied
from billdesk.sandbox.errors import Json, invalid
from billdesk.sandbox.permissions import Access
from billdesk.sandbox.store import Store

_DEEPEST = 4

_EXPANDABLE: dict[str, frozenset[str]] = {
    "balance_transaction": frozenset({"source"}),
    "charge": frozenset(
        {
            "balance_transaction",
            "customer",
            "failure_balance_transaction",
            "payment_intent",
            "refunds",
        }
    ),
    "checkout.session": frozenset({"customer", "line_items", "payment_intent", "payment_link"}),
    "dispute": frozenset({"charge", "payment_intent"}),
    "payment_intent": frozenset({"customer", "latest_charge", "payment_method"}),
    "payment_link": frozenset({"line_items"}),
    "price": frozenset({"product"}),
    "product": frozenset({"default_price"}),
    "refund": frozenset(
        {
            "balance_transaction",
            "charge",
            "failure_balance_transaction",
            "payment_intent",
            "payment_method",
        }
    ),
}


def expanded(store: Store, reply: Json, paths: list[str], access: Access) -> Json:
    """A copy of the reply with the named members expanded.

    Raises ApiError: 400 for a member that cannot be expanded or a path that is too deep, 403
    where the key may not read what it leads to.
    """
    result = copied(reply)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise invalid(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        _expand(store, result, parts, path, access)
    return result


def _expand(store: Store, node: Any, parts: list[str], path: str, access: Access) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(store, item, parts, path, access)
        return
    if not parts or node is None:
        return
    name, rest = parts[0], parts[1:]
    if not isinstance(node, dict):
        raise _not_expandable(path)
    if name in _EXPANDABLE.get(node.get("object", ""), ()):
        value = node.get(name)
        if value is None and name in ("line_items", "refunds"):
            node[name] = _included(store, node, name)
        elif isinstance(value, str):
            found = store.objects[value]
            access.require_expanding(node, name, found["object"])
            node[name] = copied(found)
    elif not isinstance(node.get(name), (dict, list)) or not rest:
        raise _not_expandable(path)
    _expand(store, node[name], rest, path, access)


def _included(store: Store, owner: Json, name: str) -> Json:
    if name == "line_items":
        data = store.line_items[owner["id"]]
        base = {"checkout.session": "checkout/sessions", "payment_link": "payment_links"}
        url = f"/v1/{base[owner['object']]}/{owner['id']}/line_items"
    else:
        ids = store.related("refund", "charge", owner["id"]) or []
        data = [store.objects[refund_id] for refund_id in ids][::-1]
        url = f"/v1/charges/{owner['id']}/refunds"
    return {
        "object": "list",
        "data": [copied(item) for item in data[:10]],
        "has_more": len(data) > 10,
        "url": url,
    }


def _not_expandable(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
