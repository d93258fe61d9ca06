"""Money that moves between what customers owe, what they have as credit, and where it is kept.

Every movement has the same parts: *legs* (bank, cash, Stripe clearing …), debts that it settles or
brings back, and the change of the credit it comes from. Amounts balance by themselves; what is
left over in the company's currency is the realised exchange difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import PostingDraft, Settlement
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.proportion import share_of

MONEY_ACCOUNT = {
    PaymentMethod.CASH: Role.CASH,
    PaymentMethod.BANK: Role.BANK,
    PaymentMethod.CHEQUE: Role.BANK,
    PaymentMethod.OTHER: Role.OTHER_MONEY,
    PaymentMethod.STRIPE: Role.STRIPE_CLEARING,
}


@dataclass(frozen=True, slots=True)
class Worth:
    """An amount with its value in the company's currency, both in minor units."""

    minor: int
    base_minor: int

    def part(self, minor: int) -> "Worth":
        """What ``minor`` of it is worth; the whole is worth exactly ``base_minor``."""
        return Worth(minor, share_of(self.base_minor, self.minor, minor) if self.minor else 0)

    def minus(self, other: "Worth") -> "Worth":
        """The difference of both figures."""
        return Worth(self.minor - other.minor, self.base_minor - other.base_minor)


@dataclass(frozen=True, slots=True)
class NoteWorth(Worth):
    """A credit note's: ``free`` of it was credit from the beginning, the rest settled a debt.

    Both keep their own value, so that what is credited in parts ends at nothing in the company's
    currency as well: the debt goes at what it was worth, and the credit is what was paid before.
    """

    free: Worth

    def part(self, minor: int) -> Worth:
        """What ``minor`` of it is worth as credit; the part that was credit first is used last."""
        if minor <= self.free.minor:
            return self.free.part(minor)
        settled = self.minus(self.free)
        beyond = settled.part(minor - self.free.minor)
        return Worth(minor, self.free.base_minor + beyond.base_minor)


def credit_role(customer_id: int | None) -> Role:
    """Where received money waits that settles nothing: without a customer it has no home."""
    return Role.SUSPENSE if customer_id is None else Role.CUSTOMER_CREDIT


def leg(role: Role, currency: str, worth: Worth, *, document_id: int | None = None) -> PostingDraft:
    """Money coming to (or, negative, leaving) the account of ``role``."""
    return PostingDraft(role, currency, worth.minor, worth.base_minor, document_id=document_id)


def received_legs(
    money: Role, currency: str, worth: Worth, received_currency: str | None, received_minor: int
) -> tuple[PostingDraft, ...]:
    """``worth`` of ``currency`` that arrived, perhaps as ``received_minor`` of another currency.

    An entry over two currencies goes through currency conversion, so that each of them balances.
    """
    if received_currency is None or received_currency == currency:
        return (leg(money, currency, worth),)
    arrived = Worth(received_minor, worth.base_minor)
    return (
        leg(money, received_currency, arrived),
        leg(Role.CURRENCY_CONVERSION, received_currency, Worth(0, 0).minus(arrived)),
        leg(Role.CURRENCY_CONVERSION, currency, worth),
    )


def movement_postings(
    *,
    currency: str,
    customer_id: int | None,
    legs: Sequence[PostingDraft],
    settled: Sequence[Settlement],
    credit: Worth,
    credit_of: Role,
    taking_back: bool = False,
) -> tuple[PostingDraft, ...]:
    """``legs`` debited; receivables ``settled`` and ``credit`` that is added, credited.

    Negative parts bring a debt back, negative credit uses it up. The rest in the company's
    currency goes to exchange gains or losses; ``taking_back`` lowers the one that an earlier
    movement raised.
    """
    postings = [
        *legs,
        *(
            PostingDraft(
                Role.RECEIVABLE,
                currency,
                -part.minor,
                -part.base_minor,
                customer_id=part.customer_id or customer_id,
                document_id=part.document_id,
            )
            for part in settled
        ),
    ]
    if credit.minor or credit.base_minor:
        postings.append(
            PostingDraft(
                credit_of, currency, -credit.minor, -credit.base_minor, customer_id=customer_id
            )
        )
    return with_exchange_difference(postings, currency, taking_back=taking_back)


def with_exchange_difference(
    postings: Sequence[PostingDraft], currency: str, *, taking_back: bool = False
) -> tuple[PostingDraft, ...]:
    """``postings`` with what their values differ by, realised as exchange gain or loss."""
    off = sum(posting.base_minor for posting in postings)
    if off == 0:
        return tuple(postings)
    gained = (off > 0) != taking_back
    role = Role.EXCHANGE_GAIN if gained else Role.EXCHANGE_LOSS
    return (*postings, PostingDraft(role, currency, 0, -off))


def deduction_postings(
    *,
    expense: Role,
    currency: str,
    settled: Settlement,
    taxes: Sequence[PostingDraft],
    customer_id: int | None,
) -> tuple[PostingDraft, ...]:
    """A debt that is not paid: ``expense`` for its net and ``taxes`` / receivable.

    ``taxes`` carry amounts in minor units; the base amounts are shared out here, so that the debt
    in the company's currency goes exactly.
    """
    net = settled.minor - sum(tax.minor for tax in taxes)
    debits = [
        PostingDraft(expense, currency, net, 0, document_id=settled.document_id),
        *taxes,
    ]
    whole = Worth(settled.minor, settled.base_minor)
    valued = [replace(tax, base_minor=whole.part(tax.minor).base_minor) for tax in debits[1:]]
    rest = settled.base_minor - sum(tax.base_minor for tax in valued)
    return (
        replace(debits[0], base_minor=rest),
        *valued,
        PostingDraft(
            Role.RECEIVABLE,
            currency,
            -settled.minor,
            -settled.base_minor,
            customer_id=customer_id,
            document_id=settled.document_id,
        ),
    )
