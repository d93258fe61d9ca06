"""Make the documents of due periods, by themselves or as the owner decides.

A run's row is written in the transaction that makes its document, and the template's row is locked
first: a period becomes a document once, whatever crashes, whatever the clock says, however many
desks try.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from billdesk.core.db.tables import Document, RecurringTemplate
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.documents.formatting import formatter
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import RecurringChanged
from billdesk.core.domain.recurring import (
    Period,
    RecurringAction,
    RunState,
    draft_for,
    made_by_itself,
    merged,
    outstanding,
)
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.queries.draft_taxes import with_taxes
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.sql.recurring import (
    done_periods,
    price_changes_of,
    schedule_of,
    template_draft,
    templates_due,
)
from billdesk.core.services.recurring.steps import record_runs, subject_of
from billdesk.core.services.steps.issue import issue
from billdesk.core.services.steps.new_drafts import begin_draft
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.queue_mail import queue_usual_mail
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting

KIND = DocumentKind.INVOICE


@dataclass(frozen=True, slots=True)
class Made:
    """A document made of periods; without a number it is a draft."""

    document_id: int
    number: str | None
    periods: tuple[int, ...]


class RecurringRunService:
    """Create, merge or skip due periods; do what needs no decision."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def due_templates(self) -> tuple[int, ...]:
        """The templates of which a period is to be made without asking, oldest first."""
        with self._uow.read() as connection:
            return templates_due(connection, self._uow.company_id, self._uow.today())

    @use_case
    def make_due(self, template_id: int, *, only_draft: str = "") -> Made | None:
        """Make the period that is due by itself; ``None`` when there is none (any more).

        ``only_draft`` says why the document is left as a draft whatever the template wants. Raises
        ``UserError`` for what cannot be made or issued.
        """
        with self._uow.write() as tx:
            row = self._live(tx, template_id)
            period = made_by_itself(self._waiting(tx, row), tx.today)
            if period is None:
                return None
            return self._make(tx, row, [period], RecurringAction(row.action), only_draft)

    @use_case
    def create(
        self, template_id: int, periods: Sequence[int], *, merge: bool = False
    ) -> tuple[Made, ...]:
        """Make waiting periods as the template says: one document each, or one for all.

        Raises ``NotAllowed`` for a period that does not wait (any more), ``UserError`` for what
        cannot be made or issued; then nothing is made.
        """
        with self._uow.write() as tx:
            row = self._live(tx, template_id)
            chosen = self._chosen(tx, row, periods)
            action = RecurringAction(row.action)
            if merge and len(chosen) > 1:
                return (self._make(tx, row, chosen, action),)
            return tuple(self._make(tx, row, [period], action) for period in chosen)

    @use_case
    def skip(self, template_id: int, periods: Sequence[int]) -> None:
        """Let waiting periods pass without a document. Raises ``NotAllowed``, ``NotFound``."""
        with self._uow.write() as tx:
            row = self._live(tx, template_id)
            chosen = self._chosen(tx, row, periods)
            record_runs(tx, row, chosen, RunState.SKIPPED, None)
            numbers = [period.number for period in chosen]
            tx.audit("recurring.skipped", subject_of(row), after={"periods": numbers})
            tx.tell(RecurringChanged(tx.company_id, row.id))

    @staticmethod
    def _live(tx: Transaction, template_id: int) -> RecurringTemplate:
        row = load(tx, RecurringTemplate, template_id)
        if row.deleted_at is not None:
            raise NotAllowed("This template was deleted; restore it first.")
        if row.paused_at is not None:
            raise NotAllowed("This template is paused; resume it first.")
        return row

    @staticmethod
    def _waiting(tx: Transaction, row: RecurringTemplate) -> tuple[Period, ...]:
        done = done_periods(tx.connection, tx.company_id, row.id).get(row.id, ())
        return outstanding(schedule_of(row), done, tx.today)

    def _chosen(
        self, tx: Transaction, row: RecurringTemplate, periods: Sequence[int]
    ) -> list[Period]:
        wanted = sorted(set(periods))
        waiting = {period.number: period for period in self._waiting(tx, row)}
        if not wanted or any(number not in waiting for number in wanted):
            raise NotAllowed("This is not due, or has been dealt with already; look again.")
        return [waiting[number] for number in wanted]

    def _make(
        self,
        tx: Transaction,
        row: RecurringTemplate,
        periods: Sequence[Period],
        action: RecurringAction,
        only_draft: str = "",
    ) -> Made:
        draft = _draft_of(tx, row, periods)
        if action is not RecurringAction.DRAFT and not only_draft:
            only_draft = _no_rate(tx, draft)
        if only_draft:
            action = RecurringAction.DRAFT
            tx.audit("recurring.left_as_draft", subject_of(row), after={"why": only_draft})
        if action is not RecurringAction.DRAFT:
            lock_series(tx, KIND)
        document = begin_draft(tx, KIND, draft)
        state = RunState.CREATED if len(periods) == 1 else RunState.MERGED
        record_runs(tx, row, periods, state, document.id)
        numbers = tuple(period.number for period in periods)
        tx.audit(
            "recurring.made",
            subject_of(row),
            after={"periods": numbers, "document": document.uid, "action": action.value},
        )
        if action is not RecurringAction.DRAFT:
            self._issue(tx, document, send=action is RecurringAction.SEND)
        tx.tell(RecurringChanged(tx.company_id, row.id))
        return Made(document.id, document.number, numbers)

    @staticmethod
    def _issue(tx: Transaction, document: Document, *, send: bool) -> None:
        snapshot = issue(tx, document, read_draft(tx.connection, tx.company_id, document.id))
        if not send:
            return
        try:
            queue_usual_mail(tx, document, snapshot)
        except UserError as error:
            # It is issued all the same: who may mail it is told, and sees that it was not sent.
            tx.audit("recurring.not_sent", f"document:{document.uid}", after={"why": str(error)})


def _draft_of(tx: Transaction, row: RecurringTemplate, periods: Sequence[Period]) -> InvoiceDraft:
    draft = template_draft(row).with_rate_of_the_day(row.updated_at.date(), tx.today)
    schedule, changes = schedule_of(row), price_changes_of(row)
    drafts = [draft_for(draft, schedule, changes, period.number) for period in periods]
    if len(drafts) == 1:
        return drafts[0]
    _require_same_taxes(tx, drafts)
    language = draft.language or read_setting(tx, InvoiceDefaults).language
    words = formatter(language, read_setting(tx, CompanyProfile).address.country)
    notes = [
        words.period(one.service_from or period.due_on, one.service_to or period.due_on)
        if one.service_from or one.service_to
        else words.day(period.due_on)
        for one, period in zip(drafts, periods, strict=True)
    ]
    return merged(drafts, notes)


def _require_same_taxes(tx: Transaction, drafts: Sequence[InvoiceDraft]) -> None:
    """A document has one day of supply, so it cannot bill what was supplied at several rates."""
    rates = set()
    for draft in drafts:
        taxed = with_taxes(tx.connection, tx.company_id, draft, tx.today).draft
        rates.add(tuple(line.tax_rate_ids for line in taxed.lines))
    if len(rates) > 1:
        raise NotAllowed(
            "A tax rate changed between these periods; create a document for each of them, or "
            "merge only periods before the change or after it."
        )


def _no_rate(tx: Transaction, draft: InvoiceDraft) -> str:
    """Why a document in another currency waits for the owner: nobody gave the rate of its day."""
    base = company_row(tx).currency
    if draft.currency in ("", base) or draft.exchange_rate is not None:
        return ""
    return f"Give the exchange rate from {draft.currency} to {base} of the day, then issue it."
