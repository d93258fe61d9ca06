"""Programs on the same books see each other; a restore is alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from billdesk.core.db.programs import FOLDER, OtherProgram, described, enter, enter_alone
from billdesk.core.domain.errors import TemporaryError

# A program that opens the books and then waits, or dies without a word.
SCRIPT = """
import os, sys
from pathlib import Path
from billdesk.core.db.programs import enter
presence = enter(Path(sys.argv[1]), "window")
print(os.getpid(), flush=True)
if sys.stdin.readline() == "die\\n":
    os._exit(9)
presence.close()
"""


def start(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def end(program: "subprocess.Popen[str]", word: str) -> None:
    program.communicate(word + "\n", timeout=30)


def test_another_program_is_seen_until_it_ends(tmp_path: Path) -> None:
    other = start(tmp_path)
    assert other.stdout is not None
    process = int(other.stdout.readline())
    mine = enter(tmp_path, "command")
    (seen,) = mine.others()
    assert (seen.what, seen.process, seen.is_elsewhere) == ("window", process, False)
    assert "BillDesk's window has these books open (process" in described(seen)
    end(other, "go")
    assert mine.others() == ()
    mine.close()
    assert not (tmp_path / FOLDER).exists()


def test_a_program_that_was_killed_is_not_there(tmp_path: Path) -> None:
    other = start(tmp_path)
    assert other.stdout is not None
    other.stdout.readline()
    end(other, "die")
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    mine = enter_alone(tmp_path)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [mine._file.name]
    mine.close()


def test_two_books_of_one_process_see_each_other(tmp_path: Path) -> None:
    one, two = enter(tmp_path, "window"), enter(tmp_path, "command")
    assert [other.what for other in one.others()] == ["command"]
    assert [other.what for other in two.others()] == ["window"]
    two.close()
    assert one.others() == ()
    one.close()


def test_a_restore_waits_for_nobody_and_lets_nobody_in(tmp_path: Path) -> None:
    window = enter(tmp_path, "window")
    with pytest.raises(TemporaryError, match="BillDesk's window has these books open"):
        enter_alone(tmp_path)
    window.close()
    restore = enter_alone(tmp_path)
    with pytest.raises(TemporaryError, match="being restored"):
        enter(tmp_path, "window")
    restore.close()
    enter(tmp_path, "window").close()


def test_a_sign_without_a_name_still_counts(tmp_path: Path) -> None:
    # Written where the disk was full.
    nameless = enter(tmp_path, "window")
    nameless._file.write_bytes(b"")
    mine = enter(tmp_path, "command")
    (seen,) = mine.others()
    assert described(seen).startswith("Another BillDesk program has these books open")
    mine.close()
    nameless.close()


def test_another_computer_is_named() -> None:
    far = OtherProgram("window", "reception", 7, None)
    assert far.is_elsewhere
    assert "on the computer “reception”" in described(far)
