"""Rules about links to scenario sheets."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.corpus.scenarios import KNOWLEDGE_BASE
from dateline.rendering.listing import listed
from dateline.validation.contexts import AnnotationContext
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

SHOWN = 10
"""Names that a message lists."""


@rule(
    "M407", "error", "annotation",
    "A link to a scenario names an entity or a fact of the sheet that the document is written from",
    "Documents with a link to the same entry are about the same entity or event instance.",
)  # fmt: skip
def scenario_links(context: AnnotationContext) -> Iterator[Finding]:
    if not context.scenarios():
        return  # imported from a corpus that has the sheets
    for field in ("entities", "event_clusters"):
        for position, item in enumerate(getattr(context.annotation, field)):
            for number, link in enumerate(item.links):
                if link.kb == KNOWLEDGE_BASE and link.id is not None:
                    problem, hint = _problem(context, link.id)
                    if problem:
                        pointer = f"/{field}/{position}/links/{number}/id"
                        yield context.finding(pointer, item.id, problem, hint)


def _problem(context: AnnotationContext, entry: str) -> tuple[str, str]:
    """What is wrong with a link to this entry and how to fix it; empty if nothing is."""
    sheets, group = context.scenarios(), context.text.document.group
    sheet, _, name = entry.partition("/")
    if sheet not in sheets:
        known = ", ".join(listed(sheets, SHOWN)) or "none"
        return (
            f'is "{entry}", but there is no sheet seeds/scenarios/{sheet}.toml',
            f"Write the name of a sheet, / and an id in it. Sheets: {known}.",
        )
    items = sheets[sheet]
    if items is not None and name not in items:
        known = ", ".join(listed(sorted(items), SHOWN))
        return (
            f'is "{entry}", but seeds/scenarios/{sheet}.toml has no entity or fact "{name}"',
            f"Use an id of this sheet: {known}.",
        )
    if group is not None and group != sheet:
        return (
            f'is "{entry}", but the group of the document is "{group}"',
            "Link to the sheet that is named like the group.",
        )
    return "", ""
