"""The layer contracts of pyproject.toml hold, and each of them bites."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]

# Contract, the module that goes wrong, and what it must not import.
VIOLATIONS = (
    ("Layers", "ui/__init__.py", "billdesk.bootstrap"),
    ("Layers", "core/services/__init__.py", "billdesk.core.sync.policy"),
    ("Layers", "core/queries/__init__.py", "billdesk.core.services.customers"),
    ("Layers", "core/db/__init__.py", "billdesk.core.gateways.clock"),
    ("Layers", "core/bus.py", "billdesk.core.db.engine"),
    ("Core without Qt", "core/sync/__init__.py", "PySide6.QtCore"),
    ("Domain is standard library only", "core/domain/money.py", "babel.numbers"),
    ("Window behind the services", "ui/format.py", "sqlalchemy"),
    ("Window behind the services", "ui/desk.py", "billdesk.core.db.tables"),
    ("Stripe in its gateway only", "core/services/stripe/links.py", "stripe"),
    (
        "Pages do not know one another",
        "ui/pages/documents/__init__.py",
        "billdesk.ui.pages.customers",
    ),
    ("Sandbox apart", "sandbox/store.py", "billdesk.core.domain.money"),
    ("Nothing leans on the sandbox", "core/gateways/__init__.py", "billdesk.sandbox.server"),
)


def lint(root: Path) -> dict[str, str]:
    """Verdict of each contract on the package in ``root/src``, by the contract's name."""
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(program), "--no-logo", "--no-cache", "--config", str(root / "pyproject.toml")],
        # The linter looks into its working folder first, so it reads the copy there.
        cwd=root / "src",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", result.stdout, re.MULTILINE))
    assert verdicts, result.stdout + result.stderr
    return verdicts


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and its contracts that a test may spoil."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    return tmp_path


def test_the_package_keeps_every_contract(copy: Path) -> None:
    assert lint(copy) == {contract["name"]: "KEPT" for contract in CONTRACTS}


@pytest.mark.parametrize(("contract", "module", "imported"), VIOLATIONS)
def test_a_violation_is_found(copy: Path, contract: str, module: str, imported: str) -> None:
    spoiled = copy / "src" / "billdesk" / module
    spoiled.write_text(f"import {imported}\n" + spoiled.read_text("utf-8"), "utf-8")
    assert lint(copy)[contract] == "BROKEN"


def test_every_contract_is_proven_by_a_violation() -> None:
    assert {contract["name"] for contract in CONTRACTS} == {name for name, _, _ in VIOLATIONS}


def test_every_contract_says_what_to_do_instead() -> None:
    assert [c["name"] for c in CONTRACTS if not c.get("broken_contract_guidance")] == []


def test_the_domain_may_import_no_library_at_all() -> None:
    graph = grimp.build_graph("billdesk", include_external_packages=True, cache_dir=None)
    libraries = {
        name
        for name in graph.modules
        if not name.startswith("billdesk") and name not in sys.stdlib_module_names
    }
    (contract,) = (c for c in CONTRACTS if c["name"] == "Domain is standard library only")
    assert libraries - set(contract["forbidden_modules"]) == set()
