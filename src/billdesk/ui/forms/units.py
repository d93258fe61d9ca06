"""Units people bill in, with their codes for electronic invoices (UN/ECE Recommendation 20)."""

from billdesk.ui.text import tr

PIECE = "C62"


def unit_choices() -> list[tuple[str, str]]:
    """Code and plain name, the commonest first."""
    return [
        (PIECE, tr("Piece")),
        ("HUR", tr("Hour")),
        ("DAY", tr("Day")),
        ("WEE", tr("Week")),
        ("MON", tr("Month")),
        ("ANN", tr("Year")),
        ("MIN", tr("Minute")),
        ("LS", tr("Lump sum")),
        ("SET", tr("Set")),
        ("XPK", tr("Package")),
        ("KGM", tr("Kilogram")),
        ("GRM", tr("Gram")),
        ("TNE", tr("Tonne")),
        ("LTR", tr("Litre")),
        ("MTR", tr("Metre")),
        ("KMT", tr("Kilometre")),
        ("MTK", tr("Square metre")),
        ("MTQ", tr("Cubic metre")),
        ("KWH", tr("Kilowatt hour")),
        ("P1", tr("Per cent")),
    ]


def usual_word(code: str) -> str:
    """What is printed beside a quantity; nothing for pieces, as people write them."""
    return {
        "HUR": tr("h"),
        "DAY": tr("days"),
        "WEE": tr("weeks"),
        "MON": tr("months"),
        "ANN": tr("years"),
        "MIN": tr("min"),
        "SET": tr("sets"),
        "XPK": tr("packages"),
        "KGM": "kg",
        "GRM": "g",
        "TNE": "t",
        "LTR": "l",
        "MTR": "m",
        "KMT": "km",
        "MTK": "m²",
        "MTQ": "m³",
        "KWH": "kWh",
        "P1": "%",
    }.get(code, "")
