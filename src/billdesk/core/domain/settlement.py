"""What can settle a document besides a payment, and what money that went back can mean."""

from enum import StrEnum


class DeductionKind(StrEnum):
    """Why a customer need not pay a part of a document to us."""

    WRITE_OFF = "write_off"
    BAD_DEBT = "bad_debt"
    EARLY_PAYMENT_DISCOUNT = "early_payment_discount"
    # Paid to the tax office on our behalf.
    WITHHOLDING = "withholding"
    # Coins that do not exist: what a cash payment could not be made of.
    CASH_ROUNDING = "cash_rounding"


# The sale became smaller: its tax falls away with it (Article 90 of Directive 2006/112/EC).
LOWERS_TAX = frozenset(
    {DeductionKind.WRITE_OFF, DeductionKind.BAD_DEBT, DeductionKind.EARLY_PAYMENT_DISCOUNT}
)


class RefundMeaning(StrEnum):
    """What the owner says a refund was for; unexplained until then.

    Credit note: the sale is taken back (the default). Reopened: the debt stands again. Goodwill:
    the sale stands, the money is an expense. Credit returned: it was never needed to settle.
    Dispute lost: the customer's bank took it back for good.
    """

    UNEXPLAINED = "unexplained"
    CREDIT_NOTE = "credit_note"
    REOPENED = "reopened"
    GOODWILL = "goodwill"
    CREDIT_RETURNED = "credit_returned"
    DISPUTE_LOST = "dispute_lost"


# Money that left the payment itself, so that it can settle nothing any more.
OUT_OF_PAYMENT = frozenset(
    {RefundMeaning.REOPENED, RefundMeaning.CREDIT_RETURNED, RefundMeaning.DISPUTE_LOST}
)


class DocumentReferenceKind(StrEnum):
    """Why a document refers to another (BG-3)."""

    CREDITS = "credits"
    DEDUCTS_DEPOSIT = "deducts_deposit"
    BILLS_QUOTE = "bills_quote"
    CORRECTS = "corrects"
    DELIVERS = "delivers"
    REMINDS_OF = "reminds_of"
    RECEIPT_FOR = "receipt_for"
