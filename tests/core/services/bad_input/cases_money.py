"""Requests about payments and settings that cannot be done."""

from datetime import date, timedelta
from typing import Any

from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
)
from billdesk.core.domain.snapshot import BankAccount, Template
from billdesk.core.services.mail import MailDraft

LONG = "x" * 20_001


def _pay(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.pay(**changes), error, field


PAYMENTS: dict[str, Case] = {
    "nothing": _pay("amount_minor", amount_minor=0),
    "a cent too little": _pay("amount_minor", amount_minor=-1),
    "hugely negative": _pay("amount_minor", amount_minor=-(10**18)),
    "more than the books can hold": _pay("amount_minor", amount_minor=LARGEST_MINOR + 1),
    "more than a column can hold": _pay("amount_minor", amount_minor=10**30),
    "tomorrow": _pay("received_on", received_on=TODAY + timedelta(days=1)),
    "in year 1": _pay("received_on", received_on=date(1, 1, 1)),
    "in year 9999": _pay("received_on", received_on=date(9999, 12, 31)),
    "on the last closed day": _pay("received_on", NotAllowed, received_on=CLOSED),
    "in a closed year": _pay("received_on", NotAllowed, received_on=date(2025, 1, 1)),
    "by Stripe": _pay("method", method=PaymentMethod.STRIPE),
    "reference too long": _pay("reference", reference="x" * 201),
    "reference with a control character": _pay("reference", reference="\x1b[31m"),
    "note too long": _pay("note", note=LONG),
    "note with half a character": _pay("note", note="\udfff"),
    "of no document": (lambda s: s.pay(document_id=NOWHERE), NotFound, None),
    "of another company's invoice": (lambda s: s.pay(document_id=s.other.issued), NotFound, None),
    "of a draft": (lambda s: s.pay(document_id=s.mine.draft), NotAllowed, None),
    "of a deleted draft": (lambda s: s.pay(document_id=s.mine.deleted_draft), NotAllowed, None),
    "of a void invoice": (lambda s: s.pay(document_id=s.mine.void), NotAllowed, None),
    "undo twice": (
        lambda s: s.shop.app.payments.undo(s.mine.undone_payment),
        NotAllowed,
        None,
    ),
    "undo another company's": (lambda s: s.shop.app.payments.undo(s.other.payment), NotFound, None),
    "undo nothing": (lambda s: s.shop.app.payments.undo(NOWHERE), NotFound, None),
    "undo payment minus one": (lambda s: s.shop.app.payments.undo(-1), NotFound, None),
}


def _profile(field: str, **changes: Any) -> Case:
    return (
        lambda s: s.shop.app.settings.save_company("Lang", CompanyProfile(**changes)),
        UserError,
        field,
    )


def _series(pattern: str, reset: Reset = Reset.NEVER, *, at_creation: bool = False) -> Case:
    field = "at_creation" if at_creation else "pattern"
    return (
        lambda s: s.shop.app.settings.save_series(pattern, reset, at_creation=at_creation),
        UserError,
        field,
    )


def _mail(field: str, **changes: Any) -> Case:
    good = {"host": "mail.example", "from_address": "a@example.org"}
    return (
        lambda s: s.shop.app.settings.save_mail(MailSettings(**{**good, **changes}), None),
        UserError,
        field,
    )


def _send(recipient: str) -> Case:
    return (
        lambda s: s.shop.app.mail.send(s.mine.issued, MailDraft(recipient, "Invoice", "Hello")),
        UserError,
        "recipient",
    )


SETTINGS: dict[str, Case] = {
    "company without a name": (
        lambda s: s.shop.app.settings.save_company("  ", CompanyProfile()),
        UserError,
        "name",
    ),
    "company name too long": (
        lambda s: s.shop.app.settings.save_company("x" * 201, CompanyProfile()),
        UserError,
        "name",
    ),
    "company mail address": _profile("email", email="no address"),
    "company country": _profile("country", address=Address(country="Germany")),
    "company VAT id": _profile("vat_id", vat_id="DE123456789"),
    "company IBAN": _profile("iban", bank=BankAccount(iban="DE00 1234")),
    "company BIC": _profile("bic", bank=BankAccount(bic="NOBIC")),
    "company phone too long": _profile("phone", phone="1" * 61),
    "logo that is no image": (
        lambda s: s.shop.app.settings.set_logo(b"not an image", "logo.png"),
        UserError,
        "logo",
    ),
    "logo too large": (
        lambda s: s.shop.app.settings.set_logo(b"\0" * 4_194_305, "logo.png"),
        UserError,
        "logo",
    ),
    "colour that is none": (
        lambda s: s.shop.app.settings.save_invoice_defaults(
            InvoiceDefaults(template=Template(accent="blue"))
        ),
        UserError,
        "accent",
    ),
    "colour that cannot be read": (
        lambda s: s.shop.app.settings.save_invoice_defaults(
            InvoiceDefaults(template=Template(accent="#FFFF00"))
        ),
        UserError,
        "accent",
    ),
    "terms of minus 1 day": (lambda s: InvoiceDefaults(terms_days=-1), UserError, "terms_days"),
    "terms too long": (
        lambda s: s.shop.app.settings.save_invoice_defaults(InvoiceDefaults(terms=LONG)),
        UserError,
        "terms",
    ),
    "number pattern without a number": _series("INV"),
    "number pattern empty": _series(""),
    "number pattern with two numbers": _series("{seq}-{seq}"),
    "number pattern with an unknown word": _series("{week}-{seq}"),
    "number pattern not closed": _series("INV-{seq"),
    "number pattern that starts anew without its year": _series("INV-{seq}", Reset.YEARLY),
    "number pattern that starts anew without its month": _series("{yyyy}-{seq}", Reset.MONTHLY),
    "number per customer at creation": _series("{customer}-{seq}", at_creation=True),
    "link payable for minus 1 day": (
        lambda s: s.shop.app.settings.save_online_payment(OnlinePayment(expiry_days=-1)),
        UserError,
        "expiry_days",
    ),
    "link payable for 366 days": (
        lambda s: s.shop.app.settings.save_online_payment(OnlinePayment(expiry_days=366)),
        UserError,
        "expiry_days",
    ),
    "mail sender": _mail("from_address", from_address="nobody"),
    "mail reply address": _mail("reply_to", reply_to="nobody@"),
    "mail port 0": _mail("port", port=0),
    "mail port 70000": _mail("port", port=70_000),
    "send to nobody": _send(""),
    "send to half an address": _send("anna@"),
    "send to two lines": _send("anna@example.org\nBcc: x@example.org"),
    "send to a NUL": _send("anna\x00@example.org"),
    "send a draft": (
        lambda s: s.shop.app.mail.send(s.mine.draft, MailDraft("a@example.org", "S", "B")),
        NotAllowed,
        None,
    ),
    "send another company's": (
        lambda s: s.shop.app.mail.send(s.other.issued, MailDraft("a@example.org", "S", "B")),
        NotFound,
        None,
    ),
    "cancel a mail that is none": (lambda s: s.shop.app.mail.cancel(NOWHERE), NotFound, None),
    "send a mail again that is none": (
        lambda s: s.shop.app.mail.send_again(NOWHERE),
        NotFound,
        None,
    ),
    "link of a draft": (lambda s: s.shop.app.links.request(s.mine.draft), NotAllowed, None),
    "link of what is paid": (lambda s: s.shop.app.links.request(s.mine.paid), NotAllowed, None),
    "link of what is void": (lambda s: s.shop.app.links.request(s.mine.void), NotAllowed, None),
    "link without Stripe": (lambda s: s.shop.app.links.request(s.mine.issued), NotAllowed, None),
    "link of another company's": (
        lambda s: s.shop.app.links.request(s.other.issued),
        NotFound,
        None,
    ),
    "close today": (
        lambda s: s.shop.app.periods.close_through(TODAY),
        UserError,
        "locked_through",
    ),
    "close a day in year 1": (
        lambda s: s.shop.app.periods.close_through(date(1, 1, 1)),
        UserError,
        "locked_through",
    ),
    "open a period without a reason": (
        lambda s: s.shop.app.periods.close_through(None),
        UserError,
        "reason",
    ),
    "close less without a reason": (
        lambda s: s.shop.app.periods.close_through(CLOSED - timedelta(days=1), "\t"),
        UserError,
        "reason",
    ),
}
