"""The words of a pay page."""

from dataclasses import replace

import pytest
from document_samples import SELLER, snapshot

from billdesk.core.documents.link_text import compose_link_text


@pytest.mark.parametrize(
    ("language", "title", "line", "inactive"),
    [
        (
            "en",
            "Invoice {number}",
            "{seller}, incl. VAT {tax}",
            "Invoice {number} is paid or was replaced. Questions? {seller}, {email}",
        ),
        (
            "de",
            "Rechnung {number}",
            "{seller}, inkl. USt. {tax}",
            "Rechnung {number} ist bezahlt oder wurde ersetzt. Fragen? {seller}, {email}",
        ),
        (
            "fr",
            "Facture {number}",
            "{seller}, TVA {tax} comprise",
            "Facture {number} : document réglé ou remplacé. Des questions ? {seller}, {email}",
        ),
    ],
)
def test_a_pay_page_speaks_the_language_of_the_invoice(
    language: str, title: str, line: str, inactive: str
) -> None:
    invoice = replace(snapshot(), language=language, tax_minor=19_000)
    given = {
        "number": invoice.number,
        "seller": SELLER.name,
        "email": SELLER.email,
        "tax": "190.00" if language == "en" else "190,00",
    }
    words = compose_link_text(invoice, invoice.total_minor, is_part=False)
    assert words.title == title.format(**given)
    assert words.description == line.format(**given)
    assert words.inactive == inactive.format(**given)
    assert SELLER.name in words.thanks


def test_a_part_names_no_tax_that_nobody_can_know() -> None:
    invoice = snapshot()
    words = compose_link_text(invoice, invoice.total_minor - 1, is_part=True)
    assert words.title.endswith(f"{invoice.number}, part payment")
    assert words.description == SELLER.name


def test_who_has_no_mail_address_is_reached_otherwise() -> None:
    seller = replace(SELLER, email="", phone="+49 30 1234")
    words = compose_link_text(replace(snapshot(), seller=seller), 1, is_part=False)
    assert words.inactive.endswith(f"{SELLER.name}, +49 30 1234")
