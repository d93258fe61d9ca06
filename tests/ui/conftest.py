import os

# Before Qt loads: the suite draws into memory, wherever it runs.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from billdesk.ui.theme import Theme, ThemeMode, theme_of

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform that draws into memory says what it lacks; that is no fault of a window."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(scope="session")
def application_theme(qapp: QApplication) -> Theme:
    """The one theme of the test run."""
    return theme_of(qapp, ThemeMode.LIGHT)


@pytest.fixture(autouse=True)
def theme(application_theme: Theme) -> Iterator[Theme]:
    """Every window test is drawn in BillDesk's light theme unless it switches."""
    yield application_theme
    application_theme.set_mode(ThemeMode.LIGHT)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Device settings of a fresh installation."""
    return QSettings(str(tmp_path / "billdesk.ini"), QSettings.Format.IniFormat)
