"""The repository around the code: the lock, the licences, the documents and their links."""

import re
import sys
import tomllib
from collections import Counter
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from billdesk import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = {
    canonicalize_name(name): Version(version)
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE)
}
PAGES = sorted(
    page for pattern in ("*.md", "docs/**/*.md", "packaging/*.md") for page in ROOT.glob(pattern)
)


def declared() -> list[Requirement]:
    """Every requirement of pyproject.toml, the extras' included."""
    extras = PROJECT["optional-dependencies"].values()
    return [
        Requirement(line) for line in (*PROJECT["dependencies"], *(r for e in extras for r in e))
    ]


def runtime_closure() -> dict[str, Distribution]:
    """Every distribution that BillDesk needs to run on this system, by normalised name."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(line), "") for line in PROJECT["dependencies"]]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found[name] = distribution(requirement.name)
        for line in found[name].requires or ():
            waiting += [(Requirement(line), one) for one in ("", *requirement.extras)]
    return found


def licence_of(package: Distribution) -> str:
    """What a distribution says about its licence, in one line."""
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in package.metadata.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    named = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    if not named and not classifiers:
        # Only the text itself is there; it begins with its name.
        texts = (file for file in package.files or () if file.match("licenses/LICENSE*"))
        named = next((text.read_text("utf-8") for text in texts), "")
    return " / ".join([named.strip().partition("\n")[0], *classifiers])


def allows_more_than_gpl(licence: str) -> bool:
    """Whether some alternative of the licence is not the (Affero) GPL; the Lesser GPL is fine."""
    choices = re.split(r"\bOR\b|/", licence)
    return any(
        choice.strip() and not re.search(r"(?<!L)GPL|(?<!Lesser )General Public", choice)
        for choice in choices
    )


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only", True),
        ("LGPL / GNU Lesser General Public License v2 or later (LGPLv2+)", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("", False),
    ],
)
def test_licences_are_told_apart(licence: str, allowed: bool) -> None:
    assert allows_more_than_gpl(licence) is allowed


def test_no_library_forces_its_own_licence_on_billdesk() -> None:
    refused = {
        name: licence_of(package)
        for name, package in runtime_closure().items()
        if not allows_more_than_gpl(licence_of(package))
    }
    assert refused == {}


def test_the_notices_name_every_library_billdesk_runs_on() -> None:
    notices = (ROOT / "packaging" / "NOTICES.md").read_text("utf-8")
    words = {canonicalize_name(word) for word in re.findall(r"[A-Za-z][\w.-]*\w", notices)}
    assert runtime_closure().keys() - words == set()


def test_every_locked_file_has_its_hash() -> None:
    blocks = [block for block in re.split(r"\n(?=\S)", LOCK) if not block.startswith("#")]
    assert len(blocks) == len(LOCKED)
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_place_to_download_from() -> None:
    assert re.findall(r"https?:|://|--(?:extra-)?index|--find-links|\s@\s", LOCK) == []


def test_the_lock_satisfies_what_the_project_asks_for() -> None:
    wrong = [
        str(requirement)
        for requirement in declared()
        if canonicalize_name(requirement.name) not in LOCKED
        or LOCKED[canonicalize_name(requirement.name)] not in requirement.specifier
    ]
    assert wrong == []


def test_what_the_package_imports_is_declared() -> None:
    """A library that only comes along with another may go away with it."""
    graph = grimp.build_graph("billdesk", include_external_packages=True, cache_dir=None)
    lines = (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"])
    named = {canonicalize_name(Requirement(line).name) for line in lines}
    origin = packages_distributions()
    undeclared = {
        name
        for name in graph.modules
        if not name.startswith("billdesk") and name not in sys.stdlib_module_names
        if not named & {canonicalize_name(one) for one in origin.get(name, ())}
    }
    assert undeclared == set()


def test_no_two_test_files_have_one_name() -> None:
    """Of two that do, only the first would be collected."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name, count in names.items() if count > 1 and name != "conftest.py"] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [target for target in targets if not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_commands_the_pages_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert {"demo", "test"} <= named
    assert named - targets == set()


def test_every_decision_is_listed_and_complete() -> None:
    folder = ROOT / "docs" / "adr"
    records = sorted(folder.glob("[0-9]*.md"))
    overview = (folder / "README.md").read_text("utf-8")
    assert [record.name for record in records if f"({record.name})" not in overview] == []
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(numbers) + 1))
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text("utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], record.name


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert __version__ in versions
