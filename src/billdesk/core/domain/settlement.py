"""What can settle a document besides a payment, and what money that went back can mean."""

from enum import StrEnum


class DeductionKind(StrEnum):
    """Why a customer need not pay a part of a document to us."""

    WRITE_OFF = "write_off"
    BAD_DEBT = "bad_debt"
    EARLY_PAYMENT_DISCOUNT = "early_payment_discount"
    # Paid to the tax office on our behalf.
    WITHHOLDING = "withholding"


class RefundMeaning(StrEnum):
    """What the owner says a refund was for; unexplained until then.

    Credit note: the sale is taken back (the default). Reopened: the debt stands again. Goodwill:
    the sale stands, the money is an expense. Credit returned: it was never needed to settle.
    """

    UNEXPLAINED = "unexplained"
    CREDIT_NOTE = "credit_note"
    REOPENED = "reopened"
    GOODWILL = "goodwill"
    CREDIT_RETURNED = "credit_returned"


class DocumentReferenceKind(StrEnum):
    """Why a document refers to another (BG-3)."""

    CREDITS = "credits"
    DEDUCTS_DEPOSIT = "deducts_deposit"
    BILLS_QUOTE = "bills_quote"
    CORRECTS = "corrects"
    DELIVERS = "delivers"
    REMINDS_OF = "reminds_of"
    RECEIPT_FOR = "receipt_for"
