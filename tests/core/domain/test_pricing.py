"""The price of an item: the customer's list, the quantity, the day; and its unit."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.pricing import ListedPrice, price_for
from billdesk.core.domain.units import LANGUAGES, PIECE, UNITS, word_in

TODAY = date(2026, 11, 24)
TRADE = 7


def listed(price: str, minimum: str = "0", **fields: object) -> ListedPrice:
    return ListedPrice(Decimal(price), "EUR", Decimal(minimum), **fields)  # type: ignore[arg-type]


PRICES = (
    listed("10", "1"),
    listed("9", "10"),
    listed("8", "100"),
    listed("8.50", "10", price_list_id=TRADE),
    listed("7", "10", price_list_id=TRADE, valid_from=date(2027, 1, 1)),
    listed("7.50", "10", price_list_id=TRADE, valid_from=date(2026, 11, 24)),
    listed("1", "0", price_list_id=8),
)


@pytest.mark.parametrize(
    ("quantity", "price_list", "on", "price"),
    [
        ("0.5", None, TODAY, None),
        ("1", None, TODAY, "10"),
        ("9.999", None, TODAY, "10"),
        ("10", None, TODAY, "9"),
        ("-10", None, TODAY, "9"),
        ("1000", None, TODAY, "8"),
        # The list has no price for one: the general one holds.
        ("1", TRADE, TODAY, "10"),
        ("10", TRADE, date(2026, 11, 23), "8.50"),
        ("10", TRADE, TODAY, "7.50"),
        # The customer's list beats a better break of the general prices.
        ("100", TRADE, TODAY, "7.50"),
        ("100", TRADE, date(2027, 1, 1), "7"),
    ],
)
def test_list_beats_general_then_quantity_then_date(
    quantity: str, price_list: int | None, on: date, price: str | None
) -> None:
    found = price_for(
        PRICES, price_list_id=price_list, quantity=Decimal(quantity), currency="EUR", on=on
    )
    assert (found and found.unit_price) == (price and Decimal(price))


def test_a_price_of_another_currency_never_holds() -> None:
    found = price_for(PRICES, price_list_id=TRADE, quantity=Decimal(100), currency="USD", on=TODAY)
    assert found is None


@given(st.permutations(PRICES), st.integers(1, 200), st.sampled_from([None, TRADE, 8]))
def test_the_order_in_which_prices_are_kept_does_not_matter(
    prices: list[ListedPrice], quantity: int, price_list: int | None
) -> None:
    asked = {"price_list_id": price_list, "quantity": Decimal(quantity), "currency": "EUR"}
    assert price_for(prices, on=TODAY, **asked) == price_for(PRICES, on=TODAY, **asked)  # type: ignore[arg-type]


def test_every_unit_has_a_code_a_name_and_words_of_its_own() -> None:
    assert len(UNITS) > 90
    for code, unit in UNITS.items():
        assert 2 <= len(code) <= 3
        assert code.isalnum()
        assert code == code.upper()
        assert all(unit.names)
        assert all(unit.words) or code == PIECE
    for place in range(len(LANGUAGES)):
        names = [unit.names[place] for unit in UNITS.values()]
        assert len(set(names)) == len(names)


def test_the_usual_word_follows_the_document_s_language_one_s_own_stays() -> None:
    assert word_in("DAY", "days", "de") == "Tage"
    assert word_in("DAY", "Tage", "fr-CH") == "jours"
    assert word_in("DAY", "day rate", "de") == "day rate"
    assert word_in("DAY", "", "de") == ""
    assert word_in("KGM", "kg", "xx") == "kg"
    assert word_in("QQQ", "x", "de") == "x"
