"""Files of the user: which to read, where to save, asked without a nested event loop."""

import atexit
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from billdesk.core.domain.file_names import harmless_file_name

_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "-"))


def file_name(stem: str, suffix: str) -> str:
    """A name every file system takes: ``INV-2026-7.pdf`` for ``INV/2026/7``."""
    cleaned = "".join(sign for sign in stem.translate(_FORBIDDEN) if sign.isprintable())
    return (cleaned.strip(" .") or "invoice") + suffix


def ask_save_path(
    parent: QWidget, title: str, name: str, kind: str, on_chosen: Callable[[Path], object]
) -> QFileDialog:
    """Ask for a file to write; ``kind`` is such as ``PDF (*.pdf)``. Returns at once."""
    dialog = QFileDialog(parent, title, name, kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.selectFile(name)
    return _open(dialog, on_chosen)


def ask_files(
    parent: QWidget, title: str, on_chosen: Callable[[list[Path]], object]
) -> QFileDialog:
    """Ask for files to read. Returns at once."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda chosen: on_chosen([Path(one) for one in chosen]))
    dialog.open()
    return dialog


def ask_folder(parent: QWidget, title: str, on_chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a folder. Returns at once."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    return _open(dialog, on_chosen)


def write_file(path: Path, data: bytes) -> Path:
    """Write at once or not at all: a temporary file beside it takes its name.

    Raises:
        OSError: the folder cannot be written.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".billdesk-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def write_temporary(name: str, data: bytes) -> Path:
    """Write where only this user reads, for another program to show, until BillDesk ends.

    ``name`` may come from a stranger's books: no path, and never the ending of a program.

    Raises:
        OSError: no temporary folder can be written.
    """
    return write_file(Path(_shown_folder().name) / harmless_file_name(name), data)


@cache
def _shown_folder() -> "tempfile.TemporaryDirectory[str]":
    """One folder for the whole run, removed at its end."""
    folder = tempfile.TemporaryDirectory(prefix="billdesk-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return folder


def open_file(path: Path) -> bool:
    """Let the program the user has chosen for such files show it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def open_address(address: str) -> bool:
    """Show a web address in the browser."""
    return QDesktopServices.openUrl(QUrl(address))


def _open(dialog: QFileDialog, on_chosen: Callable[[Path], object]) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: on_chosen(Path(chosen)))
    dialog.open()
    return dialog
