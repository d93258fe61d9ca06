"""The step to Stripe without a server: links and jobs of older books stay what they were."""

import sqlite3
from contextlib import closing
from pathlib import Path

from older_books import AT, add, upgrade


def test_a_link_sent_before_is_as_old_as_the_desktop_says(tmp_path: Path) -> None:
    file = tmp_path / "older.db"
    upgrade(file, "0003")
    with closing(sqlite3.connect(file)) as connection:
        add(connection, "payment_link", id=1, document_id=1, state="sent", first_try_at=AT)
        add(connection, "payment_link", id=2, document_id=2, uid="2", state="queued")
        add(connection, "outbox", id=1, document_id=1, link_id=1, kind="create_link")
        connection.commit()
    upgrade(file, "head")
    with closing(sqlite3.connect(file)) as connection:
        links = connection.execute(
            "SELECT first_try_server_at, is_part, replays FROM payment_link ORDER BY id"
        ).fetchall()
        jobs = connection.execute("SELECT document_id, link_id, order_id FROM outbox").fetchall()
    assert links == [(AT, 0, 0), (None, 0, 0)]
    assert jobs == [(1, 1, None)]
