"""The mail that carries an invoice."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from document_samples import BUYER, PAY_URL, SELLER, snapshot

from billdesk.core.documents.labels import CATALOGUE
from billdesk.core.documents.mail_text import (
    MailText,
    check_template,
    compose_invoice_mail,
    default_templates,
    fill_all_but_link,
)
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.snapshot import Snapshot

SUBJECT, BODY = default_templates("en", "DE")


def compose(
    given: Snapshot, subject: str = SUBJECT, body: str = BODY, url: str | None = PAY_URL
) -> MailText:
    return compose_invoice_mail(
        given, subject_template=subject, body_template=body, payment_url=url
    )


class Links(HTMLParser):
    """Collects links and text, and checks that every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str | None] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "a":
            self.hrefs.append(dict(attrs)["href"])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_every_placeholder_is_filled_in_all_parts() -> None:
    mail = compose(snapshot())
    assert mail.subject == "Invoice 2026-10482 from Nordlicht Studio GmbH"
    for part in (mail.text, Links(mail.html).text):
        assert "Dear Hansekontor Handels AG," in part
        assert "Invoice 2026-10482 for €27,560.13 is attached" in part
        assert "14 November 2026" in part
        assert "{" not in part.replace("{ color-scheme", "").split("@media")[0]
    assert f"\n\nPay online: {PAY_URL}\n\n" in mail.text


def test_the_link_is_a_button_with_its_address_below() -> None:
    page = Links(compose(snapshot()).html)
    assert page.hrefs == [PAY_URL, PAY_URL]
    assert "#1D4ED8" in compose(snapshot()).html


def test_without_a_link_neither_button_nor_gap_remains() -> None:
    mail = compose(snapshot(), url=None)
    assert Links(mail.html).hrefs == []
    assert "Pay online" not in mail.text + mail.html
    assert "\n\n\n" not in mail.text


def test_a_link_inside_a_sentence_stays_inside_it() -> None:
    mail = compose(snapshot(), body="Pay here: {pay_link}. Thanks!")
    assert mail.text == f"Pay here: Pay online: {PAY_URL}. Thanks!\n"
    assert Links(mail.html).hrefs == [PAY_URL]


@pytest.mark.parametrize("language", list(CATALOGUE))
def test_default_templates_are_valid_in_every_language(language: str) -> None:
    subject, body = default_templates(language, "DE")
    mail = compose(snapshot(language=language), subject, body)
    assert mail.subject.count("2026-10482") == 1
    assert PAY_URL in mail.text
    assert f'<html lang="{language}' in mail.html


def test_amounts_and_dates_are_written_as_in_the_pdf() -> None:
    subject, body = default_templates("de", "DE")
    mail = compose(snapshot(language="de"), subject, body)
    assert "über 27.560,13\u00a0€, zahlbar bis 14. November 2026." in mail.text


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [("{nummer}", "x", "mail_subject"), ("x", "Dear {customer.name} {nummer}", "mail_body")],
)
def test_an_unknown_placeholder_is_named(subject: str, body: str, field: str) -> None:
    with pytest.raises(UserError, match=r"\{nummer\}.*\{number\}") as caught:
        compose(snapshot(), subject, body)
    assert caught.value.field == field


def test_other_braces_are_the_owners_own() -> None:
    body = "Set { a, b } {} {0} {{number}} {customer.name} %s"
    check_template(body, "mail_body")
    assert compose(snapshot(), body=body).text == (
        "Set { a, b } {} {0} {2026-10482} {customer.name} %s\n"
    )


def test_values_bring_neither_markup_nor_placeholders_nor_header_lines() -> None:
    buyer = replace(BUYER, name="<b>Evil</b>\r\nBcc: x@y.example\r\n{pay_link} & Co")
    seller = replace(SELLER, name='"><script>alert(1)</script>')
    mail = compose(
        snapshot(buyer=buyer, seller=seller), subject="{number}\nfor {customer}", body="{customer}"
    )
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert mail.subject.startswith("2026-10482 for <b>Evil</b> Bcc: x@y.example {pay_link}")
    assert "<b>" not in mail.html
    assert "<script" not in mail.html
    assert "&lt;b&gt;Evil&lt;/b&gt;" in mail.html
    Links(mail.html)


def test_the_template_itself_is_escaped_and_keeps_its_line_breaks() -> None:
    mail = compose(snapshot(), body="1 < 2 & <i>3</i>\nnext\n\nlast")
    assert "1 &lt; 2 &amp; &lt;i&gt;3&lt;/i&gt;<br>" in mail.html
    assert mail.text == "1 < 2 & <i>3</i>\nnext\n\nlast\n"


def test_an_address_with_quotes_cannot_leave_its_attribute() -> None:
    url = 'https://pay.example/?a=1&b="><x>'
    assert Links(compose(snapshot(), url=url).html).hrefs == [url, url]


def test_without_a_due_date_the_invoice_is_due_at_once() -> None:
    mail = compose(snapshot(due_on=None), body="by {due_date}")
    assert mail.text == "by 31 October 2026\n"
    assert "Payable by" not in mail.html


def test_the_owner_sees_the_mail_filled_in_except_for_the_link() -> None:
    shown = fill_all_but_link("For {customer}: {amount}\n\n{pay_link}", snapshot())

    assert shown == f"For {BUYER.name}: €27,560.13\n\n{{pay_link}}"


def test_braces_in_a_name_do_not_become_placeholders() -> None:
    tricky = replace(snapshot(), buyer=replace(BUYER, name="{number} & {Sons}"))

    shown = fill_all_but_link("Dear {customer}", tricky)

    assert shown == "Dear (number) & (Sons)"
    compose_invoice_mail(tricky, subject_template=shown, body_template=shown, payment_url=None)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if kind not in INVOICE_KINDS])
def test_other_kinds_are_mailed_in_words_of_their_own(language: str, kind: DocumentKind) -> None:
    subject, body = default_templates(language, "DE", kind)
    given = replace(snapshot(), kind=kind.value, number="X-00007", language=language)
    mail = compose_invoice_mail(
        given, subject_template=subject, body_template=body, payment_url=None
    )
    assert "X-00007" in mail.subject
    assert "X-00007" in mail.text
    assert "{" not in mail.subject + mail.text
    for word in ("Invoice X-00007", "Rechnung X-00007", "facture X-00007"):
        assert word not in mail.subject + mail.text
