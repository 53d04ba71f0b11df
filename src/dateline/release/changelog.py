"""The entry of a release in CHANGELOG.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from semver import Version

from dateline.release.diff.corpus_diff import CorpusDiff
from dateline.release.diff.formats import plural, summary
from dateline.release.diff.schema_diff import format_change
from dateline.release.version import Level
from dateline.rendering.listing import listed
from dateline.rendering.markdown import escape

CHANGELOG = "CHANGELOG.md"
LISTED = 10
"""Added or removed documents that the entry lists; the manifest lists all documents."""

MEANINGS = {
    Level.PATCH: "The data is the same; files were reformatted, or the description was improved.",
    Level.MINOR: "Data was added; existing data is unchanged.",
    Level.MAJOR: "Data was changed or removed; check whether your results are affected.",
}

_UNRELEASED = re.compile(r"^## +\[?Unreleased\]?.*$\n?", re.M | re.I)
_RELEASE = re.compile(r"^## ", re.M)


def with_entry(
    log: str, version: Version, date: str, difference: CorpusDiff | None, counts: Mapping[str, int]
) -> str:
    """The change log with an entry for this release; text below "Unreleased" moves into it.

    Without a difference it is the first release, and the entry lists ``counts``, by kind of item.
    """
    heading = f"## {version} ({date})"
    changes = "\n".join(_first_data(counts) if difference is None else _data(difference))
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
    parts = [title, unreleased, heading, written.strip(), changes, after.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _first_data(counts: Mapping[str, int]) -> Iterator[str]:
    yield "### Data"
    yield ""
    items = ", ".join(f"{name.replace('_', ' ')}: {number:,}" for name, number in counts.items())
    yield f"First release. {items[:1].upper()}{items[1:]}."


def _data(difference: CorpusDiff) -> Iterator[str]:
    yield "### Data"
    yield ""
    yield f"{str(difference.bump.level).capitalize()} changes. {MEANINGS[difference.bump.level]}"
    yield ""
    if field := format_change(difference.changes):
        yield f"- format of the files: {field.before} before, now {field.after}"
    for line in summary(difference.changes):
        yield f"- {line}"
    for action in ("added", "removed"):
        names = [c.id for c in difference.changes if (c.kind, c.action) == ("document", action)]
        if names:
            found = escape(", ".join(listed(names, LISTED)))
            yield f"- {plural('document')} {action}: {found}"
