"""No screen, no library: one sentence that names what is missing, never a traceback or an abort."""

import os
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest
from cli_support import COMMAND, environment, in_a_process, one_sentence

from billdesk.ui.system_libraries import (
    PLATFORM_LIBRARIES,
    WINDOW_LIBRARIES,
    has_screen,
    missing_packages,
)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux installs these libraries apart"
)
QT = Path(PySide6.__file__).parent
QT_LIBRARIES = QT / "Qt" / "lib"
# Stands in for a system without some libraries: the loader refuses them by name.
WITHOUT = """
import ctypes, sys
absent = set({absent!r})
real = ctypes.CDLL

class Loader(real):
    def __init__(self, name, *rest, **more):
        if absent and (name in absent or str(name).endswith("libqxcb.so")):
            shown = name if name in absent else sorted(absent)[0]
            raise OSError(f"{{shown}}: cannot open shared object file: No such file or directory")
        super().__init__(name, *rest, **more)

ctypes.CDLL = Loader
from billdesk.cli.main import main
sys.exit(main([]))
"""


def _window(home: Path, *code: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", *code] if code else COMMAND
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment(home, **more)
    )


def _with_broken_name(folder: Path, library: Path, needed: str) -> None:
    """A copy of one of Qt's libraries that asks for a library nobody has."""
    changed = needed[:-1] + "9"
    content = library.read_bytes()
    assert needed.encode() in content
    folder.mkdir()
    (folder / library.name).write_bytes(content.replace(needed.encode(), changed.encode()))


def test_no_screen(tmp_path: Path) -> None:
    said = one_sentence(_window(tmp_path))
    assert "no screen" in said
    assert "billdesk demo --headless" in said


def test_a_screen_that_does_not_answer(tmp_path: Path) -> None:
    said = one_sentence(_window(tmp_path, DISPLAY=":9876"))
    assert ":9876 (DISPLAY) does not answer" in said


def test_an_unknown_platform(tmp_path: Path) -> None:
    said = one_sentence(_window(tmp_path, QT_QPA_PLATFORM="crystal-ball"))
    assert "“crystal-ball” (QT_QPA_PLATFORM)" in said
    assert "xcb" in said


def test_the_loader_misses_a_library_of_qt(tmp_path: Path) -> None:
    package = tmp_path / "modules" / "PySide6"
    (package.parent).mkdir()
    _with_broken_name(package, QT / "QtSvg.abi3.so", "libGL.so.1")
    (package / "__init__.py").write_text("")
    (package / "QtSvg.abi3.so").rename(package / "QtWidgets.abi3.so")
    ended = _window(
        tmp_path,
        LD_LIBRARY_PATH=os.pathsep.join(map(str, (QT, QT.parent / "shiboken6", QT_LIBRARIES))),
        PYTHONPATH=str(package.parent),
        QT_QPA_PLATFORM="offscreen",
    )
    assert "The system library libGL.so.9 is missing" in one_sentence(ended)


def test_the_loader_misses_a_library_of_the_platform(tmp_path: Path) -> None:
    _with_broken_name(tmp_path / "lib", QT_LIBRARIES / "libQt6XcbQpa.so.6", "libxcb-cursor.so.0")
    ended = _window(
        tmp_path,
        LD_LIBRARY_PATH=os.pathsep.join([str(tmp_path / "lib"), str(QT_LIBRARIES)]),
        QT_QPA_PLATFORM="xcb",
    )
    assert "The system library libxcb-cursor.so.9 is missing" in one_sentence(ended)


def test_packages_of_the_platform_are_named_together(tmp_path: Path) -> None:
    code = WITHOUT.format(absent=["libxcb-cursor.so.0", "libxcb-icccm.so.4"])
    said = one_sentence(_window(tmp_path, code, QT_QPA_PLATFORM="xcb"))
    assert said.endswith("sudo apt install libxcb-cursor0 libxcb-icccm4")


