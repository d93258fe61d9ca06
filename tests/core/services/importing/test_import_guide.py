"""docs/import.md tells of every column there is, and its example is the one that is tested."""

import re
import tomllib
from pathlib import Path

import pytest
from import_support import EXAMPLE

from billdesk.core.services.importing.columns import COLUMNS, FileKind

GUIDE = Path(__file__).parents[4] / "docs" / "import.md"


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_column_is_documented_and_no_other(kind: FileKind) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    section = re.split(r"\n##+ ", text.split(f"\n### {kind.value.title()}\n")[1])[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    documented = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert documented == {column.name for column in COLUMNS[kind]}


def test_the_mapping_shown_is_part_of_the_example() -> None:
    shown = tomllib.loads(GUIDE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0])
    whole = tomllib.loads((EXAMPLE / "mapping.toml").read_text(encoding="utf-8"))
    for name, value in shown.items():
        if isinstance(value, dict):
            assert value.items() <= whole[name].items()
        else:
            assert whole[name] == value
