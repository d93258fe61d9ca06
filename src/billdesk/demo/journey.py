"""Draft, issue, send, pay, paid: each step in the real window, checked by what it shows."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from billdesk.core.application import Application
from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.events import StripeChecked
from billdesk.core.domain.outside import MailState, RenditionKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.demo.driver import Driver, NotSeen
from billdesk.demo.program import PracticeProgram
from billdesk.ui.pages.documents import EditorPage

CUSTOMER = "Nord"
LINES = (
    ("Brand workshop, two days", "2", "1450"),
    ("Interface design", "12*3.5", "115"),
)
FEE_KNOWN_AFTER_S = 5
OVERVIEW = ("home", "documents", "customers", "items", "settings")


@dataclass
class _Proof:
    detail: DocumentDetail
    payment_link: str
    pdf: str
    pdf_sha256: str
    mail: str
    events_applied: int
    ledger_balanced: bool


class Journey:
    """The main job, once. ``report`` tells what came of it."""

    def __init__(self, driver: Driver, program: PracticeProgram, output: Path) -> None:
        self._driver = driver
        self._program = program
        self._output = output
        self._proof: _Proof | None = None

    def run(self) -> None:
        """Do every step. Raises ``NotSeen`` naming the first that did not happen."""
        driver = self._driver
        driver.app.start()
        driver.wait_for("the practice company", lambda: driver.app.desk, 120)
        for place in OVERVIEW:
            driver.app.window.open_page(place)
            driver.settle()
            driver.picture(place)
        document_id = self._write_invoice()
        self._issue_and_send(document_id)
        link = self._wait_for_mail(document_id)
        self._program.session.stripe.pay(link)
        applied = self._see_it_paid(document_id)
        self._collect(document_id, link, applied)

    def report(self, pictures: str) -> dict[str, Any]:
        """What happened, as the report file says it; paths relative to the output folder."""
        if self._proof is None:
            raise NotSeen("The journey has not been made.")
        proof = self._proof
        return {
            "invoice_number": proof.detail.number,
            "status": proof.detail.state.value,
            "total_minor": proof.detail.total_minor,
            "amount_paid_minor": proof.detail.paid_minor,
            "currency": proof.detail.currency,
            "payment_link": proof.payment_link,
            "pdf": proof.pdf,
            "pdf_sha256": proof.pdf_sha256,
            "mail": proof.mail,
            "events_applied": proof.events_applied,
            "ledger_balanced": proof.ledger_balanced,
            "screenshots": [f"{pictures}/{name}" for name in self._driver.taken],
        }

    @property
    def _books(self) -> Application:
        desk = self._driver.app.desk
        if desk is None:
            raise NotSeen("No company is open.")
        return desk.app

    def _editor(self) -> EditorPage:
        page = self._driver.app.window.current_page
        if not isinstance(page, EditorPage):
            raise NotSeen("The invoice's page is not open.")
        return page

    def _write_invoice(self) -> int:
        """By keyboard alone: customer, two lines, saved by itself."""
        driver = self._driver
        driver.press("Ctrl+N")
        editor = driver.wait_for("a new invoice", lambda: self._editor().editor)
        customer = editor.fields.customer.edit
        driver.focused(customer.accessibleName())
        driver.type(CUSTOMER)
        driver.wait_for("customers to choose from", customer.visible_choices)
        driver.key(Qt.Key.Key_Return)
        driver.wait_for("the chosen customer", lambda: customer.current)
        editor.grid.focus_first()
        for name, quantity, price in LINES:
            driver.focused("Description")
            driver.type(name)
            driver.tab_to("Quantity")
            driver.type(quantity)
            driver.tab_to("Price")
            driver.type(price)
            driver.key(Qt.Key.Key_Return)
        driver.settle()
        driver.picture("editor")
        return driver.wait_for("the saved draft", self._saved_id)

    def _saved_id(self) -> int | None:
        page = self._editor()
        clean = page.autosave is not None and page.autosave.is_clean
        return page.document_id if clean else None

    def _issue_and_send(self, document_id: int) -> None:
        """Ctrl+Enter, the question, the mail, Send."""
        driver = self._driver
        driver.press("Ctrl+Return")
        driver.dialog("Issue").verb_button.click()
        send = driver.dialog("Send")
        driver.wait_for("the issued invoice", lambda: self._seen(document_id))
        driver.settle()
        driver.picture("send")
        send.verb_button.click()

    def _wait_for_mail(self, document_id: int) -> str:
        """Past the seconds of the Undo: the mail server has taken it; the pay link inside."""
        driver = self._driver

        def accepted() -> str | None:
            detail = self._seen(document_id)
            if detail is None:
                return None
            sent = any(mail.state is MailState.ACCEPTED for mail in detail.mails)
            return detail.link.url if sent and detail.link else None

        link = driver.wait_for("the mail accepted by the server", accepted, 40)
        driver.settle()
        driver.picture("issued")
        return link

    def _see_it_paid(self, document_id: int) -> int:
        """Ask Stripe, as the owner would by a click on the status line, until it is paid."""
        driver = self._driver
        applied: list[int] = []
        stop = self._books.bus.subscribe(
            lambda event: (
                applied.append(event.applied) if isinstance(event, StripeChecked) else None
            )
        )
        self._program.session.stripe.advance(FEE_KNOWN_AFTER_S)
        driver.press("F5")

        def paid() -> bool:
            detail = self._seen(document_id)
            if detail is None or detail.state is not DocumentState.PAID:
                return False
            return detail.pdf_kind == RenditionKind.PAID_COPY

        driver.wait_for("the paid invoice", paid, 40)
        stop()
        driver.settle()
        driver.picture("paid")
        return sum(applied)

    def _collect(self, document_id: int, link: str, applied: int) -> None:
        detail = self._books.queries.document(document_id)
        pdf = self._books.previews.document(document_id)
        pdf_file = self._output / f"{detail.number}.pdf"
        pdf_file.write_bytes(pdf)
        mails = [
            mail
            for mail in self._program.session.mail.messages
            if (detail.number or "") in str(mail.parsed["Subject"])
        ]
        if not mails:
            raise NotSeen("The mail did not arrive at the mail server.")
        mail_file = self._output / f"{detail.number}.eml"
        mail_file.write_bytes(mails[-1].raw)
        self._proof = _Proof(
            detail=detail,
            payment_link=link,
            pdf=pdf_file.name,
            pdf_sha256=hashlib.sha256(pdf).hexdigest(),
            mail=mail_file.name,
            events_applied=applied,
            ledger_balanced=self._books.verification.run().clean,
        )

    def _seen(self, document_id: int) -> DocumentDetail | None:
        """The issued document as its page shows it; ``None`` while that shows something else."""
        detail = self._editor().detail
        issued = detail is not None and detail.id == document_id and detail.number is not None
        return detail if issued else None
