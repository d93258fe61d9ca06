"""Make the virtual environment and install the locked dependencies.

Uses uv when it is on the PATH, pip otherwise. Standard library only: it runs before anything is
installed.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
OLDEST = (3, 11)


def main(folder: str) -> int:
    """Create ``folder`` as a virtual environment with everything BillDesk needs; exit status."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:2]))
        print(
            f"BillDesk needs Python 3.11 or newer; {sys.executable} is {have}. "
            "Try: make PYTHON=python3.11",
            file=sys.stderr,
        )
        return 1
    python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    uv = shutil.which("uv")
    if uv is None and importlib.util.find_spec("ensurepip") is None:
        print(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            "apt install python3-venv",
            file=sys.stderr,
        )
        return 1
    print(
        "Installing BillDesk's dependencies; the first time this takes a minute or two.", flush=True
    )
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--python", str(python)]
        steps = [
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, folder],
            [*pip, "--require-hashes", "-r", str(LOCK)],
            [*pip, "--no-deps", "--no-build-isolation", "-e", str(LOCK.parent)],
        ]
    else:
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        steps = [
            [sys.executable, "-m", "venv", folder],
            [*pip, "--require-hashes", "-r", str(LOCK)],
            [*pip, "--no-deps", "--no-build-isolation", "-e", str(LOCK.parent)],
        ]
    for step in steps:
        if subprocess.run(step, check=False).returncode != 0:
            print(
                f"This step failed: {' '.join(step)}\n"
                "If the network was away, run the same command again: only installing needs it.",
                file=sys.stderr,
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
