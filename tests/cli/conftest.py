"""Books made once, copied for each test."""

import shutil
from pathlib import Path

import pytest
from cli_support import make_books

from billdesk.bootstrap import Paths


@pytest.fixture(scope="session")
def made_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "books"
    make_books(Paths(folder))
    return folder


@pytest.fixture
def books(made_books: Path, tmp_path: Path) -> Path:
    """A folder with books of this test's own."""
    return Path(shutil.copytree(made_books, tmp_path / "books"))
