"""Rules about the guidelines: their record, annotations by earlier versions, and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.annotations.ruled_items import items_by_rule, layers_of
from dateline.corpus.guidelines import RECORD, CurrentGuidelines, RuleChange
from dateline.errors import DatelineError
from dateline.ontology.guidelines_page import PAGE
from dateline.rendering.listing import counted, listed
from dateline.text import excerpt, in_context
from dateline.validation.contexts import AnnotationContext, CorpusContext, DocumentContext
from dateline.validation.examples import SHARED
from dateline.validation.incidents import Finding
from dateline.validation.registry import rule

PLACE = "/provenance/guidelines"
SHOWN = 10
"""Rules that a message lists."""

_REOPEN = (
    "`dateline reopen` lists what to check. After that, `dateline reopen --checked` records that "
    "it was checked."
)


@rule(
    "G901", "error", "corpus", "The guidelines and the record of their versions can be read",
    "Otherwise nobody knows by which rules annotations were made.",
)  # fmt: skip
def guidelines_read(context: CorpusContext) -> Iterator[Finding]:
    try:
        CurrentGuidelines(context.corpus)
    except DatelineError as error:
        page, record = context.corpus.root / PAGE, context.corpus.root / RECORD
        path = page if str(error).startswith(str(page)) else record
        message = str(error).removeprefix(f"{path}: ")
        yield context.finding(path, path.name, message, "Fix the file, or restore it.")


@rule(
    "G902", "warning", "corpus", "The rules of the guidelines are recorded",
    "Annotations made by rules that were never recorded cannot be found when a rule changes.",
)  # fmt: skip
def guidelines_recorded(context: CorpusContext) -> Iterator[Finding]:
    try:
        current = CurrentGuidelines(context.corpus)
    except DatelineError:
        return
    if current.record.versions and current.unrecorded:
        changed = [current.rules[k].title if k in current.rules else k for k in current.unrecorded]
        path = context.corpus.root / RECORD
        yield context.finding(
            path,
            path.name,
            f"lacks changes since {current.record.versions[-1].version}: "
            f"{', '.join(listed(changed, SHOWN))}",
            "Raise x-version of the ontology and run `dateline guidelines --record REASON`.",
        )


@rule(
    "G903", "warning", "annotation", "No rule has changed since an annotation was made",
    "Its items may not follow the rule as it is now, agreed ones too.",
)  # fmt: skip
def rules_changed(context: AnnotationContext) -> Iterator[Finding]:
    current, annotation = context.guidelines, context.annotation
    if current is None or not current.record.versions:
        return
    made = annotation.provenance.guidelines
    changes = current.changes_since(made)
    if changes is None:
        version = f"rules of {made.version} that were not recorded" if made else "unknown rules"
        yield context.finding(PLACE, "guidelines", f"the annotation was made by {version}", _REOPEN)
        return
    items = items_by_rule(annotation) if changes else {}
    others = []
    for change in changes:
        if not {*layers_of(change.rule)} & {*annotation.layers}:
            continue
        found = items.get(change.rule.title, ())
        if change.is_new or not found:
            others.append(change)
        else:
            yield context.finding(
                PLACE,
                change.rule.title,
                f"{change.rule.title} changed in {change.after}, and {counted(len(found), 'item')} "
                f"{'was' if len(found) == 1 else 'were'} annotated by {change.before}",
                _REOPEN,
            )
    if others:
        yield context.finding(
            PLACE,
            "other rules",
            f"the annotation was made by {others[0].before}; {_new_and_changed(others)}",
            _REOPEN,
        )


@rule(
    "G904", "warning", "document", f"No example shares {SHARED} words in a row with a text",
    "Annotators and programs that have read the guidelines would know the answer. A warning, "
    "because many corpora take their examples from texts for training.",
)  # fmt: skip
def examples_of_texts(context: DocumentContext) -> Iterator[Finding]:
    text = context.document.text
    for shared in context.examples.shared_with(context.document):
        example = excerpt(shared.example.text)
        yield Finding(
            pointer="/text",
            message=f'shares {shared.words} words in a row with the example "{example}" of '
            f"{shared.example.of}",
            hint="Write another example, or add a waiver with a reason.",
            quote=in_context(text, *shared.range),
            subject=shared.example.of,
        )


def _new_and_changed(changes: Sequence[RuleChange]) -> str:
    parts = []
    for text, is_new in (("added since", True), ("changed, without items here", False)):
        if titles := [change.rule.title for change in changes if change.is_new == is_new]:
            parts.append(f"{text}: {', '.join(listed(titles, SHOWN))}")
    return "; ".join(parts)
