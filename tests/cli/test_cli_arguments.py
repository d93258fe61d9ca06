"""What the command line says about itself, and how it refuses what it does not understand."""

from pathlib import Path

import pytest
from cli_support import commands

from billdesk import __version__
from billdesk.cli.main import main

COMMANDS = tuple(commands())


def _usage_error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    return said.err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert f"billdesk {command}" in shown
    if command != "migrate":
        assert "--" in shown.split("options:")[1]
    assert "exit codes:" in shown


def test_help_names_every_command_and_no_way_to_pass_a_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command} " in shown
        with pytest.raises(SystemExit):
            main([command, "--help"])
        shown += capsys.readouterr().out
    assert "BILLDESK_STRIPE_URL" in shown
    assert "--stripe-key" not in shown
    assert "--password" not in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"BillDesk {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["paint"], "invalid choice"),
        (["verify", "--data-dir", "x"], "unrecognized arguments"),
        (["--data", "x", "verify"], "invalid choice"),
        (["pdf", "--output", "x"], "give invoice numbers or --all"),
        (["pdf", "INV-1", "--all", "--output", "x"], "give invoice numbers or --all"),
        (["pdf", "--all"], "--output"),
        (["pdf", "--all", "--output", "x", "--jobs", "0"], "is not a number from 1"),
        (["import"], "give at least one of"),
        (["import", "--customers", "c", "--new-company", "X"], "go together"),
        (["sync"], "--once --watch"),
        (["report"], "required: ageing|balance|trial-balance"),
        (["report", "profit"], "invalid choice"),
        (["sync", "--once", "--watch"], "not allowed with"),
        (["sandbox", "--port", "70000"], "a port is a number from 0 to 65535"),
    ],
)
def test_what_is_not_understood_ends_with_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert said in _usage_error(capsys, "--log-dir", str(tmp_path), *arguments)
