"""The invariants of the books in plain SQL, written without the application's own checks.

Each statement returns the rows that break a rule; a sound set of books returns none. They say
once more, in another way, what ``billdesk verify`` checks, and are quick enough for every step.
"""

import hashlib
import json
import sqlite3

OWED = "('invoice', 'deposit_invoice', 'final_invoice', 'reminder')"

RULES: dict[str, str] = {
    "1 postings of an entry sum to zero per currency": """
        SELECT entry_id, currency, sum(minor) FROM posting
        GROUP BY entry_id, currency HAVING sum(minor) <> 0
    """,
    "1 postings of an entry sum to zero in company currency": """
        SELECT entry_id, sum(base_minor) FROM posting
        GROUP BY entry_id HAVING sum(base_minor) <> 0
    """,
    "1 every entry has postings, every posting an entry": """
        SELECT id FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM posting)
        UNION SELECT entry_id FROM posting WHERE entry_id NOT IN (SELECT id FROM ledger_entry)
    """,
    "2 what customers owe less their credit is open less unallocated": f"""
        WITH ledger AS (
            SELECT p.company_id, p.customer_id, p.currency, sum(p.minor) AS minor FROM posting p
            JOIN account a ON a.id = p.account_id
            WHERE a.role IN ('receivable', 'disputed_receivable', 'customer_credit')
            GROUP BY p.company_id, p.customer_id, p.currency
        ), said AS (
            SELECT company_id, customer_id, currency, sum(minor) AS minor FROM (
                SELECT company_id, customer_id, currency, open_minor AS minor FROM document
                WHERE issued_at IS NOT NULL AND kind IN {OWED}
                UNION ALL
                SELECT company_id, customer_id, currency, -open_minor FROM document
                WHERE issued_at IS NOT NULL AND kind = 'credit_note'
                UNION ALL
                SELECT company_id, customer_id, currency, -unallocated_minor FROM payment
                WHERE customer_id IS NOT NULL
            ) GROUP BY company_id, customer_id, currency
        )
        SELECT coalesce(l.customer_id, s.customer_id), l.currency, l.minor, s.minor
        FROM ledger l FULL JOIN said s ON s.company_id = l.company_id
            AND s.customer_id = l.customer_id AND s.currency = l.currency
        WHERE coalesce(l.minor, 0) <> coalesce(s.minor, 0)
    """,
    "2 the receivable of a document is what it has open": f"""
        SELECT d.number, d.open_minor, d.open_base_minor,
            coalesce(sum(p.minor), 0), coalesce(sum(p.base_minor), 0)
        FROM document d
        LEFT JOIN posting p ON p.document_id = d.id AND p.account_id IN
            (SELECT id FROM account WHERE role = 'receivable')
        WHERE d.issued_at IS NOT NULL AND d.kind IN {OWED}
        GROUP BY d.id
        HAVING coalesce(sum(p.minor), 0) <> d.open_minor
            OR coalesce(sum(p.base_minor), 0) <> d.open_base_minor
    """,
    "3 a document is the sum of its parts": """
        SELECT d.number FROM document d LEFT JOIN document_snapshot s ON s.document_id = d.id
        WHERE d.issued_at IS NOT NULL AND (
            s.body IS NULL
            OR json_extract(s.body, '$.total_minor') <> d.total_minor
            OR d.net_minor + d.tax_minor + coalesce(json_extract(s.body, '$.rounding_minor'), 0)
                <> d.total_minor
            OR (SELECT coalesce(sum(json_extract(t.value, '$.tax_minor')), 0)
                FROM json_each(s.body, '$.taxes') t
                WHERE coalesce(json_extract(t.value, '$.tax.kind'), 'added') = 'added')
                <> d.tax_minor
        )
    """,
    "4 a counter stands at the number of numbers it gave": """
        SELECT s.kind, c.period, c.last_value, count(d.number)
        FROM number_counter c JOIN number_series s ON s.id = c.series_id
        LEFT JOIN document d ON d.series_id = s.id AND d.number IS NOT NULL AND NOT d.is_history
        WHERE s.kind <> 'customer'
        GROUP BY s.id, c.period HAVING count(d.number) <> c.last_value
    """,
    "5 open is total less what was deducted and allocated": f"""
        SELECT d.number, d.open_minor, d.total_minor, coalesce(sum(a.minor), 0)
        FROM document d LEFT JOIN allocation a ON a.document_id = d.id
        WHERE d.issued_at IS NOT NULL AND d.kind IN {OWED}
        GROUP BY d.id
        HAVING d.open_minor < 0 OR d.open_minor <> CASE WHEN d.voided_at IS NULL
            THEN d.total_minor - d.prepaid_minor - coalesce(sum(a.minor), 0) ELSE 0 END
    """,
    "5 a payment is allocated, returned or left, and never more than it brought": """
        SELECT p.id, p.amount_minor, p.unallocated_minor, coalesce(sum(a.minor), 0)
        FROM payment p LEFT JOIN allocation a ON a.payment_id = p.id
        GROUP BY p.id
        HAVING p.unallocated_minor < 0 OR p.unallocated_minor + p.returned_minor
            + coalesce(sum(a.minor), 0) <> CASE p.state WHEN 'undone' THEN 0
            WHEN 'failed' THEN 0 WHEN 'pending' THEN 0 ELSE p.amount_minor END
    """,
    "5 nothing takes more than it gave": """
        SELECT document_id, payment_id, credit_note_id, deduction_id, sum(minor)
        FROM allocation GROUP BY document_id, payment_id, credit_note_id, deduction_id
        HAVING sum(minor) < 0
    """,
    "no invoice is void while a credit note takes it back": """
        SELECT d.number, n.number FROM document d
        JOIN document_reference r ON r.refers_to_id = d.id AND r.kind = 'credits'
        JOIN document n ON n.id = r.document_id
        WHERE d.voided_at IS NOT NULL AND n.issued_at IS NOT NULL AND n.voided_at IS NULL
    """,
    "no more is credited than was asked for": """
        SELECT d.number FROM document d WHERE d.kind LIKE '%invoice'
            AND d.issued_at IS NOT NULL AND d.voided_at IS NULL
            AND d.total_minor - d.prepaid_minor <
            (SELECT coalesce(sum(n.total_minor - n.prepaid_minor), 0) FROM document_reference r
                JOIN document n ON n.id = r.document_id
                WHERE r.refers_to_id = d.id AND r.kind = 'credits'
                AND n.issued_at IS NOT NULL AND n.voided_at IS NULL)
    """,
    "a deposit is deducted by one final invoice that stands": """
        SELECT r.refers_to_id, count(*) FROM document_reference r
        JOIN document f ON f.id = r.document_id
        WHERE r.kind = 'deducts_deposit' AND f.issued_at IS NOT NULL AND f.voided_at IS NULL
            AND f.total_minor > (SELECT coalesce(sum(n.total_minor), 0) FROM document_reference c
                JOIN document n ON n.id = c.document_id
                WHERE c.refers_to_id = f.id AND c.kind = 'credits'
                AND n.issued_at IS NOT NULL AND n.voided_at IS NULL)
        GROUP BY r.refers_to_id HAVING count(*) > 1
    """,
    "customers' deposits are never owed by customers": """
        SELECT p.company_id, p.currency, sum(p.minor) FROM posting p
        JOIN account a ON a.id = p.account_id WHERE a.role = 'customer_deposits'
        GROUP BY p.company_id, p.currency HAVING sum(p.minor) > 0
    """,
    "the tax given back of a document is no more than was charged, at any rate": """
        WITH charged AS (
            SELECT d.id, d.number, p.tax_rate_id, -sum(p.minor) AS minor FROM document d
            JOIN ledger_entry e ON e.source_type = 'document' AND e.source_id = d.uid
            JOIN posting p ON p.entry_id = e.id AND p.tax_rate_id IS NOT NULL
            WHERE d.kind LIKE '%invoice' AND d.voided_at IS NULL AND d.id NOT IN
                (SELECT document_id FROM document_reference WHERE kind = 'deducts_deposit')
            GROUP BY d.id, p.tax_rate_id
        ), back AS (
            SELECT r.refers_to_id AS document_id, p.tax_rate_id, p.minor FROM document_reference r
            JOIN document n ON n.id = r.document_id AND r.kind = 'credits'
            JOIN ledger_entry e ON e.source_type = 'document' AND e.source_id = n.uid
            JOIN posting p ON p.entry_id = e.id AND p.tax_rate_id IS NOT NULL
            UNION ALL
            SELECT x.document_id, p.tax_rate_id, p.minor FROM deduction x
            JOIN ledger_entry e ON e.source_type = 'deduction' AND e.source_id = x.uid
            JOIN posting p ON p.entry_id = e.id AND p.tax_rate_id IS NOT NULL
        )
        SELECT c.number, c.tax_rate_id, c.minor, sum(b.minor) FROM charged c
        JOIN back b ON b.document_id = c.id AND b.tax_rate_id = c.tax_rate_id
        GROUP BY c.id, c.tax_rate_id
        HAVING sum(b.minor) NOT BETWEEN min(0, c.minor) AND max(0, c.minor)
    """,
    "8 no row of one company refers to another's": """
        SELECT p.entry_id FROM posting p JOIN account a ON a.id = p.account_id
        WHERE a.company_id <> p.company_id
        UNION SELECT l.id FROM allocation l JOIN document d ON d.id = l.document_id
        WHERE d.company_id <> l.company_id
        UNION SELECT d.id FROM document d JOIN customer c ON c.id = d.customer_id
        WHERE c.company_id <> d.company_id
    """,
    "7 the head of the audit log is its last row": """
        SELECT h.company_id FROM audit_head h LEFT JOIN audit_log l
            ON l.company_id = h.company_id AND l.seq = h.seq AND l.hash = h.hash
        WHERE l.seq IS NULL OR h.seq <> (SELECT max(seq) FROM audit_log
            WHERE company_id = h.company_id)
    """,
}


