"""The customer's side: the pages behind a payment link, as a browser visits and posts them."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from billdesk.sandbox import checkout, links, page, payments
from billdesk.sandbox.account import Account
from billdesk.sandbox.cards import CARDS, DEBITS, Decline, PracticeCard, digits_of, iban_of
from billdesk.sandbox.checkout import Customer
from billdesk.sandbox.currencies import display, smallest_minor
from billdesk.sandbox.errors import Json
from billdesk.sandbox.simulation import Simulation

_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EXPIRY = re.compile(r"(\d{1,2})\s*/?\s*(\d{2}|20\d{2})")
_LARGEST_FORM = 20_000
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not no-referrer: a form would then send "Origin: null" and be refused.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class _Waiting:
    """A card that waits for the customer to confirm with the bank."""

    card: PracticeCard
    customer: Customer


class HostedPages:
    """The routes of the pay page."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._waiting: dict[str, _Waiting] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/b/{token}", self._open, methods=["GET"]),
            Route("/c/pay/{session}", self._show, methods=["GET"]),
            Route("/c/pay/{session}", self._pay, methods=["POST"]),
            Route("/c/pay/{session}/leave", self._leave, methods=["GET"]),
            Route("/c/pay/{session}/verify", self._verify, methods=["POST"]),
            Route("/receipts/{charge}", self._receipt, methods=["GET"]),
        ]

    async def _open(self, request: Request) -> Response:
        """A visit to the link: every one opens a session of its own."""
        query = request.query_params
        token = request.path_params["token"]
        with self._simulation.running():
            account = self._simulation.holding(token)
            if account is None or token not in account.store.tokens:
                return _html(page.missing_page(), 404)
            link = account.store.objects[account.store.tokens[token]]
            if not links.takes_payments(link):
                return _html(page.closed_page(account.merchant, link["inactive_message"]), 410)
            email = query.get("locked_prefilled_email") or query.get("prefilled_email") or ""
            reference = query.get("client_reference_id", "")
            session = checkout.open_session(
                account,
                link,
                email=email or None,
                reference=reference if _REFERENCE.fullmatch(reference) else None,
            )
            return _html(self._form(account, session, page.FormState(email=email)))

    async def _show(self, request: Request) -> Response:
        with self._simulation.running():
            account, session = self._session(request)
            if account is None or session is None:
                return _html(page.missing_page(), 404)
            if session["id"] in self._waiting and session["status"] == "open":
                return _html(page.verify_page(account.merchant, session))
            return self._as_it_is(account, session)

    async def _pay(self, request: Request) -> Response:
        form = await _form_of(request)
        with self._simulation.running():
            account, session = self._session(request)
            if account is None or session is None:
                return _html(page.missing_page(), 404)
            if session["status"] != "open":
                return self._as_it_is(account, session)
            state = _checked(form, account, session)
            if state.errors:
                return _html(self._form(account, session, state), 422)
            least = account.store.quirks.minimum_at_pay_minor or smallest_minor(session["currency"])
            if session["amount_total"] < least:
                # Only where Stripe did not look at the amount when the link was made.
                told = f"The amount must be at least {display(least, session['currency'])}."
                return _html(self._form(account, session, replace(state, alert=told)), 402)
            customer = Customer(email=state.email, name=state.name)
            if state.method == "debit":
                debit = DEBITS[iban_of(form["iban"])]
                checkout.pay_by_debit(account, session, debit, customer)
                return _see(checkout.return_address(account, session))
            card = CARDS[digits_of(form["card"])]
            if card.authenticates:
                payments.ask_for_action(
                    account, payments.intent_for(account, session, customer.email)
                )
                self._waiting[session["id"]] = _Waiting(card, customer)
                return _see(f"/c/pay/{session['id']}")
            return self._charge(account, session, card, customer)

    async def _verify(self, request: Request) -> Response:
        form = await _form_of(request)
        with self._simulation.running():
            account, session = self._session(request)
            if account is None or session is None:
                return _html(page.missing_page(), 404)
            waiting = self._waiting.pop(session["id"], None)
            if waiting is None or session["status"] != "open":
                return _html(page.missing_page(), 404)
            card = waiting.card
            if form.get("answer") != "confirm":
                card = PracticeCard(card.number, card.brand, _REFUSED)
            return self._charge(account, session, card, waiting.customer)

    async def _leave(self, request: Request) -> Response:
        """The customer walks away: nothing is charged, the session stays open for a day."""
        with self._simulation.running():
            account, session = self._session(request)
            if account is None or session is None:
                return _html(page.missing_page(), 404)
            if session["status"] != "open":
                return self._as_it_is(account, session)
            self._waiting.pop(session["id"], None)
            return _html(page.left_page(account.merchant, session))

    async def _receipt(self, request: Request) -> Response:
        with self._simulation.running():
            charge_id = request.path_params["charge"]
            account = self._simulation.holding(charge_id)
            charge = None if account is None else account.store.objects.get(charge_id)
            if (
                account is None
                or charge is None
                or charge["object"] != "charge"
                or not charge["paid"]
            ):
                return _html(page.missing_page(), 404)
            return _html(page.receipt_page(account.merchant, charge))

    def _charge(
        self, account: Account, session: Json, card: PracticeCard, customer: Customer
    ) -> Response:
        decline = checkout.pay_by_card(account, session, card, customer)
        if decline is None:
            return _see(checkout.return_address(account, session))
        state = page.FormState(email=customer.email, name=customer.name, alert=decline.message)
        return _html(self._form(account, session, state), 402)

    def _session(self, request: Request) -> tuple[Account | None, Json | None]:
        session_id = request.path_params["session"]
        account = self._simulation.holding(session_id)
        found = None if account is None else account.store.objects.get(session_id)
        if found is None or found["object"] != "checkout.session":
            return None, None
        return account, found

    def _as_it_is(self, account: Account, session: Json) -> Response:
        if session["status"] == "open":
            state = page.FormState(email=session["customer_email"] or "")
            return _html(self._form(account, session, state))
        if session["status"] == "expired":
            return _html(page.closed_page(account.merchant, None, expired=True), 410)
        link = account.store.get("payment_link", session["payment_link"])
        confirmation = link["after_completion"].get("hosted_confirmation") or {}
        items = account.store.line_items[session["id"]]
        return _html(
            page.done_page(account.merchant, session, items, confirmation.get("custom_message"))
        )

    def _form(self, account: Account, session: Json, state: page.FormState) -> str:
        items = [
            {
                **item,
                "product_description": account.store.objects[item["price"]["product"]][
                    "description"
                ],
            }
            for item in account.store.line_items[session["id"]]
        ]
        link = account.store.get("payment_link", session["payment_link"])
        saves = (link["payment_intent_data"] or {}).get("setup_future_usage") == "off_session"
        return page.pay_page(account.merchant, session, items, state, saves=saves)


