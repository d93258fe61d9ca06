"""Reports of any day, past or present, say the same as the ledger and as each other."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from books import Shop
from independent_invariants import OWED
from raw_reading import Reader, Row

# Days ago; random use dates things up to 40 days back.
DAYS = (0, 2, 9, 41)
_STORED = ("open_minor", "open_base_minor", "paid_minor", "credited_minor", "written_off_minor")
_LEDGER = """
    SELECT coalesce(c.merged_into_id, c.id) AS customer, p.currency, sum(p.minor) AS minor,
        sum(p.base_minor) AS base
    FROM posting p JOIN account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
    JOIN customer c ON c.id = p.customer_id
    WHERE p.company_id = ? AND e.occurred_on <= ?
        AND a.role IN ('receivable', 'disputed_receivable', 'customer_credit')
    GROUP BY 1, 2 HAVING sum(p.minor) <> 0 OR sum(p.base_minor) <> 0
"""
_DOCUMENTS = f"""
    SELECT d.*, coalesce(c.merged_into_id, c.id) AS owner FROM document d
    JOIN customer c ON c.id = d.customer_id
    WHERE d.company_id = ? AND d.issued_at IS NOT NULL
        AND (d.kind IN {OWED} OR d.kind = 'credit_note')
"""


def disagreements(shop: Shop, sql: Reader) -> Iterator[str]:
    """What does not agree, in words."""
    documents = sql.execute(_DOCUMENTS, (shop.app.company_id,)).fetchall()
    for row in documents:
        seen = shop.app.queries.document_as_of(row["id"], shop.time.today())
        for name in _STORED:
            if getattr(seen, name) != row[name]:
                yield f"{row['number']}: {name} is {row[name]}, today {getattr(seen, name)}"
    for ago in DAYS:
        yield from _of_day(shop, sql, documents, shop.time.today() - timedelta(days=ago))


def _of_day(shop: Shop, sql: Reader, documents: list[Row], day: date) -> Iterator[str]:
    queries = shop.app.queries
    balances = {(row.customer_id, row.currency): row for row in queries.balances(day).rows}
    said = {
        key: (row.balance_minor, row.base_minor)
        for key, row in balances.items()
        if row.balance_minor or row.base_minor
    }
    ledger = {
        (row["customer"], row["currency"]): (row["minor"], row["base"])
        for row in sql.execute(_LEDGER, (shop.app.company_id, day.isoformat()))
    }
    if said != ledger:
        yield f"{day}: balances {said}, ledger {ledger}"
    open_ = {key: row.open_minor for key, row in balances.items() if row.open_minor}
    aged = {
        (row.customer_id, row.currency): row.open.total
        for row in queries.ageing(day).rows
        if row.open.total
    }
    if open_ != aged:
        yield f"{day}: balances {open_}, ageing {aged}"
    single: dict[tuple[int, str], int] = defaultdict(int)
    for row in documents:
        if row["kind"] != "credit_note" and row["issued_on"] <= day.isoformat():
            key = row["owner"], row["currency"]
            single[key] += queries.document_as_of(row["id"], day).open_minor
    if open_ != {key: minor for key, minor in single.items() if minor}:
        yield f"{day}: balances {open_}, documents {dict(single)}"
    if sum(row.base_minor for row in queries.trial_balance(day).rows):
        yield f"{day}: the trial balance does not balance"
