"""Postal addresses and how each country writes their last lines."""

from dataclasses import dataclass

# Where the postal code follows the city, or the region belongs on the line.
_CITY_REGION_CODE = frozenset({"US", "CA", "AU"})
_CITY_THEN_CODE = frozenset({"GB", "IE", "IN", "NZ", "SG", "ZA"})
_CITY_DASH_REGION = frozenset({"BR"})


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``country`` is an ISO 3166 two-letter code (BT-40 / BT-55)."""

    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    def locality(self) -> str:
        """The line with city and postal code, in the order of the country."""
        if self.country in _CITY_REGION_CODE:
            tail = " ".join(part for part in (self.region, self.postal_code) if part)
            separator = ", " if self.country == "US" else " "
            return separator.join(part for part in (self.city, tail) if part)
        if self.country in _CITY_THEN_CODE:
            return " ".join(part for part in (self.city, self.postal_code) if part)
        if self.country in _CITY_DASH_REGION:
            city = " – ".join(part for part in (self.city, self.region) if part)
            return " ".join(part for part in (self.postal_code, city) if part)
        return " ".join(part for part in (self.postal_code, self.city) if part)

    def lines(self) -> tuple[str, ...]:
        """The address without the country, empty lines left out."""
        return tuple(line for line in (self.line1, self.line2, self.locality()) if line)
