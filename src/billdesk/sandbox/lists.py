"""List replies: newest first, filtered, cut into pages by exclusive cursors."""

from collections.abc import Callable, Iterable
from typing import Any

from billdesk.sandbox.account import Account
from billdesk.sandbox.errors import Json, invalid, missing

Key = tuple[int, int | str]
Test = Callable[[Json], bool]

_EVENTS_LIVE_S = 30 * 24 * 3600
_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def objects(account: Account, kind: str, params: Json, url: str, tests: Iterable[Test]) -> Json:
    """One page of the objects of a kind which pass every test."""
    ranked = {
        item["id"]: (item.get("created", 0), place)
        for place, item in enumerate(account.store.oldest_first(kind))
    }
    return _page(account, kind, dict(ranked), params, url, tests)


def events(account: Account, params: Json, url: str) -> Json:
    """One page of the events of the last 30 days that are visible by now.

    Within a second their order means nothing (ids are random), as Stripe promises none.
    """
    if "type" in params and "types" in params:
        raise invalid("You may not specify both type and types.", param="types")
    now = account.clock.now()
    ranked = {
        item["id"]: (item["created"], item["id"])
        for item in account.store.oldest_first("event")
        if account.store.visible_at[item["id"]] <= now and item["created"] > now - _EVENTS_LIVE_S
    }
    tests: list[Test] = [created_test(params)]
    wanted = params.get("types") or ([params["type"]] if "type" in params else None)
    if wanted is not None:
        tests.append(lambda item: any(_names(name, item["type"]) for name in wanted))
    return _page(account, "event", dict(ranked), params, url, tests)


def of_items(items: list[Json], params: Json, url: str) -> Json:
    """One page of line items, which keep the order they were given in."""
    ids = [item["id"] for item in items]
    start = 0
    if "starting_after" in params:
        if params["starting_after"] not in ids:
            raise missing("item", params["starting_after"], param="starting_after", status=400)
        start = ids.index(params["starting_after"]) + 1
    limit = params.get("limit", 10)
    return {
        "object": "list",
        "data": items[start : start + limit],
        "has_more": start + limit < len(items),
        "url": url,
    }


def created_test(params: Json) -> Test:
    """The test for ``created``: an exact second, or gt, gte, lt, lte."""
    given = params.get("created")
    if given is None:
        return lambda item: True
    if isinstance(given, int):
        return lambda item: bool(item["created"] == given)
    bounds = [(_BOUNDS[name], bound) for name, bound in given.items()]
    return lambda item: all(holds(item["created"], bound) for holds, bound in bounds)


def equal_test(params: Json, name: str) -> Test:
    """The test that a member equals the parameter of the same name, when that is given."""
    if name not in params:
        return lambda item: True
    wanted: Any = params[name]
    return lambda item: bool(item[name] == wanted)


def _names(pattern: str, kind: str) -> bool:
    if pattern.endswith("*"):
        return kind.startswith(pattern[:-1])
    return pattern == kind


def _page(
    account: Account,
    kind: str,
    ranked: dict[str, Key],
    params: Json,
    url: str,
    tests: Iterable[Test],
) -> Json:
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may not specify both starting_after and ending_before.")
    conditions = list(tests)
    chosen = [
        object_id
        for object_id in ranked
        if all(holds(account.store.objects[object_id]) for holds in conditions)
    ]
    chosen.sort(key=ranked.__getitem__, reverse=True)
    limit = params.get("limit", 10)
    if "ending_before" in params:
        cursor = _cursor(kind, ranked, params, "ending_before")
        newer = [object_id for object_id in chosen if ranked[object_id] > cursor]
        page, has_more = newer[-limit:], len(newer) > limit
    else:
        if "starting_after" in params:
            cursor = _cursor(kind, ranked, params, "starting_after")
            chosen = [object_id for object_id in chosen if ranked[object_id] < cursor]
        page, has_more = chosen[:limit], len(chosen) > limit
    return {
        "object": "list",
        "data": [account.store.objects[object_id] for object_id in page],
        "has_more": has_more,
        "url": url,
    }


def _cursor(kind: str, ranked: dict[str, Key], params: Json, name: str) -> Key:
    found = ranked.get(params[name])
    if found is None:
        raise missing(kind, params[name], param=name, status=400)
    return found
