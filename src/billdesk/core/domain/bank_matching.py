"""Which document a bank line pays: candidates and a line in, ranked suggestions out. Pure.

Each suggestion has a confidence from 0 to 99 and says in words why. Nothing is certain: 90 and
above means that number and amount, or account and amount, say the same thing and nothing speaks
against it. Ambiguous and partial evidence always stays below.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from billdesk.core.domain.bank_payers import KnownPayer, PayerEvidence, PayerIndex
from billdesk.core.domain.bank_references import ReferenceIndex, Strength
from billdesk.core.domain.bank_suggestions import (
    MOST_SUGGESTIONS,
    LineToMatch,
    Part,
    PayableDocument,
    Suggestion,
    SuggestionKind,
    discounted,
    less_sure,
    numbers_of,
    oldest_first,
    ranked,
    settling,
)
from billdesk.core.domain.money import Money

# What banks between two countries take off a transfer is small; more is a part payment.
LARGEST_FEE_PERCENT = 5
# Between the day of the invoice and that of the payment, in percent.
LARGEST_RATE_CHANGE = 10
# Documents of one payer among which a sum is looked for, and how many may make it up.
_MOST_OF_PAYER = 14
_MOST_IN_SUM = 4


class Matcher:
    """Everything open, indexed once; asked about one line after another."""

    def __init__(
        self,
        documents: Iterable[PayableDocument],
        payers: Iterable[KnownPayer] = (),
        base_currency: str = "",
    ) -> None:
        self._base_currency = base_currency
        # One order, so that the answer does not depend on how the books were read.
        ordered = sorted(documents, key=oldest_first)
        self._documents = {one.document_id: one for one in ordered}
        self._references = ReferenceIndex({one.document_id: one.number for one in ordered})
        payers = tuple(payers)
        self._names = {one.customer_id: one.customer_name for one in payers}
        self._names |= {one.customer_id: one.customer_name for one in ordered}
        known = [KnownPayer(one, name, name) for one, name in self._names.items()]
        self._payers = PayerIndex([*known, *payers])
        self._open_of: dict[tuple[int, str], list[PayableDocument]] = defaultdict(list)
        self._by_amount: dict[tuple[int, str], list[PayableDocument]] = defaultdict(list)
        for one in ordered:
            if one.open_minor > 0:
                self._open_of[one.customer_id, one.currency].append(one)
                self._by_amount[one.open_minor, one.currency].append(one)

    def suggest(self, line: LineToMatch) -> tuple[Suggestion, ...]:
        """What ``line`` may pay, the likeliest first; empty for money that leaves."""
        if line.amount_minor <= 0:
            return ()
        payers = self._payers.find(line.name, line.iban, line.text)
        anywhere = self._references.find(line.text)
        named = {
            document_id: strength
            for document_id, strength in anywhere.items()
            if self._documents[document_id].currency == line.currency
        }
        found = [*self._by_reference(line, named, payers), *self._by_payer(line, named, payers)]
        if line.currency == self._base_currency and not named:
            found += self._exchanged(line, anywhere)
        if not found:
            found = list(self._by_amount_only(line))
        return ranked(found)

    def payers_of(self, line: LineToMatch) -> dict[int, PayerEvidence]:
        """The customers ``line`` may be from."""
        return self._payers.find(line.name, line.iban, line.text)

    def numbers_in(self, line: LineToMatch) -> frozenset[str]:
        """The numbers of documents ``line`` names."""
        found = self._references.find(line.text)
        return frozenset(self._documents[one].number for one in found)

    # -- numbers in the text -----------------------------------------------------------------

    def _by_reference(
        self, line: LineToMatch, named: dict[int, Strength], payers: dict[int, PayerEvidence]
    ) -> Iterable[Suggestion]:
        documents = sorted((self._documents[one] for one in named), key=oldest_first)
        unsettled = [one for one in documents if one.open_minor > 0]
        exact = _sum_of(unsettled, line.amount_minor)
        if exact:
            surest = min(named[one.document_id] for one in exact)
            base = {Strength.EXACT: 97, Strength.SHORT: 94, Strength.DIGITS: 85}[surest]
            yield self._settle(
                line, exact, base, payers, numbers_of(exact) + " and the amount fits"
            )
            return
        for customer_id in sorted({one.customer_id for one in unsettled}):
            mine = [one for one in unsettled if one.customer_id == customer_id]
            surest = min(named[one.document_id] for one in mine)
            yield from self._inexact(line, mine, surest, payers)
        if not unsettled:
            for one in documents:
                yield Suggestion(
                    SuggestionKind.CREDIT,
                    60 if named[one.document_id] > Strength.DIGITS else 45,
                    _credit_of(one.customer_name),
                    f"Names {one.number}, which is paid already; it may have been paid twice.",
                    one.customer_id,
                    surplus_minor=line.amount_minor,
                )

    def _inexact(
        self,
        line: LineToMatch,
        documents: list[PayableDocument],
        surest: Strength,
        payers: dict[int, PayerEvidence],
    ) -> Iterable[Suggestion]:
        """The text names ``documents`` of one customer, but the amount is another."""
        open_minor = sum(one.open_minor for one in documents)
        missing = open_minor - line.amount_minor
        apart = Money(abs(missing), line.currency)
        named = numbers_of(documents)
        if _is_discounted(line, documents):
            base = {Strength.EXACT: 95, Strength.SHORT: 92, Strength.DIGITS: 80}[surest]
            reason = f"{named} and the amount is less the agreed discount"
            yield discounted(self._settle(line, documents, base, payers, reason), documents)
        elif missing < 0:
            base = {Strength.EXACT: 80, Strength.SHORT: 76, Strength.DIGITS: 50}[surest]
            yield self._settle(line, documents, base, payers, f"{named}; {apart} too much")
        else:
            base = {Strength.EXACT: 84, Strength.SHORT: 80, Strength.DIGITS: 50}[surest]
            if len(documents) > 1:
                base -= 15
            yield self._settle(line, documents, base, payers, f"{named}; {apart} stays open")
            if missing * 100 <= open_minor * LARGEST_FEE_PERCENT:
                yield self._settle(
                    line, documents, base - 14, payers,
                    f"{named}; a bank may have kept {apart}", fee_minor=missing,
                )  # fmt: skip

    def _exchanged(self, line: LineToMatch, named: dict[int, Strength]) -> Iterable[Suggestion]:
        """Invoices in another currency, which the bank has exchanged."""
        for one in (self._documents[document_id] for document_id in sorted(named)):
            apart = abs(line.amount_minor - one.open_base_minor)
            if one.open_minor > 0 and apart * 100 <= one.open_base_minor * LARGEST_RATE_CHANGE:
                owed = Money(one.open_minor, one.currency)
                yield Suggestion(
                    SuggestionKind.SETTLE,
                    75 if named[one.document_id] > Strength.DIGITS else 50,
                    f"{one.number} · {one.customer_name}",
                    f"Names {one.number}; about what {owed} are worth.",
                    one.customer_id,
                    (Part(one.document_id, one.open_minor),),
                    currency=one.currency,
                )

    # -- who paid ----------------------------------------------------------------------------

    def _by_payer(
        self, line: LineToMatch, named: dict[int, Strength], payers: dict[int, PayerEvidence]
    ) -> Iterable[Suggestion]:
        best = max(payers.values(), default=PayerEvidence.NONE)
        candidates = [one for one, evidence in sorted(payers.items()) if evidence is best]
        if any(self._documents[one].customer_id in payers for one in named):
            # The number says more than the name does.
            return
        doubt = 15 * (len(candidates) - 1) + (20 if named else 0)
        for customer_id in candidates[:MOST_SUGGESTIONS]:
            suggestion = self._of_customer(line, customer_id, best)
            yield less_sure(suggestion, doubt)

    def _of_customer(
        self, line: LineToMatch, customer_id: int, evidence: PayerEvidence
    ) -> Suggestion:
        sure = evidence is PayerEvidence.ACCOUNT
        who = "Paid from an account seen before" if sure else "The payer's name fits"
        theirs = self._open_of.get((customer_id, line.currency), [])
        equal = [one for one in theirs if one.open_minor == line.amount_minor]
        if equal:
            base = 92 if sure else 84
            reason = f"{who} and only {equal[0].number} has this amount"
            if len(equal) > 1:
                base -= 20
                reason = f"{who}; {equal[0].number} is the oldest of {len(equal)} with this amount"
            return settling(line, equal[:1], base, reason)
        if theirs and sum(one.open_minor for one in theirs) == line.amount_minor:
            reason = f"{who} and the amount is all that is open: {numbers_of(theirs)}"
            return settling(line, theirs, 88 if sure else 80, reason)
        several = _only_sum(theirs, line.amount_minor)
        if several:
            reason = f"{who} and only {numbers_of(several)} make up the amount"
            return settling(line, several, 82 if sure else 70, reason)
        if theirs:
            reason = f"{who}, but no amount fits; the oldest first"
            return settling(line, theirs, 50 if sure else 40, reason)
        return Suggestion(
            SuggestionKind.CREDIT,
            50 if sure else 35,
            _credit_of(self._names[customer_id]),
            f"{who}, but nothing is open.",
            customer_id,
            surplus_minor=line.amount_minor,
        )

    # -- the amount alone --------------------------------------------------------------------

    def _by_amount_only(self, line: LineToMatch) -> Iterable[Suggestion]:
        equal = self._by_amount.get((line.amount_minor, line.currency), [])
        for one in equal[:MOST_SUGGESTIONS]:
            if len(equal) == 1:
                yield settling(line, [one], 55, f"Only {one.number} has this amount")
            else:
                reason = f"{one.number} has this amount, as have {len(equal) - 1} others"
                yield settling(line, [one], 30, reason)

    def _settle(
        self,
        line: LineToMatch,
        documents: Sequence[PayableDocument],
        base: int,
        payers: dict[int, PayerEvidence],
        reason: str,
        *,
        fee_minor: int = 0,
    ) -> Suggestion:
        """A suggestion from numbers, made surer or less sure by who paid."""
        customer_id = documents[0].customer_id
        evidence = payers.get(customer_id, PayerEvidence.NONE)
        reason = f"Names {reason}"
        if evidence is PayerEvidence.ACCOUNT:
            base, reason = base + 2, f"{reason}; paid from an account seen before"
        elif evidence is PayerEvidence.NAME:
            base, reason = base + 1, f"{reason}; the payer's name fits"
        elif PayerEvidence.ACCOUNT in payers.values():
            base, reason = base - 15, f"{reason}, but the account is another customer's"
        return settling(line, documents, base, reason, fee_minor=fee_minor)


def _credit_of(customer: str) -> str:
    return f"Credit of {customer}"


def _sum_of(documents: Sequence[PayableDocument], minor: int) -> list[PayableDocument]:
    """All of one customer that make up ``minor``, or else the first one that does alone."""
    if not documents:
        return []
    one_customer = len({one.customer_id for one in documents}) == 1
    if one_customer and sum(one.open_minor for one in documents) == minor:
        return list(documents)
    return [one for one in documents if one.open_minor == minor][:1]


def _only_sum(documents: Sequence[PayableDocument], minor: int) -> list[PayableDocument]:
    """The only few documents that make up ``minor``; none when there are two ways."""
    if len(documents) > _MOST_OF_PAYER:
        return []
    found: list[PayableDocument] = []
    for size in range(2, _MOST_IN_SUM + 1):
        for some in combinations(documents, size):
            if sum(one.open_minor for one in some) == minor:
                if found:
                    return []
                found = list(some)
    return found


def _is_discounted(line: LineToMatch, documents: Sequence[PayableDocument]) -> bool:
    """Whether the amount is what settles all of them early, and early enough."""
    return all(
        one.discounted_minor and one.discount_until and line.booked_on <= one.discount_until
        for one in documents
    ) and line.amount_minor == sum(one.discounted_minor for one in documents)
