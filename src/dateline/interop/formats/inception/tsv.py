"""WebAnno TSV 3.3, which INCEpTION reads and writes: a row for each token and part of a token."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.formats.inception.files import find_files
from dateline.interop.formats.inception.layers import (
    CONTINUED,
    ENDS,
    FRAGMENT,
    KINDS_OF_LAYERS,
    NOT_IN_XML,
    LayeredText,
    LayerSpan,
    layered,
)
from dateline.interop.formats.inception.reading import source_document
from dateline.interop.formats.inception.tsv_cells import LIST
from dateline.interop.formats.inception.tsv_reader import read_tsv
from dateline.interop.source import SourceDocument
from dateline.model import AttributeValue, Range

_NONE, _EMPTY = "_", "*"
_ANY = "uima.tcas.Annotation"
_RESERVED = re.compile(r"->|[\\\[\]|_;\t\n*]")
_NAMES = {"\t": "t", "\n": "n", "\r": "r", "\f": "f", "\b": "b"}


def _write(output: Output) -> None:
    output.target.mkdir()
    for document, annotation in output.items:
        lines = _Table(layered(document, annotation)).lines()
        content = "".join(f"{line}\n" for line in lines)
        (output.target / f"{document.id}.tsv").write_bytes(content.encode())


class _Unit(NamedTuple):
    """A row: its number, and its place in the text."""

    number: str
    place: Range


class _Table:
    """The rows of a text, with a column for each feature of each layer."""

    def __init__(self, layers: LayeredText) -> None:
        self._layers = layers
        self._text = layers.text
        self._sizes = [0, *accumulate(1 + (c > "\uffff") for c in layers.text)]
        self._tokens: Sequence[Range] = layers.tokens or ()
        self._starts = [start for start, _ in self._tokens]
        self._ends = [end for _, end in self._tokens]
        self._numbers = {id(span): number for number, span in enumerate(layers.spans, 1)}
        self._parts: dict[int, dict[Range, None]] = {}
        self._places = {id(span): self._units(span.start, span.end) for span in layers.spans}
        for chain in layers.chains:
            for link in chain.links:
                self._units(link.start, link.end)
        self._cells: dict[Range, dict[str, list[str]]] = {}
        self._header: list[str] = []
        self._columns: list[str] = []
        self._rows = self._numbered()

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        self._add_spans()
        self._add_chains()
        self._add_relations()
        yield "#FORMAT=WebAnno TSV 3.3"
        yield from self._header
        yield ""
        first = 0
        for start, end in self._layers.sentences or ():
            yield ""
            for line in self._text[start:end].split("\n"):
                yield f"#Text={_escaped_text(line)}"
            last = bisect_left(self._starts, end, first)
            for token in range(first, last):
                for place in (self._tokens[token], *self._parts.get(token, ())):
                    yield self._line(self._rows[place])
            first = last

    def _line(self, unit: _Unit) -> str:
        start, end = unit.place
        cells = self._cells.get(unit.place, {})
        values = ["|".join(cells.get(column, (_NONE,))) for column in self._columns]
        offsets = f"{self._sizes[start]}-{self._sizes[end]}"
        return "\t".join([unit.number, offsets, self._text[start:end], *values, ""])

    def _units(self, start: int, end: int) -> list[Range]:
        """The places of the rows that a span has: tokens, and parts of the first and the last."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end) - 1
        places = []
        for token in range(first, last + 1):
            whole = self._tokens[token]
            place = max(start, whole[0]), min(end, whole[1])
            if place != whole:
                self._parts.setdefault(token, {})[place] = None
            places.append(place)
        return places

    def _numbered(self) -> dict[Range, _Unit]:
        rows: dict[Range, _Unit] = {}
        first = 0
        for sentence, (_, end) in enumerate(self._layers.sentences or (), 1):
            last = bisect_left(self._starts, end, first)
            for token in range(first, last):
                number = f"{sentence}-{token - first + 1}"
                rows[self._tokens[token]] = _Unit(number, self._tokens[token])
                for part, place in enumerate(self._parts.get(token, ()), 1):
                    rows[place] = _Unit(f"{number}.{part}", place)
            first = last
        return rows

    def _put(self, places: Sequence[Range], column: str, cell: str) -> None:
        for place in places:
            self._cells.setdefault(place, {}).setdefault(column, []).append(cell)

    def _declare(self, prefix: str, layer: str, columns: Sequence[tuple[str, str]]) -> None:
        """Add a layer to the header; its columns are their declarations and their keys."""
        declared = "|".join(declaration for declaration, _ in columns)
        self._header.append(f"#{prefix}={layer}|{declared}")
        self._columns += [key for _, key in columns]

    def _add_spans(self) -> None:
        by_layer: dict[str, list[LayerSpan]] = {}
        for span in self._layers.spans:
            by_layer.setdefault(span.layer, []).append(span)
        for layer, spans in by_layer.items():
            features = _features([span.values for span in spans])
            slots = sorted({feature for span in spans for feature in span.links})
            columns = [(name, f"{layer} {name}") for name in features]
            for slot in slots:
                link = f"{layer}{slot.capitalize()}Link"
                target = FRAGMENT if slot == CONTINUED else _ANY
                columns.append((f"ROLE_{layer}:{slot}_{link}", f"{layer} {slot} role"))
                columns.append((target, f"{layer} {slot} target"))
            self._declare("T_SP", layer, columns or [("", layer)])
            for span in spans:
                places, own = self._places[id(span)], f"[{self._numbers[id(span)]}]"
                for name in features:
                    self._put(places, f"{layer} {name}", _value(span.values, name) + own)
                for slot in slots:
                    links = span.links.get(slot, ())
                    roles = ";".join(_escaped(role) or _EMPTY for role, _ in links)
                    targets = ";".join(self._reference(target) for _, target in links)
                    self._put(places, f"{layer} {slot} role", (roles or _NONE) + own)
                    self._put(places, f"{layer} {slot} target", targets or _NONE)
                if not columns:
                    self._put(places, layer, _EMPTY + own)

    def _reference(self, span: LayerSpan) -> str:
        return f"{self._first(span)}[{self._numbers[id(span)]}]"

    def _first(self, span: LayerSpan) -> str:
        return self._rows[self._places[id(span)][0]].number

    def _add_chains(self) -> None:
        declared: set[str] = set()
        for number, chain in enumerate(self._layers.chains, 1):
            layer = f"{chain.layer}Link"
            keys = f"{layer} relation", f"{layer} type"
            if layer not in declared:
                declared.add(layer)
                columns = list(zip(("referenceRelation", "referenceType"), keys, strict=True))
                self._declare("T_CH", layer, columns)
            for position, link in enumerate(chain.links, 1):
                places = self._units(link.start, link.end)
                relation, label = _escaped(link.relation or ""), _escaped(link.type or "")
                self._put(places, keys[0], f"{relation or _EMPTY}->{number}-{position}")
                self._put(places, keys[1], f"{label or _EMPTY}[{number}]")

    def _add_relations(self) -> None:
        for layer, base in ENDS.items():
            relations = [r for r in self._layers.relations if r.layer == layer]
            if not relations:
                continue
            features = _features([relation.values for relation in relations])
            columns = [(name, f"{layer} {name}") for name in features]
            self._declare("T_RL", layer, [*columns, (f"BT_{base}", layer)])
            for relation in relations:
                places = self._places[id(relation.target)][:1]
                ends = relation.source, relation.target
                source, target = (self._numbers[id(end)] for end in ends)
                for name in features:
                    self._put(places, f"{layer} {name}", _value(relation.values, name))
                reference = f"{self._first(relation.source)}[{source}_{target}]"
                self._put(places, layer, reference)


