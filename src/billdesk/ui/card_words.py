"""How a saved card is called."""

from billdesk.core.queries.cards import CardRow
from billdesk.ui.text import tr

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def card_name(brand: str, last4: str) -> str:
    """``Visa •••• 4242``."""
    word = _BRANDS.get(brand, brand.replace("_", " ").title()) or tr("Card")
    return f"{word} •••• {last4}"


def card_until(card: CardRow) -> str:
    """``until 12/2034``, empty where nobody knows."""
    if card.expires_month is None or card.expires_year is None:
        return ""
    return tr("until {month}").format(month=f"{card.expires_month:02}/{card.expires_year}")
