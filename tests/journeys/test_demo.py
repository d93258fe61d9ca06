"""The demonstration without a screen: the command an evaluator runs first."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

SCREENS = ("home", "documents", "customers", "items", "settings", "editor", "issued", "paid")


@pytest.mark.timeout(170)
def test_the_headless_demo_takes_an_invoice_from_draft_to_paid(tmp_path: Path) -> None:
    books, output, logs = tmp_path / "books", tmp_path / "out", tmp_path / "logs"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "billdesk", "--data-dir", str(books), "--log-dir", str(logs)]
    made = subprocess.run(
        [*command, "demo", "--headless", "--output", str(output)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "RCPT TO" not in (logs / "billdesk.log").read_text("utf-8").upper()
    report = json.loads((output / "report.json").read_text("utf-8"))

    assert report["status"] == "paid"
    assert report["amount_paid_minor"] == report["total_minor"] == 919_870
    assert report["currency"] == "EUR"
    assert report["ledger_balanced"] is True
    assert report["events_applied"] > 0
    pdf = (output / report["pdf"]).read_bytes()
    assert hashlib.sha256(pdf).hexdigest() == report["pdf_sha256"]
    mail = (output / report["mail"]).read_text("utf-8")
    assert report["invoice_number"] in mail
    for screen in SCREENS:
        for theme in ("light", "dark"):
            name = f"screenshots/{screen}-{theme}.png"
            assert name in report["screenshots"]
            with Image.open(output / name) as picture:
                assert picture.width >= 1000
                assert len(picture.convert("L").getcolors() or []) > 20

    checked = subprocess.run(
        [*command, "verify", "--json"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
