"""What Morning Studio sells, in which combinations, and what it costs in other currencies."""

from dataclasses import dataclass
from decimal import Decimal

from billdesk.practice.company import FULL_RATE, REDUCED_RATE


@dataclass(frozen=True, slots=True)
class Article:
    """An item of the catalogue; the price is in euros."""

    code: str
    name: str
    price: Decimal
    unit: str
    unit_code: str
    description: str = ""
    tax: str = FULL_RATE

    def price_in(self, currency: str) -> Decimal:
        """What is asked for in another currency: a round amount, not a converted one."""
        factor, step = _PRICING[currency]
        return (self.price * factor / step).quantize(Decimal(1)) * step


_PRICING = {
    "EUR": (Decimal(1), Decimal("0.01")),
    "USD": (Decimal("1.12"), Decimal("0.5")),
    "CHF": (Decimal("1.05"), Decimal("0.5")),
    "JPY": (Decimal(165), Decimal(100)),
}


def _article(
    code: str, name: str, price: str, unit: str, unit_code: str, description: str = ""
) -> Article:
    tax = REDUCED_RATE if code.startswith("BOOK") else FULL_RATE
    return Article(code, name, Decimal(price), unit, unit_code, description, tax)


ARTICLES = (
    _article("WS", "Brand workshop", "1450", "day", "DAY", "Preparation, one day, documentation"),
    _article("DESIGN", "Interface design", "115", "h", "HUR"),
    _article("LOGO", "Logo and word mark", "1900", "", "C62", "Three drafts, two rounds"),
    _article("GUIDE", "Style guide", "1250", "", "C62", "24 pages, as PDF"),
    _article("WEB", "Web development", "105", "h", "HUR"),
    _article("CARE", "Website care", "149", "month", "MON", "Updates, backups, two small changes"),
    _article("HOST", "Hosting", "24.90", "month", "MON"),
    _article("PHOTO", "Photo session", "780", "day", "DAY", "Studio or on location"),
    _article("RETOUCH", "Image retouching", "18.50", "image", "C62"),
    _article("COPY", "Copywriting", "92", "h", "HUR"),
    _article("FLYER", "Flyers, 1,000 copies", "186", "", "C62", "A5, 170 g recycled paper"),
    _article("CARDS", "Business cards, 250 copies", "79.80", "", "C62"),
    _article("BOOK", "Booklet, 200 copies", "412", "", "C62", "32 pages, thread-stitched"),
    _article("SIGN", "Shop sign", "640", "", "C62", "Enamel, made to measure"),
    _article("TRAVEL", "Travel expenses", "0.42", "km", "KMT"),
)
BY_CODE = {article.code: article for article in ARTICLES}


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: a subject and its articles, each with the least and most sold."""

    subject: str
    parts: tuple[tuple[str, int, int], ...]


CARE = Job("Website care, {month}", (("CARE", 1, 1), ("HOST", 1, 1), ("WEB", 0, 4)))
JOBS = (
    Job("New brand", (("WS", 1, 2), ("LOGO", 1, 1), ("GUIDE", 1, 1), ("TRAVEL", 0, 240))),
    Job("Website relaunch", (("DESIGN", 14, 46), ("WEB", 20, 60), ("COPY", 0, 12))),
    Job("Product photos", (("PHOTO", 1, 3), ("RETOUCH", 12, 60))),
    Job("Season campaign", (("DESIGN", 6, 18), ("COPY", 3, 9), ("FLYER", 1, 4))),
    Job("Printed matter", (("CARDS", 1, 4), ("FLYER", 0, 3), ("BOOK", 0, 2))),
    Job("Shop front", (("SIGN", 1, 2), ("DESIGN", 3, 8), ("TRAVEL", 0, 120))),
    Job("Anniversary booklet", (("BOOK", 1, 3), ("COPY", 4, 14), ("PHOTO", 0, 1))),
    Job("Improvements to the website", (("WEB", 3, 16), ("DESIGN", 0, 6))),
)
