"""Say in one sentence what this computer lacks to show a window. Works without Qt.

Qt's own answer would be an ``ImportError`` with a traceback or, for the platform plug-in, an
abort of the process that no Python code can catch: so both are tried here first.
"""

import ctypes
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from billdesk.core.domain.errors import UserError

# The Debian 12 package of each library that the Qt modules in use are linked with
# (readelf -d on PySide6 6.12's QtGui, QtWidgets, QtPdf and QtNetwork).
WINDOW_LIBRARIES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libzstd.so.1": "libzstd1",
    "libz.so.1": "zlib1g",
    "libstdc++.so.6": "libstdc++6",
}
# Plug-ins that draw into memory: nobody sees their windows.
_UNSEEN = frozenset({"offscreen", "minimal"})
# The same for the plug-in that talks to the screen.
PLATFORM_LIBRARIES: Mapping[str, Mapping[str, str]] = {
    "xcb": {
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxcb.so.1": "libxcb1",
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
        "libwayland-egl.so.1": "libwayland-egl1",
    },
}
WINDOW_MODULES = ("QtWidgets", "QtPdfWidgets", "QtSvg")
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*)")


class NoScreen(UserError):
    """There is no screen to show a window on."""


def check_window_can_open(environ: Mapping[str, str] = os.environ) -> None:
    """Load what the window needs, Qt included, and look for a screen.

    Raises ``NoScreen`` without a screen and ``UserError`` naming the Debian packages to install.
    Whatever was loaded stays loaded, so that the window opens no later for it.
    """
    platforms = _platforms(environ)
    for module in WINDOW_MODULES:
        try:
            importlib.import_module(f"PySide6.{module}")
        except ImportError as error:
            raise UserError(_explained(str(error), WINDOW_LIBRARIES)) from None
    failures: list[str] = []
    for platform in platforms:
        failure = _plugin_failure(platform)
        if failure is None:
            return
        failures.append(failure)
    if failures:
        raise UserError(failures[0])


def missing_packages(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The Debian packages whose libraries cannot be loaded here, without loading Qt.

    Only Linux installs them apart from Qt; elsewhere the answer is empty.
    """
    if not sys.platform.startswith("linux"):
        return ()
    wanted = dict(WINDOW_LIBRARIES)
    try:
        platforms = _platforms(environ)
    except NoScreen:
        platforms = ()
    for platform in platforms:
        wanted.update(PLATFORM_LIBRARIES.get(platform, {}))
    return tuple(_packages_of_missing(wanted))


def has_screen(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a window could be shown to somebody."""
    try:
        platforms = _platforms(environ)
    except NoScreen:
        return False
    return not platforms or not _UNSEEN.issuperset(platforms)


def _platforms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The platform plug-ins Qt will try, in order; empty where the system has just one."""
    if not sys.platform.startswith("linux"):
        return ()
    asked = environ.get("QT_QPA_PLATFORM", "")
    if asked:
        return tuple(part.partition(":")[0] for part in asked.split(";"))
    found = []
    if environ.get("WAYLAND_DISPLAY"):
        found.append("wayland")
    display = environ.get("DISPLAY")
    if display and _x_server_answers(display):
        found.append("xcb")
    if found:
        return tuple(found)
    if display:
        raise NoScreen(
            f"The screen {display} (DISPLAY) does not answer; log in to a desktop, or see BillDesk "
            "at work without a screen with: billdesk demo --headless"
        )
    raise NoScreen(
        "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); see BillDesk at "
        "work without one with: billdesk demo --headless"
    )


def _x_server_answers(display: str) -> bool:
    """Ask the X server; where its library is missing, say yes so that the library is named."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _plugin_failure(platform: str) -> str | None:
    """Why the platform plug-in cannot be loaded, or ``None``. Qt itself would abort."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    plugin = folder / f"libq{platform}.so"
    if not plugin.exists():
        known = sorted(file.stem.removeprefix("libq") for file in folder.glob("libq*.so"))
        if not known:
            # Another layout (a distribution's own Qt): leave the search to Qt.
            return None
        return f"Qt has no platform “{platform}” (QT_QPA_PLATFORM); it knows {', '.join(known)}."
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return _explained(str(error), PLATFORM_LIBRARIES.get(platform, {}))
    return None


def _explained(complaint: str, wanted: Mapping[str, str]) -> str:
    """One sentence for what the dynamic loader or the import system said."""
    if complaint.startswith("No module named"):
        return (
            "Qt for Python is not installed; install BillDesk with its dependencies "
            "(PySide6-Essentials and PySide6-Pdf)."
        )
    named = _LIBRARY.search(complaint)
    if named is None or "cannot open shared object file" not in complaint:
        return f"Qt cannot be loaded on this system: {complaint}"
    packages = list(_packages_of_missing(wanted))
    if not packages:
        every = {**WINDOW_LIBRARIES, **PLATFORM_LIBRARIES["xcb"], **PLATFORM_LIBRARIES["wayland"]}
        if named[1] not in every:
            return (
                f"The system library {named[1]} is missing; install the package that contains it "
                f"(on Debian: apt-file search {named[1]})."
            )
        packages = [every[named[1]]]
    return (
        f"The system library {named[1]} is missing; on Debian or Ubuntu install it with: sudo apt "
        f"install {' '.join(packages)}"
    )


def _packages_of_missing(wanted: Mapping[str, str]) -> Iterator[str]:
    """The package of each library that cannot be loaded, each once."""
    seen = set()
    for library, package in wanted.items():
        if package in seen:
            continue
        try:
            ctypes.CDLL(library)
        except OSError:
            seen.add(package)
            yield package