_REFUSED = Decline(
    "payment_intent_authentication_failure",
    "authentication_failure",
    "Your bank did not confirm the payment.",
)


def _checked(form: dict[str, str], account: Account, session: Json) -> page.FormState:
    errors: dict[str, str] = {}
    allowed = session["payment_method_types"]
    method = "debit" if form.get("method") == "debit" and "sepa_debit" in allowed else "card"
    email, name = form.get("email", "").strip(), form.get("name", "").strip()
    if _EMAIL.fullmatch(email) is None:
        errors["email"] = "Type your email address, like you@example.com."
    if not name:
        errors["name"] = "Type the name on the card or account."
    checks = (
        (("iban", _iban_error),)
        if method == "debit"
        else (("card", _card_error), ("expiry", _expiry_error), ("cvc", _cvc_error))
    )
    for part, check in checks:
        error = check(form.get(part, "").strip(), account.clock.now())
        if error:
            errors[part] = error
    return page.FormState(email=email, name=name, method=method, errors=errors)


def _card_error(typed: str, now: int) -> str:
    if digits_of(typed) in CARDS:
        return ""
    return "Use one of the test numbers listed here, such as 4242 4242 4242 4242."


def _iban_error(typed: str, now: int) -> str:
    if iban_of(typed) in DEBITS:
        return ""
    return "Use one of the test numbers listed here, such as AT61 1904 3002 3457 3201."


def _expiry_error(typed: str, now: int) -> str:
    match = _EXPIRY.fullmatch(typed)
    if match is None or not 1 <= int(match[1]) <= 12:
        return "Type month and year, like 12 / 34."
    today = datetime.fromtimestamp(now, UTC)
    year = int(match[2]) % 100 + 2000
    if (year, int(match[1])) < (today.year, today.month):
        return "The card has expired."
    return ""


def _cvc_error(typed: str, now: int) -> str:
    return "" if re.fullmatch(r"\d{3,4}", typed) else "Type the 3 or 4 digits."


async def _form_of(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > _LARGEST_FORM:
        return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers=HEADERS)
