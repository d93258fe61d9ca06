"""Where page breaks fall: pure arithmetic on measured heights, in points from the top.

Rules: a row stays whole while it fits on an empty page, a taller one is split between text lines;
the totals never stand alone, two rows go with them; the terms stay with the totals unless they
are longer than a third of a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from billdesk.core.documents.style import MM
from billdesk.core.documents.table import (
    CARRIED_HEIGHT,
    HEAD_RULE,
    Row,
    RowPart,
)

CONTENT_TOP = 27 * MM
"""Baseline of the first line of text on a continuation page."""
_ROWS_WITH_TOTALS = 2
_LEAST_LINES_OF_A_PART = 4
_HEAD_GAP = 8 * MM
# Running text is placed by its baselines; this much hangs below the last one.
_DESCENT = 3.0


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of running text: ``leading`` is its height, ``heading`` keeps it with the next."""

    text: str
    leading: float
    heading: bool = False


@dataclass(slots=True)
class Page:
    """What stands where on one page; every ``y`` in points from the top of the paper."""

    lead: list[tuple[float, TextLine]] = field(default_factory=list)
    head_baseline: float | None = None
    carried_minor: int | None = None
    rows: list[tuple[float, RowPart]] = field(default_factory=list)
    end_top: float | None = None
    legal: list[tuple[float, TextLine]] = field(default_factory=list)

    @property
    def rows_top(self) -> float:
        """Where the first row begins, below the head and the amount carried forward."""
        top = (self.head_baseline or 0.0) + HEAD_RULE
        return top + (CARRIED_HEIGHT if self.carried_minor is not None else 0.0)


