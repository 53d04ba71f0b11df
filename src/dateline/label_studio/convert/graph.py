"""The regions of a result with their fragments joined, and the meaning of its arcs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from dateline.annotations.components import components
from dateline.annotations.differences import format_value
from dateline.label_studio.config.controls import CLAIM, ENTITY, EVENT
from dateline.label_studio.config.relations import (
    ABOUT,
    ARGUMENT,
    CONTINUES,
    COREFERENCE,
    RELATION,
    attribute_of,
    attributes_by_meaning,
    former_attribute_labels,
    meanings,
    unlabelled,
)
from dateline.label_studio.convert.problems import ResultProblem, with_article
from dateline.label_studio.convert.regions import UNLABELLED, Arc, Region, ResultRegions
from dateline.model import AttributeValue, Struct
from dateline.ontology.former_names import new_names
from dateline.ontology.labels import Ontology


class ResultGraph(Struct, frozen=True):
    """The regions of a result, by id and in text order, and the arcs between them, by meaning.

    ``document`` and ``lost`` as in ResultRegions.
    """

    regions: Mapping[str, Region]
    document: Mapping[str, AttributeValue]
    arcs: Mapping[str, Collection[Arc]]
    problems: Sequence[ResultProblem]
    lost: frozenset[tuple[str, str]]

    def of(self, control: str) -> list[Region]:
        """The regions with labels of this control."""
        return [region for region in self.regions.values() if region.control == control]

    def targets(self, meaning: str, source: str) -> list[Region]:
        """The targets of a region's arcs with this meaning, in text order."""
        found = {arc.target for arc in self.arcs.get(meaning, ()) if arc.source == source}
        return [region for region in self.regions.values() if region.id in found]


def build_graph(result: ResultRegions, ontology: Ontology) -> ResultGraph:
    """Join the fragments of a result's regions, and give its arcs their meaning."""
    problems = list(result.problems)
    regions, heads = _joined(result, problems)
    legal = meanings(ontology)
    renamed = _renamed(ontology)
    arcs: dict[str, dict[Arc, None]] = defaultdict(dict)
    for drawn in result.arcs:
        if drawn.label == CONTINUES:
            continue
        source, target = regions[heads[drawn.source]], regions[heads[drawn.target]]
        if drawn.label == UNLABELLED:
            read = unlabelled(ontology, source.marked, target.marked)
            if read is None:
                message = f'the relation from "{source.id}" to "{target.id}" has no label'
                problems.append(source.problem(message))
                continue
            drawn = replace(drawn, label=read.label)
            source, target = (target, source) if read.backward else (source, target)
        forward = _arc(drawn.label, source, target, renamed)
        backward = _arc(drawn.label, target, source, renamed)
        meaning, opposite = (
            legal.get((arc.label, regions[arc.source].control, regions[arc.target].control))
            for arc in (forward, backward)
        )
        if meaning is None and (drawn.both or opposite in _ONE_WAY):
            # Only one of the directions can be meant.
            forward, meaning = backward, opposite
        elif drawn.both and opposite is not None and meaning != COREFERENCE:
            message = f'"{forward.label}" from "{source.id}" to "{target.id}" points both ways'
            problems.append(
                ResultProblem(
                    region=source.id, message=message, quote=source.text, effect="read as drawn"
                )
            )
        if meaning is None:
            message = (
                f'"{forward.label}" cannot relate {with_article(source.control)} to '
                f'{with_article(target.control)} ("{source.id}" to "{target.id}", '
                f'"{target.text}")'
            )
            problems.append(ResultProblem(region=source.id, message=message, quote=source.text))
        else:
            arcs[meaning][forward] = None
    return ResultGraph(
        regions=regions, document=result.document, arcs=arcs, problems=problems, lost=result.lost
    )


_ONE_WAY = (ARGUMENT, attribute_of(ARGUMENT))
"""Meanings of relations that annotators may draw from either end: a role is always an event's."""


def _arc(
    label: str, source: Region, target: Region, renamed: Mapping[str, Mapping[str, str]]
) -> Arc:
    for kind in (source.label, source.control):
        label = renamed.get(kind, {}).get(label, label)
    return Arc(label=label, source=source.id, target=target.id)


def _renamed(ontology: Ontology) -> Mapping[str, Mapping[str, str]]:
    """Current by former names: of roles by event type, of relations by control."""
    attributes = {
        meaning: former_attribute_labels(some)
        for meaning, some in attributes_by_meaning(ontology).items()
    }
    return {
        **{name: new_names(kind.roles.values()) for name, kind in ontology.event_types.items()},
        ENTITY.labels: {
            **new_names(relation.label for relation in ontology.relation_types.values()),
            **attributes[RELATION],
        },
        EVENT.labels: {**new_names(ontology.event_relations), **attributes[ARGUMENT]},
        CLAIM.labels: {**new_names(ontology.claim_relations), **attributes[ABOUT]},
    }


def _joined(
    result: ResultRegions, problems: list[ResultProblem]
) -> tuple[dict[str, Region], dict[str, str]]:
    """Joined regions by id in text order, and the id that each region was joined to."""
    order = sorted(result.regions.values(), key=lambda r: (r.spans[0].start, r.spans[0].end, r.id))
    joined = []
    for arc in result.arcs:
        if arc.label == CONTINUES:
            source, target = result.regions[arc.source], result.regions[arc.target]
            if source.control == target.control:
                joined.append((source.id, target.id))
            else:
                message = (
                    f"{with_article(target.control)} cannot continue {with_article(source.control)}"
                )
                problems.append(ResultProblem(region=source.id, message=message, quote=source.text))
    continued = {target for source, target in joined if source != target}
    whole: dict[str, str] = {}
    regions: list[Region] = []
    for names in components((region.id for region in order), joined):
        heads = [name for name in names if name not in continued]
        # The region that the others continue gives its id; in a circle, the first one in the text.
        head = heads[0] if len(heads) == 1 else names[0]
        fragments = [result.regions[name] for name in (head, *(n for n in names if n != head))]
        regions.append(_join(fragments, problems))
        whole.update(dict.fromkeys(names, head))
    regions.sort(key=lambda region: ([(s.start, s.end) for s in region.spans], region.id))
    return {region.id: region for region in regions}, whole


def _join(fragments: Sequence[Region], problems: list[ResultProblem]) -> Region:
    head = fragments[0]
    answers = dict(head.answers)
    for fragment in fragments[1:]:
        values: list[tuple[AttributeValue, AttributeValue]] = [(head.label, fragment.label)]
        values += [
            (answers.setdefault(control, value), value)
            for control, value in fragment.answers.items()
        ]
        problems.extend(
            ResultProblem(
                region=fragment.id,
                message=f'has {format_value(other)}, but "{head.id}", which it continues, has '
                f"{format_value(one)}",
                quote=fragment.text,
            )
            for one, other in values
            if one != other
        )
    spans = sorted((s for f in fragments for s in f.spans), key=lambda s: (s.start, s.end))
    return replace(head, spans=tuple(spans), answers=answers)
