"""Which use cases can reach the ledger, read from the source: who calls whom, down to posting.

Names are followed through imports, ``self`` and classes that are made; a call that cannot be
followed (a parameter that is a function) is not. What the walk finds is therefore what the table of
``test_closed_periods`` has to have a row for.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import billdesk

SOURCE = Path(billdesk.__file__).parent
SERVICES = SOURCE / "core" / "services"
POSTING = "billdesk.core.services.steps.posting"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class _Module:
    """What a module's names stand for."""

    name: str
    tree: ast.Module
    imported: dict[str, str] = field(default_factory=dict)

    def meaning(self, name: str) -> str:
        """The full name of ``name`` here."""
        return self.imported.get(name, f"{self.name}.{name}")


def _modules() -> list[_Module]:
    found = []
    for path in sorted(SERVICES.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        module = _Module(name, ast.parse(path.read_text("utf-8")))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    module.imported[one.asname or one.name] = f"{node.module}.{one.name}"
        found.append(module)
    return found


def _calls(module: _Module, owner: str, function: ast.AST) -> set[str]:
    """What a function mentions: calls, and functions that are handed on."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found.add(module.meaning(node.id))
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                found.add(f"{owner}.{node.attr}")
            elif isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
                # ``HistoryWriter(tx).write(…)``
                found.add(f"{module.meaning(node.value.func.id)}.{node.attr}")
            elif isinstance(node.value, ast.Name):
                found.add(f"{module.meaning(node.value.id)}.{node.attr}")
    return found


def posting_use_cases() -> set[str]:
    """``Service.method`` of every public method of a service that may reach ``steps.posting``."""
    modules = _modules()
    calls: dict[str, set[str]] = defaultdict(set)
    public: dict[str, str] = {}
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, _FUNCTIONS):
                name = f"{module.name}.{node.name}"
                calls[name] = _calls(module, module.name, node)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, _FUNCTIONS):
                        owner = f"{module.name}.{node.name}"
                        name = f"{owner}.{inner.name}"
                        calls[name] = _calls(module, owner, inner)
                        if node.name.endswith("Service") and not inner.name.startswith("_"):
                            public[name] = f"{node.name}.{inner.name}"
    reaching = {f"{POSTING}.post", f"{POSTING}.post_all"}
    while True:
        more = {name for name, named in calls.items() if named & reaching} - reaching
        if not more:
            return {shown for name, shown in public.items() if name in reaching}
        reaching |= more
