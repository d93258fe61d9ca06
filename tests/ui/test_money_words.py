"""Money of a customer that pays nothing yet is called credit, wherever the window speaks of it."""

import ast
import re
from pathlib import Path

from billdesk import core, ui

OTHER_WORDS = re.compile(
    r"\b(unused|unallocated|unassigned|on account|no home|without a home|settled nothing)\b", re.I
)


# Whose first words are shown: translations, and the sentences and history of the core.
SHOWN_BY = {"tr", "trn", "UserError", "NotAllowed", "NotFound"}


def shown_texts() -> list[tuple[str, str]]:
    """Every text the window translates, a refusal says or a history tells, with its file."""
    found = []
    for path in (*Path(ui.__path__[0]).rglob("*.py"), *Path(core.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = path.name == "history_words.py"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in SHOWN_BY:
                    found += [(path.name, text) for text in texts_in(node)]
            elif told and isinstance(node, ast.Tuple | ast.Dict | ast.Return):
                found += [(path.name, text) for text in texts_in(node)]
    return found


def texts_in(node: ast.AST) -> list[str]:
    """The constant texts below ``node`` that are shown: keys of a mapping are not."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    shown = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
    return [text for one in shown for text in texts_in(one)]


def test_credit_has_one_word() -> None:
    texts = shown_texts()
    assert len(texts) > 500
    assert [one for one in texts if OTHER_WORDS.search(one[1])] == []
