"""Joins mentions of a source that are one item: fragments of it, or the same region twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.interop.importing.labels import SourceLabel
from dateline.interop.importing.mapping import CONTINUES, LabelMapping
from dateline.model import Annotation, Mention, Relation

Lose = Callable[[str, str, str], None]
"""Called with the kind, the name and the reason of what is left out."""


def ends_of(relation: Relation, mapping: LabelMapping) -> tuple[str, str]:
    """Source and target of a relation, in the direction that it has in the corpus."""
    ends = relation.source, relation.target
    label = SourceLabel("relation", relation.type)
    return ends[::-1] if label in mapping.reversed else ends


def joined_mentions(
    whole: Annotation, mapping: LabelMapping, lose: Lose
) -> tuple[dict[str, Mention], dict[str, str]]:
    """The mentions by id, and for each mention of the source the one that it is part of now."""
    found = {mention.id: mention for mention in whole.mentions}
    pairs = [*_continued(whole, found, mapping, lose), *_repeated(whole, mapping)]
    continued = {target for source, target in pairs if source != target}
    joined, heads = {}, {}
    for names in components(found, pairs) if pairs else ([name] for name in found):
        first = [name for name in names if name not in continued]
        head = first[0] if len(first) == 1 else names[0]
        heads.update(dict.fromkeys(names, head))
        fragments = [found[name] for name in (head, *(n for n in names if n != head))]
        joined[head] = _join(fragments, lose) if len(fragments) > 1 else fragments[0]
    return joined, heads


def has_repeated(whole: Annotation, mapping: LabelMapping) -> bool:
    """Whether a mention is given twice."""
    return any(True for _ in _repeated(whole, mapping))


def _continued(
    whole: Annotation, found: Mapping[str, Mention], mapping: LabelMapping, lose: Lose
) -> Iterator[tuple[str, str]]:
    for relation in whole.relations:
        if mapping.moved.get(SourceLabel("relation", relation.type)) == CONTINUES:
            source, target = (found.get(end) for end in ends_of(relation, mapping))
            if source is None or target is None or source.type != target.type:
                lose("relations", relation.name, "joins items with different labels")
            else:
                yield source.id, target.id


def _repeated(whole: Annotation, mapping: LabelMapping) -> Iterator[tuple[str, str]]:
    """Mentions with the place and the label of an earlier one.

    They may be meant as two if relations refer to both, if other items refer to one, or if an
    attribute has two values.
    """
    related = {end for relation in whole.relations for end in (relation.source, relation.target)}
    held = {argument.filler for event in whole.events for argument in event.arguments}
    held |= {claim.claimer for claim in whole.claims}
    first: dict[object, Mention] = {}
    for mention in whole.mentions:
        kind, label = mapping.kind_of(mention.type), mapping.of("entity", mention.type)
        if kind != "entity" or label is None or mention.id in held:
            continue
        earlier = first.setdefault((mention.spans, label, mention.entity), mention)
        given = earlier.attributes
        differs = any(given.get(name, value) != value for name, value in mention.attributes.items())
        if earlier is not mention and not differs and not {earlier.id, mention.id} <= related:
            yield earlier.id, mention.id
            if mention.id in related:
                related.add(earlier.id)


def _join(fragments: Sequence[Mention], lose: Lose) -> Mention:
    head = fragments[0]
    attributes = dict(head.attributes)
    for fragment in fragments[1:]:
        for name, value in fragment.attributes.items():
            if attributes.setdefault(name, value) != value:
                reason = f"{head.id}, which it is joined to, has another value"
                lose("mention attributes", f"{fragment.id}.{name}", reason)
    places = {(span.start, span.end): span for fragment in fragments for span in fragment.spans}
    return replace(
        head, spans=tuple(places[place] for place in sorted(places)), attributes=attributes
    )
