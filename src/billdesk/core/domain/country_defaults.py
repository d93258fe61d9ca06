"""What a new company in a country usually starts with.

Rates are the general ones in force at the beginning of 2026, written down from the tax
authorities' publications; special rates for single goods are left out. They are a starting
point: the owner is told to check them, and can change every one.
"""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.tax_wording import UsualTax, taxes_across_borders


@dataclass(frozen=True, slots=True)
class CountryDefaults:
    """``tax_name`` is how the tax is written on invoices there; ``rates`` has the usual one first.

    ``language`` is one that documents can be printed in. ``state_channel`` names the state's
    system that invoices must pass through or be reported to, which BillDesk does not speak;
    empty where there is none.
    """

    currency: str
    language: str = "en"
    tax_name: str = "VAT"
    rates: tuple[Decimal, ...] = ()
    is_eu: bool = False
    paper: Paper = Paper.A4
    fold_marks: bool = False
    state_channel: str = ""

    def taxes(self) -> tuple[UsualTax, ...]:
        """The tax rates to start with, the usual one first."""
        taxed = tuple(UsualTax(f"{self.tax_name} {_written(rate)} %", rate) for rate in self.rates)
        return (*taxed, *taxes_across_borders(self.language)) if self.is_eu else taxed


def _written(rate: Decimal) -> str:
    return format(rate.normalize(), "f")


def _rates(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(rate) for rate in text.split())


def _eu(
    rates: str,
    *,
    currency: str = "EUR",
    language: str = "en",
    tax_name: str = "VAT",
    fold_marks: bool = False,
    state_channel: str = "",
) -> CountryDefaults:
    return CountryDefaults(
        currency,
        language,
        tax_name,
        _rates(rates),
        is_eu=True,
        fold_marks=fold_marks,
        state_channel=state_channel,
    )


COUNTRIES: dict[str, CountryDefaults] = {
    "AE": CountryDefaults("AED", rates=_rates("5")),
    "AT": _eu("20 13 10", language="de", tax_name="USt.", fold_marks=True),
    "AU": CountryDefaults("AUD", tax_name="GST", rates=_rates("10")),
    "BE": _eu("21 12 6", language="fr", tax_name="TVA", state_channel="Peppol"),
    "BG": _eu("20 9", tax_name="ДДС"),
    "CA": CountryDefaults("CAD", tax_name="GST/HST", rates=_rates("5 13"), paper=Paper.LETTER),
    "CH": CountryDefaults("CHF", "de", "MWST", _rates("8.1 3.8 2.6")),
    "CY": _eu("19 9 5"),
    "CZ": _eu("21 12", currency="CZK", tax_name="DPH"),
    "DE": _eu("19 7", language="de", tax_name="USt.", fold_marks=True),
    "DK": _eu("25", currency="DKK", tax_name="Moms"),
    "EE": _eu("24 13 9", tax_name="KM"),
    "ES": _eu("21 10 4", tax_name="IVA", state_channel="VERI*FACTU / TicketBAI"),
    "FI": _eu("25.5 13.5 10", tax_name="ALV"),
    "FR": _eu("20 10 5.5", language="fr", tax_name="TVA", state_channel="Plateforme agréée"),
    "GB": CountryDefaults("GBP", rates=_rates("20 5")),
    "GR": _eu("24 13 6", tax_name="ΦΠΑ", state_channel="myDATA"),
    "HR": _eu("25 13 5", tax_name="PDV", state_channel="Fiskalizacija 2.0"),
    "HU": _eu("27 18 5", currency="HUF", tax_name="ÁFA", state_channel="Online Számla"),
    "IE": _eu("23 13.5 9"),
    "IN": CountryDefaults("INR", tax_name="GST", rates=_rates("18 5")),
    "IS": CountryDefaults("ISK", tax_name="VSK", rates=_rates("24 11")),
    "IT": _eu("22 10 5 4", tax_name="IVA", state_channel="Sistema di Interscambio (SdI)"),
    "JP": CountryDefaults("JPY", tax_name="Consumption tax", rates=_rates("10 8")),
    "LI": CountryDefaults("CHF", "de", "MWST", _rates("8.1 3.8 2.6")),
    "LT": _eu("21 12 5", tax_name="PVM"),
    "LU": _eu("17 14 8 3", language="fr", tax_name="TVA"),
    "LV": _eu("21 12 5", tax_name="PVN"),
    "MT": _eu("18 7 5"),
    "MX": CountryDefaults(
        "MXN", tax_name="IVA", rates=_rates("16"), paper=Paper.LETTER, state_channel="CFDI"
    ),
    "NL": _eu("21 9", tax_name="Btw"),
    "NO": CountryDefaults("NOK", tax_name="MVA", rates=_rates("25 15 12")),
    "NZ": CountryDefaults("NZD", tax_name="GST", rates=_rates("15")),
    "PL": _eu("23 8 5", currency="PLN", state_channel="KSeF"),
    "PT": _eu("23 13 6", tax_name="IVA", state_channel="ATCUD / SAF-T"),
    "RO": _eu("21 11", currency="RON", tax_name="TVA", state_channel="RO e-Factura"),
    "SE": _eu("25 12 6", currency="SEK", tax_name="Moms"),
    "SG": CountryDefaults("SGD", tax_name="GST", rates=_rates("9")),
    "SI": _eu("22 9.5 5", tax_name="DDV"),
    "SK": _eu("23 19 5", tax_name="DPH"),
    "US": CountryDefaults("USD", tax_name="Sales tax", paper=Paper.LETTER),
    "ZA": CountryDefaults("ZAR", rates=_rates("15")),
}

_ANYWHERE = CountryDefaults("EUR")


def defaults_for(country: str) -> CountryDefaults:
    """The start for an ISO 3166 code; for a country that is not listed, no tax rates at all."""
    return COUNTRIES.get(country, _ANYWHERE)