@dataclass(frozen=True, slots=True)
class Gap:
    """White space above a block: as designed, and as little as will do to save a page."""

    usual: float
    least: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The measured parts of a document, in points; ``end_gap`` is the gap above the totals."""

    first_top: float
    limit: float
    lead: Sequence[TextLine]
    rows: Sequence[Row]
    end_gap: Gap
    end_height: float
    legal: Sequence[TextLine]
    legal_gap: Gap


def paginate(flow: Flow) -> list[Page]:
    """Distribute a document over pages; there is always at least one."""
    return _Paginator(flow).run()


class _Paginator:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._pages = [Page()]
        self._y = flow.first_top
        self._shown_minor = 0

    def run(self) -> list[Page]:
        self._place_lead()
        self._open_table()
        for row in self._flow.rows:
            self._place_row(row)
        self._place_end()
        return self._pages

    @property
    def _page(self) -> Page:
        return self._pages[-1]

    @property
    def _free(self) -> float:
        return self._flow.limit - self._y

    def _new_page(self) -> None:
        self._pages.append(Page())
        self._y = CONTENT_TOP

    def _place_lead(self) -> None:
        lines = self._flow.lead
        for index, line in enumerate(lines):
            needed = _DESCENT
            if line.heading and index + 1 < len(lines):
                needed += line.leading
            if needed > self._free:
                self._new_page()
            self._page.lead.append((self._y, line))
            self._y += line.leading
        if lines:
            self._y += _HEAD_GAP / 2

    def _open_table(self) -> None:
        if self._page.lead and self._free < HEAD_RULE + CARRIED_HEIGHT:
            self._new_page()
        self._page.head_baseline = self._y
        self._y = self._page.rows_top

    def _continue_table(self) -> None:
        opened = any(page.rows for page in self._pages)
        if not opened:
            # Not even the first row fitted below the table's head: it moves along.
            self._page.head_baseline = None
        self._new_page()
        self._page.head_baseline = CONTENT_TOP
        self._page.carried_minor = self._shown_minor if opened else None
        self._y = self._page.rows_top

    @property
    def _empty_page(self) -> float:
        return self._flow.limit - CONTENT_TOP - HEAD_RULE - CARRIED_HEIGHT

    def _place_row(self, row: Row) -> None:
        whole = RowPart(row, 0, row.count)
        if whole.height > self._free and whole.height <= self._empty_page:
            self._continue_table()
        if whole.height <= self._free:
            self._place_part(whole)
        else:
            self._split(row)
        self._shown_minor += row.line.amount_minor

    def _split(self, row: Row) -> None:
        start = 0
        while start < row.count:
            end = self._last_line_that_fits(row, start)
            if end - start < min(_LEAST_LINES_OF_A_PART, row.count - start):
                self._carry_on(row, start)
                end = self._last_line_that_fits(row, start)
            # One line always goes: a page that cannot hold one would never end.
            end = max(end, start + 1)
            self._place_part(RowPart(row, start, end))
            start = end
            if start < row.count:
                self._carry_on(row, start)

    def _carry_on(self, row: Row, start: int) -> None:
        """Open a page inside a row; its amount has been shown once its first part stands."""
        shown = self._shown_minor
        self._shown_minor += row.line.amount_minor if start else 0
        self._continue_table()
        self._shown_minor = shown

    def _last_line_that_fits(self, row: Row, start: int) -> int:
        end = start
        while end < row.count and row.height(start, end + 1, continued=start > 0) <= self._free:
            end += 1
        return end

    def _place_part(self, part: RowPart) -> None:
        self._page.rows.append((self._y, part))
        self._y += part.height

    def _place_end(self) -> None:
        flow = self._flow
        if self._end_height(tight=True) > self._free:
            self._move_rows_to_new_page()
        elif len(self._page.rows) < _ROWS_WITH_TOTALS and len(self._pages) > 1:
            self._fetch_rows_from_previous_page()
        tight = self._end_height(tight=False) > self._free
        self._page.end_top = self._y + _height(flow.end_gap, tight)
        self._y = self._page.end_top + flow.end_height
        if flow.legal:
            self._y += _height(flow.legal_gap, tight)
        for line in flow.legal:
            if self._free < _DESCENT:
                self._new_page()
            self._page.legal.append((self._y, line))
            self._y += line.leading

    def _end_height(self, tight: bool) -> float:
        """What the totals need, with the terms below them unless those are very long."""
        flow = self._flow
        needed = _height(flow.end_gap, tight) + flow.end_height
        legal = sum(line.leading for line in flow.legal[:-1]) + _DESCENT
        if flow.legal and legal <= self._empty_page / 3:
            needed += _height(flow.legal_gap, tight) + legal
        return needed

    def _move_rows_to_new_page(self) -> None:
        """Open a page for the totals, taking along as many of the last rows as belong there."""
        here = self._page.rows
        # At least one row stays, or the page would hold the head of a table without rows.
        count = min(_ROWS_WITH_TOTALS, len(here) - 1)
        while count > 0 and not self._fit_with_totals(here[-count:]):
            count -= 1
        if count <= 0:
            self._new_page()
        else:
            self._reopen_with(self._cut(self._page, count))

    def _fetch_rows_from_previous_page(self) -> None:
        """The totals stand with a single row: bring its predecessors over, if they fit too."""
        previous = self._pages[-2]
        here = self._page.rows
        count = min(_ROWS_WITH_TOTALS - len(here), len(previous.rows) - 1)
        if count <= 0 or not here:
            return
        wanted = [*previous.rows[-count:], *here]
        if self._fit_with_totals(wanted):
            parts = [*self._cut(previous, count), *self._cut(self._page, len(here))]
            self._pages.pop()
            self._reopen_with(parts)

    def _fit_with_totals(self, rows: Sequence[tuple[float, RowPart]]) -> bool:
        # A part that continues a row stays where it is: "carried forward" counts whole rows.
        heights = sum(part.height for _, part in rows)
        whole = all(part.start == 0 and part.end == part.row.count for _, part in rows)
        return whole and heights + self._end_height(tight=True) <= self._empty_page

    def _cut(self, page: Page, count: int) -> list[RowPart]:
        parts = [part for _, part in page.rows[-count:]]
        del page.rows[-count:]
        self._shown_minor -= sum(part.row.line.amount_minor for part in parts)
        return parts

    def _reopen_with(self, parts: Sequence[RowPart]) -> None:
        self._continue_table()
        for part in parts:
            self._place_part(part)
            self._shown_minor += part.row.line.amount_minor


def _height(gap: Gap, tight: bool) -> float:
    return gap.least if tight else gap.usual
