"""Formats changes as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import msgspec

from dateline.annotations.differences import format_value
from dateline.release.diff.changes import ACTIONS, Action, Change, FieldChange, count_changes
from dateline.release.diff.corpus_diff import CorpusDiff
from dateline.rendering.markdown import escape
from dateline.text import excerpt

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
QUOTED = 60
"""Code points after which a quote or a value is shortened."""


def as_text(difference: CorpusDiff) -> Iterator[str]:
    """Lines of plain text: a summary, then the changes of each file."""
    yield f"From {difference.before} to {difference.after}: {_conclusion(difference)}"
    for line in summary(difference.changes):
        yield f"  {line}"
    for file, lines in _by_file(difference.changes):
        yield ""
        yield file
        for action, line in lines:
            yield f"  {SIGNS[action]} {line}"


def as_markdown(difference: CorpusDiff) -> Iterator[str]:
    """Lines of Markdown: a table of counts, then the changes of each file."""
    yield f"**From {difference.before} to {difference.after}**: {_conclusion(difference)}"
    counts = count_changes(difference.changes)
    if counts:
        yield ""
        yield "| | added | removed | changed |"
        yield "|---|---|---|---|"
        for kind, numbers in counts.items():
            yield f"| {plural(kind)} | {' | '.join(str(numbers[a] or '') for a in ACTIONS)} |"
    for file, lines in _by_file(difference.changes):
        yield ""
        yield f"### {file}"
        yield ""
        for action, line in lines:
            yield f"- {action} {escape(line)}"


def as_json(difference: CorpusDiff) -> str:
    """A JSON object with both states, the version bump, the counts and every change."""
    content: dict[str, Any] = {
        "before": difference.before,
        "after": difference.after,
        "files": difference.files,
        "level": str(difference.bump.level) if difference.files else None,
        "counts": count_changes(difference.changes),
        "changes": difference.changes,
    }
    return json.dumps(json.loads(msgspec.json.encode(content)), indent=2, ensure_ascii=False)


def summary(changes: Iterable[Change]) -> Iterator[str]:
    """A line for each kind that changed: "mentions: 3 added, 1 changed"."""
    for kind, numbers in count_changes(changes).items():
        parts = ", ".join(f"{number:,} {action}" for action, number in numbers.items() if number)
        yield f"{plural(kind)}: {parts}"


def describe(change: Change) -> str:
    """A change as a line: kind, id, quote, and fields before and after."""
    quote = f' "{_shortened(change.quote)}"' if change.quote else ""
    fields = "; ".join(_field(field) for field in change.fields)
    return f"{change.kind} {change.id}{quote}{': ' if fields else ''}{fields}"


def plural(kind: str) -> str:
    """The plural of the name of a kind."""
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _conclusion(difference: CorpusDiff) -> str:
    if not difference.files:
        return "no difference"
    bump = f"requires a {difference.bump.level} version"
    return bump if difference.changes else f"the same data in another format; {bump}"


def _by_file(changes: Iterable[Change]) -> Iterator[tuple[str, list[tuple[Action, str]]]]:
    """Files with their changes; an added or removed file is one line."""
    for file, group in groupby(changes, key=_file):
        found = list(group)
        whole = found[0]
        if whole.kind in ("document", "annotation") and whole.action != "changed":
            numbers = Counter(change.kind for change in found[1:])
            parts = ", ".join(f"{plural(kind)} {number:,}" for kind, number in numbers.items())
            yield file, [(whole.action, describe(whole) + (f" with {parts}" if parts else ""))]
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
    return excerpt(text, width=QUOTED)
