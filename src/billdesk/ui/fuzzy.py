"""How well a typed fragment fits a title: for the palette."""

import re
import unicodedata

_START = 12
_WORD = 8
_RUN = 9
_HIT = 1
_WORDS = re.compile(r"\w+")


def folded(text: str) -> str:
    """Lower case without accents, so that ``muller`` finds ``Müller``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def is_short_for(query: str, text: str) -> bool:
    """Whether the query is made of beginnings of the text's words, in order (``newinv``)."""
    return _made_of(folded(query).replace(" ", ""), _WORDS.findall(folded(text)))


def _made_of(query: str, words: list[str]) -> bool:
    if not query:
        return True
    for position, word in enumerate(words):
        for size in range(min(len(query), len(word)), 0, -1):
            begins = word.startswith(query[:size])
            if begins and _made_of(query[size:], words[position + 1 :]):
                return True
    return False


def fuzzy_score(query: str, text: str) -> int | None:
    """Higher is better; None when the letters of the query do not occur in order.

    Letters at the start of the text, at the start of a word and in a row count more; long
    texts a little less.
    """
    wanted, found_in = folded(query).replace(" ", ""), folded(text)
    if not wanted:
        return 0
    best: int | None = None
    start = found_in.find(wanted[0])
    while start >= 0:
        score = _score_from(wanted, found_in, start)
        if score is not None and (best is None or score > best):
            best = score
        start = found_in.find(wanted[0], start + 1)
    return None if best is None else best - len(found_in) // 40


def _score_from(wanted: str, text: str, start: int) -> int | None:
    score, position, last = 0, start, start - 2
    for sign in wanted:
        position = text.find(sign, position)
        if position < 0:
            return None
        score += _HIT
        if position == 0:
            score += _START
        elif not text[position - 1].isalnum():
            score += _WORD
        if position == last + 1:
            score += _RUN
        last, position = position, position + 1
    return score
