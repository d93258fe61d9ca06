"""The mail that carries an invoice: its subject, its text part and its HTML part.

The owner writes one template of plain text with placeholders; both parts are made from it, with
amounts and dates written as in the PDF. Values never bring markup or line breaks of their own.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from billdesk.core.documents.formatting import Formatter, formatter
from billdesk.core.documents.kind_wording import asks_for_money, due_label, payable_minor
from billdesk.core.documents.labels import Labels
from billdesk.core.documents.mail_html import Fact, MailPage, render_page
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.snapshot import Snapshot

PLACEHOLDERS = ("number", "customer", "amount", "due_date", "company", "pay_link")

# Braces around anything else than a name are the owner's own and stay.
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PAY_LINK_PARAGRAPH = re.compile(r"\{pay_link\}")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail without its addresses; ``subject`` is one line."""

    subject: str
    text: str
    html: str


def default_templates(
    language: str, country: str, kind: str = DocumentKind.INVOICE
) -> tuple[str, str]:
    """Subject and body a company starts with, in a document language of a seller's country.

    Documents that ask for no payment by themselves have texts without one.
    """
    labels = formatter(language, country).labels
    if kind in INVOICE_KINDS:
        return labels.mail_subject, labels.mail_body
    words = labels.kinds
    title = words.titles[kind]
    body = words.mail_reminder if kind == DocumentKind.REMINDER else words.mail_body
    return words.mail_subject.replace("{title}", title), body.replace("{title}", title)


def receipt_templates(language: str, country: str) -> tuple[str, str]:
    """Subject and body of the mail that confirms a payment, in a document language."""
    labels = formatter(language, country).labels
    return labels.mail_receipt_subject, labels.mail_receipt_body


@dataclass(frozen=True, slots=True)
class _PayLink:
    """An address and the words that ask to open it."""

    url: str
    call: str


def check_template(template: str, field: str) -> None:
    """Raise ``UserError`` (with ``field``) naming the first placeholder that does not exist."""
    for name in _PLACEHOLDER.findall(template):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise UserError(
                f"The mail text has no placeholder {{{name}}}; there are {known}.", field=field
            )


def compose_invoice_mail(
    snapshot: Snapshot,
    *,
    subject_template: str,
    body_template: str,
    payment_url: str | None,
    asked_minor: int | None = None,
    paid: bool = False,
) -> MailText:
    """Fill the templates for an issued invoice; one that is ``paid`` asks for nothing any more.

    ``{pay_link}`` becomes the address in the text part and a button in the HTML part where it is
    a paragraph of its own, a plain link elsewhere; without ``payment_url`` it disappears. It says
    what it asks for (``asked_minor``) where that is not the amount due. Raises ``UserError`` (field
    ``mail_subject`` or ``mail_body``) for an unknown placeholder.
    """
    check_template(subject_template, "mail_subject")
    check_template(body_template, "mail_body")
    fmt = formatter(snapshot.language, snapshot.seller.address.country)
    values = _values(snapshot, fmt)
    body = _printable(body_template).strip()
    paragraphs = [part for part in _BLANK_LINES.split(body) if part.strip()]
    if payment_url is None:
        paragraphs = [part for part in paragraphs if not _is_pay_link(part)]
    subject = _one_line(_fill(subject_template, {**values, "pay_link": payment_url or ""}))
    link = None
    if payment_url is not None:
        link = _PayLink(payment_url, _call(snapshot, fmt, asked_minor))
    return MailText(
        subject,
        _text(paragraphs, values, fmt, link),
        _html(snapshot, subject, paragraphs, values, fmt, link, paid=paid),
    )


def fill_all_but_link(template: str, snapshot: Snapshot) -> str:
    """``template`` as the owner sees it before sending: everything filled in but ``{pay_link}``.

    Braces inside a value become parentheses, so that the result can be composed like a template.
    Raises ``UserError`` (field ``mail_body``) for an unknown placeholder.
    """
    check_template(template, "mail_body")
    fmt = formatter(snapshot.language, snapshot.seller.address.country)
    values = {
        name: value.replace("{", "(").replace("}", ")")
        for name, value in _values(snapshot, fmt).items()
    }
    return _fill(template, {**values, "pay_link": "{pay_link}"})


