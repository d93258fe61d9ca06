"""Folding of text for search."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billdesk.core.domain.search import search_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Müller", "muller"),
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("Ærø Łódź", "aero lodz"),
        ("  two \t words\n", "two words"),
        ("Brand™", "brandtm"),
        ("İstanbul", "istanbul"),
        ("ﬁnance", "finance"),
        ("INV-00042", "inv-00042"),
        ("山田", "山田"),
        ("", ""),
    ],
)
def test_writes_the_same_word_the_same_way(typed: str, key: str) -> None:
    assert search_key(typed) == key


@given(st.text())
@example("ΐ")
@example("℡")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_upper_and_lower_case_are_the_same(text: str) -> None:
    assert search_key(text.upper()) == search_key(text)
