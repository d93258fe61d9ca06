"""Look into a backup and decide: what comes, what goes, where counting goes on."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from billdesk.core.domain.backups import BackupSummary
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.services.backups import BooksSafety, RestorePreview, Soundness, is_locked
from billdesk.ui.format import Formats
from billdesk.ui.forms.form import Form
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import column, label, set_property
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.field import text_field

_SHOWN = 4


class RestoreHost(Protocol):
    """What the dialog needs of its surroundings: a ``Desk``, or the window without books."""

    @property
    def lanes(self) -> Lanes: ...

    @property
    def formats(self) -> Formats: ...

    @property
    def restore(self) -> Callable[[Path, str | None, Sequence[str]], object] | None:
        """Puts a backup in the place of the books."""

    def report(self, error: object) -> None:
        """Say what went wrong."""


def ask_backup(
    parent: QWidget, folder: Path | None, on_chosen: Callable[[Path], object]
) -> QFileDialog:
    """Ask for the file of a backup. Returns at once."""
    dialog = QFileDialog(parent, tr("Restore a backup"), str(folder or ""))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(tr("Backups (*.db *.zip)"))
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    dialog.open()
    return dialog


class RestoreDialog(Dialog):
    """Nothing can be restored before it has been looked into."""

    def __init__(self, desk: RestoreHost, safety: BooksSafety, file: Path, parent: QWidget) -> None:
        super().__init__(tr("Restore this backup?"), tr("Restore"), danger=True, parent=parent)
        self._desk = desk
        self._safety = safety
        self._file = file
        self._passphrase: str | None = None
        self.form = Form()
        entry, self.entry = text_field(tr("Passphrase of the backup"))
        self.entry.setEchoMode(QLineEdit.EchoMode.Password)
        self.form.line(("passphrase", entry, 1))
        self.unlock_button = Button(tr("Unlock"), on_click=self._unlock)
        self.form.body.addWidget(self.unlock_button)
        self.form.hide()
        self.busy = label(tr("Looking into the backup…"), "meta")
        self.lines = column(spacing=6)
        past, self.past = text_field(
            tr("Number given out besides"),
            placeholder=tr("INV-00131"),
            helper=tr(
                "If you know of a later document than these, such as a printed one: counting goes "
                "on after it."
            ),
            optional=True,
        )
        self._past_field = past
        past.hide()
        self.body.addWidget(self.form)
        self.body.addWidget(self.busy)
        self.body.addLayout(self.lines)
        self.body.addWidget(past)
        self.verb_button.setEnabled(False)
        self.entry.returnPressed.connect(self._unlock)
        self._begin()

    def submit(self) -> None:
        past = self.past.text().strip()
        if self._desk.restore is None:
            return
        restore = partial(self._desk.restore, self._file, self._passphrase, (past,) if past else ())
        self.accepted.connect(restore)
        self.accept()

    def _begin(self) -> None:
        if not is_locked(self._file):
            self._look()
            return
        # The keychain may take its time, or ask the user first.
        known = partial(self._safety.backups.passphrase_that_opens, self._file)
        self._desk.lanes.net(known).then(self._known, self._failed)

    def _known(self, passphrase: str | None) -> None:
        if passphrase is None:
            self._ask()
            return
        self._passphrase = passphrase
        self._look()

    def _ask(self) -> None:
        self.busy.hide()
        self.form.show()
        self.fit()
        self.entry.setFocus()

    def _unlock(self) -> None:
        self._passphrase = self.entry.text()
        self._look()

    def _look(self) -> None:
        self.form.hide()
        self.busy.show()
        look = partial(self._safety.restores.preview, self._file, self._passphrase)
        self._desk.lanes.net(look).then(self._show, self._failed)

    def _failed(self, error: object) -> None:
        self.busy.hide()
        if isinstance(error, UserError) and error.field == "passphrase":
            self._ask()
            self.form.show_problem(str(error), "passphrase")
            self.fit()
        elif isinstance(error, BillDeskError):
            self._line(str(error), "bad")
        else:
            self.reject()
            self._desk.report(error)

    def _show(self, seen: RestorePreview) -> None:
        self.busy.hide()
        for text, tone in self._words(seen):
            self._line(text, tone)
        self._past_field.show()
        self.verb_button.setEnabled(self._desk.restore is not None)
        self.cancel_button.setFocus()
        self.fit()

    def _words(self, seen: RestorePreview) -> list[tuple[str, str]]:
        formats = self._desk.formats
        made = tr("Made on {day} at {time}.").format(
            day=formats.date(seen.made_at.astimezone(formats.zone).date()),
            time=formats.time(seen.made_at),
        )
        words = [(made, "")]
        words += [(text, "") for text in self._holds(tr("It holds"), seen.summary)]
        if seen.is_older_schema:
            words.append((tr("It is of an older version and will be brought up to date."), ""))
        if seen.of_other_books:
            words.append((tr("It was made from other books than these."), "bad"))
        if seen.soundness is not None:
            words += self._soundness(seen.soundness)
        lost = seen.lost_documents
        if lost:
            sent = sum(1 for number in lost if number.sent)
            text = trn(
                "It lacks {count} document of the present books",
                "It lacks {count} documents of the present books",
                len(lost),
            )
            told = tr("{lacks} ({sent} sent): {numbers}. Their numbers are not given again.")
            words.append(
                (
                    told.format(
                        lacks=text, sent=sent, numbers=_some([number.number for number in lost])
                    ),
                    "bad",
                )
            )
        if seen.told_by_pdfs:
            told = tr("Stored PDFs name {titles}; counting goes on after them.")
            words.append((told.format(titles=_some(seen.told_by_pdfs)), ""))
        if seen.present_problem:
            words.append((seen.present_problem, "bad"))
        words.append((tr("The present books are kept beside it under another name."), ""))
        return words

    def _soundness(self, found: Soundness) -> list[tuple[str, str]]:
        if found.broken:
            faults = trn(
                "Its books do not hold: {count} fault",
                "Its books do not hold: {count} faults",
                found.broken,
            )
            text = tr("{faults}, the first: {first}.").format(faults=faults, first=found.first)
            advice = tr(
                "It can be restored, but an earlier backup may be better. “billdesk verify” names "
                "every fault afterwards."
            )
            return [(text, "bad"), (advice, "bad")]
        if not found.is_complete:
            text = tr("Checking it by every rule takes too long here; “billdesk verify” does it.")
            return [(text, "")]
        return [(tr("Everything in it holds."), "")]

    def _holds(self, word: str, summary: BackupSummary) -> list[str]:
        texts = []
        for each in summary.companies:
            text = tr("{it_holds} {name}: {counts}").format(
                it_holds=word,
                name=each.name,
                counts=", ".join(
                    (
                        trn("{count} document", "{count} documents", each.documents),
                        trn("{count} customer", "{count} customers", each.customers),
                        trn("{count} payment", "{count} payments", each.payments),
                    )
                ),
            )
            if each.last_on is not None:
                last = tr("; the newest is {number} of {day}.")
                text += last.format(
                    number=each.last_number, day=self._desk.formats.date(each.last_on)
                )
            texts.append(text)
        return texts

    def _line(self, text: str, tone: str = "") -> None:
        made = label(text, "text2")
        made.setWordWrap(True)
        set_property(made, "tone", tone)
        self.lines.addWidget(made)
        # Qt would show it later, and it would have no height now.
        made.show()
        self.fit()


def _some(names: Sequence[str]) -> str:
    """The first few of many."""
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