class Auditor:
    """Looks at the books after each step; of the audit log only at what is new."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._checked: dict[int, tuple[int, str]] = {}

    def faults(self) -> list[str]:
        """What does not hold, named by its rule."""
        found = [
            f"{rule}: {[tuple(row) for row in rows]}"
            for rule, sql in RULES.items()
            if (rows := self._connection.execute(sql).fetchall())
        ]
        return found + self._audit_faults()

    def _audit_faults(self) -> list[str]:
        found = []
        for company, uid in self._connection.execute("SELECT id, uid FROM company").fetchall():
            seq, previous = self._checked.get(
                company, (0, hashlib.sha256(uid.encode()).hexdigest())
            )
            rows = self._connection.execute(
                "SELECT * FROM audit_log WHERE company_id = ? AND seq > ? ORDER BY seq",
                (company, seq),
            )
            for row in rows:
                seq += 1
                said = {name: row[name] for name in row.keys() if name not in _NOT_HASHED}  # noqa: SIM118 - a sqlite3.Row is no mapping
                said["at"] = row["at"].replace(" ", "T").removesuffix(".000000") + "+00:00"
                text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                if (row["seq"], row["previous"]) != (seq, previous):
                    found.append(f"7 audit row {seq} does not follow the one before")
                if hashlib.sha256(text.encode()).hexdigest() != row["hash"]:
                    found.append(f"7 audit row {seq} is not what its hash says")
                previous = row["hash"]
            self._checked[company] = (seq, previous)
        return found


_NOT_HASHED = ("company_id", "hash")
