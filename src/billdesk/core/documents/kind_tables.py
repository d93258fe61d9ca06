"""The tables and sums of documents that are not over lines of goods: reminders, accounts…"""

from decimal import Decimal

from billdesk.core.documents.content import (
    SEPARATOR,
    HeadContent,
    LineContent,
    Pair,
    TotalsContent,
)
from billdesk.core.documents.formatting import Formatter
from billdesk.core.documents.kind_wording import due_label, payable_minor
from billdesk.core.documents.text import clean, clean_line
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.snapshot import (
    Snapshot,
    SnapshotLine,
    SnapshotReminder,
    SnapshotStatement,
)

Table = tuple[HeadContent, tuple[LineContent, ...]]


def special_table(snapshot: Snapshot, fmt: Formatter) -> Table | None:
    """The table of a kind that has one of its own; ``None`` for what lists goods with prices."""
    if snapshot.statement is not None:
        return _statement_table(snapshot, snapshot.statement, fmt)
    if snapshot.reminder is not None:
        return _reminder_table(snapshot, snapshot.reminder, fmt)
    if snapshot.kind == DocumentKind.DELIVERY_NOTE:
        return _delivery_table(snapshot, fmt)
    if snapshot.kind == DocumentKind.RECEIPT:
        return _receipt_table(snapshot, fmt)
    return None


def special_sums(snapshot: Snapshot, fmt: Formatter) -> TotalsContent | None:
    """The sums of a kind whose total is not that of its lines."""
    rows: tuple[Pair, ...] = ()
    if snapshot.statement is not None and any(snapshot.statement.ageing):
        parts = zip(fmt.labels.kinds.ageing, snapshot.statement.ageing, strict=True)
        rows = tuple((label, fmt.amount(minor, snapshot.scale)) for label, minor in parts)
    elif snapshot.statement is None and snapshot.reminder is None:
        return None
    total = payable_minor(snapshot)
    return TotalsContent(
        rows,
        None,
        (),
        (due_label(snapshot, fmt.labels), fmt.money(abs(total), snapshot.scale, snapshot.currency)),
    )


def _row(
    name: str, detail: str, middle: str, amount: str, amount_minor: int, position: str = ""
) -> LineContent:
    return LineContent(position, name, detail, "", "", middle, "", amount, amount_minor)


def _statement_table(snapshot: Snapshot, account: SnapshotStatement, fmt: Formatter) -> Table:
    words, scale = fmt.labels.kinds, snapshot.scale
    opening = account.opening_minor
    # Days in the place of positions: one line for each movement, as on a bank statement.
    rows = [
        _row(
            words.opening_balance,
            "",
            "",
            fmt.amount(opening, scale),
            opening,
            fmt.day(account.first_on),
        )
    ]
    rows += [
        _row(
            f"{words.entries[one.kind]} {clean_line(one.number)}".rstrip(),
            "",
            fmt.amount(one.minor, scale),
            fmt.amount(one.balance_minor, scale),
            one.minor,
            fmt.day(one.on),
        )
        for one in account.entries
    ]
    head = HeadContent(words.dates[""], words.entry, "", fmt.labels.amount, "", words.balance)
    return head, tuple(rows)


def _reminder_table(snapshot: Snapshot, facts: SnapshotReminder, fmt: Formatter) -> Table:
    words, scale = fmt.labels.kinds, snapshot.scale
    since = f"{words.due_since} {fmt.day(facts.due_on)}"
    rows = [
        _row(
            f"{words.references['reminds_of']} {clean_line(facts.number)}",
            SEPARATOR.join((fmt.day(facts.issued_on), since)),
            fmt.amount(facts.total_minor, scale),
            fmt.amount(facts.open_minor, scale),
            facts.open_minor,
            "1",
        )
    ]
    if facts.fee_minor:
        fee = fmt.amount(facts.fee_minor, scale)
        rows.append(_row(words.late_fee, "", "", fee, facts.fee_minor, "2"))
    labels = fmt.labels
    head = HeadContent(
        labels.position, labels.description, "", words.invoice_total, "", words.still_open
    )
    return head, tuple(rows)


def _delivery_table(snapshot: Snapshot, fmt: Formatter) -> Table:
    labels = fmt.labels
    head = HeadContent(labels.position, labels.description, labels.quantity, "", "", "")
    return head, tuple(
        _delivered(str(position), line, fmt)
        for position, line in enumerate(snapshot.lines, start=1)
    )


def _delivered(position: str, line: SnapshotLine, fmt: Formatter) -> LineContent:
    return LineContent(
        position,
        clean_line(line.name),
        clean(line.description).strip(),
        fmt.number(Decimal(line.quantity)),
        clean_line(line.unit),
        "",
        "",
        "",
        0,
    )


def _receipt_table(snapshot: Snapshot, fmt: Formatter) -> Table:
    labels = fmt.labels
    head = HeadContent(labels.position, labels.description, "", "", "", labels.amount)
    return head, tuple(
        _row(
            clean_line(line.name),
            "",
            "",
            fmt.amount(line.amount_minor, snapshot.scale),
            line.amount_minor,
            str(position),
        )
        for position, line in enumerate(snapshot.lines, start=1)
    )
