"""The HTML of the practice Dashboard."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from itertools import islice

from billdesk.sandbox import links
from billdesk.sandbox.account import Account
from billdesk.sandbox.currencies import display
from billdesk.sandbox.errors import Json
from billdesk.sandbox.page import frame

_SHOWN = 50
_STATES = {
    "succeeded": ("Paid", "good"),
    "processing": ("On its way", "wait"),
    "requires_action": ("Waits for the customer's bank", "wait"),
    "requires_payment_method": ("Not paid", "idle"),
    "canceled": ("Canceled", "idle"),
}
_OVER = {"won": "Dispute won", "lost": "Dispute lost", "warning_closed": "Inquiry closed"}


def dashboard(account: Account, *, told: str, problem: str) -> str:
    """Payments, open links and what else can happen; ``told`` is what has just been done."""
    note = f'<p class="told" role="status">{escape(told)}</p>' if told else ""
    if problem:
        note = f'<div class="alert" role="alert">{escape(problem)}</div>'
    now = datetime.fromtimestamp(account.clock.now(), UTC)
    body = f"""
<main class="desk">
<header><h1>Practice Stripe of {escape(account.merchant)}</h1>
<p>What your customers, their banks and Stripe can do. Do it here, then look at BillDesk:
it finds out by itself.</p></header>
{note}
<section><h2>Payments</h2>{_payments(account)}</section>
<section><h2>Open payment links</h2>{_links(account)}</section>
<section class="also"><h2>What else can happen</h2>
<dl>
<div><dt>Time at Stripe<small>{now:%d %B %Y, %H:%M} UTC</small></dt>
<dd>{_form("One hour later", do="time", span="hour")}\
{_form("One day later", do="time", span="day")}\
{_form("One week later", do="time", span="week")}</dd></div>
<div><dt>Payout<small>what has settled goes to the bank</small></dt>
<dd>{_form("Pay out now", do="payout")}</dd></div>
<div><dt>Network<small>for the next few requests</small></dt>
<dd>{_form("No answer", do="break", how="silence")}{_form("Errors", do="break", how="errors")}\
{_form("All is well again", do="mend")}</dd></div>
</dl></section>
</main>"""
    return frame("Practice Stripe", body, state="dashboard")


def missing() -> str:
    """The page for an address that is not this run's."""
    body = """
<main class="done"><div class="card"><h1>Page not found</h1>
<p>Open the practice Stripe from BillDesk again; its address changes with each start.</p>
</div></main>"""
    return frame("Page not found", body, state="missing")


def _payments(account: Account) -> str:
    tried = (
        intent
        for intent in reversed(list(account.store.oldest_first("payment_intent")))
        if intent["latest_charge"] or intent["status"] != "requires_payment_method"
    )
    rows = [_payment(account, intent) for intent in islice(tried, _SHOWN)]
    if not rows:
        return '<p class="empty">Nobody has paid yet. Open a link below and be the customer.</p>'
    return _table(("Invoice", "Amount", "State", ""), rows)


def _payment(account: Account, intent: Json) -> tuple[str, ...]:
    store, words = account.store, []
    state, tone = _STATES.get(intent["status"], (intent["status"], "idle"))
    buttons = ""
    charge = store.objects.get(intent["latest_charge"] or "")
    if intent["status"] == "processing":
        buttons = _form("Let it arrive", do="settle", payment=intent["id"], succeed="yes")
        buttons += _form("Let it fail", do="settle", payment=intent["id"], succeed="no")
    elif charge is not None and intent["status"] == "succeeded":
        refunded, amount = charge["amount_refunded"], charge["amount"]
        dispute = _dispute_of(account, charge)
        if refunded:
            state, tone = ("Refunded" if refunded == amount else "Partly refunded"), "idle"
            words.append(f"{display(refunded, charge['currency'])} went back")
        if dispute is None:
            buttons = _money_back(intent, refunded < amount, charge)
        elif dispute["status"] in _OVER:
            state, tone = _OVER[dispute["status"]], "idle"
        else:
            state, tone = "Disputed", "bad"
            buttons = _form("Win the dispute", do="close", dispute=dispute["id"], won="yes")
            buttons += _form("Lose the dispute", do="close", dispute=dispute["id"], won="no")
    elif charge is not None and charge["failure_message"]:
        words.append(charge["failure_message"])
    said = "".join(f"<small>{escape(one)}</small>" for one in words)
    return (
        _what(intent),
        escape(display(intent["amount"], intent["currency"])),
        f'<span class="pill {tone}">{escape(state)}</span>{said}',
        buttons,
    )


def _dispute_of(account: Account, charge: Json) -> Json | None:
    found = (one for one in account.store.oldest_first("dispute") if one["charge"] == charge["id"])
    return max(found, key=lambda one: int(one["created"]), default=None)


def _money_back(intent: Json, something_left: bool, charge: Json) -> str:
    if not something_left:
        return ""
    form = (
        '<form method="post" class="inline"><input type="hidden" name="do" value="refund">'
        f'<input type="hidden" name="payment" value="{escape(intent["id"])}">'
        f'<input type="text" name="amount" aria-label="Amount to refund" inputmode="decimal"'
        ' autocomplete="off" placeholder="all"><button class="plain">Refund</button></form>'
    )
    form += _form("Dispute", do="dispute", payment=intent["id"])
    if charge["payment_method_details"]["type"] == "sepa_debit":
        form += _form("Take the debit back", do="return", payment=intent["id"])
    return form


def _links(account: Account) -> str:
    newest = reversed(list(account.store.oldest_first("payment_link")))
    payable = (link for link in newest if links.takes_payments(link))
    rows = [_link(account, link) for link in islice(payable, _SHOWN)]
    if not rows:
        return '<p class="empty">No link is open. Issue an invoice with online payment.</p>'
    return _table(("Invoice", "Amount", "", ""), rows)


def _link(account: Account, link: Json) -> tuple[str, ...]:
    item = account.store.line_items[link["id"]][0]
    return (
        _what(link),
        escape(display(item["amount_total"], item["currency"])),
        f'<a href="{escape(link["url"])}">Pay as the customer</a>',
        _form("Switch off", do="switch", link=link["id"]),
    )


def _what(item: Json) -> str:
    return escape(item["metadata"].get("invoice_no") or item.get("description") or item["id"])


def _form(label: str, **values: str) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )
    return f'<form method="post">{hidden}<button class="plain">{escape(label)}</button></form>'


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
