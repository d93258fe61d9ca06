"""What happened, told after commit. Events carry ids, never rows: readers ask again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something changed in one company's books."""

    company_id: int


@dataclass(frozen=True, slots=True)
class CompanyChanged(Event):
    """Company details or settings were saved."""


@dataclass(frozen=True, slots=True)
class AccountsChanged(Event):
    """The chart of accounts changed."""


@dataclass(frozen=True, slots=True)
class CustomerChanged(Event):
    customer_id: int


@dataclass(frozen=True, slots=True)
class ItemChanged(Event):
    item_id: int


@dataclass(frozen=True, slots=True)
class TaxRateChanged(Event):
    tax_rate_id: int


@dataclass(frozen=True, slots=True)
class RecurringChanged(Event):
    """A recurring template was changed, or something became of one of its periods."""

    template_id: int


@dataclass(frozen=True, slots=True)
class DocumentEvent(Event):
    """Something about one document changed."""

    document_id: int


@dataclass(frozen=True, slots=True)
class DraftSaved(DocumentEvent):
    pass


@dataclass(frozen=True, slots=True)
class DraftDeleted(DocumentEvent):
    pass


@dataclass(frozen=True, slots=True)
class DraftRestored(DocumentEvent):
    pass


@dataclass(frozen=True, slots=True)
class InvoiceIssued(DocumentEvent):
    pass


@dataclass(frozen=True, slots=True)
class DocumentIssued(DocumentEvent):
    """A document that is no invoice was issued: a quote, a credit note…"""


@dataclass(frozen=True, slots=True)
class DocumentRelated(DocumentEvent):
    """Another document refers to this one now: a reminder, a delivery note, a receipt."""


@dataclass(frozen=True, slots=True)
class InvoiceCredited(DocumentEvent):
    """A credit note took back part or all of the invoice."""


@dataclass(frozen=True, slots=True)
class QuoteChanged(DocumentEvent):
    """A quote was answered, or what has been invoiced of it changed."""


@dataclass(frozen=True, slots=True)
class InvoiceVoided(DocumentEvent):
    pass


@dataclass(frozen=True, slots=True)
class PaymentChanged(DocumentEvent):
    """A payment for the document arrived, is under way, failed or went back."""


@dataclass(frozen=True, slots=True)
class MoneyChanged(Event):
    """Money that is for no document came in, went back or was given a home."""


@dataclass(frozen=True, slots=True)
class LinkChanged(DocumentEvent):
    """The document's payment link was made, replaced, switched off or failed."""


@dataclass(frozen=True, slots=True)
class MailChanged(DocumentEvent):
    """A mail of the document was queued, accepted, refused or may have been sent."""


@dataclass(frozen=True, slots=True)
class OutboxChanged(Event):
    """What waits for the outside is to be tried at once, or once more."""


@dataclass(frozen=True, slots=True)
class AttachmentsChanged(DocumentEvent):
    """A file was attached to the document, removed, or is sent along or not."""


@dataclass(frozen=True, slots=True)
class RenditionStored(DocumentEvent):
    """A PDF of the document was stored."""


@dataclass(frozen=True, slots=True)
class StripeChecked(Event):
    """Stripe was looked at; ``applied`` events changed the books."""

    applied: int


@dataclass(frozen=True, slots=True)
class BankChanged(Event):
    """Lines of bank statements came in or were decided."""


@dataclass(frozen=True, slots=True)
class Imported(Event):
    """Many rows arrived at once; readers should start over."""
