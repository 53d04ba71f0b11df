"""Changes for people and programs to read: as text, as Markdown, as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from dateline.annotations.differences import format_value
from dateline.release.diff.changes import ACTIONS, Action, Change, FieldChange, count_changes
from dateline.release.diff.comparison import Comparison
from dateline.rendering.markdown import escape
from dateline.text import excerpt

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
QUOTED = 60
"""Code points of a quote or a value that are shown."""


def as_text(comparison: Comparison) -> Iterator[str]:
    """Lines of plain text: a summary, then the changes of each file."""
    yield f"From {comparison.before} to {comparison.after}: {_verdict(comparison)}"
    for line in summary(comparison.changes):
        yield f"  {line}"
    for file, lines in _by_file(comparison.changes):
        yield ""
        yield file
        for action, line in lines:
            yield f"  {SIGNS[action]} {line}"


def as_markdown(comparison: Comparison) -> Iterator[str]:
    """Lines of Markdown: a table of counts, then the changes of each file."""
    yield f"**From {comparison.before} to {comparison.after}**: {_verdict(comparison)}"
    counts = count_changes(comparison.changes)
    if counts:
        yield ""
        yield "| | added | removed | changed |"
        yield "|---|---|---|---|"
        for kind, numbers in counts.items():
            yield f"| {plural(kind)} | {' | '.join(str(numbers[a] or '') for a in ACTIONS)} |"
    for file, lines in _by_file(comparison.changes):
        yield ""
        yield f"### {file}"
        yield ""
        for action, line in lines:
            yield f"- {action} {escape(line)}"


def as_json(comparison: Comparison) -> str:
    """An object with the names of both states, the level, the counts and every change."""
    content: dict[str, Any] = {
        "before": comparison.before,
        "after": comparison.after,
        "files": comparison.files,
        "level": str(comparison.bump.level) if comparison.files else None,
        "counts": count_changes(comparison.changes),
        "changes": comparison.changes,
    }
    return json.dumps(json.loads(msgspec.json.encode(content)), indent=2, ensure_ascii=False)


def summary(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each kind that changed: «mentions: 3 added, 1 changed»."""
    for kind, numbers in count_changes(changes).items():
        told = ", ".join(f"{number:,} {action}" for action, number in numbers.items() if number)
        yield f"{plural(kind)}: {told}"


def describe(change: Change) -> str:
    """A change in a line: kind, id, quote, and what fields were and are."""
    quote = f" «{_shortened(change.quote)}»" if change.quote else ""
    fields = "; ".join(_field(field) for field in change.fields)
    return f"{change.kind} {change.id}{quote}{': ' if fields else ''}{fields}"


def plural(kind: str) -> str:
    """The name of several of a kind."""
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _verdict(comparison: Comparison) -> str:
    if not comparison.files:
        return "no difference"
    least = f"at least a {comparison.bump.level} version"
    return least if comparison.changes else f"the same, written in another way; {least}"


def _by_file(changes: Iterable[Change]) -> Iterator[tuple[str, list[tuple[Action, str]]]]:
    """Files with their changes; what was added or removed as a whole is one line."""
    for file, group in groupby(changes, key=_file):
        found = list(group)
        whole = found[0]
        if whole.kind in ("document", "annotation") and whole.action != "changed":
            held = Counter(change.kind for change in found[1:])
            told = ", ".join(f"{plural(kind)} {number:,}" for kind, number in held.items())
            yield file, [(whole.action, describe(whole) + (f" with {told}" if told else ""))]
        else:
            yield file, [(change.action, describe(change)) for change in found]


def _file(change: Change) -> str:
    if change.kind == "schema":
        return "schema"
    return (
        f"annotations/{change.annotator}/{change.document}.json"
        if change.annotator
        else (f"corpus/{change.document}.json")
    )


def _field(change: FieldChange) -> str:
    before, after = _value(change.before), _value(change.after)
    if before == after:
        return f"{change.field} changed"
    return f"{change.field} {before} → {after}"


def _value(value: Any) -> str:
    match value:
        case bool() | int():
            return str(value)
        case [[_, _], *_]:
            return f"{len(value)} ranges"
    return _shortened(format_value(value))


def _shortened(text: str) -> str:
    return excerpt(text, 0, len(text), QUOTED)
