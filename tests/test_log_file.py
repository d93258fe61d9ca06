"""The log: one JSON object a line, with keys and addresses masked."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from billdesk.bootstrap import start_logging
from billdesk.core.domain.correlation import correlated, current_correlation

KEY = "rk_" + "test_" + "51Hx0000000000"


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """The log of a program of its own."""
    return start_logging(tmp_path)


def lines(file: Path) -> list[dict[str, Any]]:
    """What has been logged."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_line_says_when_who_what_and_to_which_click_it_belongs(log_file: Path) -> None:
    with correlated() as click:
        logging.getLogger("billdesk.core").info("sent %s", "INV-00001")
    logging.getLogger("billdesk.core").info("nobody's")
    first, second = lines(log_file)
    assert first == {
        "at": first["at"],
        "level": "INFO",
        "logger": "billdesk.core",
        "correlation": click,
        "message": "sent INV-00001",
    }
    assert first["at"].endswith("+00:00")
    assert second["correlation"] == ""


def test_keys_and_addresses_are_masked_also_in_what_went_wrong(log_file: Path) -> None:
    try:
        raise RuntimeError(f"with {KEY} for anna.berg@nordlicht.example")
    except RuntimeError:
        logging.getLogger("billdesk").exception("failed for %s", "anna.berg@nordlicht.example")
    text = log_file.read_text("utf-8")
    assert KEY not in text
    assert "anna" not in text
    (line,) = lines(log_file)
    assert line["message"] == "failed for …@…"
    assert "Traceback" in line["error"]


def test_what_belongs_together_has_one_id_and_others_another() -> None:
    assert current_correlation() == ""
    with correlated() as outer:
        with correlated("of-a-job") as inner:
            assert current_correlation() == inner == "of-a-job"
        assert current_correlation() == outer
    assert current_correlation() == ""
