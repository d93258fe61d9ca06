"""Cleaning, measuring and breaking text, and the characters no font has."""

import unicodedata
from dataclasses import replace

from document_samples import BUYER, SELLER, snapshot
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.documents.fonts import covered
from billdesk.core.documents.glyphs import missing_glyphs
from billdesk.core.documents.style import DETAIL, HERO, NAME
from billdesk.core.documents.text import (
    clean,
    clean_line,
    fit,
    shorten,
    text_width,
    wrap,
)
from billdesk.core.domain.addresses import Address


def test_decomposed_accents_are_composed_and_ligatures_spelt_out() -> None:
    assert clean("Cafe\u0301 o\ufb03ce") == "Café office"


def test_control_and_invisible_characters_go() -> None:
    assert clean("a\x00b\x1bc\u200bd\u202ee\ufefff\u00adg\th") == "abcdefg h"


def test_line_breaks_stay_in_texts_and_go_in_lines() -> None:
    assert clean("one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert clean_line(" one\r\n  two ") == "one two"


def test_no_break_spaces_survive_on_a_line() -> None:
    assert clean_line("10\u202f000\u00a0€") == "10\u202f000\u00a0€"


@given(st.text(max_size=300), st.floats(20, 400))
def test_wrapping_keeps_every_word_within_the_limit(text: str, limit: float) -> None:
    cleaned = clean(text)
    lines = wrap(cleaned, DETAIL, limit)
    assert "".join("".join(lines).split(" ")) == "".join(
        cleaned.strip().replace("\n", " ").split(" ")
    )
    for line in lines:
        # One character is always placed, however narrow the column.
        assert text_width(line, DETAIL) <= limit + 0.001 or len(line) == 1


def test_a_word_wider_than_its_column_breaks_after_a_separator() -> None:
    lines = wrap("https://very.long.example/some/where", NAME, 100)
    assert len(lines) > 1
    assert all(line[-1] in "/." for line in lines[:-1])


def test_fit_shrinks_only_as_far_as_needed() -> None:
    text = "€1,234,567,890.00"
    limit = text_width(text, HERO) * 0.8
    smaller = fit(text, HERO, limit, 6.5)
    assert text_width(text, smaller) <= limit + 0.001
    assert smaller.size > 15
    assert fit(text, HERO, 1, 12).size == 12
    assert fit(text, HERO, 1000, 12) is HERO


def test_shorten_ends_with_an_ellipsis_inside_the_limit() -> None:
    short = shorten("Donaudampfschifffahrtsgesellschaft", NAME, 60)
    assert short.endswith("…")
    assert text_width(short, NAME) <= 60


def test_an_ordinary_document_misses_nothing() -> None:
    assert missing_glyphs(snapshot()) == ()


def test_missing_characters_are_named_with_their_field() -> None:
    items = [("Latin", "", "1", "", "1", ()), ("翻訳", "😀 ok", "1", "", "1", ())]
    buyer = replace(BUYER, name="Łódź Wytwórnia", address=Address("שדרות 1", country="IL"))
    found = missing_glyphs(snapshot(items, buyer=buyer))
    by_field = {(each.field, each.character): each.name for each in found}
    assert by_field[("lines.1.name", "翻")] == "CJK UNIFIED IDEOGRAPH-7FFB"
    assert by_field[("lines.1.description", "😀")] == "GRINNING FACE"
    assert by_field[("buyer.address.line1", "ש")] == "HEBREW LETTER SHIN"
    assert not any(field.startswith("lines.0") for field, _ in by_field)


def test_characters_with_a_drawable_form_are_not_reported() -> None:
    assert missing_glyphs(snapshot(subject="ﬁnal\u200b e\u0301\x07")) == ()


def test_fields_that_are_not_printed_are_not_checked() -> None:
    seller = replace(SELLER, logo_sha256="漢")
    assert missing_glyphs(snapshot(seller=seller)) == ()


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_what_is_not_reported_can_be_drawn(text: str) -> None:
    reported = {each.character for each in missing_glyphs(snapshot(subject=text))}
    drawn = set(clean(text)) - {"\n"}
    assert drawn - reported <= covered()
    assert all(unicodedata.category(each) not in ("Cc", "Cf") for each in drawn)
