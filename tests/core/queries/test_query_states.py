"""The states in SQL are the states of the domain."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_samples import TODAY, World, document_row
from sqlalchemy import insert, select

from billdesk.core.db.tables import Document, NumberSeries
from billdesk.core.domain.documents import (
    KINDS_IN,
    TAB_OF,
    DocumentFacts,
    DocumentGroup,
    DocumentKind,
    FilterTab,
    state_of,
)
from billdesk.core.queries.sql.state import in_tab, state_case, tab_case

pytestmark = pytest.mark.both_engines

amounts = st.sampled_from([0, 0, 1, 40, 100])
facts = st.builds(
    DocumentFacts,
    issued=st.sampled_from([True, True, True, False]),
    total_minor=amounts,
    open_minor=amounts,
    due_on=st.none() | st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days)),
    sent=st.booleans(),
    voided=st.sampled_from([False, False, False, True]),
    paid_minor=amounts,
    credited_minor=amounts,
    written_off_minor=amounts,
    pending_minor=amounts,
    disputed_minor=st.sampled_from([0, 0, 0, 40]),
    unexplained_refund_minor=st.sampled_from([0, 0, 0, 40]),
    surplus_minor=amounts,
    prepaid_minor=st.sampled_from([0, 0, 40]),
    withheld_minor=st.sampled_from([0, 0, 15]),
    kind=st.sampled_from(
        [DocumentKind.INVOICE, *DocumentKind, DocumentKind.QUOTE, DocumentKind.CREDIT_NOTE]
    ),
    valid_until=st.none() | st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days)),
    accepted=st.booleans(),
    declined=st.booleans(),
    invoiced_minor=amounts,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cases=st.lists(facts, min_size=30, max_size=30))
def test_sql_and_domain_agree_on_any_facts(world: World, cases: list[DocumentFacts]) -> None:
    with world.engine.connect() as connection, connection.begin() as transaction:
        series = connection.scalar(select(NumberSeries.id).limit(1))
        for index, one in enumerate(cases):
            now = world.clock.now()
            connection.execute(
                insert(Document).values(
                    document_row(
                        world.company_id,
                        series or 0,
                        now,
                        id=1000 + index,
                        number=f"N{index}",
                        issued_at=now if one.issued else None,
                        sent_at=now if one.sent else None,
                        voided_at=now if one.voided else None,
                        accepted_at=now if one.accepted else None,
                        declined_at=now if one.declined else None,
                        **{
                            name: getattr(one, name)
                            for name in DocumentFacts.__slots__
                            if name not in ("issued", "sent", "voided", "accepted", "declined")
                        },
                    )
                )
            )
        found = connection.execute(
            select(state_case(TODAY).label("state"), tab_case(TODAY).label("tab")).order_by(
                Document.id
            )
        ).all()
        in_tabs = {
            tab: set(connection.scalars(select(Document.id).where(in_tab(tab, TODAY))))
            for tab in FilterTab
        }
        in_groups = {
            (tab, group): set(
                connection.scalars(
                    select(Document.id).where(
                        in_tab(tab, TODAY, group), Document.kind.in_(KINDS_IN[group])
                    )
                )
            )
            for tab in FilterTab
            for group in DocumentGroup
        }
        transaction.rollback()

    expected = [state_of(one, TODAY) for one in cases]
    assert [row.state for row in found] == [state.value for state in expected]
    assert [row.tab for row in found] == [TAB_OF[state].value for state in expected]
    for tab in FilterTab:
        assert in_tabs[tab] == {
            1000 + index for index, state in enumerate(expected) if TAB_OF[state] is tab
        }
        for group, kinds in KINDS_IN.items():
            assert in_groups[tab, group] == {
                number for number in in_tabs[tab] if cases[number - 1000].kind in kinds
            }


def test_overdue_begins_the_day_after_the_due_date(world: World) -> None:
    customer = world.customer("Acme")
    document = world.issued(customer, due_on=date(2026, 11, 30))
    world.clock.today = date(2026, 11, 30)
    assert world.queries.document(document).state == "issued"
    world.clock.today = date(2026, 12, 1)
    detail = world.queries.document(document)
    assert detail.state == "overdue"
    assert detail.days_overdue == 1
