"""Requests about files, people, moving and settings that cannot be done."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from standing import NOWHERE, Case, Standing

from billdesk.bootstrap import take_in_company
from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.settings import InvoiceDefaults, TaxSettings
from billdesk.core.services.attachments import LARGEST_FILE, AttachmentInput
from billdesk.core.services.importing.files import ImportFiles

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
HUGE = Decimal(10) ** 30
PRECISE = Decimal("0.1234567")
LONG = "x" * 20_001


def _attach(field: str | None, name: str, data: bytes) -> Case:
    return (
        lambda s: s.shop.app.attachments.add(s.mine.draft, AttachmentInput(name, data)),
        UserError,
        field,
    )


FILES: dict[str, Case] = {
    "empty": _attach("data", "a.pdf", b""),
    "too large": _attach("data", "a.pdf", b"\0" * (LARGEST_FILE + 1)),
    "without a name": _attach("name", " ", b"x"),
    "a program": _attach("name", "invoice.exe", b"MZ"),
    "attach to another company's": (
        lambda s: s.shop.app.attachments.add(s.other.draft, AttachmentInput("a.txt", b"x")),
        NotFound,
        None,
    ),
    "attach to nothing": (
        lambda s: s.shop.app.attachments.add(NOWHERE, AttachmentInput("a.txt", b"x")),
        NotFound,
        None,
    ),
    "read another company's": (
        lambda s: s.shop.app.attachments.data(s.other.attachment),
        NotFound,
        None,
    ),
    "remove another company's": (
        lambda s: s.shop.app.attachments.remove(s.other.attachment),
        NotFound,
        None,
    ),
    "mail another company's": (
        lambda s: s.shop.app.attachments.set_with_mail(s.other.attachment, with_mail=True),
        NotFound,
        None,
    ),
}


def _merge(first: str, second: str, error: type[UserError], field: str | None = None) -> Case:
    return (
        lambda s: s.shop.app.customer_merges.merge(getattr(s.mine, first), getattr(s.mine, second)),
        error,
        field,
    )


PEOPLE: dict[str, Case] = {
    "merge with oneself": _merge("customer", "customer", UserError, "into_id"),
    "merge what is merged": _merge("merged", "customer", NotAllowed),
    "merge into what is merged": _merge("customer", "merged", NotAllowed),
    "merge what is deleted": _merge("deleted_customer", "customer", NotAllowed),
    "merge what is erased": _merge("erased", "customer", NotAllowed),
    "merge into another company's": (
        lambda s: s.shop.app.customer_merges.merge(s.mine.second_customer, s.other.customer),
        NotFound,
        None,
    ),
    "merge another company's": (
        lambda s: s.shop.app.customer_merges.merge(s.other.second_customer, s.mine.customer),
        NotFound,
        None,
    ),
    "undo a merge there is not": (
        lambda s: s.shop.app.customer_merges.undo(s.mine.customer),
        NotAllowed,
        None,
    ),
    "undo another company's merge": (
        lambda s: s.shop.app.customer_merges.undo(s.other.merged),
        NotFound,
        None,
    ),
    "erase twice": (lambda s: s.shop.app.personal_data.erase(s.mine.erased), NotAllowed, None),
    "erase who owes": (lambda s: s.shop.app.personal_data.erase(s.mine.customer), NotAllowed, None),
    "erase who is merged": (
        lambda s: s.shop.app.personal_data.erase(s.mine.merged),
        NotAllowed,
        None,
    ),
    "erase another company's": (
        lambda s: s.shop.app.personal_data.erase(s.other.second_customer),
        NotFound,
        None,
    ),
    "give out another company's": (
        lambda s: s.shop.app.personal_data.give_out(s.other.customer, _nowhere(s)),
        NotFound,
        None,
    ),
    "give out a part of somebody": (
        lambda s: s.shop.app.personal_data.give_out(s.mine.merged, _nowhere(s)),
        NotAllowed,
        None,
    ),
    "give out over a file that is there": (
        lambda s: s.shop.app.personal_data.give_out(s.mine.customer, _there(s)),
        UserError,
        None,
    ),
    "change who is erased": (
        lambda s: s.shop.app.customers.update(
            s.mine.erased,
            s.shop.one("SELECT version FROM customer WHERE id = :i", i=s.mine.erased).version,
            _named("Somebody"),
        ),
        NotAllowed,
        None,
    ),
    "restore who is erased": (
        lambda s: s.shop.app.customers.restore(s.mine.erased),
        NotAllowed,
        None,
    ),
    "invoice who is erased": (
        lambda s: s.create(customer_id=s.mine.erased),
        NotAllowed,
        None,
    ),
    "export over a file that is there": (
        lambda s: s.shop.app.exports.write(_there(s)),
        UserError,
        None,
    ),
    "export to a folder that is not there": (
        lambda s: s.shop.app.exports.write(_nowhere(s) / "deep" / "x.zip"),
        UserError,
        None,
    ),
    "take in what is no export": (
        lambda s: take_in_company(s.shop.books, _there(s)),
        UserError,
        None,
    ),
    "take in what is not there": (
        lambda s: take_in_company(s.shop.books, _nowhere(s)),
        UserError,
        None,
    ),
    "close without the export": (
        lambda s: s.shop.app.company_closing.close(_nowhere(s), "Werkstatt Lang GmbH"),
        UserError,
        None,
    ),
    "import no file": (lambda s: s.shop.app.imports.run(ImportFiles()), UserError, "customers"),
    "cash basis from year 1": (
        lambda s: s.shop.app.settings.save_taxes(TaxSettings(date(1, 1, 1))),
        UserError,
        "cash_basis_from",
    ),
    "defaults with a negative coin": (
        lambda _: InvoiceDefaults(cash_step_minor=-1),
        UserError,
        "cash_step_minor",
    ),
}


def _named(name: str) -> Any:
    from billdesk.core.services.customers import CustomerInput

    return CustomerInput(name)


def _nowhere(s: Standing) -> Path:
    return s.shop.books.paths.folder / "nothing-here.zip"


def _there(s: Standing) -> Path:
    return s.shop.books.paths.books
