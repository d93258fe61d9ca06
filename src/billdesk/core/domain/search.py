"""How text is folded so that a search finds it however it is written."""

import unicodedata

# Letters that Unicode does not decompose, as people without that key type them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def search_key(text: str) -> str:
    """``text`` in lower case, without accents, blanks collapsed.

    Folding a key again gives the same key, so a stored key and a typed one can be compared.
    """
    if text.isascii():
        # The same, many times faster.
        return " ".join(text.lower().split())
    # Folded on both sides: "™" only decomposes to "TM", "ß" only becomes "ss" by folding.
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    if not plain.isprintable():
        # Half of a UTF-16 pair, from a broken paste: no database could be asked for it.
        plain = "".join(c for c in plain if unicodedata.category(c) != "Cs")
    return " ".join(plain.translate(_PLAIN).split())
