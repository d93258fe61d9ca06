"""``billdesk demo``: the practice company in a window, or the whole journey without a screen."""

import os
import sys
import tempfile
from pathlib import Path


def run(data_dir: Path | None, output: Path | None, *, headless: bool) -> int:
    """Open the practice company; exit status.

    Without a screen (or with ``headless``) the window is driven through the main job and proofs
    are written to ``output``. A temporary folder is used, and removed, when ``data_dir`` is None.
    """
    if headless or not has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from billdesk.demo.headless import run_headless

        target = output or Path("demo-output")
        if data_dir is not None:
            return run_headless(data_dir, target)
        with tempfile.TemporaryDirectory(prefix="billdesk-demo-") as folder:
            return run_headless(Path(folder), target)

    from billdesk.demo.window import run_window

    if data_dir is not None:
        return run_window(data_dir)
    with tempfile.TemporaryDirectory(prefix="billdesk-demo-") as folder:
        return run_window(Path(folder))


def has_screen() -> bool:
    """Whether a window could be shown to somebody."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
