"""Who a bank line is from: accounts and names seen before. Pure, standard library only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from billdesk.core.domain.search import search_key

# Legal forms and little words say nothing about who somebody is.
_LEGAL_FORMS = (
    "gmbh ag kg kgaa ohg gbr ek ug mbh se sa sas sarl sprl srl spa sl bv nv vof ab as asa aps oy "
    "oyj ltd limited llc llp plc inc corp corporation company co haftungsbeschrankt"
)
_LITTLE = (
    "the and und en et e y i og och of de der die das von van firma fa herr frau mr mrs ms dr prof"
)
_COMMON = frozenset(f"{_LEGAL_FORMS} {_LITTLE}".split())
# German payers and banks without umlauts write them out.
_SPELT_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))
# Of one word only, a name must be this long to be told from chance.
_LONG_WORD = 6


class PayerEvidence(IntEnum):
    """Why a customer is believed to be the payer, the surest last."""

    NONE = 0
    NAME = 1
    ACCOUNT = 2


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """A customer, and one account (IBAN) or other name they paid from before."""

    customer_id: int
    customer_name: str
    name: str = ""
    iban: str = ""


def name_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others, however it is spelt."""
    letters = "".join(c if c.isalnum() else " " for c in search_key(name))
    words = set()
    for word in letters.split():
        for spelt, plain in _SPELT_OUT:
            word = word.replace(spelt, plain)
        if word not in _COMMON and (len(word) > 1 or word.isdigit()):
            words.add(word)
    return frozenset(words)


_Name = tuple[frozenset[str], int]


class PayerIndex:
    """Customers by the accounts and names they are known under."""

    def __init__(self, payers: Iterable[KnownPayer]) -> None:
        self._by_iban: dict[str, set[int]] = defaultdict(set)
        self._by_word: dict[str, set[_Name]] = defaultdict(set)
        self._by_rarest: dict[str, set[_Name]] = defaultdict(set)
        names: set[_Name] = set()
        for payer in payers:
            if payer.iban:
                self._by_iban[payer.iban].add(payer.customer_id)
            words = name_words(payer.name)
            if words:
                names.add((words, payer.customer_id))
        for name in names:
            for word in name[0]:
                self._by_word[word].add(name)
        for name in names:
            self._by_rarest[self._rarest(name[0])].add(name)

    def find(self, name: str, iban: str, text: str = "") -> dict[int, PayerEvidence]:
        """The customers a line may be from; ``text`` is searched only when there is no name."""
        found = dict.fromkeys(self._by_iban.get(iban, ()), PayerEvidence.ACCOUNT) if iban else {}
        words = name_words(name or text)
        for known, customer_id in self._candidates(words, whole=bool(name)):
            if _same_name(known, words, whole=bool(name)):
                found.setdefault(customer_id, PayerEvidence.NAME)
        return found

    def _candidates(self, words: frozenset[str], *, whole: bool) -> set[_Name]:
        """Names all of whose words may be in ``words``, or that may have all of ``words``.

        Looked up by the rarest word of the smaller side: half of all customers may be a "Praxis".
        """
        if not words:
            return set()
        found = set().union(*(self._by_rarest.get(word, ()) for word in words))
        return found | self._by_word.get(self._rarest(words), set()) if whole else found

    def _rarest(self, words: frozenset[str]) -> str:
        return min(words, key=lambda word: (len(self._by_word.get(word, ())), word))


def _same_name(known: frozenset[str], words: frozenset[str], *, whole: bool) -> bool:
    if known == words:
        return True
    if known <= words or (whole and words <= known):
        fewer = known if known <= words else words
        return len(fewer) > 1 or len(next(iter(fewer))) >= _LONG_WORD
    return False
