"""The journey without a screen: the real window, driven from draft to paid, with proofs."""

import json
import sys
import traceback
from pathlib import Path

from PySide6.QtCore import QSettings

from billdesk.bootstrap import Paths
from billdesk.core.domain.errors import BillDeskError
from billdesk.demo.driver import Driver
from billdesk.demo.journey import Journey
from billdesk.demo.program import PracticeProgram
from billdesk.ui.app import WindowApp, make_qt_application

PICTURES = "screenshots"


def run_headless(paths: Paths, output: Path) -> int:
    """Drive the main job and write its proofs to ``output``; 0 only when the invoice is paid,
    the books balance and every file exists.
    """
    pictures = output / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("The practice company is driven without a screen; about a minute…\n")
    sys.stdout.flush()
    application = make_qt_application()
    settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)
    program = PracticeProgram(paths)
    app = WindowApp(program, settings)
    driver = Driver(app, pictures)
    problem = ""
    journey = Journey(driver, program, output)
    try:
        journey.run()
    except BillDeskError as error:
        problem = str(error)
    except Exception:
        problem = traceback.format_exc()
    finally:
        app.window.close()
        driver.wait_for("the end of all work", lambda: not app.window.isVisible(), 45)
        application.processEvents()
        app.lanes.shutdown(5000)
    if problem:
        sys.stderr.write(f"The journey stopped: {problem}\n")
        return 1
    report = journey.report(PICTURES)
    target = output / "report.json"
    target.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    missing = [
        name
        for name in (report["pdf"], report["mail"], *report["screenshots"])
        if not (output / name).is_file()
    ]
    good = report["status"] == "paid" and report["ledger_balanced"] and not missing
    sys.stdout.write(
        f"Invoice {report['invoice_number']} is {report['status']}; "
        f"{len(report['screenshots'])} pictures, the PDF and the mail are in {output}.\n"
    )
    return 0 if good else 1
