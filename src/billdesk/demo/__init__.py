"""``billdesk demo``: the practice company in a window, or the whole journey without a screen."""

import tempfile
from pathlib import Path

from billdesk.bootstrap import Paths
from billdesk.core.domain.database_address import DatabaseAddress


def run(
    data_dir: Path | None, server: DatabaseAddress | None, output: Path | None, *, headless: bool
) -> int:
    """Open the practice company; exit status.

    With ``headless`` nothing is shown: the window is driven through the main job and proofs
    are written to ``output``. A temporary folder is used, and removed, when ``data_dir`` is None;
    with a ``server`` the books are there.
    """
    if headless:
        from billdesk.demo.headless import run_headless

        target = output or Path("demo-output")
        if data_dir is not None:
            return run_headless(Paths(data_dir, server), target)
        with tempfile.TemporaryDirectory(prefix="billdesk-demo-") as folder:
            return run_headless(Paths(Path(folder), server), target)

    from billdesk.demo.window import run_window

    if data_dir is not None:
        return run_window(Paths(data_dir, server))
    with tempfile.TemporaryDirectory(prefix="billdesk-demo-") as folder:
        return run_window(Paths(Path(folder), server))
