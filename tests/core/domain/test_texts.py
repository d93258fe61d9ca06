"""Texts from a keyboard, the clipboard or a file, before anything is stored."""

from dataclasses import dataclass

import pytest

from billdesk.core.domain.errors import UserError
from billdesk.core.domain.search import search_key
from billdesk.core.domain.texts import clean_line, clean_lines_of, clean_paragraphs


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Nordlicht  ", "Nordlicht"),
        ("Nordlicht\nAS", "Nordlicht AS"),
        ("Nordlicht \r\n AS\tOslo", "Nordlicht AS Oslo"),
        ("a\u2028b\x85c", "a b c"),
        ("Mu\u0308ller", "M\u00fcller"),
        ("\u0639\u0631\u0628\u064a\u200f", "\u0639\u0631\u0628\u064a\u200f"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("", ""),
    ],
)
def test_a_line_is_composed_and_has_no_breaks(typed: str, stored: str) -> None:
    assert clean_line(typed, "name", 40) == stored


def test_paragraphs_keep_their_lines_and_blanks() -> None:
    assert clean_paragraphs("Dear\r\n\tMu\u0308ller\x0b ", "notes") == "Dear\n\tM\u00fcller\n "


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("\ud800", "half a character"),
        ("\x00", "control"),
        ("\x1b", "control"),
        ("\x7f", "control"),
        ("\u202e", "direction"),
        ("\u202a", "direction"),
        ("\u2066", "direction"),
        ("\u2069", "direction"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_field(bad: str, reason: str) -> None:
    for clean in (clean_line, clean_paragraphs):
        with pytest.raises(UserError, match=f"order reference holds .*{reason}") as refusal:
            clean(f"PO {bad} 7", "order_reference", 40)
        assert refusal.value.field == "order_reference"
        # The sentence itself can be written anywhere.
        str(refusal.value).encode()


def test_the_length_counts_after_cleaning() -> None:
    assert clean_line(" " * 50 + "x" * 40, "name", 40) == "x" * 40
    with pytest.raises(UserError, match="The VAT id is longer than 40 characters") as refusal:
        clean_line("x" * 41, "lines.3.vat_id", 40)
    assert refusal.value.field == "lines.3.vat_id"


def test_several_fields_are_cleaned_at_once() -> None:
    @dataclass(frozen=True)
    class Name:
        first: str
        last: str

    fine = Name("Anna", "Berg")
    assert clean_lines_of(fine, {"first": 10, "last": 10}) is fine
    assert clean_lines_of(Name(" Anna", "Berg\n"), {"first": 10, "last": 10}) == fine
    with pytest.raises(UserError) as refusal:
        clean_lines_of(Name("Anna", "x" * 11), {"first": 10, "last": 10}, "buyer.")
    assert refusal.value.field == "buyer.last"


def test_a_search_for_half_a_character_finds_by_the_rest() -> None:
    assert search_key("Nord\ud83dlicht") == "nordlicht"
