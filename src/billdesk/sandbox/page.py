"""The HTML of the hosted pay page. Self-contained: no script, no font, no picture from outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from billdesk.sandbox.currencies import display
from billdesk.sandbox.errors import Json
from billdesk.sandbox.page_style import STYLE

_TICK = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12.5l4.6 4.6L19 7.5"/></svg>'
_CLOCK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/>'
    '<path d="M12 7v5.4l3.4 2"/></svg>'
)
_LOCK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="5" y="11" width="14" height="9" rx="2"/>'
    '<path d="M8 11V8a4 4 0 0 1 8 0v3"/></svg>'
)
_VERBS = {"book": "Book", "donate": "Donate"}
_NUMBERS = (
    ("4242 4242 4242 4242", "pays"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0025 0000 3155", "asks to confirm first"),
    ("4000 0000 0000 0259", "pays, is disputed later"),
    ("4000 0000 0000 0069", "has expired"),
    ("4000 0027 6000 3184", "asks to confirm every time"),
)
_DEBIT_NUMBERS = (
    ("AT61 1904 3002 3457 3201", "is pending, then pays"),
    ("AT86 1904 3002 3547 3202", "is pending, then fails"),
    ("AT59 1904 3002 3547 3203", "pays, is disputed"),
    ("AT75 1904 3002 3547 3206", "pays, then comes back"),
)


@dataclass(frozen=True)
class FormState:
    """What to show again after a refusal. Never holds a card number."""

    email: str = ""
    name: str = ""
    method: str = "card"
    alert: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def pay_page(
    merchant: str, session: Json, items: list[Json], form: FormState, *, saves: bool = False
) -> str:
    """The page with the amount, what it is for, and the form that posts to the session.

    ``saves`` adds the consent of a link that keeps the card for later payments.
    """
    total = display(session["amount_total"], session["currency"])
    verb = _VERBS.get(session["submit_type"], "Pay")
    debit = "sepa_debit" in session["payment_method_types"]
    alert = (
        f'<div class="alert" role="alert"><b>{escape(form.alert)}</b>'
        "You have not been charged. Try again or use another way to pay.</div>"
        if form.alert
        else ""
    )
    body = f"""
<main>
<section class="about" aria-label="What you pay for">
{_sender(merchant)}
<h1>{escape(_purpose(items))}</h1>
<div class="total">{escape(total)}</div>
<dl class="items">{"".join(_item(item) for item in items)}{_sum(items, total)}</dl>
</section>
<section class="pay">
<form class="card" method="post" action="/c/pay/{escape(session["id"])}" novalidate>
<h2>Payment details</h2>
{alert}
{_input(form, "email", "Email", form.email, kind="email", example="you@example.com")}
{_methods(form, debit)}
{_input(form, "name", "Name on the card or account", form.name)}
{_consent(merchant) if saves else ""}<button type="submit">{_LOCK}{verb} {escape(total)}</button>
<p class="small">Practice payment. No real money moves.</p>
<p class="small"><a href="/c/pay/{escape(session["id"])}/leave">Leave without paying</a></p>
</form>
</section>
<section class="help">{_numbers(debit)}</section>
</main>"""
    return frame(f"{verb} {total} to {merchant}", body, state="open")


def verify_page(merchant: str, session: Json) -> str:
    """The bank's question before a card that needs authentication is charged."""
    total = display(session["amount_total"], session["currency"])
    body = f"""
<main class="done"><form class="card" method="post" action="/c/pay/{escape(session["id"])}/verify">
<div class="badge idle">{_LOCK}</div>
<h1>Confirm with your bank</h1>
<p>Your practice bank asks: pay {escape(total)} to {escape(merchant)}?</p>
<button type="submit" name="answer" value="confirm">Confirm payment</button>
<button type="submit" name="answer" value="refuse" class="plain">Refuse</button>
</form></main>"""
    return frame("Confirm with your bank", body, state="verify")


def done_page(merchant: str, session: Json, items: list[Json], message: str | None) -> str:
    """The page after paying, with the merchant's own words when the link has some."""
    total = display(session["amount_total"], session["currency"])
    paid = session["payment_status"] == "paid"
    title = "Payment received" if paid else "Payment on its way"
    if paid:
        words = message or f"{merchant} has been told about your payment."
    else:
        # The merchant's thanks for a payment would be untrue while it may still fail.
        words = "Your bank debit was started. It takes a few days; please do not pay again."
    facts = (
        ("Paid to" if paid else "To", merchant),
        ("For", _purpose(items)),
        ("Amount", total),
        ("Email", (session["customer_details"] or {}).get("email") or ""),
    )
    body = f"""
<main class="done"><div class="card">
<div class="badge {"good" if paid else "idle"}">{_TICK if paid else _CLOCK}</div>
<h1>{title}</h1>
<p>{escape(words)}</p>
<dl class="facts">{_facts(facts)}</dl>
<p class="small">Practice payment. You can close this page.</p>
</div></main>"""
    return frame(title, body, state="complete")


def left_page(merchant: str, session: Json) -> str:
    """The page after leaving without paying."""
    total = display(session["amount_total"], session["currency"])
    body = f"""
<main class="done"><div class="card">
<div class="badge idle">{_CLOCK}</div>
<h1>You have not paid</h1>
<p>{escape(total)} to {escape(merchant)} is still open. You have not been charged.</p>
<p class="small"><a href="/c/pay/{escape(session["id"])}">Go back to the payment</a></p>
</div></main>"""
    return frame("You have not paid", body, state="left")


