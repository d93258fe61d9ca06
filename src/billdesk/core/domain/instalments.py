"""Plans by which an invoice is paid in parts, and what such a plan asks for on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from billdesk.core.domain.errors import UserError

MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part: ``minor`` units of the invoice's currency, due on a day."""

    due_on: date
    minor: int


def check_plan(parts: Sequence[Instalment], open_minor: int) -> None:
    """Raise ``UserError`` unless the parts come one after the other and make up what is open."""
    if not 2 <= len(parts) <= MOST_PARTS:
        raise UserError(f"A plan has 2 to {MOST_PARTS} parts.", field="parts")
    if any(part.minor <= 0 for part in parts):
        raise UserError("Each part is more than zero.", field="parts")
    if any(later.due_on <= part.due_on for part, later in pairwise(parts)):
        raise UserError("Each part is due later than the one before.", field="parts")
    if sum(part.minor for part in parts) != open_minor:
        raise UserError("The parts do not make up what is open on the invoice.", field="parts")


def settled_minor(parts: Sequence[Instalment], open_minor: int) -> int:
    """What has been settled of a plan since it was made, 0 at least.

    A plan makes up what was open then, so it is what is no longer open of it.
    """
    return max(0, sum(part.minor for part in parts) - open_minor)


def asked_minor(parts: Sequence[Instalment], open_minor: int, today: date) -> int:
    """What to ask for on ``today``: everything due by then, before that the next part.

    All that is open without a plan, or where more is open than the plan makes up.
    """
    planned = sum(part.minor for part in parts)
    if not parts or open_minor > planned:
        return open_minor
    settled = planned - open_minor
    reached = list(accumulate(part.minor for part in parts))
    due = max(
        (sum_ for part, sum_ in zip(parts, reached, strict=True) if part.due_on <= today), default=0
    )
    if due <= settled:
        due = next((sum_ for sum_ in reached if sum_ > settled), planned)
    return due - settled


def even_parts(minor: int, count: int) -> tuple[int, ...]:
    """``minor`` in ``count`` parts that differ by one at most, the larger ones first."""
    share, left = divmod(minor, count)
    return tuple(share + (position < left) for position in range(count))
