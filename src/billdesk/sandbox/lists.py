"""List replies: newest first, filtered, cut into pages by exclusive cursors."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from billdesk.sandbox.account import Account
from billdesk.sandbox.errors import ApiError, Json, Written, invalid, missing
from billdesk.sandbox.permissions import Access
from billdesk.sandbox.shelf import Rank, Shelf

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
    store, conditions = account.store, [created_test(params), *tests]
    shelf = store.shelf(kind)
    narrowed = _narrowed(account, kind, params)
    if narrowed is not None:
        # The few objects of one payment or link, not all of their kind.
        shelf = narrowed

    def passes(rank: Rank) -> bool:
        return all(holds(store.objects[rank[2]]) for holds in conditions)

    page, has_more = _page(shelf, params, passes, _cursor_of(store.shelf(kind), kind, params))
    data = [store.objects[rank[2]] for rank in page]
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def events(account: Account, params: Json, url: str, access: Access) -> Written:
    """One page of the events of the last 30 days that are visible by now.

    A key sees only those about objects it may read. Within a second their order means nothing
    (ids are random), as Stripe promises none.
    """
    if "type" in params and "types" in params:
        raise invalid("You may not specify both type and types.", param="types")
    log, now = account.store.events, account.clock.now()
    wanted = params.get("types") or ([params["type"]] if "type" in params else None)
    exact = None if wanted is None else {name for name in wanted if not name.endswith("*")}
    begins = tuple(name[:-1] for name in wanted or () if name.endswith("*"))
    in_time = created_test(params)

    def shown(rank: Rank) -> bool:
        record = log.get(rank[2])
        return (
            record is not None
            and record.visible_at <= now
            and record.created > now - _EVENTS_LIVE_S
            and (exact is None or record.kind in exact or record.kind.startswith(begins or "\0"))
            and in_time({"created": record.created})
            and access.reads(record.about)
        )

    def cursor(name: str) -> Rank:
        record = log.get(params[name])
        if record is None or record.visible_at > now:
            raise missing("event", params[name], param=name, status=400)
        if record.created <= now - _EVENTS_LIVE_S:
            raise ApiError(
                400,
                f"The event '{record.id}' is no longer available because it's aged out of our"
                " retention policy.",
                code="resource_missing",
                param=name,
            )
        return (record.created, record.id, record.id)

    oldest = now - _EVENTS_LIVE_S + 1
    page, has_more = _page(log.shelf, params, shown, cursor, oldest)
    if account.store.policy.relist and len(page) > 1:
        # The row that makes room comes again on the next page, or here when there is none.
        page, has_more = [*page[:-1], page[-2]] if has_more else [page[0], *page], has_more
    rows = ", ".join(record.text for rank in page if (record := log.get(rank[2])) is not None)
    return Written(
        f'{{"object": "list", "data": [{rows}], "has_more": {json.dumps(has_more)},'
        f' "url": {json.dumps(url)}}}'
    )


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


def _narrowed(account: Account, kind: str, params: Json) -> Shelf | None:
    for name, value in params.items():
        ids = account.store.related(kind, name, value) if isinstance(value, str) else None
        if ids is not None:
            shelf = Shelf()
            for object_id in ids:
                rank = account.store.shelf(kind).rank(object_id)
                if rank is not None:
                    shelf.put(object_id, rank[0], rank[1])
            return shelf
    return None


def _cursor_of(shelf: Shelf, kind: str, params: Json) -> Callable[[str], Rank]:
    def cursor(name: str) -> Rank:
        found = shelf.rank(params[name])
        if found is None:
            raise missing(kind, params[name], param=name, status=400)
        return found

    return cursor


def _page(
    shelf: Shelf,
    params: Json,
    passes: Callable[[Rank], bool],
    cursor: Callable[[str], Rank],
    oldest: int | None = None,
) -> tuple[list[Rank], bool]:
    """The ranks of one page, newest first, and whether more follow in the direction asked."""
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may not specify both starting_after and ending_before.")
    limit = params.get("limit", 10)
    found: Iterator[Rank]
    if "ending_before" in params:
        found = filter(passes, shelf.oldest_first(cursor("ending_before")))
        near = list(islice(found, limit + 1))
        return near[:limit][::-1], len(near) > limit
    below = cursor("starting_after") if "starting_after" in params else None
    found = filter(passes, shelf.newest_first(below, _least_second(params, oldest)))
    page = list(islice(found, limit + 1))
    return page[:limit], len(page) > limit


def _least_second(params: Json, oldest: int | None) -> int | None:
    """The second below which nothing can pass, so that a page need not look there."""
    given = params.get("created")
    bounds = [] if oldest is None else [oldest]
    if isinstance(given, int):
        bounds.append(given)
    elif given is not None:
        bounds += [given[name] for name in ("gt", "gte") if name in given]
    return max(bounds, default=None)
