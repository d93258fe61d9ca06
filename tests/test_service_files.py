"""The files that run BillDesk without its window: systemd, launchd, Windows' task scheduler."""

import os
import plistlib
import shlex
import shutil
import subprocess
from argparse import Namespace
from configparser import ConfigParser
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

import pytest

from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.parser import build_parser

PACKAGING = Path(__file__).parents[1] / "packaging"
UNITS = sorted((PACKAGING / "linux").glob("billdesk-sync*"))
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
# Two or three reads each: within what Stripe allows in a month.
SHORTEST_S = 900


def unit(name: str) -> ConfigParser:
    parsed = ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[method-assign,assignment]
    parsed.read_string((PACKAGING / "linux" / name).read_text("utf-8"))
    return parsed


def options(arguments: list[str]) -> Namespace:
    """What the command line makes of it; an error of its own where it does not understand."""
    return build_parser().parse_args(arguments)


def test_the_units_run_commands_that_exist() -> None:
    once = unit("billdesk-sync.service")["Service"]
    program, *arguments = shlex.split(once["ExecStart"])
    assert (Path(program).name, options(arguments).once) == ("billdesk", True)
    assert int(once["SuccessExitStatus"]) == ExitCode.ATTENTION
    watching = unit("billdesk-sync-watch.service")["Service"]
    program, *arguments = shlex.split(watching["ExecStart"])
    assert (Path(program).name, options(arguments).watch) == ("billdesk", True)
    assert unit("billdesk-sync.timer")["Timer"]["OnUnitInactiveSec"] == f"{SHORTEST_S // 60}min"


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    assert [path.suffix for path in UNITS] == [".service", ".service", ".timer"]
    program = shutil.which("systemd-analyze")
    if program is None:
        missing = "no systemd on this computer (Debian: apt install systemd)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    for path in UNITS:
        # It looks for the program, which is somewhere else while it is tested.
        text = path.read_text("utf-8").replace("/usr/bin/billdesk", "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    ended = subprocess.run(
        # What else is installed may have faults of its own.
        [program, "--user", "--recursive-errors=no", "verify", *(tmp_path / p.name for p in UNITS)],
        capture_output=True,
        text=True,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=False,
    )
    ours = [line for line in ended.stderr.splitlines() if "billdesk-sync" in line]
    assert (ended.returncode, ours) == (0, [])


def test_the_launch_agent() -> None:
    path = PACKAGING / "macos" / "billdesk.sync.plist"
    agent = plistlib.loads(path.read_bytes())
    program, *arguments = agent["ProgramArguments"]
    assert (Path(program).name, options(arguments).once) == ("billdesk", True)
    assert agent["Label"] == path.stem
    assert agent["StartInterval"] >= SHORTEST_S


def test_the_task_of_windows() -> None:
    text = (PACKAGING / "windows" / "billdesk-sync.xml").read_text("utf-8")
    # An encoding that is named has to be the file's, which schtasks wants as UTF-16.
    assert text.startswith('<?xml version="1.0"?>\n')
    task = ElementTree.fromstring(text)
    names = [child.tag.removeprefix(TASK) for child in task]
    assert names == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    action = task.find(f"{TASK}Actions/{TASK}Exec")
    assert action is not None
    program = PureWindowsPath(action.findtext(f"{TASK}Command") or "")
    # A bare name is looked for in folders that others may write to.
    assert (program.name, program.is_absolute()) == ("billdesk.exe", True)
    assert f"not in {program.parent}, change Command" in text
    assert options((action.findtext(f"{TASK}Arguments") or "").split()).once
    assert task.findtext(f".//{TASK}Interval") == f"PT{SHORTEST_S // 60}M"
