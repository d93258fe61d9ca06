"""The last two days: invoices with a payment link, mailed, and what their customers did."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from billdesk.bootstrap import Books
from billdesk.core.application import Application
from billdesk.practice.catalogue import JOBS, Job
from billdesk.practice.diary import Catalogue, Diary
from billdesk.practice.people import BY_NUMBER
from billdesk.practice.work import Inventor, workday

if TYPE_CHECKING:
    from billdesk.sandbox import StripeSandbox

VISA = "4242424242424242"
MASTERCARD = "5555555555554444"
DISPUTED_LATER = "4000000000000259"
BANK_DEBIT = "AT611904300234573201"


@dataclass(frozen=True, slots=True)
class _Case:
    """An invoice with a link; ``pays_with`` is empty for a customer who has not paid yet."""

    number: str
    job: Job
    days_ago: int
    pays_with: str = ""
    money_back: bool = False


_CASES = (
    _Case("C-0121", JOBS[4], 1, VISA),
    _Case("C-0125", JOBS[2], 1, VISA, money_back=True),
    _Case("C-0117", JOBS[7], 1, DISPUTED_LATER),
    _Case("C-0110", JOBS[5], 0, MASTERCARD),
    _Case("C-0102", JOBS[6], 0, BANK_DEBIT),
    _Case("C-0107", JOBS[3], 0),
    _Case("C-0127", JOBS[4], 0),
    _Case("C-0109", JOBS[7], 0),
)


def go_online(books: Books, app: Application, stripe: "StripeSandbox") -> None:
    """Issue, mail and pay invoices through the practice Stripe that ``app`` is connected to.

    Everything is real but the money: the customers pay on the page behind the link, BillDesk
    learns of it by looking. The dispute comes by itself a moment later.
    """
    # Bank debits too: a payment that takes its time is worth practising.
    online = app.queries.company().online_payment
    app.settings.save_online_payment(replace(online, instant_only=False))
    diary = Diary(books, app.company_id)
    known = Catalogue.read(app)
    inventor = Inventor()
    today = app.today()
    issued = []
    for case in _CASES:
        day = workday(today - timedelta(days=case.days_ago))
        order = inventor.order(BY_NUMBER[case.number], case.job, day)
        issued.append((case, diary.issue(order, known, online=True)))
    # Links first: the PDF in the mail shows them.
    app.sync.work_outbox_now()
    for _, document_id in issued:
        app.mail.send(document_id, app.mail.draft_for(document_id), delay_s=0)
    app.sync.work_outbox_now()
    for case, document_id in issued:
        link = app.queries.document(document_id).link
        if case.pays_with and link is not None and link.url:
            session = stripe.pay(link.url, card=case.pays_with, email=BY_NUMBER[case.number].email)
            if case.money_back:
                app.sync.poll_now()
                stripe.refund(_payment_intent(stripe, session))
    app.sync.poll_now()


def _payment_intent(stripe: "StripeSandbox", session_id: str) -> str:
    sessions = stripe.state()["sessions"]
    return next(str(one["payment_intent"]) for one in sessions if one["id"] == session_id)
