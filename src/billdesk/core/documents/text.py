"""Text as it can be printed: normalised, without control characters, broken into lines."""

import unicodedata
from functools import lru_cache

from billdesk.core.documents.fonts import covered, width
from billdesk.core.documents.style import TextStyle, Weight

ELLIPSIS = "…"
# Where a word that is wider than its column may end besides between any two characters.
_BREAK_AFTER = frozenset("-/_.@&?=+,;:")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


def clean(text: str) -> str:
    """The printable form of a text; line breaks stay, tabs become spaces.

    Composed (NFC), so that accents need no positioning. A character the fonts lack is replaced by
    its compatibility form where they have all of that (ﬁ becomes fi); invisible and control
    characters go.
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(map(_printable, text))


def clean_line(text: str) -> str:
    """Like ``clean``, on one line: line breaks and repeated spaces become single spaces.

    No-break and narrow spaces stay: they belong to numbers and French punctuation.
    """
    return " ".join(part for part in clean(text).replace("\n", " ").split(" ") if part)


@lru_cache(maxsize=2048)
def _printable(character: str) -> str:
    if character == "\n" or character in covered():
        return "" if unicodedata.category(character) == "Cf" else character
    if character in "\t\v\f\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        return " "
    if unicodedata.category(character) in _DROPPED_CATEGORIES:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if covered().issuperset(plain) else character


def text_width(text: str, style: TextStyle) -> float:
    """Width in points, tracking included."""
    plain = width(text, style.weight, style.size)
    return plain + style.tracking * max(0, len(text) - 1) if style.tracking else plain


def wrap(text: str, style: TextStyle, limit: float) -> list[str]:
    """Break a cleaned text into lines at most ``limit`` points wide; empty text has none."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n"):
        _wrap_paragraph(paragraph, style, limit, lines)
    return lines if text.strip() else []


def fit(text: str, style: TextStyle, limit: float, smallest: float) -> TextStyle:
    """``style``, scaled down until one line of ``text`` fits, but never below ``smallest``."""
    wide = text_width(text, style)
    if wide <= limit or style.size <= smallest:
        return style
    return style.scaled(max(limit / wide, smallest / style.size))


def shorten(text: str, style: TextStyle, limit: float) -> str:
    """``text`` cut with an ellipsis to fit; only for what is printed in full elsewhere."""
    if text_width(text, style) <= limit:
        return text
    while text and text_width(text + ELLIPSIS, style) > limit:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


@lru_cache(maxsize=4096)
def _word_width(word: str, weight: Weight) -> float:
    return width(word, weight, 1.0)


def _wrap_paragraph(paragraph: str, style: TextStyle, limit: float, lines: list[str]) -> None:
    if width(paragraph, style.weight, style.size) <= limit:
        lines.append(paragraph.rstrip())
        return
    ems = limit / style.size
    space = _word_width(" ", style.weight)
    line: list[str] = []
    used = 0.0
    for word in paragraph.split(" "):
        wide = _word_width(word, style.weight)
        if line and used + space + wide > ems:
            lines.append(" ".join(line))
            line, used = [], 0.0
        if wide > ems:
            pieces = _split_word(word, style.weight, ems)
            lines.extend(pieces[:-1])
            word = pieces[-1]
            wide = _word_width(word, style.weight)
        used += wide + (space if line else 0.0)
        line.append(word)
    lines.append(" ".join(line))


def _split_word(word: str, weight: Weight, ems: float) -> list[str]:
    pieces: list[str] = []
    while word:
        used, end, mark = 0.0, 0, 0
        for character in word:
            used += _word_width(character, weight)
            if used > ems and end:
                break
            end += 1
            if character in _BREAK_AFTER:
                mark = end
        # A break after a separator reads better, unless it leaves most of the line empty.
        if end < len(word) and mark > end // 2:
            end = mark
        pieces.append(word[:end])
        word = word[end:]
    return pieces
