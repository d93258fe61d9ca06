import os

# Before Qt loads: the suite draws into memory, wherever it runs.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from billdesk.ui.theme import Theme, ThemeMode


@pytest.fixture(scope="session")
def application_theme(qapp: QApplication) -> Theme:
    """The one theme of the test run."""
    return Theme(qapp, ThemeMode.LIGHT)


@pytest.fixture(autouse=True)
def theme(application_theme: Theme) -> Iterator[Theme]:
    """Every window test is drawn in BillDesk's light theme unless it switches."""
    yield application_theme
    application_theme.set_mode(ThemeMode.LIGHT)
