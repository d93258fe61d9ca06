"""The invoice as a PDF, read back with pdfium: what it says, and what can be clicked."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
import pytest
import zxingcpp
from document_samples import (
    BUYER,
    ITEMS,
    PAY_URL,
    SELLER,
    TERMS,
    VAT7,
    VAT19,
    Item,
    many,
    snapshot,
    symbol_logo,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from billdesk.core.documents.content import PaidStamp
from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.snapshot import BankAccount, Buyer, Paper, Seller, Snapshot, Template
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.totals import Adjustment, PriceMode

DISCOUNT = Adjustment(False, percent=Decimal(5))
PAID = PaidStamp(date(2026, 11, 12))


def render(
    given: Snapshot,
    payment_url: str | None = PAY_URL,
    paid: PaidStamp | None = None,
    logo: bytes | None = None,
    *,
    test_mode: bool = False,
    draft: bool = False,
) -> bytes:
    return render_invoice(
        given, payment_url=payment_url, paid=paid, logo=logo, test_mode=test_mode, draft=draft
    )


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def page_texts(data: bytes) -> list[str]:
    """The text of every page, one line per ``\\n``, no-break spaces as spaces."""
    texts = []
    with opened(data) as document:
        for page in document:
            text = page.get_textpage().get_text_range()
            texts.append(text.replace("\r\n", "\n").replace("\u00a0", " ").replace("\u202f", " "))
    return texts


def links(data: bytes) -> list[tuple[str, int]]:
    """Address and flags of every link annotation."""
    found = []
    with opened(data) as document:
        for page in document:
            for index in range(pdfium_raw.FPDFPage_GetAnnotCount(page)):
                annotation = pdfium_raw.FPDFPage_GetAnnot(page, index)
                link = pdfium_raw.FPDFAnnot_GetLink(annotation)
                action = pdfium_raw.FPDFLink_GetAction(link)
                size = pdfium_raw.FPDFAction_GetURIPath(document, action, None, 0)
                buffer = bytes(size)
                pdfium_raw.FPDFAction_GetURIPath(document, action, buffer, size)
                flags = pdfium_raw.FPDFAnnot_GetFlags(annotation)
                pdfium_raw.FPDFPage_CloseAnnot(annotation)
                found.append((buffer.rstrip(b"\0").decode(), flags))
    return found


def codes(data: bytes, page: int = 0) -> list[str]:
    """What a phone reads from a page on an ordinary screen."""
    with opened(data) as document:
        image = document[page].render(scale=1.25).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(image)]


# --- what it says -----------------------------------------------------------------------------


def test_text_reads_in_order_label_then_value() -> None:
    given = snapshot(discount=DISCOUNT, prepaid_minor=250_000)
    (text,) = page_texts(render(given, logo=symbol_logo()))
    expected = [
        "Nordlicht Studio GmbH\nStudio for brand & digital\nInvoice\n2026-10482\n",
        "Nordlicht Studio GmbH · Lindenstraße 12 · 10969 Berlin\nHansekontor Handels AG\n",
        "Accounts Payable, Frau Dr. Müller-Čapek\nAm Sandtorkai 48\n20457 Hamburg\n",
        "VAT ID DE136695976\n",
        "Invoice date 31 October 2026\nService period 1–31 Oct 2026\n",
        "Customer number C-20417\nYour order PO-88213\nOur VAT ID DE123456788\n",
        "Amount due\n€23,682.11\nPayable by\n14 November 2026\nPay online\n",
        "Pos Description Qty Unit price VAT Amount\n",
        "1 Brand strategy workshop 2 days 1,450.00 19% 2,900.00\nTwo-day on-site workshop",
        "3 Interface design 46.5 h 115.00 19% 5,347.50\n",
        "6 Printed brand book 150 pcs 18.40 7% 2,760.00\n",
        "Pay by bank transfer\nAccount holder\nNordlicht Studio GmbH\n",
        "IBAN\nDE02 1203 0000 0000 2020 51\nBIC\nBYLADEM1001\nReference\n2026-10482\n",
        "Subtotal 23,607.50\nDiscount 5% −1,180.38\nNet total 22,427.12\n",
        "VAT 19% on 18,209.12 3,459.73\nVAT 7% on 4,218.00 295.26\n",
        "Total EUR 26,182.11\nAlready paid −2,500.00\nAmount due €23,682.11\n",
        TERMS[:60],
        "billing@nordlicht.example\n+49 30 5557 0190\n",
        "HRB 204512 B, Amtsgericht Charlottenburg\n",
        "Page 1 of 1",
    ]
    position = 0
    for part in expected:
        found = text.find(part, position)
        assert found >= 0, f"{part!r} does not follow in\n{text}"
        position = found


def test_six_items_with_everything_fit_on_one_page() -> None:
    given = snapshot(discount=DISCOUNT, prepaid_minor=250_000)
    assert len(page_texts(render(given, logo=symbol_logo()))) == 1
    assert len(page_texts(render(given, paid=PAID))) == 1


def test_german_labels_and_figures() -> None:
    (text,) = page_texts(render(snapshot(language="de")))
    for part in (
        "Rechnung\n",
        "Zu zahlen\n27.560,13 €\nZahlbar bis\n14. November 2026\nOnline bezahlen",
        "Pos. Bezeichnung Menge Einzelpreis USt. Betrag",
        "3 Interface design 46,5 h 115,00 19 % 5.347,50",
        "VAT 19 % auf 19.167,50 3.641,83",
        "Per Überweisung zahlen",
        "Seite 1 von 1",
    ):
        assert part in text


def test_a_country_abroad_ends_the_address() -> None:
    buyer = replace(BUYER, address=Address("1 Rue X", "", "75007", "Paris", "", "FR"))
    (text,) = page_texts(render(snapshot(buyer=buyer)))
    assert "75007 Paris\nFRANCE\n" in text
    (domestic,) = page_texts(render(snapshot()))
    assert "GERMANY" not in domestic


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [("JPY", "12500", "12,500 12,500"), ("KWD", "12.3455", "12.3455 12.346")],
)
def test_currencies_with_other_decimals(currency: str, price: str, expected: str) -> None:
    given = snapshot([("Item", "", "1", "", price, ())], currency=currency)
    (text,) = page_texts(render(given))
    assert expected in text
    assert f"Total {currency}" in text


def test_negative_quantities_and_amounts_use_the_minus_sign() -> None:
    items = [("Sold", "", "3", "pcs", "10", ()), ("Returned", "", "-1", "pcs", "10", ())]
    (text,) = page_texts(render(snapshot(items)))
    assert "2 Returned −1 pcs 10.00 −10.00" in text


def test_without_tax_nothing_mentions_it() -> None:
    items = [(name, text, *rest[:-1], ()) for name, text, *rest in ITEMS]
    seller = replace(SELLER, vat_id="", tax_number="")
    buyer = replace(BUYER, vat_id="")
    (text,) = page_texts(render(snapshot(items, seller=seller, buyer=buyer)))
    assert "Pos Description Qty Unit price Amount\n" in text
    assert "VAT" not in text
    assert "Net total" not in text


def test_tax_inclusive_prices_say_so_and_add_up() -> None:
    items = [("Item", "", "1", "", "119.00", (VAT19,))]
    (text,) = page_texts(render(snapshot(items, price_mode=PriceMode.GROSS)))
    assert "Unit price incl. VAT VAT Amount incl. VAT" in text
    total = "Total EUR 119.00\nIncludes net amount 100.00\nIncludes VAT 19% on 100.00 19.00\n"
    assert total in text


def test_line_discounts_and_cash_rounding_are_shown() -> None:
    items = [("Item", "About it", "3", "", "3.33", (VAT7,))]
    off = Adjustment(False, percent=Decimal(10), reason="Loyalty")
    given = snapshot(items, currency="CHF", cash_step_minor=5, line_adjustments=(off,))
    (text,) = page_texts(render(given))
    assert "About it\nLoyalty 10%: −1.00\n" in text
    assert "Rounding −0.02\n" in text
    assert "Total CHF 9.60" in text


def test_several_taxes_on_a_line_and_the_reason_for_none() -> None:
    gst = Tax("GST", TaxCategory.STANDARD, Decimal(5))
    qst = Tax("QST", TaxCategory.STANDARD, Decimal("9.975"))
    free = Tax("Reverse charge", TaxCategory.REVERSE_CHARGE, Decimal(0), "Art. 196: reverse.")
    items: list[Item] = [
        ("A", "", "1", "", "100", (gst, qst)),
        ("B", "", "1", "", "50", (free,)),
    ]
    (text,) = page_texts(render(snapshot(items)))
    assert "5% + 9.975%" in text
    assert "QST 9.975% on 100.00 9.98" in text
    assert "Reverse charge 0% on 50.00 0.00" in text
    assert text.count("Art. 196: reverse.") == 1


def test_subject_and_introduction_stand_above_the_table() -> None:
    given = snapshot(subject="Project Harbour", introduction="Dear all,\n\nas agreed:")
    text = page_texts(render(given))[0]
    assert text.index("Project Harbour") < text.index("as agreed:") < text.index("Pos Desc")


def test_empty_optional_fields_leave_no_labels() -> None:
    bare = snapshot(
        [("Item", "", "1", "", "1", ())],
        seller=Seller("Me", Address()),
        buyer=Buyer("You", Address()),
        due_on=None,
        service_from=None,
        service_to=None,
        order_reference="",
        terms="",
    )
    (text,) = page_texts(render(bare, payment_url=None))
    for label in ("Payable by", "Service", "Customer number", "Your order", "VAT ID", "IBAN"):
        assert label not in text
    assert "Amount due\n€1.00\n" in text


# --- paying -----------------------------------------------------------------------------------


def test_button_and_code_are_one_link_to_the_payment_page() -> None:
    assert links(render(snapshot())) == [(PAY_URL, 4)]


def test_both_codes_read_back_from_the_raster() -> None:
    for logo in (None, symbol_logo()):
        read = codes(render(snapshot(discount=DISCOUNT), logo=logo))
        assert PAY_URL in read
        (epc,) = [text for text in read if text.startswith("BCD")]
        assert epc.split("\n")[6:8] == ["DE02120300000000202051", "EUR26182.11"]
        assert epc.endswith("2026-10482")


def test_without_a_payment_page_there_is_no_button() -> None:
    data = render(snapshot(), payment_url=None)
    assert links(data) == []
    assert "Pay online" not in page_texts(data)[0]


def test_the_paid_copy_asks_for_nothing() -> None:
    data = render(snapshot(), paid=PAID)
    (text,) = page_texts(data)
    assert links(data) == []
    assert codes(data) == []
    assert "Amount paid\n€27,560.13\nPaid on\n12 November 2026\nPaid\n" in text
    assert "Paid on 12 November 2026 −27,560.13\nAmount due €0.00\n" in text
    assert "Pay by bank transfer" not in text


@pytest.mark.parametrize("prepaid_minor", [2_756_013, 3_000_000])
def test_nothing_due_asks_for_nothing(prepaid_minor: int) -> None:
    data = render(snapshot(prepaid_minor=prepaid_minor))
    (text,) = page_texts(data)
    assert links(data) == []
    assert "Pay online" not in text
    assert "IBAN" not in text


def test_only_euro_invoices_have_a_code_for_banking_apps() -> None:
    data = render(snapshot(currency="USD"), payment_url=None)
    assert codes(data) == []
    assert "IBAN" in page_texts(data)[0]


def test_an_account_without_iban_is_written_out() -> None:
    bank = BankAccount(other="Routing 021000021, account 12345")
    (text,) = page_texts(render(snapshot(seller=replace(SELLER, bank=bank))))
    assert "Account\nRouting 021000021, account 12345\n" in text


def test_a_draft_has_no_number_and_cannot_be_paid() -> None:
    data = render(snapshot(number="2026-10482"), draft=True)
    (text,) = page_texts(data)
    assert text.startswith("DRAFT\n")
    assert "2026-10482" not in text
    assert "Pay online" in text
    assert links(data) == []
    assert codes(data) == []


def test_a_draft_without_lines_can_be_previewed() -> None:
    (text,) = page_texts(render(snapshot([], number=""), draft=True, payment_url=None))
    assert "Amount due\n€0.00\nPayable by\n14 November 2026\n" in text
    assert "Total EUR 0.00" in text


def test_every_page_of_a_test_document_says_so() -> None:
    texts = page_texts(render(snapshot(many(30)), test_mode=True))
    assert len(texts) > 1
    assert all("TEST – not a real invoice, no money moves" in text for text in texts)
    assert "TEST" not in page_texts(render(snapshot()))[0]


# --- pages ------------------------------------------------------------------------------------


def test_a_long_invoice_repeats_its_head_and_carries_forward() -> None:
    given = snapshot(many(60))
    texts = page_texts(render(given))
    assert len(texts) == 4
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of 4" in text
        assert text.count("Pos Description Qty Unit price VAT Amount") == 1
    for text in texts[1:]:
        assert text.startswith("Nordlicht Studio GmbH Invoice 2026-10482 · 31 October 2026\n")
        assert text.count("Carried forward") == 1
    for number in range(1, 61):
        assert sum(f" no. {number} " in text for text in texts) == 1
    assert "Carried forward 44,455.00\n12 Printed brand book" in texts[1]


def test_the_totals_stand_together_with_two_rows() -> None:
    for count in range(5, 30):
        texts = page_texts(render(snapshot(many(count), discount=DISCOUNT)))
        last = texts[-1]
        assert all("Total EUR" not in text for text in texts[:-1])
        assert "Subtotal" in last
        assert "Amount due €" in last
        assert TERMS[:40] in last
        assert f" no. {count} " in last
        assert f" no. {count - 1} " in last


def test_a_description_longer_than_a_page_is_continued() -> None:
    items = [("Report", "word " * 4000, "1", "", "100", (VAT19,)), *ITEMS]
    texts = page_texts(render(snapshot(items)))
    assert sum(text.count("word") for text in texts) == 4000
    assert all(text.count("Report (continued)") == 1 for text in texts[1:-1])
    assert sum("1 Report 1 100.00 19% 100.00" in text for text in texts) == 1


def test_letter_paper_has_its_own_size() -> None:
    with opened(render(snapshot(template=Template(paper=Paper.LETTER)))) as document:
        assert document[0].get_size() == (612, 792)
    with opened(render(snapshot())) as document:
        assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)


def test_fold_marks_are_an_option() -> None:
    plain = render(snapshot(), payment_url=None)
    folded = render(snapshot(template=Template(fold_marks=True)), payment_url=None)
    with opened(plain) as a, opened(folded) as b:
        edge = (0, 0, 30, 842)
        without = a[0].render(scale=1).to_pil().crop(edge)
        marked = b[0].render(scale=1).to_pil().crop(edge)
    assert without.getcolors() != marked.getcolors()


def test_a_character_without_glyph_shows_as_a_substitute() -> None:
    (text,) = page_texts(render(snapshot([("翻訳 Translation", "", "1", "", "1", ())])))
    assert "□□ Translation" in text


# --- the file ---------------------------------------------------------------------------------


def test_document_properties() -> None:
    with opened(render(snapshot())) as document:
        meta = document.get_metadata_dict()
    assert meta["Title"] == "Invoice 2026-10482"
    assert meta["Author"] == "Nordlicht Studio GmbH"
    assert meta["Subject"] == "Invoice – Hansekontor Handels AG"
    assert meta["CreationDate"] == meta["ModDate"] == "D:20261031000000Z"
    assert b"/Lang (de-DE)" in render(snapshot(language="de"))


def test_only_the_bundled_fonts_are_in_the_file() -> None:
    data = render(snapshot())
    assert b"Helvetica" not in data
    assert b"BillDeskSans-SemiBold" in data
    assert b"ASCII85Decode" not in data


def test_an_ordinary_invoice_is_small() -> None:
    assert len(render(snapshot(many(15)), logo=symbol_logo())) < 50_000


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads take turns as often as they can: what they share is found within moments."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("quick_turns")
def test_the_same_invoice_gives_the_same_bytes_in_threads() -> None:
    logo = symbol_logo()
    # Letters with accents are made of two: cutting their fonts reads here and there.
    names = ["".join(map(chr, range(first, 0x180))) for first in range(0xC0, 0xC8)]
    given = [
        snapshot(((name, *item[1:]), *rest), discount=DISCOUNT)
        for name, (item, *rest) in zip(names, map(many, (1, 3, 6, 8) * 2), strict=True)
    ]
    once = [render(each, logo=logo) for each in given]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(lambda each: render(each, logo=logo), given)) == once


def test_the_same_invoice_gives_the_same_bytes_in_a_fresh_process() -> None:
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]);"
        "from document_samples import PAY_URL, many, snapshot, symbol_logo;"
        "from billdesk.core.documents.invoice_pdf import render_invoice;"
        "data = render_invoice(snapshot(many(20)), payment_url=PAY_URL, paid=None,"
        " logo=symbol_logo());"
        "sys.stdout.write(hashlib.sha256(data).hexdigest())"
    )
    here = str(Path(__file__).parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, here],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
        ).stdout
        for seed in ("1", "2")
    }
    data = render(snapshot(many(20)), logo=symbol_logo())
    assert digests == {hashlib.sha256(data).hexdigest()}


# --- whatever people type ---------------------------------------------------------------------

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from(" \nABCxyzäß"),
    max_size=120,
)
long_words = st.builds(lambda word, n: word * n, words, st.integers(1, 12))
any_address = st.builds(
    Address, words, words, words, words, words, st.sampled_from(["DE", "US", "FR", "GB", "XX", ""])
)
any_bank = st.builds(
    BankAccount, words, words, st.sampled_from(["", "DE02120300000000202051"]), words, words
)
any_seller = st.builds(
    Seller,
    long_words,
    any_address,
    words,
    words,
    words,
    words,
    words,
    words,
    words,
    long_words,
    any_bank,
)
any_buyer = st.builds(Buyer, long_words, any_address, words, words, words, words)
any_item = st.tuples(
    words,
    long_words,
    st.sampled_from(["1", "-1", "0", "46.5", "123456.123456"]),
    words,
    st.sampled_from(["0", "0.01", "12.345678", "987654.32"]),
    st.sampled_from([(), (VAT19,), (VAT7,), (VAT19, VAT7)]),
)


@settings(max_examples=60, deadline=None)
@given(
    given_items=st.lists(any_item, min_size=1, max_size=25),
    seller=any_seller,
    buyer=any_buyer,
    texts=st.tuples(words, long_words, long_words, words, long_words),
    language=st.sampled_from(["en", "de", "fr", "pt-BR"]),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "IDR"]),
    paper=st.sampled_from(Paper),
    draft=st.booleans(),
)
def test_nothing_people_type_breaks_the_layout(
    given_items: list[Item],
    seller: Seller,
    buyer: Buyer,
    texts: tuple[str, str, str, str, str],
    language: str,
    currency: str,
    paper: Paper,
    draft: bool,
) -> None:
    subject, introduction, terms, order, legal = texts
    given = snapshot(
        given_items,
        seller=seller,
        buyer=buyer,
        language=language,
        currency=currency,
        subject=subject,
        introduction=introduction,
        terms=terms,
        order_reference=order,
        legal_texts=(legal,),
        template=Template(paper=paper),
    )
    data = render(given, draft=draft, test_mode=True)
    with opened(data) as document:
        pages = len(document)
        for page in document:
            wide, high = page.get_size()
            textpage = page.get_textpage()
            for index in range(textpage.count_rects()):
                left, bottom, right, top = textpage.get_rect(index)
                # The draft's mark lies across the page; all other text keeps to the margins.
                if not draft:
                    assert left > 50
                    assert right < wide - 45
                assert 0 < bottom <= top < high
    assert pages < 60


def test_five_thousand_lines() -> None:
    texts = page_texts(render(snapshot(many(5000))))
    assert "5000 UX audit no. 5000" in texts[-1]
    assert f"Page {len(texts)} of {len(texts)}" in texts[-1]
