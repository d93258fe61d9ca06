"""``python -m billdesk`` and the ``billdesk`` command."""

import multiprocessing
import sys

from billdesk.cli.main import main

if __name__ == "__main__":
    # In a frozen bundle the worker processes start here as well.
    multiprocessing.freeze_support()
    sys.exit(main())
