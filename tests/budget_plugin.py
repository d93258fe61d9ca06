"""Time each suite takes, and a budget it must keep in CI.

A suite is a folder directly below ``tests/``; the test files beside the folders are the suite
``repository``. ``budgets.toml`` gives each its seconds: a slow suite is noticed in the change that
slows it. On a desk, where other programs run, the times are only shown.
"""

import os
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

LOOSE_FILES = "repository"


class SuiteBudgets:
    """Adds up the seconds of each suite and judges them at the end."""

    def __init__(self, budgets: dict[str, float], *, enforce: bool) -> None:
        self._budgets = budgets
        self._enforce = enforce
        self._seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[_suite_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._enforce and self._faults() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._seconds:
            return
        terminalreporter.section("time of each suite")
        for suite, seconds in sorted(self._seconds.items()):
            budget = self._budgets.get(suite)
            limit = "no budget" if budget is None else f"of {budget:g} s"
            terminalreporter.line(f"{suite:<12} {seconds:7.1f} s {limit}")
        for fault in self._faults():
            terminalreporter.line(fault, red=True)

    def _faults(self) -> list[str]:
        faults = []
        for suite, seconds in sorted(self._seconds.items()):
            budget = self._budgets.get(suite)
            if budget is None:
                faults.append(f"{suite} has no budget: give it one in tests/budgets.toml")
            elif seconds > budget:
                faults.append(
                    f"{suite} took {seconds:.1f} s, its budget is {budget:g} s: make it faster, "
                    "or raise the budget in tests/budgets.toml and say why"
                )
        return faults


def _suite_of(nodeid: str) -> str:
    _tests, *parts = nodeid.partition("::")[0].split("/")
    return parts[0] if len(parts) > 1 else LOOSE_FILES


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # The process that hands the tests out adds up what all of them took.
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))
    config.pluginmanager.register(
        SuiteBudgets(budgets["seconds"], enforce=bool(os.environ.get("CI"))), "suite-budgets"
    )