def closed_page(merchant: str, message: str | None, *, expired: bool = False) -> str:
    """The page of a link or session that takes no payment any more."""
    title = "This payment page has expired" if expired else "This link is no longer active"
    words = message or f"Please ask {merchant} if you still have something to pay."
    body = f"""
<main class="done"><div class="card">
<div class="badge idle">{_LOCK}</div>
<h1>{title}</h1>
<p>{escape(words)}</p>
<dl class="facts">{_facts((("From", merchant),))}</dl>
</div></main>"""
    return frame(title, body, state="closed")


def missing_page() -> str:
    """The page for an address that leads nowhere."""
    body = f"""
<main class="done"><div class="card">
<div class="badge idle">{_LOCK}</div>
<h1>Page not found</h1>
<p>This payment link does not exist. Please check that you copied all of it.</p>
</div></main>"""
    return frame("Page not found", body, state="missing")


def receipt_page(merchant: str, charge: Json) -> str:
    """The customer's receipt for one charge."""
    amount = display(charge["amount"], charge["currency"])
    refunded = charge["amount_refunded"]
    facts = [("Paid to", merchant), ("For", charge["description"] or merchant), ("Paid", amount)]
    if refunded:
        facts.append(("Refunded", display(refunded, charge["currency"])))
    body = f"""
<main class="done"><div class="card">
<div class="badge good">{_TICK}</div>
<h1>Receipt</h1>
<dl class="facts">{_facts(facts)}</dl>
<p class="small">Practice payment. No real money moved.</p>
</div></main>"""
    return frame("Receipt", body, state="receipt")


def frame(title: str, body: str, *, state: str) -> str:
    return f"""<!doctype html>
<html lang="en" data-state="{state}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{STYLE}</style></head>
<body>
<aside class="test" role="note"><div><b>TEST</b><span>Practice page: no real money moves. Only
test numbers work, so never type a real one.</span></div></aside>{body}
<footer>Served by the BillDesk practice company, on this computer only.</footer>
</body></html>
"""


def _sender(merchant: str) -> str:
    initial = next((letter for letter in merchant if letter.isalnum()), "P").upper()
    return (
        f'<div class="from"><span class="mark" aria-hidden="true">{escape(initial)}</span>'
        f"<span>{escape(merchant)}</span></div>"
    )


def _sum(items: list[Json], total: str) -> str:
    """A line for the total, where one item does not say it already."""
    if len(items) == 1:
        return ""
    return f'<div class="sum"><dt>Total due</dt><dd>{escape(total)}</dd></div>'


def _purpose(items: list[Json]) -> str:
    first: str = items[0]["description"]
    return first if len(items) == 1 else f"{first} and {len(items) - 1} more"


def _item(item: Json) -> str:
    amount = display(item["amount_total"], item["currency"])
    count = f" × {item['quantity']}" if item["quantity"] != 1 else ""
    note = item.get("product_description")
    described = f'<dd class="note">{escape(note)}</dd>' if note else ""
    return (
        f"<div><dt>{escape(item['description'])}{count}</dt><dd>{escape(amount)}</dd>"
        f"{described}</div>"
    )


def _consent(merchant: str) -> str:
    return (
        f'<p class="hint">By paying, you allow {escape(merchant)} to charge this card for future'
        " payments in accordance with their terms.</p>"
    )


def _input(
    form: FormState, name: str, label: str, value: str = "", *, kind: str = "text",
    example: str = "", keys: str = "text",
) -> str:  # fmt: skip
    error = form.errors.get(name, "")
    marked = f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
    said = f'<p id="{name}-error" role="alert">{escape(error)}</p>' if error else ""
    return (
        f'<div class="field"><label for="{name}">{label}</label>'
        f'<input type="{kind}" id="{name}" name="{name}" value="{escape(value)}"'
        f' placeholder="{example}" inputmode="{kind if kind == "email" else keys}"'
        f' autocomplete="off" spellcheck="false"{marked}>{said}</div>'
    )


def _methods(form: FormState, debit: bool) -> str:
    card = f"""<div class="by-card">
{_input(form, "card", "Card number", example="4242 4242 4242 4242", keys="numeric")}
<div class="two">{_input(form, "expiry", "Expiry", example="MM / YY")}
{_input(form, "cvc", "Security code", example="CVC", keys="numeric")}</div></div>"""
    if not debit:
        return f'<div class="only"><input type="hidden" name="method" value="card">{card}</div>'
    checked = {name: " checked" if form.method == name else "" for name in ("card", "debit")}
    return f"""<fieldset class="tabs"><legend class="group">Pay with</legend>
<input type="radio" name="method" value="card" id="by-card"{checked["card"]}>
<label for="by-card">Card</label>
<input type="radio" name="method" value="debit" id="by-debit"{checked["debit"]}>
<label for="by-debit">Bank debit</label>
{card}
<div class="by-debit">{_input(form, "iban", "IBAN", example="AT61 1904 3002 3457 3201")}
<p class="hint">The debit takes a few days. The invoice counts as paid when it has arrived.</p>
</div></fieldset>"""


def _numbers(debit: bool) -> str:
    groups: list[tuple[str, tuple[tuple[str, str], ...]]] = [
        ("Cards, with any future date and any code", _NUMBERS)
    ]
    if debit:
        groups.append(("Bank debits", _DEBIT_NUMBERS))
    rows = "".join(
        f'<tr><th colspan="2" scope="rowgroup">{title}</th></tr>'
        + "".join(f"<tr><td>{number}</td><td>{what}</td></tr>" for number, what in numbers)
        for title, numbers in groups
    )
    return f"<details open><summary>Test numbers</summary><table>{rows}</table></details>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts
        if value
    )
