"""Legal texts of sales on which no tax is charged, in the languages documents are printed in.

Codes are those of the VATEX list of EN 16931 (BT-121); each wording names the law it comes from.
A text is a start: the owner can change every one.
"""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.core.domain.tax import TaxCategory

LANGUAGES = ("en", "de", "fr")


@dataclass(frozen=True, slots=True)
class UsualTax:
    """A tax rate to start with; ``percent`` 19 means 19 %. ``reasons`` are texts by language."""

    name: str
    percent: Decimal
    category: TaxCategory = TaxCategory.STANDARD
    reason: str = ""
    reason_code: str = ""
    reasons: tuple[tuple[str, str], ...] = ()


# § 14a (5) UStG; Article 226 (11a) of Directive 2006/112/EC; article 242 nonies A CGI.
_REVERSE_CHARGE = {
    "en": "Reverse charge: the customer accounts for the VAT.",
    "de": "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).",
    "fr": "Autoliquidation.",
}
# § 4 No. 1 (b), § 6a UStG; Article 138 of the directive; article 262 ter I CGI.
_INTRA_COMMUNITY = {
    "en": "Intra-Community supply, exempt under Article 138 of Directive 2006/112/EC.",
    "de": "Steuerfreie innergemeinschaftliche Lieferung.",
    "fr": "Exonération de TVA, article 262 ter I du CGI.",
}
# § 4 No. 1 (a), § 6 UStG; Article 146 of the directive; article 262 I CGI.
_EXPORT = {
    "en": "Export, exempt under Article 146 of Directive 2006/112/EC.",
    "de": "Steuerfreie Ausfuhrlieferung.",
    "fr": "Exonération de TVA, article 262 I du CGI.",
}
# § 3a (2) UStG; Article 44 of the directive; article 259-1 CGI.
_OUTSIDE = {
    "en": "Outside the scope of VAT: the place of supply is where the customer belongs.",
    "de": "Nicht im Inland steuerbare Leistung.",
    "fr": "TVA non applicable, article 259-1 du CGI.",
}
# § 34a UStDV asks a small business to say so (§ 19 UStG); § 6 (1) no. 27 UStG (Austria); article
# 293 B CGI; article 56bis of the Belgian code. Elsewhere the owner writes it.
_SMALL_BUSINESS = {
    "DE": {
        "de": "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",
        "en": "No VAT is charged: small business under § 19 UStG (Germany).",
        "fr": "TVA non applicable : petite entreprise, § 19 UStG (Allemagne).",
    },
    "AT": {
        "de": "Umsatzsteuerfrei aufgrund der Kleinunternehmerregelung (§ 6 Abs. 1 Z 27 UStG).",
        "en": "No VAT is charged: small business under § 6 (1) no. 27 UStG (Austria).",
        "fr": "TVA non applicable : petite entreprise, § 6 al. 1 n° 27 UStG (Autriche).",
    },
    "FR": {
        "fr": "TVA non applicable, art. 293 B du CGI.",
        "en": "VAT not applicable, article 293 B of the CGI (France).",
        "de": "Keine Mehrwertsteuer, Artikel 293 B CGI (Frankreich).",
    },
    "BE": {
        "fr": "Régime particulier de franchise des petites entreprises, TVA non applicable.",
        "en": "Small business subject to the exemption scheme for small businesses: no VAT.",
        "de": "Sonderregelung für Kleinunternehmer, keine Mehrwertsteuer anwendbar.",
    },
}


def _usual(
    name: str, category: TaxCategory, code: str, texts: dict[str, str], language: str
) -> UsualTax:
    main = texts.get(language, texts["en"])
    others = tuple((each, texts[each]) for each in LANGUAGES if texts[each] != main)
    return UsualTax(name, Decimal(0), category, main, code, others)


def taxes_across_borders(language: str) -> tuple[UsualTax, ...]:
    """What a business in the European Union needs besides its own rates.

    ``language`` is the one of the main text.
    """
    return (
        _usual(
            "Within the EU",
            TaxCategory.INTRA_COMMUNITY,
            "VATEX-EU-IC",
            _INTRA_COMMUNITY,
            language,
        ),
        _usual("Export", TaxCategory.EXPORT, "VATEX-EU-G", _EXPORT, language),
        _usual("Not taxable here", TaxCategory.OUTSIDE_SCOPE, "VATEX-EU-O", _OUTSIDE, language),
        _usual(
            "Reverse charge", TaxCategory.REVERSE_CHARGE, "VATEX-EU-AE", _REVERSE_CHARGE, language
        ),
    )


def no_tax(country: str, language: str = "") -> UsualTax:
    """The one rate of a company that charges no tax, with the country's wording if it has one."""
    texts = _SMALL_BUSINESS.get(country)
    if texts is None:
        return UsualTax("No tax", Decimal(0), TaxCategory.EXEMPT)
    # The franchise is the one small-business scheme with a code of its own.
    code = "VATEX-FR-FRANCHISE" if country == "FR" else ""
    main = language if language in texts else next(iter(texts))
    return _usual("No tax", TaxCategory.EXEMPT, code, texts, main)
