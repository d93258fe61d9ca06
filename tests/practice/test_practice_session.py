"""The practice company with its Stripe and mail server: made, closed and opened again."""

from collections import Counter
from pathlib import Path

import pytest

from billdesk.bootstrap import Paths
from billdesk.core.domain.documents import DocumentState
from billdesk.core.queries.documents import DocumentFilter
from billdesk.practice.session import PracticeSession


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("practice")


def test_every_state_there_is_can_be_seen(folder: Path) -> None:
    session = PracticeSession(Paths(folder))
    try:
        app = session.start(workers=False)
        session.stripe.advance(30)
        look = app.sync.poll_now()
        assert (look.error, look.skipped, look.low_budget) == ("", False, False)
        app.sync.work_outbox_now()
        rows = app.queries.documents(DocumentFilter(group=None), limit=1000).rows
        states = Counter(row.state for row in rows)
        assert states.keys() == set(DocumentState)
        assert len(rows) >= 120
        assert app.verification.run().violations == ()
        assert app.queries.sync_status().outbox_failed == 0
        sent = [row.id for row in rows if row.state is DocumentState.SENT]
        mails = [mail for one in sent for mail in app.queries.document(one).mails]
        assert {mail.state for mail in mails} == {"accepted"}
        assert len(mails) >= 3
    finally:
        session.close()


def test_it_opens_again_as_it_was_left(folder: Path) -> None:
    counts = []
    for _ in range(2):
        session = PracticeSession(Paths(folder))
        try:
            app = session.start(workers=False)
            assert app.is_practice
            assert app.sync.poll_now().error == ""
            counts.append(app.queries.document_counts())
        finally:
            session.close()
    assert counts[0] == counts[1]
    assert (counts[0][None] or 0) >= 120
