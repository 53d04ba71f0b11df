"""Items to look at again because a rule has changed since they were annotated, agreed ones too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from dateline.annotations.ruled_items import RuledItem, items_by_rule, layers_of
from dateline.corpus.annotators import annotation_files
from dateline.corpus.guidelines import RECORD, CurrentGuidelines
from dateline.corpus.store import Corpus, canonical_json
from dateline.errors import ConflictError, NotFoundError
from dateline.files.writing import write_together
from dateline.model import Annotation, Struct, canonical, made_by
from dateline.ontology.former_names import renamed

TEXT = "text"
"""The kind of entry that is not about an item: a new rule, a section of the page, or all rules."""


class Reopened(Struct, frozen=True):
    """An item to look at again, and the rule that changed between two versions.

    For a whole text (kind ``text``), ``id`` is None: items may be missing by a rule that is new or
    about no item here. Then ``rule`` is None if the annotation was made by unknown rules.
    """

    document: str
    annotator: str
    kind: str
    id: str | None
    label: str
    quote: str
    rule: str | None
    before: str | None
    after: str
    reason: str


def reopened(
    corpus: Corpus,
    annotators: Collection[str] = (),
    documents: Collection[str] = (),
    layers: Collection[str] = (),
    labels: Collection[str] = (),
) -> Iterator[Reopened]:
    """The items of these annotators, by default of all, and of gold, in the order of their rules.

    ``labels`` are names of labels, or titles of rules such as ``entity:PERSON``. Raises
    NotFoundError if no version was recorded, or there is no such annotator, document or label.
    """
    current = _recorded(corpus)
    names = {name for rule in current.rules.values() for name in (rule.title, rule.name) if name}
    if unknown := sorted({*labels} - names):
        raise NotFoundError(
            f"{', '.join(unknown)}: the guidelines have no such label or rule. `dateline ontology` "
            "shows all labels."
        )
    wanted = set(corpus.ontology.chosen_layers([*layers]))
    for annotation in _annotations(corpus, annotators, documents):
        for entry in _entries(renamed(annotation, corpus.ontology)[0], current, wanted):
            if not labels or entry.rule is None or {entry.rule, _name(entry.rule)} & {*labels}:
                yield entry


def check_off(
    corpus: Corpus, annotators: Collection[str], documents: Collection[str] = ()
) -> list[Path]:
    """Record that annotations were checked by the current guidelines; the files that changed.

    Call it while holding `locked`. Raises NotFoundError as `reopened` does, and ConflictError if
    the current guidelines are not recorded.
    """
    current = _recorded(corpus)
    if current.unrecorded:
        raise ConflictError(
            f"{RECORD}: lacks the rules of the current guidelines. Record them first, with "
            "`dateline guidelines --record REASON`."
        )
    files = {
        corpus.annotation_path(annotation.annotator, annotation.document): canonical_json(
            canonical(made_by(annotation, current.version))
        )
        for annotation in _annotations(corpus, annotators, documents)
        if annotation.provenance.guidelines != current.version
    }
    if files:
        write_together(corpus.root, files)
    return [*files]


def _recorded(corpus: Corpus) -> CurrentGuidelines:
    current = CurrentGuidelines(corpus)
    if not current.record.versions:
        raise NotFoundError(
            f"{RECORD}: there is no such file, so changes of rules are not known. Record the rules "
            "with `dateline guidelines --record REASON`."
        )
    return current


def _annotations(
    corpus: Corpus, annotators: Collection[str], documents: Collection[str]
) -> Iterator[Annotation]:
    found: set[str] = set()
    for annotator in annotators or corpus.annotators():
        for document in annotation_files(corpus, annotator):
            if not documents or document in documents:
                found.add(document)
                yield corpus.read_annotation(annotator, document)
    if missing := sorted({*documents} - found):
        raise NotFoundError(f"{', '.join(missing)}: there is no such annotation.")


def _entries(
    annotation: Annotation, current: CurrentGuidelines, layers: Collection[str]
) -> Iterator[Reopened]:
    def entries(
        items: Iterable[RuledItem], rule: str | None, before: str | None, after: str, reason: str
    ) -> Iterator[Reopened]:
        for item in items:
            yield Reopened(
                document=annotation.document,
                annotator=annotation.annotator,
                kind=item.kind,
                id=item.id,
                label=item.label,
                quote=item.quote,
                rule=rule,
                before=before,
                after=after,
                reason=reason,
            )

    made = annotation.provenance.guidelines
    changes = current.changes_since(made)
    whole: Sequence[RuledItem] = [RuledItem(kind=TEXT, id=None, label="", quote="")]
    if changes is None:
        before = made.version if made else None
        after = current.version.version
        yield from entries(whole, None, before, after, "made by rules that were not recorded")
    items = items_by_rule(annotation) if changes else {}
    for change in changes or ():
        if {*layers_of(change.rule)} & {*annotation.layers} & {*layers}:
            title = change.rule.title
            found = whole if change.is_new else items.get(title, whole)
            yield from entries(found, title, change.before, change.after, change.reason)


def _name(title: str) -> str:
    return title.partition(":")[2]
