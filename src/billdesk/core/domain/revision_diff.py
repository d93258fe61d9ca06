"""What differs between two versions of a draft: its fields, and its lines one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft


class ChangeKind(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after, as the draft holds it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that is not as it was; indexes count from 0, ``None`` where it does not stand."""

    kind: ChangeKind
    before_index: int | None
    after_index: int | None
    name: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences; empty where two versions say the same."""

    fields: tuple[FieldChange, ...]
    lines: tuple[LineChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.fields and not self.lines


def diff(before: InvoiceDraft, after: InvoiceDraft) -> Diff:
    """The differences from ``before`` to ``after``, in the order of the document.

    A line that moved without a change is one removed and one added.
    """
    return Diff(_fields(before, after, leave_out="lines"), _lines(before.lines, after.lines))


def _fields(before: object, after: object, leave_out: str = "") -> tuple[FieldChange, ...]:
    names = [one.name for one in fields(before) if one.name != leave_out]  # type: ignore[arg-type]
    return tuple(
        FieldChange(name, getattr(before, name), getattr(after, name))
        for name in names
        if getattr(before, name) != getattr(after, name)
    )


def _lines(before: Sequence[LineDraft], after: Sequence[LineDraft]) -> tuple[LineChange, ...]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    changes: list[LineChange] = []
    for operation, first, end, other_first, other_end in matcher.get_opcodes():
        if operation != "equal":
            changes += _block(before, after, range(first, end), range(other_first, other_end))
    return tuple(changes)


def _block(
    before: Sequence[LineDraft], after: Sequence[LineDraft], old: range, new: range
) -> list[LineChange]:
    """Lines that stand where others stood: of the same name first, the others in order."""
    pairs: dict[int, int] = {}
    free = list(new)
    for i in old:
        same = next((j for j in free if after[j].name == before[i].name), None)
        if same is not None:
            pairs[i] = same
            free.remove(same)
    for i in old:
        if i not in pairs and free:
            pairs[i] = free.pop(0)
    changes = [
        LineChange(ChangeKind.CHANGED, i, j, after[j].name, _fields(before[i], after[j]))
        if (j := pairs.get(i)) is not None
        else LineChange(ChangeKind.REMOVED, i, None, before[i].name)
        for i in old
    ]
    return changes + [LineChange(ChangeKind.ADDED, None, j, after[j].name) for j in sorted(free)]
