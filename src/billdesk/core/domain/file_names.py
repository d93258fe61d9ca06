"""Names of files that come from elsewhere, made good for every system they may be saved on."""

import mimetypes
import re
import unicodedata

from billdesk.core.domain.errors import UserError

# What Windows refuses in names; separators of paths are taken off first.
_REFUSED = re.compile(r'[<>:"|?*]+')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# Endings of files that run when they are opened.
_PROGRAMS = frozenset(
    (
        "apk",
        "app",
        "bat",
        "cmd",
        "com",
        "cpl",
        "desktop",
        "dll",
        "dmg",
        "docm",
        "exe",
        "hta",
        "iso",
        "jar",
        "js",
        "jse",
        "lnk",
        "msc",
        "msi",
        "pif",
        "ps1",
        "reg",
        "scf",
        "scr",
        "sh",
        "url",
        "vb",
        "vbe",
        "vbs",
        "wsf",
    )
)
LONGEST = 120
UNKNOWN_TYPE = "application/octet-stream"


def safe_file_name(name: str) -> str:
    """The last part of ``name`` without what a file system minds; its ending stays.

    Raises ``UserError`` when nothing is left, and for a program: mail servers refuse those.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(c if c.isprintable() else "-" for c in text)
    # No leading dot (hidden, or "..") or dash (an option), no trailing dot (Windows drops it).
    text = _REFUSED.sub("-", text).strip(" .-")
    if not text:
        raise UserError("Give the file a name.", field="name")
    stem, dot, ending = text.rpartition(".")
    if dot and ending.casefold() in _PROGRAMS:
        raise UserError(
            f"“{text}” is a program; mail servers refuse those. Send it in another way.",
            field="name",
        )
    if len(text) > LONGEST:
        room = LONGEST - len(ending) - 1
        text = f"{stem[:room]}.{ending}" if dot and room > 0 else text[:LONGEST]
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def harmless_file_name(name: str) -> str:
    """``safe_file_name`` of a name stored by whomever: what is refused there ends in ``.file``."""
    try:
        return safe_file_name(name)
    except UserError:
        return safe_file_name(f"{name}.file")


def media_type_of(name: str) -> str:
    """The media type the ending of ``name`` stands for."""
    return mimetypes.guess_type(name, strict=True)[0] or UNKNOWN_TYPE
