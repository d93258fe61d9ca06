"""What a bank line may be besides the payment of an invoice. Pure, standard library only."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from billdesk.core.domain.bank_matching import Matcher
from billdesk.core.domain.bank_payers import name_words
from billdesk.core.domain.bank_suggestions import (
    SAFE_CONFIDENCE,
    LineToMatch,
    Suggestion,
    SuggestionKind,
    ranked,
)
from billdesk.core.domain.money import Money
from billdesk.core.domain.search import search_key

# A payment is recorded up to so long before the bank books it, or a little after.
_RECORDED_BEFORE = timedelta(days=10)
_RECORDED_AFTER = timedelta(days=4)
_DOUBTED = 60
# A payout is booked by the bank from the day Stripe sent it until a week and a holiday later.
_BOOKED_BEFORE = timedelta(days=-1)
_BOOKED_WITHIN = timedelta(days=10)
# So often the owner has booked the same payee to the same account that it is a habit.
_HABIT = 3
_FEE_WORDS = re.compile(
    r"entgelt|kontofuhr|gebuhr|bankspesen|\bfees?\b|\bcharges?\b|commission|kosten betaling|"
    r"bankkosten|\bfrais\b|spese"
)


@dataclass(frozen=True, slots=True)
class RecordedMoney:
    """Money recorded by hand that no bank line has been found for yet.

    ``kind`` is ``RECORDED`` for a payment, ``REFUNDED`` for a refund, which is negative; ``id`` is
    that of either.
    """

    kind: SuggestionKind
    id: int
    customer_id: int | None
    currency: str
    minor: int
    moved_on: date
    number: str = ""


@dataclass(frozen=True, slots=True)
class OtherLine:
    """A line of another statement, to tell that the same movement came in in another format."""

    line_id: int
    booked_on: date
    amount_minor: int
    currency: str
    name: str
    iban: str
    end_to_end: str
    statement: str


@dataclass(frozen=True, slots=True)
class Habit:
    """Lines like this were booked to this account before."""

    name: str
    iban: str
    incoming: bool
    account_id: int
    account_name: str
    times: int


@dataclass(frozen=True, slots=True)
class SentPayout:
    """A payout that Stripe sent and no bank line has been found for yet."""

    id: int
    currency: str
    minor: int
    sent_on: date


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the books, besides open invoices, can explain a line.

    ``clearing_minor`` is what Stripe holds, by currency; ``fee_account`` an account for bank fees
    with its name.
    """

    recorded: tuple[RecordedMoney, ...] = ()
    habits: tuple[Habit, ...] = ()
    clearing_minor: Mapping[str, int] = field(default_factory=dict)
    fee_account: tuple[int, str] | None = None
    payouts: tuple[SentPayout, ...] = ()


