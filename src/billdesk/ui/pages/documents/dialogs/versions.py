"""The versions kept of a draft: what each changed, and the way back to one."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from billdesk.core.domain.revision_diff import Diff
from billdesk.core.queries import Queries
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.queries.revisions import RevisionRow
from billdesk.core.services.documents.results import Saved
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.documents.version_words import Change, Names, changes
from billdesk.ui.text import tr, trn
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field

_HEIGHT = 260
_BEFORE, _NOW = "before", "now"


class VersionsDialog(FormDialog):
    """``succeeded`` carries the draft with an earlier version's content.

    ``can_restore`` is false for an issued document: its versions are only compared.
    """

    def __init__(
        self,
        desk: Desk,
        document_id: int,
        versions: tuple[RevisionRow, ...],
        *,
        can_restore: bool,
        parent: QWidget,
    ) -> None:
        super().__init__(desk, tr("Versions"), tr("Bring this version back"), parent=parent)
        self._document_id = document_id
        self._versions = versions
        self._can_restore = can_restore
        self.version = ChoiceBox([(one.version, self._title(one)) for one in versions])
        self.against = ChoiceBox(
            [(_BEFORE, tr("The version before it")), (_NOW, tr("The newest version"))], _BEFORE
        )
        self.summary = label("", "text2")
        self.summary.setWordWrap(True)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(tr("Changes"))
        self.body.addWidget(self.add_field("revision", Field(tr("Version"), self.version)))
        self.body.addWidget(self.add_field("against", Field(tr("Compared with"), self.against)))
        self.body.addWidget(self.summary)
        self.body.addWidget(self._area)
        self.finish_form()
        self.cancel_button.setText(tr("Close"))
        self.verb_button.setVisible(can_restore)
        self.version.valueChanged.connect(self._read)
        self.against.valueChanged.connect(self._read)
        self._area.hide()
        self.shown: list[Change] = []
        self._read()
        self.version.setFocus()

    def submit(self) -> None:
        document_id, revision = self._document_id, self.version.value
        app = self.desk.app

        def work() -> Saved:
            # What was typed before is stored by now, and stays as a version.
            version = app.queries.document(document_id).version
            return app.invoices.restore_revision(document_id, version, revision)

        self.run(work)

    def _title(self, one: RevisionRow) -> str:
        formats = self.desk.formats
        day = formats.date(one.saved_at.astimezone(formats.zone).date())
        at = tr("{day}, {time}").format(day=day, time=formats.time(one.saved_at))
        return f"{at} · {one.actor}"

    def _pair(self) -> tuple[int, int] | None:
        """The versions to compare, the older first; ``None`` where there is nothing to compare."""
        numbers = [one.version for one in self._versions]
        at = numbers.index(self.version.value)
        if self.against.value == _NOW:
            return (numbers[at], numbers[0]) if at else None
        return (numbers[at + 1], numbers[at]) if at + 1 < len(numbers) else None

    def _read(self, *_value: object) -> None:
        newest = self._versions[0].version
        self.verb_button.setEnabled(self._can_restore and self.version.value != newest)
        pair = self._pair()
        if pair is None:
            first = self.against.value == _BEFORE
            self._show_nothing(
                tr("It is the first version.") if first else tr("It is the newest version.")
            )
            return
        read = partial(_compare, self.desk, self._document_id, *pair)
        self.desk.lanes.read(read).then(
            lambda found: self._show(found) if pair == self._pair() else None,
            self.desk.report,
            owner=self,
        )

    def _show(self, found: list[Change]) -> None:
        if not found:
            self._show_nothing(tr("They say the same."))
            return
        self.shown = found
        self.summary.setText(trn("{count} difference", "{count} differences", len(found)))
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for position, one in enumerate(found):
            where = label(one.where, "muted")
            where.setWordWrap(True)
            where.setFixedWidth(current_theme().px(120))
            grid.addWidget(where, position, 0, top)
            words = label(_told(one))
            words.setWordWrap(True)
            grid.addWidget(words, position, 1, top)
        grid.setRowStretch(len(found), 1)
        self._area.setWidget(content)
        self._area.setFixedHeight(current_theme().px(_HEIGHT))
        self._area.show()
        self.fit()

    def _show_nothing(self, sentence: str) -> None:
        self.shown = []
        self.summary.setText(sentence)
        self._area.hide()
        self.fit()


def _told(change: Change) -> str:
    if not change.before:
        return tr("added: {value}").format(value=change.after)
    if not change.after:
        return tr("removed: {value}").format(value=change.before)
    return tr("{before} → {after}").format(before=change.before, after=change.after)


def _compare(desk: Desk, document_id: int, before: int, after: int) -> list[Change]:
    """Read the differences with the names of what they are about; called in a lane."""
    queries = desk.app.queries
    found = queries.revision_diff(document_id, before, after)
    detail = queries.document(document_id)
    return changes(found, _names(queries, found, detail), desk.formats)


def _names(queries: Queries, found: Diff, detail: DocumentDetail) -> Names:
    customers: set[int] = set()
    for one in found.fields:
        if one.name == "customer_id":
            customers |= {one.before, one.after} - {None}
    rates = (*queries.tax_rates(), *queries.tax_rates(deleted=True))
    centres = (*queries.cost_centres(), *queries.cost_centres(deleted=True))
    return Names(
        detail.currency,
        detail.scale,
        {one: queries.customer(one).name for one in customers},
        {one.id: one.name for one in rates},
        {one.id: f"{one.code} {one.name}" for one in centres},
        {one.id: f"{one.code} {one.name}" for one in queries.accounts()},
    )


def open_versions(
    desk: Desk,
    document_id: int,
    parent: QWidget,
    on_restored: Callable[[object], object] | None,
) -> None:
    """Open the dialog, or say that there are no versions; ``None``: compare only."""

    def ask(versions: tuple[RevisionRow, ...]) -> None:
        if not versions:
            desk.window.toasts.show(tr("No versions of this document were kept."), icon="info")
            return
        dialog = VersionsDialog(
            desk, document_id, versions, can_restore=on_restored is not None, parent=parent
        )
        if on_restored is not None:
            dialog.succeeded.connect(on_restored)
        dialog.open()

    # After what is still being saved: the write lane keeps the order.
    desk.lanes.write(partial(desk.app.queries.revisions, document_id)).then(
        ask, desk.report, owner=parent
    )
