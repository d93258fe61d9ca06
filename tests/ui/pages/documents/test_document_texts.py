"""What is understood from pasted rows, and how a total is explained."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billdesk.core.domain.tax import Tax, TaxCategory, TaxKind
from billdesk.core.domain.totals import (
    Adjustment,
    Deposit,
    LineInput,
    PriceMode,
    TaxRounding,
    TaxTotals,
    TotalsInput,
    compute,
)
from billdesk.ui.files import file_name, write_file, write_temporary
from billdesk.ui.format import Formats
from billdesk.ui.pages.documents.explain import explain
from billdesk.ui.pages.documents.spreadsheet import PastedLine, looks_like_rows, parse_rows

VAT = Tax("VAT 19 %", TaxCategory.STANDARD, Decimal(19))


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Design\t90,50", "de_DE", PastedLine("Design", None, "", Decimal("90.50"))),
        ("Design\t3\th\t90.50", "en_GB", PastedLine("Design", Decimal(3), "h", Decimal("90.50"))),
        ("Refund\t\t-20", "en_GB", PastedLine("Refund", Decimal(-1), "", Decimal(20))),
        ('"Two\nlines"\t5', "en_GB", PastedLine("Two\nlines", None, "", Decimal(5))),
        ("Only words", "en_GB", PastedLine("Only words")),
    ],
)
def test_a_pasted_row_becomes_a_line(text: str, locale: str, expected: PastedLine) -> None:
    assert parse_rows(text, locale) == [expected]


def test_headings_and_empty_rows_are_left_out() -> None:
    rows = parse_rows("What\tPrice\r\n\t\r\nA\t1\r\nB\t2\r\n", "en_GB")
    assert [row.name for row in rows] == ["A", "B"]


def test_one_word_is_pasted_as_a_word() -> None:
    assert not looks_like_rows("Website\n")
    assert looks_like_rows("Website\t5")
    assert looks_like_rows("Website\nHosting")


def explained(given: TotalsInput) -> list[tuple[str, str, str]]:
    steps = explain(given, compute(given), Formats("en_GB"))
    return [(step.subject, step.how, step.result) for step in steps]


def test_each_rounding_and_the_other_rule_are_told() -> None:
    lines = tuple(LineInput(Decimal(1), Decimal("0.03"), (VAT,)) for _ in range(3))
    given = TotalsInput("EUR", lines, (Adjustment(is_charge=False, percent=Decimal(10)),))
    steps = explained(given)
    assert steps[0] == ("Line 1", "1 × 0.03", "€0.03")
    assert ("Subtotal", "sum of the lines", "€0.09") in steps
    assert ("Whole invoice, discount", "10% of €0.09; exactly −0.009, rounded", "−€0.01") in steps
    assert ("VAT 19 %", "19% of €0.08; exactly 0.0152, rounded", "€0.02") in steps
    assert steps[-2] == ("Total", "net and tax together", "€0.10")
    assert steps[-1] == ("The other rule", "tax rounded on each line instead", "€0.11")


def test_tax_inside_a_gross_price_is_told_as_such() -> None:
    given = TotalsInput(
        "EUR",
        (LineInput(Decimal(1), Decimal("119"), (VAT,)),),
        price_mode=PriceMode.GROSS,
        tax_rounding=TaxRounding.PER_LINE,
    )
    assert ("VAT 19 %", "contained in €119.00: 19% of €100.00", "€19.00") in explained(given)


def test_deposits_and_taxes_kept_back_are_told() -> None:
    irpf = Tax("IRPF", TaxCategory.STANDARD, Decimal(15), kind=TaxKind.WITHHELD)
    deposit = Deposit("D-7", date(2026, 1, 2), 1190, (TaxTotals(VAT, 1000, 190),))
    given = TotalsInput(
        "EUR",
        (LineInput(Decimal(1), Decimal("100"), (VAT, irpf)),),
        deposits=(deposit,),
        prepaid_minor=500,
    )
    steps = explained(given)
    assert ("IRPF", "15% of €100.00, kept back by the customer", "€15.00") in steps
    assert ("Deposit D-7", "billed before, with €1.90 of tax", "−€11.90") in steps
    assert ("Paid before", "lowers what is due", "−€5.00") in steps
    due = ("Amount due", "the total less what was paid or is kept back", "€87.10")
    assert steps[-2] == due


def test_a_file_to_be_shown_leaves_its_folder_under_no_name(tmp_path: Path) -> None:
    mine = tmp_path / "letter.txt"
    mine.write_bytes(b"mine")
    shown = write_temporary(str(mine), b"theirs")
    assert (shown.name, shown.read_bytes()) == ("letter.txt", b"theirs")
    assert mine.read_bytes() == b"mine"
    assert write_temporary("../bill.EXE", b"x") == shown.with_name("bill.EXE.file")


def test_file_names_suit_every_system_and_files_appear_whole(tmp_path: Path) -> None:
    assert file_name("INV/2026:7", ".pdf") == "INV-2026-7.pdf"
    assert file_name(" . ", ".pdf") == "invoice.pdf"
    target = tmp_path / "a.pdf"
    assert write_file(target, b"1") == target
    write_file(target, b"22")
    assert target.read_bytes() == b"22"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]
    with pytest.raises(OSError, match="No such file"):
        write_file(tmp_path / "none" / "a.pdf", b"1")
