"""The start of a company in each country."""

from decimal import Decimal

import pytest

from billdesk.core.domain.country_defaults import COUNTRIES, defaults_for
from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.domain.tax_wording import LANGUAGES, no_tax, taxes_across_borders

# The euro area after Bulgaria joined in 2026; the rest of the union keeps its own money.
OWN_MONEY = {"CZ": "CZK", "DK": "DKK", "HU": "HUF", "PL": "PLN", "RO": "RON", "SE": "SEK"}
# Directive 2006/112/EC, articles 97 to 99: at least 15 %, reduced rates mostly at least 5 %.
LOWEST_STANDARD = 15


@pytest.mark.parametrize("code", sorted(COUNTRIES))
def test_every_country_can_be_set_up(code: str) -> None:
    defaults = COUNTRIES[code]
    assert len(code) == 2
    assert defaults.currency in EXPONENTS
    assert defaults.language in ("en", "de", "fr")
    for tax in defaults.taxes():
        # Raises for a percentage that does not fit its category.
        Tax(tax.name, tax.category, tax.percent, tax.reason, tax.reason_code)
    names = [tax.name for tax in defaults.taxes()]
    assert len(set(names)) == len(names)
    assert list(defaults.rates) == sorted(defaults.rates, reverse=True) or code == "CA"


def test_the_union_is_complete() -> None:
    members = {code for code, defaults in COUNTRIES.items() if defaults.is_eu}
    assert len(members) == 27
    for code in members:
        assert COUNTRIES[code].currency == OWN_MONEY.get(code, "EUR")
        assert COUNTRIES[code].rates[0] >= LOWEST_STANDARD
        assert COUNTRIES[code].taxes()[-1].category is TaxCategory.REVERSE_CHARGE


@pytest.mark.parametrize("code", ["PT", "ES", "IT", "PL", "FR"])
def test_countries_with_a_channel_of_the_state_say_so(code: str) -> None:
    assert COUNTRIES[code].state_channel


def test_paper_and_rates_of_known_countries() -> None:
    assert COUNTRIES["US"].paper is Paper.LETTER
    assert COUNTRIES["US"].rates == ()
    assert COUNTRIES["DE"].rates == (Decimal(19), Decimal(7))
    assert COUNTRIES["CH"].taxes()[0].name == "MWST 8.1 %"
    assert COUNTRIES["DE"].taxes()[0].name == "USt. 19 %"


def test_a_country_that_is_not_listed_starts_without_rates() -> None:
    assert defaults_for("KE").taxes() == ()
    assert defaults_for("KE").currency == "EUR"


def test_no_tax_has_the_wording_of_the_country() -> None:
    assert "§ 19 UStG" in no_tax("DE").reason
    assert no_tax("FR").reason_code == "VATEX-FR-FRANCHISE"
    assert no_tax("NL").reason == ""
    assert no_tax("NL").percent == 0
    assert "Article" not in no_tax("DE").reason
    assert dict(no_tax("DE").reasons).keys() == {"en", "fr"}
    assert "article 293 B" in no_tax("FR", "en").reason


@pytest.mark.parametrize("language", [*LANGUAGES, "es"])
def test_sales_across_borders_have_a_text_in_every_language(language: str) -> None:
    for tax in taxes_across_borders(language):
        texts = {tax.reason, *dict(tax.reasons).values()}
        assert len(texts) == len(LANGUAGES)
        # EN 16931's list of reasons: the code of each category that has one.
        assert tax.reason_code == {"K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}.get(
            tax.category.value, "VATEX-EU-AE"
        )
