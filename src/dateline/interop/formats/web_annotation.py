"""Web Annotation as JSON-LD: ``NAME.txt`` with ``NAME.jsonld``, a collection of annotations.

The model is that of https://www.w3.org/TR/annotation-model/. A mention, an event, a claim and a cue
are annotations of the text, each fragment by position and by quote. What joins them is an
annotation of these annotations: an entity and an event instance of their members, and a relation,
an argument, a claimer and so on of its source, with its target as the body. Each has its kind as a
tag, and its label for classifying it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from dateline.annotations.items import chains_of, clusters_of, kind_of, label_of, spans_of
from dateline.annotations.link_text import format_link
from dateline.interop.format import Chains, Format, Holds, Output
from dateline.interop.representation import written
from dateline.interop.units import KINDS
from dateline.model import Annotation, Attributes, Document, Link, Relation, Spans

CONTEXT = "http://www.w3.org/ns/anno.jsonld"

_AROUND = 32
"""Characters before and after a quote."""

_Json = dict[str, Any]


def _write(output: Output) -> None:
    output.target.mkdir()
    for document, annotation in output.items:
        path = output.target / document.id
        path.with_name(f"{document.id}.txt").write_bytes(document.text.encode())
        content = msgspec.json.encode(_collection(document, annotation))
        path.with_name(f"{document.id}.jsonld").write_bytes(content)


def _collection(document: Document, annotation: Annotation) -> _Json:
    items = list(_Annotations(document, annotation).all())
    iri = quote(f"{document.id}.jsonld")
    page = {"id": "#page", "type": "AnnotationPage", "partOf": iri, "startIndex": 0, "items": items}
    return {
        "@context": CONTEXT,
        "id": iri,
        "type": "AnnotationCollection",
        "label": document.id,
        "total": len(items),
        "first": page,
    }


class _Annotations:
    """The annotations of a document; those of items are named by their ids."""

    def __init__(self, document: Document, annotation: Annotation) -> None:
        self._text, self._whole = document.text, annotation
        self._source = quote(f"{document.id}.txt")

    def all(self) -> Iterator[_Json]:
        """All annotations."""
        whole = self._whole
        if whole.attributes:
            bodies = [_body("tagging", "document"), *_described(whole.attributes)]
            yield _annotation("#document", "describing", bodies, self._source)
        for items in (whole.mentions, whole.events, whole.claims):
            for item in items:
                labels = (kind_of(item), label_of(item), item.attributes)
                yield self._of_text(item.id, spans_of(item), *labels)
        yield from self._chains()
        for kind, relations in (
            ("relation", whole.relations),
            ("event relation", whole.event_relations),
            ("claim relation", whole.claim_relations),
        ):
            yield from (_joining(kind, relation) for relation in relations)
        for event in whole.events:
            for argument in event.arguments:
                yield _joining(
                    "argument",
                    Relation(
                        type=argument.role,
                        source=event.id,
                        target=argument.filler,
                        attributes=argument.attributes,
                    ),
                )
        yield from self._parts_of_claims()

    def _parts_of_claims(self) -> Iterator[_Json]:
        mentions = {mention.id for mention in self._whole.mentions}
        for claim in self._whole.claims:
            if claim.claimer in mentions:
                yield _link("claimer", claim.id, claim.claimer)
            else:
                bodies = [_body("tagging", "claimer"), _body("classifying", claim.claimer)]
                yield _annotation(f"#{claim.id}/claimer", "classifying", bodies, f"#{claim.id}")
            if claim.cue is not None:
                name = f"{claim.id}/cue"
                yield self._of_text(name, claim.cue, "cue", None, {})
                yield _link("cue of claim", claim.id, name)
            for event in claim.events:
                yield _link("about", claim.id, event)

    def _chains(self) -> Iterator[_Json]:
        members = chains_of(self._whole)
        for entity in self._whole.entities:
            bodies = [
                _body("tagging", "entity"),
                _body("classifying", entity.type),
                _body("identifying", entity.name),
            ]
            bodies += [*_described(entity.attributes), *_identified(entity.links)]
            yield _of_members(f"#entity/{entity.id}", bodies, members[entity.id])
        links = {cluster.id: cluster.links for cluster in self._whole.event_clusters}
        for name, events in clusters_of(self._whole).items():
            bodies = [_body("tagging", "event instance"), *_identified(links.get(name, ()))]
            yield _of_members(f"#instance/{name}", bodies, events)

    def _of_text(
        self, name: str, spans: Spans, kind: str, label: str | None, attributes: Attributes
    ) -> _Json:
        bodies = [_body("tagging", kind)]
        bodies += [_body("classifying", label)] if label is not None else []
        bodies += _described(attributes)
        targets = [self._target(span.start, span.end) for span in spans]
        return _annotation(f"#{name}", "classifying", bodies, targets)

    def _target(self, start: int, end: int) -> _Json:
        text = self._text
        return {
            "type": "SpecificResource",
            "source": self._source,
            "selector": [
                {"type": "TextPositionSelector", "start": start, "end": end},
                {
                    "type": "TextQuoteSelector",
                    "exact": text[start:end],
                    "prefix": text[max(start - _AROUND, 0) : start],
                    "suffix": text[end : end + _AROUND],
                },
            ],
        }


def _annotation(name: str, motivation: str, bodies: Sequence[_Json], target: Any) -> _Json:
    return {
        "id": name,
        "type": "Annotation",
        "motivation": motivation,
        "body": bodies,
        "target": target,
    }


def _body(purpose: str, value: str) -> _Json:
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _described(attributes: Attributes) -> list[_Json]:
    """A body for each value of the attributes."""
    return [
        _body("describing", f"{name}: {text}")
        for name, value in attributes.items()
        for text in written(value)
    ]


def _identified(links: Iterable[Link]) -> list[_Json]:
    return [_body("identifying", format_link(link)) for link in links]


def _of_members(name: str, bodies: Sequence[_Json], members: Iterable[str]) -> _Json:
    targets = [f"#{member}" for member in members]
    return _annotation(name, "identifying", bodies, targets if len(targets) > 1 else targets[0])


def _joining(kind: str, relation: Relation) -> _Json:
    bodies = [_body("classifying", relation.type), *_described(relation.attributes)]
    name = f"{relation.source}/{quote(relation.type, safe='')}/{relation.target}"
    return _link(kind, relation.source, relation.target, bodies, name)


def _link(
    kind: str, source: str, target: str, bodies: Sequence[_Json] = (), name: str | None = None
) -> _Json:
    """An annotation of an annotation with another one as its body."""
    linked = {"type": "SpecificResource", "source": f"#{target}", "purpose": "linking"}
    return _annotation(
        f"#{kind.replace(' ', '-')}/{name or f'{source}/{target}'}",
        "linking",
        [_body("tagging", kind), linked, *bodies],
        f"#{source}",
    )


FORMAT = Format(
    name="web-annotation",
    title="Web Annotation",
    holds=Holds(
        kinds=frozenset(KINDS) - {"segmentation", "metadata", "factuality"},
        ids=True,
        entities=Chains(empty=False),
    ),
    writer=_write,
    notes=(
        "JSON-LD with the texts beside it; selectors count code points. Relations, arguments and "
        "chains are annotations of annotations. Attributes and links are texts."
    ),
)
