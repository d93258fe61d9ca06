"""When the commands of a document's page can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentKind, DocumentState

if TYPE_CHECKING:
    from billdesk.ui.pages.documents.editor_page import EditorPage


class EditorConditions:
    """Questions about the document on show, as the commands ask them."""

    def __init__(self, page: EditorPage) -> None:
        self._page = page

    def is_draft(self) -> bool:
        """Whether a draft is open."""
        return self._page.editor is not None

    def is_issued(self) -> bool:
        """Whether an issued document is open."""
        return self._page.editor is None and self._page.detail is not None

    def is_stored(self) -> bool:
        """Whether there is a document: not so before the first keystroke."""
        return self._page.document_id is not None

    def can_duplicate(self) -> bool:
        """Whether it is written as a draft; what is made of something is made of it again."""
        return self.is_draft_stored() or self.allows(Action.DUPLICATE)

    def can_recur(self) -> bool:
        """Whether it is an invoice: a template makes nothing else."""
        return self.is_stored() and self._page.kind is DocumentKind.INVOICE

    def is_invoice(self) -> bool:
        """Whether it is an invoice of some kind, written or issued."""
        return self._page.kind in INVOICE_KINDS

    def has_link(self) -> bool:
        """Whether customers can be asked to pay it online."""
        return self.is_issued() and self.is_invoice()

    def is_draft_stored(self) -> bool:
        """Whether a draft is open that has been stored."""
        return self.is_draft() and self.is_stored()

    def can_send(self) -> bool:
        """Whether it is issued and not void."""
        detail = self._page.detail
        not_sent = (DocumentState.DRAFT, DocumentState.VOID)
        return detail is not None and detail.state not in not_sent

    def can_be_voided(self) -> bool:
        """Whether no money has touched it; otherwise the core would refuse."""
        return self.is_issued() and self.allows(Action.VOID)

    def can_be_paid(self) -> bool:
        """Whether something is open."""
        detail = self._page.detail
        return self.allows(Action.PAY) and detail is not None and detail.open_minor > 0

    def can_charge_card(self) -> bool:
        """Whether the customer left a card that can be charged for it."""
        detail = self._page.detail
        return self.allows(Action.CHARGE_CARD) and detail is not None and bool(detail.cards)

    def allows(self, action: Action) -> bool:
        """Whether the table of actions allows it for the document on show."""
        detail = self._page.detail
        return detail is not None and action in detail.allowed
