"""Money of a customer that pays nothing yet is called credit, wherever the window speaks of it."""

import ast
import re
from pathlib import Path

from billdesk import ui

OTHER_WORDS = re.compile(
    r"\b(unused|unallocated|unassigned|on account|no home|without a home|settled nothing)\b", re.I
)


def shown_texts() -> list[tuple[str, str]]:
    """Every text the window translates, with its file."""
    found = []
    for path in Path(ui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id not in ("tr", "trn"):
                    continue
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        found.append((path.name, given.value))
    return found


def test_credit_has_one_word() -> None:
    texts = shown_texts()
    assert len(texts) > 500
    assert [one for one in texts if OTHER_WORDS.search(one[1])] == []
