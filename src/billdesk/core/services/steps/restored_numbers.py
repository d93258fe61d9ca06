"""After a restore: no number again that has left the house, no mail again that may have been sent.

The gap this makes is explained by an audit row that ``verification.numbers`` reads.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, Select, select, update

from billdesk.core.db.tables import AuditDetail, AuditLog, Mail, NumberSeries, PaymentLink
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.numbering import NumberPattern, Reset, SeenCounter, SeenNumber
from billdesk.core.domain.outside import LinkState, MailState
from billdesk.core.services.steps.numbers import raise_counter
from billdesk.core.services.steps.settings import company_row

RAISED = "numbers.raised"


@dataclass(frozen=True, slots=True)
class RaisedCounter:
    """A counter that goes on after ``last_value``; ``was`` is what the backup had."""

    kind: str
    period: str
    was: int
    last_value: int
    next_number: str


@dataclass(slots=True)
class _Highest:
    value: int = 0
    on: date | None = None
    customer_number: str = ""
    sources: set[str] = field(default_factory=set)

    def meet(self, value: int, source: str, on: date | None = None, customer: str = "") -> None:
        self.sources.add(source)
        if on is not None:
            self.on, self.customer_number = on, customer
        self.value = max(self.value, value)


def raise_counters(
    tx: Transaction, numbers: Sequence[SeenNumber], counters: Sequence[SeenCounter] = ()
) -> tuple[RaisedCounter, ...]:
    """Let each counter of ``tx``'s company go on after everything seen elsewhere.

    ``numbers`` may name other companies and other patterns; those are left alone. A counter is
    never lowered.
    """
    uid = company_row(tx).uid
    mine = [number for number in numbers if number.company_uid == uid]
    theirs = [counter for counter in counters if counter.company_uid == uid]
    raised: list[RaisedCounter] = []
    rows = tx.session.scalars(
        select(NumberSeries)
        .where(NumberSeries.company_id == tx.company_id)
        .order_by(NumberSeries.id)
    )
    for series in rows:
        for period, highest in _highest(series, mine, theirs).items():
            was = raise_counter(tx, series.id, period, highest.value)
            if was is None:
                continue
            next_number = NumberPattern(series.pattern, Reset(series.reset)).format(
                highest.value + 1, highest.on or tx.today, highest.customer_number
            )
            raised.append(RaisedCounter(series.kind, period, was, highest.value, next_number))
            tx.audit(
                RAISED,
                f"series:{series.kind}",
                before={"period": period, "last": was},
                after={
                    "period": period,
                    "last": highest.value,
                    "seen_in": sorted(highest.sources),
                },
            )
    return tuple(raised)


def explained_gaps(connection: Connection, company_id: int) -> dict[tuple[str, str], list[range]]:
    """The numbers that a restore left out, by kind of document and period."""
    gaps: dict[tuple[str, str], list[range]] = defaultdict(list)
    for subject, body in connection.execute(_raised(company_id)):
        facts = json.loads(body)
        before, after = facts["before"], facts["after"]
        key = (subject.partition(":")[2], after["period"])
        gaps[key].append(range(before["last"] + 1, after["last"] + 1))
    return gaps


@cache
def _raised(company_id: int) -> Select[str, str]:
    return (
        select(AuditLog.subject, AuditDetail.body)
        .join(
            AuditDetail,
            (AuditDetail.company_id == AuditLog.company_id) & (AuditDetail.seq == AuditLog.seq),
        )
        .where(AuditLog.company_id == company_id, AuditLog.action == RAISED)
    )


def numbers_in_links(metadata: Sequence[Mapping[str, str]], on: date) -> tuple[SeenNumber, ...]:
    """The numbers that Stripe knows from payment links and payments BillDesk made.

    ``metadata`` as BillDesk gave it (docs.stripe.com/metadata): "company" is the company's uid,
    "invoice_no" the number. ``on`` is a day in the period the links are from.
    """
    return tuple(
        SeenNumber(
            company_uid=each["company"],
            kind="invoice",
            number=each["invoice_no"],
            on=on,
            source="stripe",
            issued=True,
            sent=True,
        )
        for each in metadata
        if each.get("company") and each.get("invoice_no")
    )


def doubt_waiting_mails(tx: Transaction) -> int:
    """Mails that waited when the backup was made may have gone since: they are not sent again.

    Marked as being sent, they become "may have been sent" when their job's turn comes; how many.
    """
    done = tx.connection.execute(
        update(Mail)
        .where(Mail.company_id == tx.company_id, Mail.state == MailState.QUEUED.value)
        .values(state=MailState.SENDING.value)
    )
    return done.rowcount


def doubt_waiting_links(tx: Transaction, made_at: datetime) -> None:
    """Links that waited when the backup was made may exist at Stripe since.

    As if first tried then, they are looked for before they are made once Stripe has forgotten
    their key (24 hours); until then the key itself keeps them single.
    """
    tx.connection.execute(
        update(PaymentLink)
        .where(
            PaymentLink.company_id == tx.company_id,
            PaymentLink.state.in_((LinkState.QUEUED.value, LinkState.SENT.value)),
            PaymentLink.first_try_at.is_(None),
        )
        .values(first_try_at=made_at)
    )


def _highest(
    series: NumberSeries, numbers: Sequence[SeenNumber], counters: Sequence[SeenCounter]
) -> dict[str, _Highest]:
    pattern = NumberPattern(series.pattern, Reset(series.reset))
    found: dict[str, _Highest] = defaultdict(_Highest)
    for counter in counters:
        same = (counter.pattern, counter.reset) == (series.pattern, series.reset)
        if counter.kind == series.kind and same:
            found[counter.period].meet(counter.last_value, "books")
    for number in numbers:
        if number.kind not in ("", series.kind):
            continue
        for text in _readings(number):
            value = pattern.sequence_of(text, number.on, number.customer_number)
            if value is not None:
                period = pattern.period(number.on, number.customer_number)
                found[period].meet(value, number.source, number.on, number.customer_number)
                break
    return found


def _readings(number: SeenNumber) -> Iterator[str]:
    """The number itself; in a title also what stands behind each blank."""
    yield number.number
    if not number.kind:
        rest = number.number
        while " " in rest:
            rest = rest.partition(" ")[2]
            yield rest
