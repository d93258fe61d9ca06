"""Page breaks, on measured rows alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from billdesk.core.documents.content import LineContent
from billdesk.core.documents.pagination import CONTENT_TOP, Flow, Gap, Page, TextLine, paginate
from billdesk.core.documents.table import Row

LIMIT = 760.0
GAP = Gap(20.0, 12.0)


def row(details: int, amount: int = 100) -> Row:
    line = LineContent("1", "Name", "", "1", "", "1.00", "", "1.00", amount)
    return Row(line, ["Name"], ["detail"] * details, [])


def flow(
    rows: list[Row], *, end_height: float = 150.0, legal: int = 2, lead: int = 0, top: float = 340.0
) -> Flow:
    return Flow(
        first_top=top,
        limit=LIMIT,
        lead=[TextLine("lead", 13.0)] * lead,
        rows=rows,
        end_gap=GAP,
        end_height=end_height,
        legal=[TextLine("legal", 11.0)] * legal,
        legal_gap=GAP,
    )


def end_page(pages: list[Page]) -> Page:
    (page,) = [page for page in pages if page.end_top is not None]
    return page


rows_strategy = st.lists(
    st.builds(row, st.one_of(st.integers(0, 6), st.integers(0, 400)), st.integers(-500, 500)),
    min_size=1,
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(
    rows=rows_strategy,
    end_height=st.floats(60, 300),
    legal=st.integers(0, 200),
    lead=st.integers(0, 120),
    top=st.floats(300, 420),
)
def test_nothing_is_lost_doubled_or_outside_the_page(
    rows: list[Row], end_height: float, legal: int, lead: int, top: float
) -> None:
    pages = paginate(flow(rows, end_height=end_height, legal=legal, lead=lead, top=top))

    parts = [part for page in pages for _, part in page.rows]
    shown: list[tuple[int, int, int]] = []
    index = -1
    for part in parts:
        if part.start == 0:
            index += 1
        shown.append((index, part.start, part.end))
        assert part.row is rows[index]
    covered = [line for i, start, end in shown for line in [(i, n) for n in range(start, end)]]
    assert covered == [(i, n) for i, each in enumerate(rows) for n in range(each.count)]

    assert sum(len(page.legal) for page in pages) == legal
    assert sum(len(page.lead) for page in pages) == lead
    assert sum(page.end_top is not None for page in pages) == 1
    carried = 0
    for page in pages:
        bottom = page.rows_top if page.head_baseline is not None else 0.0
        if page.carried_minor is not None:
            assert page.carried_minor == carried
        for y, part in page.rows:
            assert y >= bottom - 0.001
            bottom = y + part.height
            assert bottom <= LIMIT + 0.001
            carried += part.row.line.amount_minor if part.start == 0 else 0
        if page.head_baseline is not None:
            assert page.rows
        if page.end_top is not None:
            assert page.end_top >= bottom
            assert page.end_top + end_height <= LIMIT + 0.001
        assert all(CONTENT_TOP <= y <= LIMIT for y, _ in [*page.lead, *page.legal])


def test_a_row_that_fits_a_page_is_never_split() -> None:
    pages = paginate(flow([row(2)] * 5 + [row(50)] + [row(2)] * 3))
    assert all(part.end == part.row.count for page in pages for _, part in page.rows)
    assert len(pages) > 1


def test_a_row_taller_than_a_page_is_split_with_its_amount_on_the_first_part() -> None:
    pages = paginate(flow([row(1, 250), row(150, 100), row(1, 7)]))
    carried = [page.carried_minor for page in pages]
    assert carried[0] is None
    assert set(carried[1:]) == {350}
    assert any(part.continued for page in pages for _, part in page.rows)


def test_two_rows_go_along_when_the_totals_do_not_fit() -> None:
    # The rows just fit, the totals do not.
    pages = paginate(flow([row(1)] * 12))
    assert len(pages) == 2
    assert len(end_page(pages).rows) == 2
    assert end_page(pages).carried_minor == 1000


def test_a_single_row_on_the_last_page_gets_company() -> None:
    pages = paginate(flow([row(1)] * 14))
    assert len(pages) == 2
    assert len(end_page(pages).rows) == 2
    assert end_page(pages).carried_minor == 1200


def test_gaps_shrink_before_a_page_is_added() -> None:
    usual = 340 + 6 + 5 * 30.5 + GAP.usual * 2 + 11 + 3
    pages = paginate(flow([row(1)] * 5, end_height=LIMIT - usual + 10))
    assert len(pages) == 1
    (page,) = pages
    assert page.end_top is not None
    assert page.end_top - (340 + 6 + 5 * 30.5) == GAP.least


def test_long_terms_flow_on_without_the_totals() -> None:
    pages = paginate(flow([row(1)] * 3, legal=200))
    assert len(pages) > 3
    assert pages[0].end_top is not None
    assert all(page.head_baseline is None for page in pages[1:])


def test_the_head_of_the_table_moves_with_a_first_row_that_does_not_fit() -> None:
    pages = paginate(flow([row(50), row(1)], lead=15))
    assert pages[0].head_baseline is None
    assert pages[1].carried_minor is None
    assert pages[1].rows[0][1].start == 0
