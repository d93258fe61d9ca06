import sys
from pathlib import Path

import pytest

from billdesk import resources


@pytest.fixture(autouse=True)
def fresh_root():
    resources.resource_root.cache_clear()
    yield
    resources.resource_root.cache_clear()


def test_finds_files_in_a_checkout():
    assert resources.locate("themes/light.toml").is_file()


def test_finds_files_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed = tmp_path / "billdesk" / "resources"
    installed.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "billdesk" / "resources.py"))
    assert resources.locate("themes") == installed / "themes"


def test_finds_files_in_a_frozen_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.locate("icons") == tmp_path / "billdesk" / "resources" / "icons"


@pytest.mark.parametrize("path", ["/etc/passwd", "../pyproject.toml", "themes/../../x"])
def test_refuses_paths_that_lead_out(path: str):
    with pytest.raises(ValueError, match="not a resource path"):
        resources.locate(path)