def test_the_package_of_a_library_of_qt_is_named(tmp_path: Path) -> None:
    package = tmp_path / "modules" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "QtWidgets.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file: No such file')"
    )
    code = WITHOUT.format(absent=["libEGL.so.1"])
    ended = _window(tmp_path, code, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(package.parent))
    said = one_sentence(ended)
    assert said.endswith("sudo apt install libegl1")


def test_qt_is_not_installed(tmp_path: Path) -> None:
    package = tmp_path / "modules" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    ended = _window(tmp_path, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(package.parent))
    assert "PySide6-Essentials" in one_sentence(ended)


def test_every_library_that_qt_needs_has_its_package() -> None:
    """Read from the files themselves, so that an update of Qt cannot outgrow the table."""
    plugins = QT_LIBRARIES.parent / "plugins" / "platforms"
    files = [
        *(QT_LIBRARIES / f"libQt6{name}.so.6" for name in ("Core", "DBus", "Gui", "Widgets")),
        *(QT_LIBRARIES / f"libQt6{name}.so.6" for name in ("Pdf", "PdfWidgets", "Svg", "Network")),
        *(QT_LIBRARIES / f"libQt6{name}.so.6" for name in ("XcbQpa", "WaylandClient")),
        *(plugins / f"libq{name}.so" for name in ("xcb", "wayland", "offscreen")),
    ]
    listed = set(WINDOW_LIBRARIES).union(*PLATFORM_LIBRARIES.values())
    # Always there: the C library, its parts, and what CPython itself is linked with.
    basic = ("libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libresolv.so")
    unlisted = set()
    for file in files:
        for library in _needed(file):
            ours = library.startswith(("libQt6", "libicu", "ld-linux", "libgcc_s"))
            if not ours and not library.startswith(basic) and library not in listed:
                unlisted.add(library)
    assert unlisted == set()


def test_this_computer_has_them_all() -> None:
    assert missing_packages({"QT_QPA_PLATFORM": "offscreen"}) == ()
    assert not has_screen({})
    assert not has_screen({"QT_QPA_PLATFORM": "offscreen"}), "nobody sees what is drawn there"
    assert has_screen({"QT_QPA_PLATFORM": "offscreen;wayland"})
    assert has_screen({"WAYLAND_DISPLAY": "wayland-0"})


def _needed(file: Path) -> list[str]:
    """DT_NEEDED of a 64-bit little-endian ELF file."""
    data = file.read_bytes()

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little")

    headers, entry_size, count = number(0x20, 8), number(0x36, 2), number(0x38, 2)
    segments = [headers + index * entry_size for index in range(count)]

    def offset_of(address: int) -> int:
        for at in segments:
            start, size = number(at + 0x10, 8), number(at + 0x20, 8)
            if number(at, 4) == 1 and start <= address < start + size:
                return address - start + number(at + 8, 8)
        raise AssertionError(f"no segment of {file} holds {address:#x}")

    dynamic = next(at for at in segments if number(at, 4) == 2)
    table = []
    at = number(dynamic + 8, 8)
    while (tag := number(at, 8)) != 0:
        table.append((tag, number(at + 8, 8)))
        at += 16
    strings = offset_of(next(value for tag, value in table if tag == 5))
    names = []
    for tag, value in table:
        if tag == 1:
            end = data.index(b"\0", strings + value)
            names.append(data[strings + value : end].decode())
    return names


def test_the_demo_goes_headless_without_a_screen(tmp_path: Path) -> None:
    code = (
        "import sys, types, os\n"
        "import billdesk\n"
        "demo = types.ModuleType('billdesk.demo')\n"
        "demo.run = lambda **given: print(given['headless'], os.environ['QT_QPA_PLATFORM']) or 0\n"
        "sys.modules['billdesk.demo'] = billdesk.demo = demo\n"
        "from billdesk.cli.main import main\n"
        "sys.exit(main(['demo']))\n"
    )
    ended = _window(tmp_path, code)
    assert (ended.returncode, ended.stdout) == (0, "True offscreen\n"), ended.stderr


def test_sandbox_options_reach_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = in_a_process(tmp_path, "sandbox", "--mail-dir", tmp_path / "file" / "mail")
    assert one_sentence(ended).startswith("The sandbox could not start: ")
