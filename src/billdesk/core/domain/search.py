"""How text is folded so that a search finds it however it is written."""

import unicodedata


def search_key(text: str) -> str:
    """``text`` in lower case, without accents, blanks collapsed."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.split())
