"""The page of a document: its text with one annotation, or with two side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dateline.annotations.items import items_by_id, label_of
from dateline.dataset.withholding import with_placeholders
from dateline.model import ID_FIELDS, RELATION_FIELDS, Annotation, Document, Struct
from dateline.rendering.header import Header
from dateline.rendering.pages import page, resource
from dateline.rendering.site_links import document_file, document_link, story_file
from dateline.rendering.suggestions import sentences
from dateline.validation.incidents import Incident
from dateline.validation.registry import all_rules
from dateline.viewer.cards import FIELDS, Card, Cards, ShownRelation
from dateline.viewer.labels import Labels, shown_attributes
from dateline.viewer.reading import Paragraph, fragments_of, paragraphs
from dateline.viewer.side_by_side import compared

PACKAGE = "dateline.viewer"

_PLACE = re.compile(r"/(\w+)/(\d+)(?:/|$)")

_TITLES = {
    "events": "Events",
    "claims": "Claims",
    "entities": "Entities",
    "mentions": "Mentions",
    "relations": "Relations",
    "event_relations": "Relations of events",
    "claim_relations": "Relations of claims",
}


class Problem(Struct, frozen=True):
    """What validation found: the code and level of the rule, what is wrong, and what to do."""

    code: str
    level: str
    text: str


class Section(Struct, frozen=True):
    """The items in a field of an annotation, or its relations."""

    field: str
    title: str
    cards: tuple[Card, ...] = ()
    relations: tuple[ShownRelation, ...] = ()

    @property
    def size(self) -> int:
        """The number of items or relations."""
        return len(self.cards) + len(self.relations)


class Side(Struct, frozen=True):
    """An annotation on a page; ``prefix`` is before the ids of its items."""

    annotator: str
    status: str
    prefix: str
    paragraphs: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    problems: Mapping[str, tuple[Problem, ...]]
    attributes: tuple[tuple[str, str], ...]


class PageOfDocument(Struct, frozen=True):
    """What the page of a document shows.

    ``annotations`` are none, one or two. ``previous`` and ``following`` are ids of documents. If it
    is ``withheld``, the text is left out.
    """

    document: Document
    annotations: Sequence[Annotation]
    incidents: Sequence[Incident]
    previous: str | None = None
    following: str | None = None
    withheld: bool = False


def document_page(shown: PageOfDocument, labels: Labels, header: Header) -> str:
    """The page as HTML."""
    document = shown.document
    by_file = _by_file(shown.incidents)
    both = compared(*shown.annotations) if len(shown.annotations) == 2 else None
    cards = [Cards(one, labels, withheld=shown.withheld) for one in shown.annotations]
    sides = [
        _side(shown, number, labels, of, by_file, both.classes[number] if both else {})
        for number, of in enumerate(cards)
    ]
    of_sides = {_file(annotation) for annotation in shown.annotations}
    own = [incident for incident in shown.incidents if incident.file not in of_sides]
    return page(
        PACKAGE,
        "document.html.j2",
        header.of_page(document_file(document.id)),
        style=resource(PACKAGE, "viewer.css") + labels.style,
        script=resource(PACKAGE, "document.js"),
        document=document,
        heading=title_of(document, withheld=shown.withheld),
        facts=_facts(document),
        story=f"../{story_file(document.group)}" if document.group else "",
        sides=sides,
        text=tuple(paragraphs(document, ())) if not sides and not shown.withheld else (),
        withheld=shown.withheld,
        problems=[_problem(incident, withheld=shown.withheld) for incident in own],
        legend=_legend(shown.annotations, labels),
        previous=document_link(shown.previous) if shown.previous else "",
        following=document_link(shown.following) if shown.following else "",
        both=both,
        data=_data(shown, labels, cards, both.twins if both else {}),
    )


def title_of(document: Document, *, withheld: bool) -> str:
    """The title of a document, or its id if it has none that may be shown."""
    title = with_placeholders(document.title, document.text) if withheld else document.title
    return document.id if title is None or (withheld and title != document.title) else title


def _facts(document: Document) -> list[tuple[str, str]]:
    source = document.source
    facts: dict[str, str | None] = {
        "Id": document.id,
        "Split": document.split,
        "Group": document.group,
        "Date": document.date,
        "Language": document.language,
        "Publisher": source.publisher,
        "Published": source.published,
        "License": document.rights.license,
        "Tokens": f"{len(document.tokens):,}",
        **{key: str(value) for key, value in document.meta.items()},
    }
    if document.contrast is not None:
        facts["Contrast"] = f"{document.contrast.kind}, of {document.contrast.of}"
    return [(name, value) for name, value in facts.items() if value]


def _side(
    shown: PageOfDocument,
    number: int,
    labels: Labels,
    cards: Cards,
    by_file: Mapping[str, Sequence[Incident]],
    compared_classes: Mapping[str, str],
) -> Side:
    annotation, prefix = shown.annotations[number], _prefix(shown, number)
    problems: dict[str, list[Problem]] = {}
    for incident in by_file.get(_file(annotation), ()):
        name = _item_at(annotation, incident.pointer)
        problems.setdefault(name, []).append(_problem(incident, withheld=shown.withheld))
    classes = {
        name: f"{compared_classes.get(name, '')} {'w' if name in problems else ''}".strip()
        for name in {*compared_classes, *problems}
    }
    lines = (
        ()
        if shown.withheld
        else paragraphs(shown.document, fragments_of(annotation, labels, classes, prefix))
    )
    sections = [
        *(
            Section(field=field, title=_TITLES[field], cards=tuple(cards.of(field)))
            for field in FIELDS
        ),
        *(
            Section(field=field, title=_TITLES[field], relations=tuple(cards.relations(field)))
            for field in RELATION_FIELDS
        ),
    ]
    return Side(
        annotator=annotation.annotator,
        status=annotation.status,
        prefix=prefix,
        paragraphs=tuple(lines),
        sections=tuple(section for section in sections if section.size),
        problems={name: tuple(of) for name, of in problems.items()},
        attributes=tuple(
            shown_attributes(annotation.attributes, labels.ontology.attributes_of("document"))
        ),
    )


def _by_file(incidents: Iterable[Incident]) -> Mapping[str, list[Incident]]:
    found: dict[str, list[Incident]] = {}
    for incident in incidents:
        found.setdefault(incident.file, []).append(incident)
    return found


def _item_at(annotation: Annotation, pointer: str) -> str:
    """The id of the item that a JSON Pointer leads to; empty if it leads to none."""
    place = _PLACE.match(pointer)
    if place is None or place[1] not in ID_FIELDS:
        return ""
    items = getattr(annotation, place[1])
    return str(items[int(place[2])].id) if int(place[2]) < len(items) else ""


def _problem(incident: Incident, *, withheld: bool) -> Problem:
    """The finding; where the text is withheld, in the words of its rule, which quote nothing."""
    rule = all_rules().get(incident.code)
    message = incident.message if not withheld else rule.title if rule else ""
    text = sentences(message, "" if withheld else incident.hint)
    return Problem(code=incident.code, level=incident.level, text=text)


def _legend(annotations: Sequence[Annotation], labels: Labels) -> list[dict[str, Any]]:
    """The labels in use by layer, with the number of their items in all annotations."""
    found = []
    for field in ("events", "claims", "mentions"):
        counts = Counter(
            label_of(item) for annotation in annotations for item in getattr(annotation, field)
        )
        shown = [(labels.of(field, name), count) for name, count in counts.items()]
        shown.sort(key=lambda pair: (-pair[1], pair[0].name))
        if shown:
            found.append({"field": field, "title": _TITLES[field], "labels": shown})
    return found


def _data(
    shown: PageOfDocument, labels: Labels, cards: Sequence[Cards], twins: Mapping[str, str]
) -> dict[str, Any]:
    """What the script needs: which items belong to which, and the guidelines of labels."""
    marks: dict[str, list[tuple[str, str]]] = {}
    for number, annotation in enumerate(shown.annotations):
        prefix = _prefix(shown, number)
        for name, item in items_by_id(annotation).items():
            found = [(prefix + other, role) for other, role in cards[number].marks(item)]
            if found:
                marks[prefix + name] = found
    pairs = {one: _prefix(shown, 1) + other for one, other in twins.items()}
    return {
        "marks": marks,
        "guidelines": labels.guidelines,
        "twins": pairs | {other: one for one, other in pairs.items()},
    }


def _file(annotation: Annotation) -> str:
    return f"annotations/{annotation.annotator}/{annotation.document}.json"


def _prefix(shown: PageOfDocument, number: int) -> str:
    """What is before the ids of an annotation on the page; nothing for the first."""
    return f"{shown.annotations[number].annotator}:" if number else ""
