"""Stripe's published test numbers and what each one does. Any other number is refused."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    """Why a bank refuses: Stripe's error code, its decline code, and the customer's sentence."""

    code: str
    decline_code: str
    message: str


@dataclass(frozen=True)
class PracticeCard:
    number: str
    brand: str
    decline: Decline | None = None
    disputes: bool = False
    authenticates: bool = False
    # Asks the bank also when it was saved and is charged while its owner is away.
    always_authenticates: bool = False


@dataclass(frozen=True)
class PracticeDebit:
    """A bank account whose debit stays pending, then succeeds or comes back.

    ``returns_later``: it succeeds, and weeks later the bank takes it back all the same.
    ``disputes``: it succeeds, and the customer has it taken back.
    """

    iban: str
    succeeds: bool
    returns_later: bool = False
    disputes: bool = False


INSUFFICIENT = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")

_CARDS = (
    PracticeCard("4242424242424242", "visa"),
    PracticeCard("5555555555554444", "mastercard"),
    PracticeCard("378282246310005", "amex"),
    PracticeCard(
        "4000000000000002",
        "visa",
        Decline("card_declined", "generic_decline", "Your card was declined."),
    ),
    PracticeCard("4000000000009995", "visa", INSUFFICIENT),
    PracticeCard(
        "4000000000000069",
        "visa",
        Decline("expired_card", "expired_card", "Your card has expired."),
    ),
    PracticeCard(
        "4000000000000127",
        "visa",
        Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    PracticeCard(
        "4000000000000119",
        "visa",
        Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    PracticeCard("4000000000000259", "visa", disputes=True),
    PracticeCard("4000002500003155", "visa", authenticates=True),
    PracticeCard("4000003800000446", "visa", authenticates=True),
    PracticeCard("4000002760003184", "visa", authenticates=True, always_authenticates=True),
)
_DEBITS = (
    PracticeDebit("AT611904300234573201", succeeds=True),
    PracticeDebit("AT861904300235473202", succeeds=False),
    PracticeDebit("AT611904300234573202", succeeds=False),
    PracticeDebit("AT591904300235473203", succeeds=True, disputes=True),
    # Not one of Stripe's, which has no number for this.
    PracticeDebit("AT751904300235473206", succeeds=True, returns_later=True),
)

CARDS = {card.number: card for card in _CARDS}
BY_LAST4 = {card.number[-4:]: card for card in _CARDS}
DEBITS_BY_LAST4 = {debit.iban[-4:]: debit for debit in _DEBITS}
DEBITS = {debit.iban: debit for debit in _DEBITS}


def digits_of(typed: str) -> str:
    """A card number without the spaces and dashes people type."""
    return re.sub(r"[\s-]", "", typed)


def iban_of(typed: str) -> str:
    return re.sub(r"\s", "", typed).upper()
