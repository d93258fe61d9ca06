"""A customer without a browser: reads the pay page over HTTP, fills in its form and posts it."""

import http.client
import re
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from billdesk.sandbox.cards import DEBITS, iban_of

_TIMEOUT_S = 10


class SandboxDeclined(Exception):
    """The pay page refused the payment; the text is what it told the customer."""


class SandboxLinkInactive(SandboxDeclined):
    """The link takes no payments any more; the text is its inactive message."""


class _Form(HTMLParser):
    """Finds the form's address and the texts a customer reads."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.alerts: list[str] = []
        self.words: list[str] = []
        self._alert_depth = 0
        self._in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = self.action or given.get("action") or ""
        if tag == "main":
            self._in_main = True
        if self._alert_depth:
            self._alert_depth += 1
        elif given.get("role") == "alert":
            self._alert_depth = 1
            self.alerts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        if self._alert_depth:
            self._alert_depth -= 1
            self.alerts[-1] += " "

    def handle_data(self, data: str) -> None:
        if self._alert_depth:
            self.alerts[-1] += data
        if self._in_main and data.strip():
            self.words.append(data.strip())


def pay(link_url: str, *, card: str, email: str) -> str:
    """Pay a link with a test card number or test IBAN and return the session's id.

    Raises SandboxDeclined when the page refuses, SandboxLinkInactive when it takes nothing.
    """
    status, page, _ = _request("GET", link_url, None)
    form = _parse(page)
    if status == 410:
        raise SandboxLinkInactive(form.words[1])
    if status != 200 or not form.action:
        raise SandboxDeclined(f"the pay page answered {status}")
    action = urljoin(link_url, form.action)
    session_id = urlsplit(action).path.rpartition("/")[2]
    fields = {"email": email, "name": "Practice Customer"}
    if iban_of(card) in DEBITS:
        fields |= {"method": "debit", "iban": card}
    else:
        fields |= {"method": "card", "card": card, "expiry": "12 / 34", "cvc": "123"}
    status, page, target = _request("POST", action, fields)
    if status == 303 and urlsplit(target).path == urlsplit(action).path:
        status, page, _ = _request("GET", urljoin(action, target), None)
        if 'data-state="verify"' in page:
            verify = urljoin(action, _parse(page).action)
            status, page, _ = _request("POST", verify, {"answer": "confirm"})
            status = 200 if status == 303 else status
    if status not in (200, 303):
        alerts = [re.sub(r"\s+", " ", alert).strip() for alert in _parse(page).alerts]
        raise SandboxDeclined(" ".join(alerts) or f"the pay page answered {status}")
    return session_id


def _parse(page: str) -> _Form:
    form = _Form()
    form.feed(page)
    form.close()
    return form


def _request(method: str, url: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
    """Status, text and Location. Plain sockets: no proxy can come between."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    try:
        headers = {"Connection": "close", "Origin": f"{parts.scheme}://{parts.netloc}"}
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode("utf-8"), reply.getheader("Location", "")
    finally:
        connection.close()
