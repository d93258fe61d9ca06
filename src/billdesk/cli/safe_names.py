"""File names for invoice numbers, good on every system the files may be copied to."""

import re
import unicodedata
from collections.abc import Sequence

# What Windows refuses in names, and separators of paths anywhere.
_REFUSED = re.compile(r'[<>:"/\\|?*\s]+')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 100


def file_names(numbers: Sequence[tuple[str, int]]) -> list[str]:
    """A name ending in ``.pdf`` for each number and document id, all different.

    Two numbers that would give the same name (also where case does not count) are told apart by
    the document's id.
    """
    taken: set[str] = set()
    names = []
    for number, document_id in numbers:
        name = _safe(number)
        if name.casefold() in taken:
            name = f"{name}-{document_id}"
        taken.add(name.casefold())
        names.append(f"{name}.pdf")
    return names


def _safe(number: str) -> str:
    text = unicodedata.normalize("NFC", number)
    text = "".join(c if c.isprintable() else "-" for c in text)
    # No leading dot (hidden, or "..") or dash (an option), no trailing dot (Windows drops it).
    text = _REFUSED.sub("-", text)[:_LONGEST].strip(".-") or "invoice"
    return f"{text}_" if _RESERVED.fullmatch(text) else text
