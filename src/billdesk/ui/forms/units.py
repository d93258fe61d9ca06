"""The units to choose from (UN/ECE Recommendation 20), by name in the user's language."""

from billdesk.core.domain.units import PIECE, UNITS

__all__ = ["PIECE", "unit_choices", "usual_word"]


def unit_choices(locale: str) -> list[tuple[str, str]]:
    """Code and plain name, the commonest first."""
    return [(code, unit.name(locale)) for code, unit in UNITS.items()]


def usual_word(code: str, language: str = "en") -> str:
    """What is printed beside a quantity; nothing for pieces, as people write them."""
    unit = UNITS.get(code)
    return unit.word(language) if unit is not None else ""
