"""Puts items together: fragments into one item, and arcs to what they mean between items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from dateline.label_studio.convert.regions import Arc, Page, Problem, Region
from dateline.label_studio.page.controls import (
    ABOUT,
    CLAIM,
    CLAIMER,
    CONTINUES,
    COREFERENCE,
    CUE,
    ENTITY,
    EVENT,
)
from dateline.model import Spans, Struct
from dateline.ontology.former_names import new_names
from dateline.ontology.labels import Ontology

ARGUMENT, EVENT_RELATION, CLAIM_RELATION = "argument", "event relation", "claim relation"


class Item(Struct, frozen=True):
    """A mention, an event, a claim or a cue, with all of its fragments."""

    id: str
    control: str
    label: str
    spans: Spans
    choices: Mapping[str, str]
    answers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The quoted text of all fragments."""
        return " ".join(span.text for span in self.spans)


class Sheet(Struct, frozen=True):
    """The items of a page, by id and in the order of the text; arcs between them, by meaning."""

    items: Mapping[str, Item]
    arcs: Mapping[str, Collection[Arc]]
    problems: Sequence[Problem]

    def of(self, control: str) -> list[Item]:
        """The items with labels of this control."""
        return [item for item in self.items.values() if item.control == control]

    def targets(self, meaning: str, source: str) -> list[Item]:
        """What an item's arcs of this meaning lead to, in the order of the text."""
        found = {arc.target for arc in self.arcs.get(meaning, ()) if arc.source == source}
        return [item for item in self.items.values() if item.id in found]


def put_together(page: Page, ontology: Ontology) -> Sheet:
    """The items of a page and what joins them."""
    problems = list(page.problems)
    items, whole = _items(page, problems)
    meanings = _meanings(ontology)
    renamed = _renamed(ontology)
    arcs: dict[str, dict[Arc, None]] = defaultdict(dict)
    for drawn in page.arcs:
        if drawn.label == CONTINUES:
            continue
        source, target = items[whole[drawn.source]], items[whole[drawn.target]]
        label = drawn.label
        for kind in (source.label, source.control):
            label = renamed.get(kind, {}).get(label, label)
        arc = Arc(label=label, source=source.id, target=target.id)
        meaning = meanings.get((arc.label, source.control, target.control))
        if meaning is None:
            message = (
                f"the relation «{arc.label}» does not join {_a(source.control)} to "
                f"{_a(target.control)} («{arc.source}» to «{arc.target}», «{target.text}»)"
            )
            problems.append(Problem(region=arc.source, message=message, quote=source.text))
        else:
            arcs[meaning][arc] = None
    return Sheet(items=items, arcs=arcs, problems=problems)


def components(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of names that the pairs connect; groups and their members keep the names' order."""
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 (slow to import)

    sets = DisjointSet(names)
    for one, other in pairs:
        sets.merge(one, other)
    groups: dict[str, list[str]] = {}
    for name in sets:
        groups.setdefault(sets[name], []).append(name)
    return list(groups.values())


def _meanings(ontology: Ontology) -> Mapping[tuple[str, str, str], str]:
    """What a relation's label means, by the label and the controls of the regions it joins."""
    entity, event, claim = ENTITY.labels, EVENT.labels, CLAIM.labels
    return {
        (COREFERENCE, entity, entity): COREFERENCE,
        (COREFERENCE, event, event): COREFERENCE,
        (CLAIMER, claim, entity): CLAIMER,
        (CUE, claim, CUE): CUE,
        (ABOUT, claim, event): ABOUT,
        **{(label.name, event, event): EVENT_RELATION for label in ontology.event_relations},
        **{(label.name, claim, claim): CLAIM_RELATION for label in ontology.claim_relations},
        **{
            (role, event, filler): ARGUMENT
            for role in ontology.roles
            for filler in (entity, event, claim)
        },
    }


def _renamed(ontology: Ontology) -> Mapping[str, Mapping[str, str]]:
    """Roles by their former names, for each event type; relations for each kind of their ends."""
    return {
        **{name: new_names(kind.roles.values()) for name, kind in ontology.event_types.items()},
        EVENT.labels: new_names(ontology.event_relations),
        CLAIM.labels: new_names(ontology.claim_relations),
    }


def _items(page: Page, problems: list[Problem]) -> tuple[dict[str, Item], dict[str, str]]:
    """Items by id in the order of the text, and for every region the item that it belongs to."""
    order = sorted(page.regions.values(), key=lambda r: (r.span.start, r.span.end, r.id))
    joined = []
    for arc in page.arcs:
        if arc.label == CONTINUES:
            source, target = page.regions[arc.source], page.regions[arc.target]
            if source.control == target.control:
                joined.append((source.id, target.id))
            else:
                message = f"{_a(target.control)} cannot continue {_a(source.control)}"
                problems.append(Problem(region=source.id, message=message, quote=source.span.text))
    continued = {target for source, target in joined if source != target}
    whole, items = {}, []
    for group in components((region.id for region in order), joined):
        heads = [name for name in group if name not in continued]
        # The region that others continue lends its id; in a circle the first of the text does.
        head = heads[0] if len(heads) == 1 else group[0]
        fragments = [page.regions[name] for name in (head, *(n for n in group if n != head))]
        items.append(_item(fragments, problems))
        whole.update(dict.fromkeys(group, head))
    items.sort(key=lambda item: ([(span.start, span.end) for span in item.spans], item.id))
    return {item.id: item for item in items}, whole


def _item(fragments: Sequence[Region], problems: list[Problem]) -> Item:
    head = fragments[0]
    choices, answers = dict(head.choices), dict(head.answers)
    for fragment in fragments[1:]:
        said = [(head.label, fragment.label)]
        for taken, given in ((choices, fragment.choices), (answers, fragment.answers)):
            said += [(taken.setdefault(control, value), value) for control, value in given.items()]
        problems.extend(
            Problem(
                region=fragment.id,
                message=f"says {other}, but «{head.id}», of which it is a part, says {one}",
                quote=fragment.span.text,
            )
            for one, other in said
            if one != other
        )
    return Item(
        id=head.id,
        control=head.control,
        label=head.label,
        spans=tuple(sorted((f.span for f in fragments), key=lambda s: (s.start, s.end))),
        choices=choices,
        answers=answers,
    )


def _a(control: str) -> str:
    return f"{'an' if control[0] in 'aeiou' else 'a'} {control}"
