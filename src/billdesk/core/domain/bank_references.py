"""Find document numbers in what payers write, in their many spellings. No third-party code.

"INV-00042" is also written INV 42, inv00042, INV-OOO42, "Rechnung Nr. 42", RF18 INV00042,
INV-00042/43, and banks break lines in the middle of it (INV-000 42).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Strength(IntEnum):
    """How sure a spelling is: the whole number, a shortened one, only its digits."""

    DIGITS = 1
    SHORT = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class _Token:
    """A run of letters or of digits in capitals, with what stood before it."""

    text: str
    before: str

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


@dataclass(frozen=True, slots=True)
class _Hit:
    """Documents found in the tokens from ``start`` up to ``end``."""

    start: int
    end: int
    strength: Strength
    ids: set[int]

    def hides(self, other: "_Hit") -> bool:
        """Whether ``other`` lies in the same words and says less."""
        inside = self.start <= other.start and other.end <= self.end
        around = other.start <= self.start and self.end <= other.end
        if inside and not around:
            return self.strength >= other.strength
        return around and not inside and self.strength > other.strength


# What may stand before the bare digits of a document number (en, de, nl, fr, it, es, pl, sv).
_INVOICE = (
    "INVOICE INVOICES INV INVNO BILL DOC REF REFERENCE RECHNUNG RECHNUNGEN RECHNUNGSNUMMER "
    "RECHNUNGSNR RECHNR RG RGNR RE RENR RNR BELEG BELEGNR FACTUUR FACTUURNR FACTUURNUMMER FACT "
    "FACTURE FACTURES FATTURA FATT FACTURA FAKTURA FAKTURY FV"
)
_NUMBER = "NR NO NUM NUMMER NUMBER NUMERO N"
_CONJUNCTIONS = "UND AND EN ET E Y I OG OCH U"
_WORDS = frozenset(_INVOICE.split())
_BETWEEN = frozenset(_NUMBER.split())
_AND = frozenset(_CONJUNCTIONS.split())
_LIST_MARKS = re.compile(r"[\s]*[,/+&;][\s]*")
_DATE = re.compile(r"(?<!\d)(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?!\d)")
# ISO 11649: RF, two check digits, then the reference.
_CREDITOR_REFERENCE = re.compile(r"\bRF\d{2}", re.IGNORECASE)
_RUN = re.compile(r"[A-Z]+|\d+")
_LOOKALIKES = str.maketrans("OIL", "011")
# Of runs: a number has few, and longer ones are other things.
_MOST_RUNS = 8
# Bare digits without a word before them are a number only from this length on.
_LONG_DIGITS = 4


class ReferenceIndex:
    """The numbers of documents, ready to be found in a text."""

    def __init__(self, numbers: Mapping[int, str]) -> None:
        self._keys: dict[Strength, dict[str, set[int]]] = {
            strength: defaultdict(set) for strength in Strength
        }
        self._stems: dict[int, tuple[str, ...]] = {}
        self._starts: set[str] = set()
        self._bare_lengths: set[int] = set()
        for document_id, number in numbers.items():
            self._add(document_id, [token.text for token in _tokens(number)])

    def _add(self, document_id: int, runs: list[str]) -> None:
        if not runs:
            return
        full, short = "".join(runs), _short(runs)
        digits = runs[next((i for i, run in enumerate(runs) if run.isdigit()), 0) :]
        self._keys[Strength.EXACT][full].add(document_id)
        for key in (short, full.translate(_LOOKALIKES)):
            self._keys[Strength.SHORT][key].add(document_id)
        for key in ("".join(digits), _short(digits)):
            self._keys[Strength.DIGITS][key].add(document_id)
        if runs[-1].isdigit():
            self._stems[document_id] = (_short(runs[:-1]), _short(digits[:-1]))
        if runs[0].isalpha():
            self._starts.add(runs[0])

    def find(self, text: str) -> dict[int, Strength]:
        """The documents ``text`` names, each with the surest spelling."""
        tokens = _tokens(_CREDITOR_REFERENCE.sub(" ", text))
        # Bare digits beside a whole number are rather a date, an amount or a part of it.
        found = self._named(tokens) or self._bare(_tokens(_DATE.sub(" | ", text)))
        return found

    def _named(self, tokens: list[_Token]) -> dict[int, Strength]:
        """Numbers with their letters; of overlapping ones the surest, then the longest."""
        hits: list[_Hit] = []
        for start in range(len(tokens)):
            for end in range(start + 1, min(start + _MOST_RUNS, len(tokens)) + 1):
                for runs in self._readings([token.text for token in tokens[start:end]]):
                    strength, ids = self._look_up(runs)
                    if ids:
                        hits.append(_Hit(start, end, strength, ids))
        found: dict[int, Strength] = {}
        for hit in hits:
            if any(other.hides(hit) for other in hits):
                continue
            for one in hit.ids:
                found[one] = max(found.get(one, hit.strength), hit.strength)
            for one in self._continued(tokens, hit.end, hit.ids, bare=False):
                found.setdefault(one, Strength.SHORT)
        return found

    def _readings(self, runs: list[str]) -> Iterable[list[str]]:
        """``runs`` as they are, and without a word glued to the front (RechnungINV00042)."""
        yield runs
        if runs[0].isalpha() and len(runs) > 1:
            for start in self._starts:
                if runs[0] != start and runs[0].endswith(start):
                    yield [start, *runs[1:]]

    def _look_up(self, runs: list[str]) -> tuple[Strength, set[int]]:
        full = "".join(runs)
        ids = self._keys[Strength.EXACT].get(full)
        # Bare digits are looked at with what stands before them.
        if ids and (not full.isdigit() or len(full) > _LONG_DIGITS):
            return Strength.EXACT, ids
        if not full.isdigit() and any(run.isdigit() for run in runs):
            for key in (_short(runs), full.translate(_LOOKALIKES)):
                ids = self._keys[Strength.SHORT].get(key)
                if ids:
                    return Strength.SHORT, ids
        return Strength.DIGITS, set()

    def _bare(self, tokens: list[_Token]) -> dict[int, Strength]:
        """Numbers without their letters: after a word that announces them, or long enough."""
        keys = self._keys[Strength.DIGITS]
        found: dict[int, Strength] = {}
        for start, token in enumerate(tokens):
            if not token.is_number:
                continue
            announced = _is_announced(tokens, start)
            for end in range(start + 1, min(start + _MOST_RUNS, len(tokens)) + 1):
                runs = [one.text for one in tokens[start:end]]
                if not all(run.isdigit() for run in runs):
                    break
                full = "".join(runs)
                ids = keys.get(full, set())
                if announced:
                    ids = ids | keys.get(_short(runs), set())
                elif len(full) < _LONG_DIGITS:
                    continue
                whole = self._keys[Strength.EXACT].get(full, set()) if announced else set()
                for one in ids | (self._continued(tokens, end, ids, bare=True) if ids else set()):
                    found[one] = Strength.EXACT if one in whole else Strength.DIGITS
        return found

    def _continued(self, tokens: list[_Token], end: int, ids: set[int], *, bare: bool) -> set[int]:
        """Numbers of a list that leaves out what they share: INV-00042, 43 and 44."""
        found: set[int] = set()
        stems = {self._stems[one][bare] for one in ids if one in self._stems}
        keys = self._keys[Strength.DIGITS if bare else Strength.SHORT]
        while end < len(tokens):
            if tokens[end].text in _AND:
                end += 1
            elif not _LIST_MARKS.fullmatch(tokens[end].before):
                break
            if end >= len(tokens) or not tokens[end].is_number:
                break
            more = {
                one for stem in stems for one in keys.get(stem + _bare_of(tokens[end].text), ())
            }
            if not more:
                break
            found |= more
            end += 1
        return found


def _tokens(text: str) -> list[_Token]:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).upper()
    tokens: list[_Token] = []
    last = 0
    for run in _RUN.finditer(plain):
        tokens.append(_Token(run.group(), plain[last : run.start()]))
        last = run.end()
    return tokens


def _bare_of(run: str) -> str:
    return run.lstrip("0") if run.isdigit() else run


def _short(runs: Iterable[str]) -> str:
    """The runs without leading zeros; a run of zeros vanishes, for it may be half a number."""
    return "".join(_bare_of(run) for run in runs)


def _is_announced(tokens: list[_Token], position: int) -> bool:
    before = position - 1
    if before >= 0 and tokens[before].text in _BETWEEN:
        before -= 1
        if before < 0:
            return False
    return before >= 0 and tokens[before].text in _WORDS and "|" not in tokens[position].before
