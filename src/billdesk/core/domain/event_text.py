"""Events as text, for desks that hear of them from the database."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice

from billdesk.core.domain.events import Event, Imported

# A transaction that told more is told as one: everybody starts over.
MOST_EVENTS = 50


def encode_events(company_id: int, events: Iterable[Event]) -> str:
    """Names and fields as a JSON list; the same event is told once."""
    told = list(islice(dict.fromkeys(events), MOST_EVENTS + 1))
    if len(told) > MOST_EVENTS:
        told = [Imported(company_id)]
    return json.dumps([[type(event).__name__, asdict(event)] for event in told])


def decode_events(company_id: int, text: str) -> tuple[Event, ...]:
    """What ``encode_events`` was given; what this version does not know means: start over."""
    known = {kind.__name__: kind for kind in _kinds(Event)}
    try:
        return tuple(known[name](**fields) for name, fields in json.loads(text))
    except (ValueError, KeyError, TypeError):
        return (Imported(company_id),)


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