class Explainer:
    """All suggestions for a line: invoices, recorded money, payouts, accounts, repetitions."""

    def __init__(self, matcher: Matcher, surroundings: Surroundings) -> None:
        self._matcher = matcher
        self._around = surroundings
        self._recorded: dict[tuple[int, str], list[RecordedMoney]] = defaultdict(list)
        for one in surroundings.recorded:
            self._recorded[one.minor, one.currency].append(one)

    def suggest(
        self, line: LineToMatch, twins: Iterable[OtherLine] = (), end_to_end: str = ""
    ) -> tuple[Suggestion, ...]:
        """What ``line`` may be, the likeliest first.

        ``twins`` are lines that came in earlier with its day and amount.
        """
        found = [
            *self._matcher.suggest(line),
            *self._by_hand(line),
            *self._payout(line),
            *self._account(line),
        ]
        repetitions = list(_repetitions(line, twins, end_to_end))
        if repetitions:
            # Money that may be here already must not be taken for new money.
            found = [replace(one, confidence=min(one.confidence, _DOUBTED)) for one in found]
        return ranked([*found, *repetitions])

    def _by_hand(self, line: LineToMatch) -> Iterable[Suggestion]:
        near = [
            one
            for one in self._recorded.get((line.amount_minor, line.currency), ())
            if -_RECORDED_AFTER <= line.booked_on - one.moved_on <= _RECORDED_BEFORE
        ]
        payers = self._matcher.payers_of(line)
        named = self._matcher.numbers_in(line)
        for one in near:
            what = "refund" if one.kind is SuggestionKind.REFUNDED else "payment"
            said = f"You recorded this {what} on {one.moved_on}"
            said += f" for {one.number}" if one.number else ""
            if one.number and one.number in named:
                confidence = 97
            elif one.customer_id in payers:
                confidence = 93 if len(near) == 1 else 80
            else:
                confidence = 70 if len(near) == 1 else 40
            yield Suggestion(
                one.kind,
                confidence,
                f"{what.capitalize()} recorded by hand",
                f"{said}.",
                one.customer_id,
                target_id=one.id,
            )

    def _payout(self, line: LineToMatch) -> Iterable[Suggestion]:
        held = self._around.clearing_minor.get(line.currency, 0)
        by_name = "stripe" in search_key(line.name)
        sent = self._sent(line)
        if sent is not None:
            yield Suggestion(
                SuggestionKind.PAYOUT,
                97 if by_name else 91 if "stripe" in search_key(line.text) else 85,
                "Payout from Stripe",
                f"Stripe sent exactly that on {sent.sent_on}.",
                target_id=sent.id,
            )
            return
        if not by_name and "stripe" not in search_key(line.text):
            return
        if 0 < line.amount_minor <= held:
            amount = Money(held, line.currency)
            yield Suggestion(
                SuggestionKind.PAYOUT,
                92 if by_name else 75,
                "Payout from Stripe",
                f"Stripe holds {amount} for you.",
            )
        elif by_name and held:
            yield Suggestion(
                SuggestionKind.PAYOUT,
                50,
                "Moved between Stripe and your bank",
                "Stripe is named, but the amount is not what it holds.",
            )

    def _sent(self, line: LineToMatch) -> SentPayout | None:
        """The payout that this line can be by amount and day."""
        for one in self._around.payouts:
            days = line.booked_on - one.sent_on
            same = (one.minor, one.currency) == (line.amount_minor, line.currency)
            if same and _BOOKED_BEFORE <= days <= _BOOKED_WITHIN:
                return one
        return None

    def _account(self, line: LineToMatch) -> Iterable[Suggestion]:
        words = name_words(line.name)
        for one in self._around.habits:
            if one.incoming != (line.amount_minor > 0):
                continue
            same_account = bool(one.iban) and one.iban == line.iban
            if same_account or (words and words == name_words(one.name)):
                often = one.times >= _HABIT
                times = f"{one.times} times" if one.times > 1 else "once"
                yield Suggestion(
                    SuggestionKind.ACCOUNT,
                    SAFE_CONFIDENCE + 1 if often and same_account else 80 if often else 70,
                    one.account_name,
                    f"Booked to {one.account_name} {times} before.",
                    target_id=one.account_id,
                )
        fees = self._around.fee_account
        if fees and line.amount_minor < 0 and _FEE_WORDS.search(search_key(line.text)):
            yield Suggestion(
                SuggestionKind.ACCOUNT,
                75,
                fees[1],
                "Reads like a fee of the bank.",
                target_id=fees[0],
            )


def _repetitions(
    line: LineToMatch, twins: Iterable[OtherLine], end_to_end: str
) -> Iterable[Suggestion]:
    """The same movement in a statement of another format, where the bank says it differently."""
    words = name_words(line.name)
    for one in twins:
        same = (one.booked_on, one.amount_minor, one.currency) == (
            line.booked_on,
            line.amount_minor,
            line.currency,
        )
        alike = (
            (line.iban and line.iban == one.iban)
            or (end_to_end and end_to_end == one.end_to_end)
            or (words and words == name_words(one.name))
        )
        if same and alike:
            yield Suggestion(
                SuggestionKind.DUPLICATE,
                SAFE_CONFIDENCE - 1,
                "Came in before",
                f"The same day, amount and payer are in {one.statement}.",
                target_id=one.line_id,
            )
