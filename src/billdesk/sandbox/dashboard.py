"""The practice Dashboard: what the owner would do at Stripe, or what simply happens, as a page.

Its address holds a secret, so that no other page open in the browser can guess it.
"""

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from billdesk.sandbox import dashboard_page
from billdesk.sandbox.currencies import display, minor_of
from billdesk.sandbox.errors import ApiError
from billdesk.sandbox.faults import Fault
from billdesk.sandbox.hosted import HEADERS
from billdesk.sandbox.world import StripeWorld

Form = Mapping[str, str]
_LONGEST_FORM = 2_000
_HOUR_S = 3_600
_SPANS = {"hour": _HOUR_S, "day": 24 * _HOUR_S, "week": 7 * 24 * _HOUR_S}
# So many requests fail before Stripe answers again: enough to be seen, few enough to get over.
BROKEN_REQUESTS = 3


class Dashboard:
    """The routes of the page; ``secret`` is part of its address."""

    def __init__(self, world: StripeWorld, secret: str) -> None:
        self._world = world
        self._secret = secret
        self._told = ""
        self._doings: dict[str, Callable[[Form], str]] = {
            "refund": self._refund,
            "dispute": self._dispute,
            "close": self._close_dispute,
            "settle": self._settle,
            "return": self._return_debit,
            "switch": self._switch_link,
            "payout": self._pay_out,
            "time": self._advance,
            "break": self._break,
            "mend": self._mend,
        }

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/dashboard/{self._secret}"

    def routes(self) -> list[Route]:
        return [
            Route("/dashboard/{secret}", self._show, methods=["GET"]),
            Route("/dashboard/{secret}", self._do, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return self._page() if self._knows(request) else _missing()

    async def _do(self, request: Request) -> Response:
        if not self._knows(request):
            return _missing()
        body = await request.body()
        if len(body) > _LONGEST_FORM:
            return self._page(problem="That was too long.", status=413)
        form = {
            name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()
        }
        doing = self._doings.get(form.get("do", ""))
        try:
            if doing is None:
                raise ValueError("This page cannot do that.")
            told = doing(form)
        except ApiError as refusal:
            return self._page(problem=refusal.message, status=refusal.status)
        except (KeyError, ValueError) as problem:
            said = str(problem) if isinstance(problem, ValueError) else "Something is missing."
            return self._page(problem=said, status=400)
        # Reloading the page must not do it again.
        self._told = told
        return RedirectResponse(self.path, 303)

    def _knows(self, request: Request) -> bool:
        given = request.path_params["secret"].encode()
        return hmac.compare_digest(given, self._secret.encode())

    def _page(self, *, problem: str = "", status: int = 200) -> Response:
        told, self._told = self._told, ""
        with self._world.simulation.running() as account:
            html = dashboard_page.dashboard(account, told=told, problem=problem)
        return HTMLResponse(html, status, HEADERS)

    # -- what can be done; each tells what it did ----------------------------------------------

    def _refund(self, form: Form) -> str:
        with self._world.simulation.running() as account:
            intent = account.store.get("payment_intent", form["payment"])
            charge = account.store.get("charge", intent["latest_charge"] or "")
        typed = form.get("amount", "").strip()
        left = charge["amount"] - charge["amount_refunded"]
        amount = minor_of(typed, charge["currency"]) if typed else left
        self._world.act("refund", payment_intent=form["payment"], amount=amount)
        return f"{display(amount, charge['currency'])} refunded."

    def _dispute(self, form: Form) -> str:
        self._world.act("dispute", payment_intent=form["payment"])
        return "The customer's bank disputes the payment."

    def _close_dispute(self, form: Form) -> str:
        won = form["won"] == "yes"
        self._world.act("dispute/close", dispute=form["dispute"], won=won)
        return f"The dispute is {'won' if won else 'lost'}."

    def _settle(self, form: Form) -> str:
        succeed = form["succeed"] == "yes"
        self._world.act("settle", payment_intent=form["payment"], succeed=succeed)
        return "The bank debit has arrived." if succeed else "The bank debit has failed."

    def _return_debit(self, form: Form) -> str:
        self._world.act("debit/return", payment_intent=form["payment"])
        return "The customer's bank has taken the debit back."

    def _switch_link(self, form: Form) -> str:
        self._world.act("link", link=form["link"], active=False)
        return "The link is switched off."

    def _pay_out(self, form: Form) -> str:
        count = len(self._world.act("payout")["payouts"])
        return "Paid out to the bank." if count else "There is nothing to pay out yet."

    def _advance(self, form: Form) -> str:
        self._world.advance(_SPANS[form["span"]])
        return f"It is a {form['span']} later at Stripe."

    def _break(self, form: Form) -> str:
        status = 500 if form["how"] == "errors" else None
        self._world.fail_next(Fault("*", ".*", status=status, times=BROKEN_REQUESTS))
        return f"The next {BROKEN_REQUESTS} requests fail."

    def _mend(self, form: Form) -> str:
        self._world.simulation.clear_faults()
        return "Stripe answers again."


def _missing() -> Response:
    return HTMLResponse(dashboard_page.missing(), 404, HEADERS)
