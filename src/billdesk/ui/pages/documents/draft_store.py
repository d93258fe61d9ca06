"""Keeps what is typed: saved after a pause, at once on leaving, in the order it was typed."""

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import BillDeskError, StaleVersion, UserError
from billdesk.core.services.documents.results import Issued, Saved
from billdesk.core.services.invoices import InvoiceService
from billdesk.ui.tasks import Lanes, Reply
from billdesk.ui.text import tr

IDLE_MS = 800


class StoredDraft:
    """The stored side of one draft. Used on the write lane only, which runs one thing at a time:
    so each save knows the version the one before it made, however fast they follow."""

    def __init__(self, invoices: InvoiceService, saved: Saved | None, kind: DocumentKind) -> None:
        self._invoices = invoices
        self._kind = kind
        self._saved = saved
        self._error: BillDeskError | None = None

    def save(self, draft: InvoiceDraft) -> Saved:
        """Create or save. Raises what the service raises."""
        try:
            if self._saved is None:
                self._saved = self._invoices.create(draft, self._kind)
            else:
                self._saved = self._invoices.save(
                    self._saved.document_id, self._saved.version, draft
                )
        except BillDeskError as error:
            self._error = error
            raise
        self._error = None
        return self._saved

    def save_or_copy(self, draft: InvoiceDraft) -> Saved:
        """Save; beside somebody else's version as a draft of its own. Nothing typed is lost."""
        try:
            return self.save(draft)
        except StaleVersion:
            self._saved = None
            return self.save(draft)

    def issue(self) -> Issued:
        """Issue the version stored last. Raises why it could not be stored, if it was not."""
        if self._error is not None:
            raise self._error
        if self._saved is None:
            raise UserError(tr("Write something into the invoice first."))
        return self._invoices.issue(self._saved.document_id, self._saved.version)


class Autosave(QObject):
    """Saves drafts in the background.

    ``savingStarted``, then ``saved(Saved, at)`` or ``failed(error)``; ``wentStale`` when somebody
    else saved it meanwhile: nothing is saved any more until the owner has decided.
    """

    savingStarted = Signal()
    saved = Signal(object, object)
    failed = Signal(object)
    wentStale = Signal()

    def __init__(
        self,
        lanes: Lanes,
        invoices: InvoiceService,
        saved: Saved | None,
        parent: QObject,
        kind: DocumentKind = DocumentKind.INVOICE,
    ) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._invoices = invoices
        self._kind = kind
        self._stored = StoredDraft(invoices, saved, kind)
        self._pending: InvoiceDraft | None = None
        self._last: InvoiceDraft | None = None
        self._running = 0
        self._is_stale = False
        self._exists = saved is not None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(IDLE_MS)
        self._timer.timeout.connect(self.flush)

    @property
    def is_clean(self) -> bool:
        """Whether everything typed is stored."""
        return self._pending is None and self._running == 0

    def edited(self, draft: InvoiceDraft) -> None:
        """Remember what is typed now; the first keystroke makes the draft at once."""
        self._pending = draft
        if self._exists or self._is_stale:
            self._timer.start()
        else:
            self._exists = True
            self.flush()

    def flush(self) -> Reply | None:
        """Save now what is not saved; None when there is nothing to save."""
        self._timer.stop()
        if self._pending is None or self._is_stale:
            return None
        draft, self._pending = self._pending, None
        self._last = draft
        self._running += 1
        self.savingStarted.emit()
        reply = self._lanes.write(partial(self._stored.save, draft))
        return reply.then(self._saved, self._failed)

    def issue(self) -> Reply:
        """Save what is not saved, then issue exactly that."""
        self.flush()
        return self._lanes.write(self._stored.issue)

    def finish(self) -> None:
        """The form is closed: store what is typed in any case.

        Nobody is left to show a failure to, so the application reports it.
        """
        self._timer.stop()
        draft, self._pending = self._pending, None
        if draft is not None:
            self._lanes.write(partial(self._stored.save_or_copy, draft))

    def discard(self) -> None:
        """Forget what is not saved; the owner has chosen the stored version."""
        self._timer.stop()
        self._pending = None

    def keep_as_copy(self, draft: InvoiceDraft) -> None:
        """Go on with a new draft of this content; the other version stays as it is."""
        self._stored = StoredDraft(self._invoices, None, self._kind)
        self._is_stale = False
        self._pending = draft
        self.flush()

    def _saved(self, saved: Saved) -> None:
        self._running -= 1
        if self._pending is None and self._running == 0:
            self.saved.emit(saved, datetime.now(UTC))
        else:
            self.saved.emit(saved, None)

    def _failed(self, error: object) -> None:
        self._running -= 1
        if self._pending is None:
            # Still only on screen: the next edit or leaving the page tries again.
            self._pending = self._last
        if isinstance(error, StaleVersion):
            if not self._is_stale:
                self._is_stale = True
                self.wentStale.emit()
            return
        self.failed.emit(error)
