"""Where goods go and the company's own fields, as the head of the document prints them."""

import pypdfium2 as pdfium
from document_samples import snapshot

from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import FieldType
from billdesk.core.domain.snapshot import Delivery, Snapshot, SnapshotField

SITE = Delivery("Building site 7", Address("Hafenweg 1", "", "0154", "Oslo", "", "NO"))
FIELDS = (
    SnapshotField("Cost unit", "KS-4711"),
    SnapshotField("Weight", "1234.5", FieldType.NUMBER),
    SnapshotField("Ready on", "2026-12-01", FieldType.DATE),
    SnapshotField("Insured", "yes", FieldType.YES_NO),
)


def printed(given: Snapshot) -> str:
    data = render_invoice(
        given, payment_url=None, paid=None, logo=None, test_mode=False, draft=False
    )
    document = pdfium.PdfDocument(data)
    try:
        text: str = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return " ".join(text.split())


def test_own_fields_and_the_place_of_delivery_stand_beside_the_address() -> None:
    text = printed(snapshot(delivery=SITE, custom=FIELDS))
    assert "Deliver to Building site 7, Hafenweg 1, 0154 Oslo, Norway" in text
    assert "Cost unit KS-4711" in text
    assert "Weight 1,234.5" in text
    assert "Insured yes" in text


def test_they_are_written_in_the_language_of_the_document() -> None:
    text = printed(snapshot(delivery=SITE, custom=FIELDS, language="de"))
    assert "Lieferung an Building site 7" in text
    assert "Weight 1.234,5" in text
    assert "Ready on 1. Dezember 2026" in text
    assert "Insured ja" in text
