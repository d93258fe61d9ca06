"""``python -m billdesk`` and the ``billdesk`` command."""

import sys

from billdesk.cli.main import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        # The worker processes of a frozen bundle start here as well.
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main())
