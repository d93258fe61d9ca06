"""Document numbers found in what payers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.bank_references import ReferenceIndex, Strength

NUMBERS = {42: "INV-00042", 43: "INV-00043", 44: "INV-00044", 4: "INV-00004", 422: "INV-00422"}
INDEX = ReferenceIndex(NUMBERS)
YEARLY = ReferenceIndex({1: "RE-2026-0042", 2: "RE-2025-0042", 3: "RE-2026-0043"})

EXACT, SHORT, DIGITS = Strength.EXACT, Strength.SHORT, Strength.DIGITS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INV-00042", {42: EXACT}),
        ("inv00042", {42: EXACT}),
        ("Inv. 00042 thanks", {42: EXACT}),
        ("RechnungINV-00042 vom 06.11.2026", {42: EXACT}),
        ("INV-000 42", {42: EXACT}),
        ("I NV-00042", {42: EXACT}),
        ("RF18INV00042", {42: EXACT}),
        ("INV 42", {42: SHORT}),
        ("INV42/Mueller", {42: SHORT}),
        ("INV-OOO42", {42: SHORT}),
        ("Rechnung 42", {42: DIGITS}),
        ("Rechnung Nr. 00042", {42: DIGITS}),
        ("Facture no 42", {42: DIGITS}),
        ("00042", {42: DIGITS}),
        ("42", {}),
        ("42 EUR am 04.11.2026", {}),
        ("Rechnung vom 04.11.2026", {}),
        ("INV-000422", {422: SHORT}),
        ("INV-1042", {}),
        ("INV-00042, INV-00043", {42: EXACT, 43: EXACT}),
        ("INV-00042/43", {42: EXACT, 43: SHORT}),
        ("INV-00042, 43 und 44", {42: EXACT, 43: SHORT, 44: SHORT}),
        ("Rechnungen 42, 43 und 44", {42: DIGITS, 43: DIGITS, 44: DIGITS}),
        ("INV-00004 2", {4: EXACT}),
        ("", {}),
        ("ÄÖÜ ß € 漢字", {}),
    ],
)
def test_a_number_is_found_however_it_is_spelt(text: str, found: dict[int, Strength]) -> None:
    assert INDEX.find(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RE-2026-0042", {1: EXACT}),
        ("RE 2026/42", {1: SHORT}),
        ("RE20260042", {1: EXACT}),
        ("Rechnung 2026-42", {1: DIGITS}),
        ("2026-0042", {1: DIGITS}),
        ("RE-2026-0042 u 43", {1: EXACT, 3: SHORT}),
        # Which year is meant nobody can say.
        ("Rechnung 0042", {}),
    ],
)
def test_numbers_with_a_year(text: str, found: dict[int, Strength]) -> None:
    assert YEARLY.find(text) == found


def test_numbers_of_digits_only_need_a_word_before_them_or_length() -> None:
    index = ReferenceIndex({7: "1007", 8: "20261008"})
    assert index.find("Rechnung 1007") == {7: EXACT}
    assert index.find("10 07") == {7: DIGITS}
    assert index.find("20261008") == {8: EXACT}


SPACES = st.text(alphabet=" -/._:#", max_size=3)


@given(
    number=st.integers(1, 99_999),
    gaps=st.lists(SPACES, min_size=3, max_size=3),
    lower=st.booleans(),
    around=st.tuples(st.sampled_from(["", "Rechnung ", "Payment for ", "RG "]), st.just(" Danke")),
    cut=st.integers(1, 4),
)
def test_separators_case_and_broken_lines_do_not_hide_a_number(
    number: int, gaps: list[str], lower: bool, around: tuple[str, str], cut: int
) -> None:
    digits = f"{number:05}"
    written = f"INV{gaps[0]}{digits[:cut]}{' ' if gaps[1] else ''}{digits[cut:]}"
    text = f"{around[0]}{written.lower() if lower else written}{around[1]}"
    assert ReferenceIndex({1: f"INV-{digits}"}).find(text) == {1: EXACT}


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    assert set(INDEX.find(text)) <= set(NUMBERS)
