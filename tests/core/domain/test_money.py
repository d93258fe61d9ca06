"""An amount refuses everything that has lost money before."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdesk.core.domain.currencies import EXPONENTS, exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.money import LARGEST_MINOR, Money

minors = st.integers(-LARGEST_MINOR // 2, LARGEST_MINOR // 2)


@pytest.mark.parametrize("odd", [1.0, "1", Decimal(1), True, None])
def test_only_whole_minor_units_are_money(odd: object) -> None:
    with pytest.raises(TypeError):
        Money(odd, "EUR")  # type: ignore[arg-type]  # what the type checker would not let through


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError):
        Money.of(0.1, "EUR")  # type: ignore[arg-type]  # what the type checker would not let through


def test_currencies_do_not_mix() -> None:
    euro, dollar = Money(100, "EUR"), Money(100, "USD")
    for combine in (
        lambda: euro + dollar,
        lambda: euro - dollar,
        lambda: euro < dollar,
        lambda: euro >= dollar,
        lambda: euro + 5,  # type: ignore[operator]  # what the type checker would not let through
    ):
        with pytest.raises(TypeError):
            combine()
    assert euro != dollar


def test_an_unknown_currency_is_explained() -> None:
    with pytest.raises(UserError) as refusal:
        Money(1, "EURO")
    assert refusal.value.field == "currency"


def test_amounts_have_an_end() -> None:
    Money(LARGEST_MINOR, "EUR")
    with pytest.raises(ValueError, match="larger"):
        Money(LARGEST_MINOR + 1, "EUR")
    with pytest.raises(ValueError, match="larger"):
        Money(LARGEST_MINOR, "EUR") + Money(1, "EUR")


@given(minors, minors)
def test_arithmetic_is_that_of_integers(one: int, other: int) -> None:
    a, b = Money(one, "EUR"), Money(other, "EUR")
    assert (a + b).minor == one + other
    assert (a - b).minor == one - other
    assert (-a).minor == -one
    assert (a < b) == (one < other)
    assert bool(a) == bool(one)


@given(minors, st.sampled_from(sorted(EXPONENTS)))
def test_amount_and_minor_units_are_the_same_thing(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money
    assert money.amount * 10 ** exponent(currency) == minor


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("JPY", 0), ("ISK", 0), ("UGX", 0), ("KWD", 3), ("RSD", 2), ("LBP", 2)],
)
def test_exponents_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


def test_money_reads_well() -> None:
    assert str(Money(123456789, "EUR")) == "1,234,567.89 EUR"
    assert str(Money(1500, "JPY")) == "1,500 JPY"
