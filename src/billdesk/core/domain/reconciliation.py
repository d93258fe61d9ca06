"""Comparing Stripe's lists with the books, whatever events told: when, from when on, what next.

Pure; instants are Stripe's. Events hide what a key may not read and are gone after 30 days
(docs.stripe.com/api/events), lists are not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EVERY = timedelta(hours=24)
# What was made shortly before the last time may have changed since, or was not listed yet.
OVERLAP = timedelta(days=7)
# Events are kept for 30 days; after this long they may tell only a part.
GAP = timedelta(days=28)
# A payment is final to us when so much time has passed: debits are returned, cards disputed.
FOLLOWED_FOR = timedelta(days=180)
# A payer has eight weeks to have a debit taken back (Directive (EU) 2015/2366, Article 77).
DEBITS_FOLLOWED_FOR = timedelta(days=60)
# A refund may come back from the bank for about a month, a dispute be decided anew.
MONEY_BACK_FOLLOWED_FOR = timedelta(days=35)
# Applied and foreign events are forgotten after it; twice as long as Stripe tells them again.
EVENTS_KEPT_FOR = timedelta(days=60)


class Stage(StrEnum):
    """The lists that are gone through, in this order."""

    # Only after a gap: sessions of each own link, then links at Stripe the books do not know.
    OWN_LINKS = "own_links"
    LINKS_THERE = "links_there"
    SESSIONS = "sessions"
    INTENTS = "intents"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    # What is open in the books is read again, however old it is.
    OPEN_PAYMENTS = "open_payments"


_WHOLE = tuple(Stage)
_DAILY = _WHOLE[2:]


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reconciliation has come: in ``stage`` behind ``after`` (empty: at its top).

    ``whole`` also goes through links: after a gap in the looks and after a restore.
    """

    whole: bool
    stage: Stage
    after: str = ""

    @classmethod
    def first(cls, *, whole: bool) -> "Place":
        """Where one begins."""
        return cls(whole, (_WHOLE if whole else _DAILY)[0])

    @classmethod
    def read(cls, text: str) -> "Place":
        """The place that ``str`` gave. Raises ``ValueError``."""
        scope, stage, after = text.split(":", 2)
        return cls(scope == "whole", Stage(stage), after)

    def __str__(self) -> str:
        return f"{'whole' if self.whole else 'daily'}:{self.stage.value}:{self.after}"

    def behind(self, after: str) -> "Place":
        """Further on in the same list."""
        return Place(self.whole, self.stage, after)

    def next_stage(self) -> "Place | None":
        """At the top of the next list; ``None`` when this was the last."""
        stages = _WHOLE if self.whole else _DAILY
        later = stages[stages.index(self.stage) + 1 :]
        return Place(self.whole, later[0]) if later else None


def due(
    *, now: datetime, begun_at: datetime, last_ok_at: datetime | None, last_at: datetime | None
) -> Place | None:
    """The reconciliation that is due at ``now``, if any.

    ``begun_at`` is when payments could first be made, ``last_ok_at`` when the events were read last
    and ``last_at`` when the lists were: those alone tell as much, where events may not be read.
    """
    if now - max(last_ok_at or begun_at, last_at or begun_at) > GAP:
        return Place.first(whole=True)
    if now - (last_at or begun_at) > EVERY:
        return Place.first(whole=False)
    return None
