"""How deposit invoices, final invoices and credit notes post, from the postings of invoices.

The rows of the table in docs/glossary.md ("ledger entries"):

- deposit invoice: receivable gross / customer deposits net, tax payable;
- final invoice: customer deposits net, receivable for the rest / revenue full, tax less the
  deposits';
- reminder with a late fee: receivable / late fee income;
- credit note: revenue, tax / receivable up to what is open, the rest customer credit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import PostingDraft, Settlement, reversed_postings
from billdesk.core.domain.movements import Worth, with_exchange_difference

# Where a posting stands; postings of one place are one row of an entry.
_Place = tuple[object, ...]


def deposit_postings(invoice: Iterable[PostingDraft]) -> tuple[PostingDraft, ...]:
    """The postings of a deposit invoice: nothing is earned yet, whatever its lines' accounts."""
    return merged(
        replace(one, role=Role.CUSTOMER_DEPOSITS, account_id=None, cost_centre_id=None)
        if one.role is Role.REVENUE
        else one
        for one in invoice
    )


def final_postings(
    full: Iterable[PostingDraft], deposits: Iterable[PostingDraft], document_id: int
) -> tuple[PostingDraft, ...]:
    """``full`` is what the final invoice posts without ``deposits``, which turn round here."""
    taken = (
        replace(one, document_id=document_id) if one.role is Role.RECEIVABLE else one
        for one in reversed_postings(deposits)
    )
    return merged([*full, *taken])


def late_fee_postings(
    *, currency: str, minor: int, base_minor: int, customer_id: int, document_id: int
) -> tuple[PostingDraft, ...]:
    """A reminder with a late fee: receivable / fee income. The fee is damages, not taxed.

    Court of Justice C-222/81 (BAZ Bausystem): interest on late payment is outside VAT.
    """
    return (
        PostingDraft(
            Role.RECEIVABLE,
            currency,
            minor,
            base_minor,
            customer_id=customer_id,
            document_id=document_id,
        ),
        PostingDraft(Role.LATE_FEE_INCOME, currency, -minor, -base_minor),
    )


def credit_postings(
    parts: Sequence[PostingDraft],
    settled: Settlement | None,
    free: Worth,
    *,
    currency: str,
    customer_id: int,
    document_id: int,
) -> tuple[PostingDraft, ...]:
    """A credit note: ``parts`` are its debits (revenue, tax, rounding, deposits).

    ``settled`` is the part of it that takes a debt away, ``free`` the rest, which the customer may
    use (``document_id`` is the credit note's).
    """
    own = []
    if settled is not None:
        own.append(
            PostingDraft(
                Role.RECEIVABLE,
                currency,
                -settled.minor,
                -settled.base_minor,
                customer_id=customer_id,
                document_id=settled.document_id,
            )
        )
    if free.minor or free.base_minor:
        own.append(
            PostingDraft(
                Role.CUSTOMER_CREDIT,
                currency,
                -free.minor,
                -free.base_minor,
                customer_id=customer_id,
                document_id=document_id,
            )
        )
    return with_exchange_difference([*parts, *own], currency)


def merged(postings: Iterable[PostingDraft]) -> tuple[PostingDraft, ...]:
    """One posting for each place, in the order places first appear; those of nothing are left out.

    Amounts to an account and to its role are one place only if both name the account.
    """
    sums: dict[_Place, PostingDraft] = {}
    for one in postings:
        key = (
            one.account_id or one.role,
            one.currency,
            one.customer_id,
            one.document_id,
            one.tax_rate_id,
            one.cost_centre_id,
        )
        before = sums.get(key)
        sums[key] = (
            one
            if before is None
            else replace(
                before,
                minor=before.minor + one.minor,
                base_minor=before.base_minor + one.base_minor,
            )
        )
    return tuple(one for one in sums.values() if one.minor or one.base_minor)
