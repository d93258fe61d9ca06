"""``billdesk demo``: the practice company, or its whole journey without a screen."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.cli.command import add_command

if TYPE_CHECKING:
    from billdesk.cli.command import Commands

_DESCRIPTION = """\
Try BillDesk with a practice company: invented customers and invoices, a practice Stripe and a
mail catcher, all on this computer. No account is needed and no money moves.

With a screen the window opens: issue an invoice, send it, open its pay page in the browser, pay
with a test card and watch the invoice turn paid. Without one, or with --headless, BillDesk goes
that way by itself through the real window and leaves the proof in --output.
"""
_EPILOG = """\
examples:
  billdesk demo                                       play
  billdesk demo --headless --output out               out/report.json, the PDF, the mail, pictures
  billdesk --data-dir practice demo --headless --output out
  billdesk --data-dir practice verify                 the books it left behind
  billdesk --database postgresql+psycopg://anna@server/play demo --headless

exit codes: 0 the invoice is paid, the books balance and every file is there; 1 not so
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "demo",
        run,
        summary="try BillDesk with a practice company",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--headless", action="store_true", help="show no window, do the whole journey by itself"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="write PDF, mail, screenshots and report.json here (headless)",
    )


def run(options: argparse.Namespace) -> int:
    """Start the demo; the books go to ``--data-dir``, a temporary folder or ``--database``."""
    from billdesk.ui.system_libraries import check_window_can_open, has_screen

    headless = options.headless or not has_screen()
    if headless:
        # Before Qt is loaded: it looks for its platform once.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    check_window_can_open()
    from billdesk import demo

    return demo.run(
        data_dir=options.data_dir,
        server=options.database,
        output=options.output,
        headless=headless,
    )
