"""Compare one invoice with Stripe now, and say what came of it."""

from functools import partial

from PySide6.QtCore import QObject

from billdesk.core.sync.document_look import DocumentLook
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr, trn


class DocumentCheck(QObject):
    """Asks about a document's own links and payments, whatever Stripe's messages tell."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def check(self, document_id: int, number: str = "") -> None:
        """Ask now; a notice names the invoice and what Stripe knows of it."""
        name = number or tr("This invoice")
        self._desk.lanes.net(partial(self._desk.app.sync.look_at, document_id)).then(
            partial(self._looked, name), self._desk.report, owner=self
        )

    def _looked(self, name: str, look: DocumentLook) -> None:
        toasts = self._desk.window.toasts
        if look.error:
            toasts.show_error(
                tr("{number} could not be checked. {reason}").format(number=name, reason=look.error)
            )
        elif look.payments:
            known = trn(
                "Stripe has {count} payment for it, which is in the books.",
                "Stripe has {count} payments for it, which are in the books.",
                look.payments,
            )
            toasts.show(f"{name}: {known}", icon="check")
        else:
            toasts.show(
                tr("{number}: Stripe has no payment for it.").format(number=name), icon="check"
            )
