"""Deposits, taxes withheld, discount for paying early and the company's own money, as printed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2 as pdfium
import pytest
from document_samples import VAT19, Item, snapshot

from billdesk.core.documents.content import PaidStamp
from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.snapshot import BaseTotals, Snapshot
from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import Adjustment, Deposit, TaxTotals

IVA = Tax("IVA", TaxCategory.STANDARD, Decimal(21))
IRPF = Tax("IRPF", TaxCategory.STANDARD, Decimal(15), kind=TaxKind.WITHHELD)
GST = Tax("GST", TaxCategory.STANDARD, Decimal(5))
QST = Tax("QST", TaxCategory.STANDARD, Decimal("9.5"), is_compound=True)
WORK: list[Item] = [("Work", "", "1", "", "1000", (VAT19,))]
DEPOSIT = Deposit("D-7", date(2026, 10, 1), 35_700, (TaxTotals(VAT19, 30_000, 5_700),))


def printed(given: Snapshot, paid: PaidStamp | None = None) -> str:
    data = render_invoice(
        given, payment_url=None, paid=paid, logo=None, test_mode=False, draft=False
    )
    document = pdfium.PdfDocument(data)
    try:
        text: str = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return " ".join(text.split())


def test_deposits_are_deducted_with_their_tax() -> None:
    text = printed(snapshot(WORK, deposits=(DEPOSIT,)))
    assert "Total EUR 1,190.00" in text
    label = "Deposit invoice D-7 of 1 October 2026, incl. VAT 19%: 57.00"
    assert f"{label} −357.00" in text
    assert "Amount due €833.00" in text
    assert "Tax in the amount still to be paid: VAT 19% on 700.00: 133.00." in text


def test_deposits_and_money_paid_before_stand_apart() -> None:
    text = printed(snapshot(WORK, deposits=(DEPOSIT,), prepaid_minor=10_000))
    assert "−357.00" in text
    assert "Already paid −100.00" in text
    assert "Amount due €733.00" in text


def test_a_tax_withheld_is_subtracted_after_the_total() -> None:
    text = printed(snapshot([("Work", "", "1", "", "1000", (IVA, IRPF))]))
    assert "21% − 15%" in text
    assert "IVA 21% on 1,000.00 210.00" in text
    assert "Total EUR 1,210.00 IRPF 15% withheld on 1,000.00 −150.00" in text
    assert "Amount due €1,060.00" in text


def test_a_compound_tax_names_the_base_it_is_charged_on() -> None:
    text = printed(snapshot([("Work", "", "1", "", "100", (GST, QST))], currency="CAD"))
    assert "GST 5% on 100.00 5.00" in text
    assert "QST 9.5% on 105.00 9.98" in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "2% discount if you pay by 10 November 2026: €1,166.20 instead of €1,190.00."),
        ("de", "Bei Zahlung bis 10. November 2026 2 % Skonto: 1.166,20 € statt 1.190,00 €."),
        (
            "fr",
            "Escompte de 2 % pour paiement au plus tard le 10 novembre 2026 : "
            "1 166,20 € au lieu de 1 190,00 €.",
        ),
    ],
)
def test_the_discount_for_paying_early_says_until_when_and_how_much(
    language: str, expected: str
) -> None:
    terms = DiscountTerms(Decimal(2), 10)
    given = replace(snapshot(WORK, language=language), discount=terms)
    assert expected in printed(given)
    assert expected not in printed(given, PaidStamp(date(2026, 11, 2)))


def test_tax_is_told_in_the_companys_own_money() -> None:
    base = BaseTotals("EUR", 2, Decimal("0.92"), 17_480, 109_480, date(2026, 10, 30))
    text = printed(snapshot(WORK, currency="USD", base=base))
    assert "Tax in EUR: €174.80, total €1,094.80 (1 USD = 0.92 EUR, 30 October 2026)." in text


def test_allowances_and_charges_stand_with_their_reasons() -> None:
    freight = Adjustment(True, amount_minor=1_500, reason="Freight")
    off = Adjustment(False, percent=Decimal(5), reason="Loyalty")
    text = printed(snapshot(WORK, discount=freight, line_adjustments=(off, freight)))
    assert "Loyalty 5%: −50.00" in text
    assert "Freight: 15.00" in text
    assert "Subtotal 965.00 Freight 15.00 Net total 980.00" in text


@pytest.mark.parametrize(("kind", "times"), [("invoice", 3), ("quote", 2), ("credit_note", 2)])
def test_only_what_asks_for_money_says_the_total_and_the_amount_due(kind: str, times: int) -> None:
    """In the band, at the end of the sums, and on an invoice before them as well."""
    given = snapshot()
    text = printed(replace(given, kind=kind))
    amount = f"{given.total_minor // 100:,}.{given.total_minor % 100:02}"
    assert text.count(amount) == times