def _values(snapshot: Snapshot, fmt: Formatter) -> dict[str, str]:
    # Without a date the debt is due at once, on the day of the invoice.
    due_on = snapshot.due_on or snapshot.issued_on
    values = {
        "number": snapshot.number,
        "customer": snapshot.buyer.name,
        "amount": fmt.money(abs(payable_minor(snapshot)), snapshot.scale, snapshot.currency),
        "due_date": fmt.day(due_on),
        "company": snapshot.seller.name,
    }
    return {name: _one_line(value) for name, value in values.items()}


def _call(snapshot: Snapshot, fmt: Formatter, asked_minor: int | None) -> str:
    whole_minor = payable_minor(snapshot)
    if asked_minor is None or asked_minor == whole_minor:
        return fmt.labels.pay_online
    part, whole = (
        fmt.money(minor, snapshot.scale, snapshot.currency) for minor in (asked_minor, whole_minor)
    )
    return fmt.labels.mail_pay_part.format(part=part, whole=whole)


def _attachment_note(snapshot: Snapshot, labels: Labels) -> str:
    if snapshot.kind in INVOICE_KINDS:
        return labels.mail_attachment_note
    return labels.kinds.mail_attachment_note


def _printable(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def _one_line(text: str) -> str:
    """One line without control characters: safe in a header and inside a paragraph."""
    text = re.sub(r"[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029]+", " ", text)
    return _printable(text).strip()


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def _is_pay_link(paragraph: str) -> bool:
    return _PAY_LINK_PARAGRAPH.fullmatch(paragraph.strip()) is not None


def _text(
    paragraphs: list[str], values: dict[str, str], fmt: Formatter, link: _PayLink | None
) -> str:
    line = fmt.labels.mail_pay_link.format(call=link.call, url=link.url) if link else ""
    filled = (_fill(part, {**values, "pay_link": line}) for part in paragraphs)
    return "\n\n".join(part.strip("\n") for part in filled) + "\n"


def _html(
    snapshot: Snapshot,
    subject: str,
    paragraphs: list[str],
    values: dict[str, str],
    fmt: Formatter,
    link: _PayLink | None,
    *,
    paid: bool,
) -> str:
    labels = fmt.labels
    escaped = {name: escape(value) for name, value in values.items()}
    inline = ""
    if link is not None:
        inline = f'<a href="{escape(link.url)}">{escape(link.call)}</a>'
    body: list[str | None] = []
    for part in paragraphs:
        if _is_pay_link(part):
            body.append(None)
        else:
            # Braces survive escaping, so the template is escaped first and filled after.
            filled = _fill(escape(part.strip("\n")), {**escaped, "pay_link": inline})
            body.append(filled.replace("\n", "<br>\n"))
    seller = snapshot.seller
    facts = [Fact(labels.kinds.titles[snapshot.kind], values["number"])]
    if payable_minor(snapshot):
        title = labels.amount_paid if paid else due_label(snapshot, labels)
        facts.append(Fact(title, values["amount"], strong=True))
    if asks_for_money(snapshot, None) and snapshot.due_on is not None and not paid:
        facts.append(Fact(labels.payable_by, values["due_date"]))
    contact = (seller.address.lines(), (seller.email, seller.phone, seller.website))
    page = MailPage(
        language=fmt.tag,
        title=subject,
        company=values["company"],
        accent=snapshot.template.accent,
        facts=tuple(facts),
        paragraphs=tuple(body),
        button=link.call if link is not None else labels.pay_online,
        button_url=link.url if link is not None else None,
        notes=(_attachment_note(snapshot, labels),),
        url_note=labels.mail_button_note,
        contact=tuple(
            " · ".join(_one_line(part) for part in parts if part.strip()) for parts in contact
        ),
    )
    return render_page(page)