def _features(values: Sequence[dict[str, AttributeValue]]) -> list[str]:
    return sorted(
        {
            f"{LIST}{name}" if isinstance(value, tuple) else name
            for given in values
            for name, value in given.items()
        }
    )


def _value(values: dict[str, AttributeValue], column: str) -> str:
    value = values.get(column.removeprefix(LIST))
    if value is None or isinstance(value, tuple) != column.startswith(LIST):
        return _EMPTY
    if isinstance(value, tuple):
        texts = (text.replace("\\", "\\\\").replace(",", "\\,") for text in value)
        return _escaped(",".join(texts))
    return _escaped(str(value))


def _escaped(value: str) -> str:
    return _RESERVED.sub(lambda m: "\\" + _NAMES.get(m[0], m[0]), value)


def _escaped_text(text: str) -> str:
    return re.sub(r"[\x00-\x08\t\f\r\x0e-\x1f\\]", lambda m: "\\" + _NAMES.get(m[0], m[0]), text)


def _read(path: Path) -> Iterator[SourceDocument]:
    for found in find_files(path, (".tsv",)):
        yield source_document(found.name, found.annotator, read_tsv(found.path, found.content))


_PLACING = Placing(between_tokens=False)

FORMAT = Format(
    name="webanno-tsv",
    title="WebAnno TSV of INCEpTION",
    endings=(".tsv", ".zip"),
    holds=Holds(
        kinds=KINDS_OF_LAYERS,
        text="sentences",
        not_in_text=f"[{NOT_IN_XML}]",
        values=f"[^{NOT_IN_XML}\r]+",
        unwritable=f"[{NOT_IN_XML}\r]",
        mentions=_PLACING,
        triggers=_PLACING,
        claims=_PLACING,
        cues=_PLACING,
        entities=Chains(empty=False, named=False),
    ),
    reader=_read,
    writer=_write,
    notes=(
        "The layers are those of cas; import its TypeSystem.xml into a project first. Version 3.3 "
        "is written, and 3.0 to 3.3 and 2 are read."
    ),
)
