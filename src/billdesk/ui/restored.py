"""Before and after a restore: books that cannot be opened, and what a restore did."""

from billdesk.core.services.backups import BooksSafety, Restored
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow
from billdesk.ui.restore_dialog import RestoreDialog, RestoreHost, ask_backup
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog


def offer_restore(
    host: RestoreHost, window: MainWindow, title: str, sentence: str, safety: BooksSafety
) -> None:
    """Say why the books cannot be opened, and let a backup be chosen instead; returns at once."""
    dialog = Dialog(title, tr("Restore a backup…"), parent=window)
    dialog.cancel_button.setText(tr("Close"))
    text = label(sentence, "text2")
    text.setWordWrap(True)
    dialog.body.addWidget(text)
    dialog.setAccessibleDescription(sentence)

    def ask() -> None:
        ask_backup(
            window,
            safety.backups.place.backups,
            lambda file: RestoreDialog(host, safety, file, window).open(),
        )

    dialog.accepted.connect(ask)
    dialog.fit()
    dialog.cancel_button.setFocus()
    dialog.open()


def show_restored(formats: Formats, done: Restored, window: MainWindow) -> None:
    """Open a dialog; returns at once."""
    dialog = Dialog(tr("The backup is restored"), tr("Close"), parent=window)
    dialog.cancel_button.hide()
    for line in restored_lines(formats, done):
        text = label(line, "text2")
        text.setWordWrap(True)
        dialog.body.addWidget(text)
    dialog.fit()
    dialog.verb_button.setFocus()
    dialog.open()


def restored_lines(formats: Formats, done: Restored) -> list[str]:
    """One sentence for each thing the owner should know."""
    lines = []
    if done.aside is not None:
        lines.append(tr("The books as they were before: {file}").format(file=done.aside))
    lines += [
        tr(
            "The next number is {next}: {count} were given after the backup. The audit log "
            "explains the gap."
        ).format(next=each.next_number, count=formats.number(each.last_value - each.was))
        for each in done.raised
        if each.kind != "customer"
    ]
    if done.doubted_mails:
        lines.append(
            trn(
                "{count} mail that waited in the backup may have been sent since. Look at it "
                "before sending it again.",
                "{count} mails that waited in the backup may have been sent since. Look at them "
                "before sending them again.",
                done.doubted_mails,
            )
        )
    if done.brought_back:
        lines.append(
            trn(
                "{count} stored PDF brought back.",
                "{count} stored PDFs brought back.",
                done.brought_back,
            )
        )
    return [*lines, *done.trouble]
