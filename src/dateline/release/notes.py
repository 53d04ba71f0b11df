"""What a release says of itself to people: its entry in the change log, and its citation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from dateline.errors import DatelineError
from dateline.release.diff.comparison import Comparison
from dateline.release.diff.rendering import plural, summary
from dateline.release.version import Level, Version
from dateline.rendering.markdown import escape

CHANGELOG = "CHANGELOG.md"
NAMED = 10
"""Documents that the entry names; the manifest names all."""

MEANINGS = {
    Level.PATCH: "The data is the same; it is written in another way, or described better.",
    Level.MINOR: "Data was added; what was there is as it was.",
    Level.MAJOR: "Data was changed or removed; look at what it means for your results.",
}

_UNRELEASED = re.compile(r"^## +\[?Unreleased\]?.*$\n?", re.M | re.I)
_RELEASE = re.compile(r"^## ", re.M)


def with_entry(
    log: str, version: Version, date: str, comparison: Comparison | None, first: str
) -> str:
    """The change log with an entry for this release.

    What stood under «Unreleased» goes into it. ``first`` says what the first release holds;
    any other says what changed since the one before.
    """
    heading = f"## {version} ({date})"
    data = "\n".join(_data(comparison, first))
    found = _UNRELEASED.search(log)
    if found is None:
        start = _RELEASE.search(log)
        place = start.start() if start else len(log)
        before, written, after = log[:place], "", log[place:]
        unreleased = ""
    else:
        end = _RELEASE.search(log, found.end())
        place = end.start() if end else len(log)
        before, written, after = log[: found.start()], log[found.end() : place], log[place:]
        unreleased = found.group().strip()
    title = before.strip() or "# Changelog"
    parts = [title, unreleased, heading, written.strip(), data, after.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"


def with_version(citation: str, version: Version, date: str) -> str:
    """A ``CITATION.cff`` of this version, all else as it was.

    Raises DatelineError where that fails.
    """
    fields = {"version": str(version), "date-released": date}
    for name, value in fields.items():
        line = f'{name}: "{value}"'
        citation, found = re.subn(rf"^{name}:.*$", line, citation, count=1, flags=re.M)
        if not found:
            citation = f"{citation.rstrip()}\n{line}\n"
    try:
        read = yaml.safe_load(citation)
    except yaml.YAMLError:
        read = None
    if not isinstance(read, dict) or any(read.get(name) != v for name, v in fields.items()):
        raise DatelineError(
            "CITATION.cff: version and date-released cannot be set; write each on a line of its "
            "own, at the start of the line."
        )
    return citation


def _data(comparison: Comparison | None, first: str) -> Iterator[str]:
    yield "### Data"
    yield ""
    if comparison is None:
        yield f"The first release: {first}."
        return
    yield f"{str(comparison.bump.level).capitalize()} changes. {MEANINGS[comparison.bump.level]}"
    yield ""
    for line in summary(comparison.changes):
        yield f"- {line}"
    for action in ("added", "removed"):
        names = [c.id for c in comparison.changes if (c.kind, c.action) == ("document", action)]
        if names:
            more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
            yield f"- {plural('document')} {action}: {escape(', '.join(names[:NAMED]))}{more}"
