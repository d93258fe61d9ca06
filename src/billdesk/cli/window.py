"""No command: open the window."""

import argparse

from billdesk.cli.books import paths_of


def run(options: argparse.Namespace) -> int:
    """Open the window. Raises ``UserError`` where no window can be shown."""
    from billdesk.ui.system_libraries import check_window_can_open

    check_window_can_open()
    from billdesk.desktop import run as run_window

    return run_window(paths_of(options), company=options.company)
