"""Where the files that ship with BillDesk are found.

The folder ``resources/`` stands at the top level of a checkout, inside the package in an
installed wheel and below the unpack folder in a frozen bundle.
"""

import sys
from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The folder that holds fonts, icons, themes and texts."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "billdesk" / "resources"
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    if installed.is_dir():
        return installed
    return package.parents[1] / "resources"


def locate(relative: str) -> Path:
    """Path of a shipped file or folder, e.g. ``locate("themes/light.toml")``.

    The path is not checked for existence, so that optional files (a translation catalogue)
    can be asked for; it never leads outside the resource folder.

    Raises:
        ValueError: ``relative`` is absolute or climbs out of the folder.
    """
    path = Path(relative)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"not a resource path: {relative!r}")
    return resource_root() / path
