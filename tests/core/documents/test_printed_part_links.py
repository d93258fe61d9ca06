"""A payment link over a part of an invoice, as PDF and mail say it."""

from dataclasses import replace

import pypdfium2 as pdfium
import pytest
from document_samples import PAY_URL, snapshot

from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.documents.labels import CATALOGUE
from billdesk.core.documents.mail_text import compose_invoice_mail, default_templates


def printed(language: str, asked_minor: int | None) -> str:
    given = replace(snapshot(), language=language)
    data = render_invoice(given, payment_url=PAY_URL, paid=None, logo=None, asked_minor=asked_minor)
    document = pdfium.PdfDocument(data)
    try:
        text: str = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return text.replace("\r\n", " ").replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "button", "mailed"),
    [
        ("en", "Pay €40.00 online of €27,560.13", "Pay €40.00 of €27,560.13 online: "),
        (
            "de",
            "40,00 € online bezahlen von 27.560,13 €",
            "40,00 € von 27.560,13 € online bezahlen: ",
        ),
        (
            "fr",
            "Payer 40,00 € en ligne sur 27 560,13 €",
            "Payer 40,00 € sur 27 560,13 € en ligne : ",
        ),
    ],
)
def test_beside_the_button_stands_what_the_link_asks_for(
    language: str, button: str, mailed: str
) -> None:
    assert button in printed(language, 4_000)
    subject, body = default_templates(language, "DE")
    mail = compose_invoice_mail(
        replace(snapshot(), language=language),
        subject_template=subject,
        body_template=body,
        payment_url=PAY_URL,
        asked_minor=4_000,
    )
    text = mail.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert f"{mailed}{PAY_URL}" in text
    assert mailed.rstrip(" :") in mail.html.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", list(CATALOGUE))
def test_a_link_over_the_whole_says_no_amount(language: str) -> None:
    whole = snapshot().due_minor
    assert printed(language, whole) == printed(language, None)
    assert CATALOGUE[language].pay_online in printed(language, whole)
