"""The first page of a site: all documents, with filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from dateline.annotations.items import label_of
from dateline.model import LAYER_FIELDS, SPAN_LAYERS, Annotation, Document, Struct
from dateline.rendering.header import Header
from dateline.rendering.pages import page, resource
from dateline.rendering.site_links import INDEX, document_link, story_file
from dateline.viewer.document_page import PACKAGE, title_of
from dateline.viewer.labels import Labels
from dateline.viewer.sparkline import BINS, HEIGHT, bars, bins

FEW = 30
"""Values of a metadata key at most, for the key to be a filter."""

SEARCHED = 4_000_000
"""Characters of texts at most that the page carries to search in; beyond, it searches titles."""

_META = "meta "

_FIELDS = tuple(LAYER_FIELDS[layer][0] for layer in SPAN_LAYERS)


class Entry(Struct, frozen=True):
    """A document in the list. ``facets`` are the values that filters compare, by filter."""

    id: str
    title: str
    link: str
    group: str | None
    story: str
    remarks: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    bars: str
    facets: Mapping[str, tuple[str, ...]]
    text: str


class Filter(Struct, frozen=True):
    """A choice among values; each has the title of its group, if it has one, and its own."""

    name: str
    title: str
    values: tuple[tuple[str, str, str], ...]

    @property
    def is_meta(self) -> bool:
        """Whether it compares a key of the documents' metadata."""
        return self.name.startswith(_META)


def entry_of(
    document: Document,
    annotation: Annotation | None,
    annotators: Collection[str],
    labels: Labels,
    *,
    withheld: bool,
) -> Entry:
    """The entry of a document; ``annotation`` is the one that its page shows."""
    title = title_of(document, withheld=withheld)
    counts: list[tuple[str, int]] = []
    used: dict[str, None] = {}
    for field in _FIELDS if annotation is not None else ():
        items = getattr(annotation, field)
        counts += [(field, len(items))] if items else []
        used |= dict.fromkeys(labels.of(field, label_of(item)).style for item in items)
    meta = {f"{_META}{key}": (str(value),) for key, value in document.meta.items()}
    return Entry(
        id=document.id,
        title=title,
        link=document_link(document.id),
        group=document.group,
        story=story_file(document.group) if document.group else "",
        remarks=tuple(
            remark
            for remark in (
                document.date or document.source.published,
                document.split,
                f"contrast: {document.contrast.kind}" if document.contrast else None,
                "text withheld" if withheld else None,
            )
            if remark
        ),
        counts=tuple(counts),
        bars=bars(bins(annotation, len(document.text))) if annotation is not None else "",
        facets={
            "split": (document.split,),
            "group": (document.group,) if document.group else (),
            "annotator": tuple(annotators),
            "label": tuple(used),
            **meta,
        },
        text="" if withheld else document.text,
    )


def index_page(header: Header, entries: Sequence[Entry], labels: Labels) -> str:
    """The page as HTML."""
    with_texts = sum(len(entry.text) for entry in entries) <= SEARCHED
    rows = [
        {
            "facets": entry.facets,
            "text": "\n".join((entry.id, entry.title, entry.text if with_texts else "")).lower(),
        }
        for entry in entries
    ]
    return page(
        PACKAGE,
        "index.html.j2",
        header.of_page(INDEX),
        style=resource(PACKAGE, "viewer.css") + labels.style,
        script=resource(PACKAGE, "index.js"),
        entries=entries,
        filters=list(_filters(entries, labels)),
        with_texts=with_texts,
        width=4 * BINS,
        height=HEIGHT,
        data={"rows": rows},
    )


def _filters(entries: Sequence[Entry], labels: Labels) -> Iterable[Filter]:
    for name, title in _names(entries).items():
        values = sorted({value for one in entries for value in one.facets.get(name, ())})
        if len(values) > 1 and not (name.startswith(_META) and len(values) > FEW):
            shown: Sequence[tuple[str, str, str]] = [("", value, value) for value in values]
            if name == "label":
                shown = list(_label_values(values, labels))
            yield Filter(name=name, title=title, values=tuple(shown))


def _names(entries: Sequence[Entry]) -> dict[str, str]:
    """The filters with their titles, in the order of the page."""
    meta = dict.fromkeys(name for one in entries for name in one.facets if name.startswith(_META))
    return {
        "split": "Split",
        **{name: name.removeprefix(_META).replace("_", " ").capitalize() for name in meta},
        "group": "Group",
        "annotator": "Annotator",
        "label": "Label",
    }


def _label_values(styles: Collection[str], labels: Labels) -> Iterable[tuple[str, str, str]]:
    for layer, field in zip(SPAN_LAYERS, _FIELDS, strict=True):
        for label in labels.all_of(field):
            if label.style in styles:
                yield labels.ontology.layers[layer].title, label.style, label.title
