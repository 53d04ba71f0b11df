"""spaCy's DocBin: documents with entities and span groups to train on, and the whole annotation.

``doc.ents`` and span groups can hold mentions of whole tokens. Everything else, and everything
exactly, is in the extension ``doc._.annotation``, which is a plain value.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from dateline.annotations.items import chains_of
from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.files.reading import LARGEST, read_bytes
from dateline.interop.format import Format, Holds, Output
from dateline.interop.representation import tokens_by_sentence, with_derived_names
from dateline.interop.source import (
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    source_annotation,
    spans_at,
)
from dateline.interop.units import KINDS, units_of
from dateline.model import (
    CONTENT_FIELDS,
    Annotation,
    Document,
    Entity,
    Mention,
    Range,
    Spans,
)

MENTIONS, TRIGGERS, CLAIMS = "sc", "triggers", "claims"
"""The span groups; "sc" is the one that spaCy's span categorizer learns by default."""

EXTENSION: Any = ("._.", "annotation", None, None)
"""The key of ``doc._.annotation`` in the user data of a document."""

_CHAIN = re.compile(r"coref(_head)?_clusters_\d+")
"""The span groups of coreference in spacy-experimental."""

_CHUNK = 2**24
"""Bytes that are decompressed at once."""

_GAP = "SPACE"
"""The part of speech of what is between the tokens, as spaCy has it for white space."""


class _Place(NamedTuple):
    """Tokens of a spaCy document from ``first`` to ``last`` (exclusive) with their label."""

    first: int
    last: int
    label: str
    id: str = ""
    kb_id: str = ""


class _Tokens:
    """The tokens of a spaCy document that are not gaps, with their numbers in it."""

    def __init__(self, numbered: Sequence[tuple[int, Range]]) -> None:
        self._numbers = [number for number, _ in numbered]
        self._starts = [start for _, (start, _) in numbered]
        self._ends = [end for _, (_, end) in numbered]

    def places(self, items: Iterable[tuple[Spans, str, str, str]]) -> Iterator[_Place]:
        """The tokens that each item overlaps, without items of several fragments."""
        for spans, *names in items:
            first = bisect_right(self._ends, spans[0].start)
            last = bisect_left(self._starts, spans[-1].end)
            if len(spans) == 1 and first < last:
                yield _Place(self._numbers[first], self._numbers[last - 1] + 1, *names)

    def groups(self, annotation: Annotation) -> dict[str, list[_Place]]:
        """What the span groups of an annotation have."""
        links = {e.id: next((n.id for n in e.links if n.id), "") for e in annotation.entities}
        mentions = {
            m.id: (m.spans, m.type, m.id, links.get(m.entity or "", ""))
            for m in annotation.mentions
        }
        found = {
            MENTIONS: mentions.values(),
            TRIGGERS: [(e.trigger, e.type, e.id, "") for e in annotation.events],
            CLAIMS: [(c.spans, c.act, c.id, "") for c in annotation.claims],
        }
        chains = [chain for chain in chains_of(annotation).values() if len(chain) > 1]
        for number, chain in enumerate(chains, 1):
            found[f"coref_clusters_{number}"] = [mentions[name] for name in chain]
        return {key: list(self.places(items)) for key, items in found.items()}


def _longest(places: Iterable[_Place]) -> list[_Place]:
    """The places without those that overlap a longer one or an earlier one, as entities cannot."""
    taken: set[int] = set()
    found = []
    for place in sorted(places, key=lambda p: (p.first - p.last, p.first, p.label)):
        inside = range(place.first, place.last)
        if taken.isdisjoint(inside):
            taken.update(inside)
            found.append(place)
    return sorted(found)


def _write(output: Output) -> None:
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415 (heavy and optional)
        from spacy.vocab import Vocab  # noqa: PLC0415
    vocab = Vocab()
    packed = DocBin(store_user_data=True)
    with _plugins_found():
        for document, annotation in output.items:
            packed.add(_doc(vocab, document, annotation))
    output.target.write_bytes(packed.to_bytes())


def _doc(vocab: Any, document: Document, annotation: Annotation) -> Any:
    from spacy.tokens import Doc, Span  # noqa: PLC0415

    words, numbered = words_of(document)
    starts = {tokens[0] for tokens in tokens_by_sentence(document.sentences, document.tokens)}
    first = {number for number, token in numbered if token in starts}
    inside = {number for number, _ in numbered}
    doc = Doc(
        vocab,
        words=[word for word, _ in words],
        spaces=[space for _, space in words],
        pos=["" if number in inside else _GAP for number in range(len(words))],
        sent_starts=[number in first for number in range(len(words))],
    )

    def span(place: _Place) -> Any:
        return Span(doc, place.first, place.last, place.label, span_id=place.id, kb_id=place.kb_id)

    groups = _Tokens(numbered).groups(annotation)
    for key, places in groups.items():
        if places or key == MENTIONS:
            doc.spans[key] = [span(place) for place in places]
    doc.ents = [span(place) for place in _longest(groups[MENTIONS])]
    content = {f: v for f in CONTENT_FIELDS if (v := msgspec.to_builtins(getattr(annotation, f)))}
    doc.user_data[EXTENSION] = {"document": document.id, **content}
    return doc


def words_of(document: Document) -> tuple[list[tuple[str, bool]], list[tuple[int, Range]]]:
    """The words with whether a blank follows, and the tokens with the numbers of their words.

    What is between two tokens, but for one blank, is a word of its own, so that the text is exact.
    """
    words: list[tuple[str, bool]] = []
    numbered = []
    end = 0
    for start, next_end in (*document.tokens, (len(document.text), len(document.text))):
        gap = document.text[end:start]
        if words and gap.startswith(" "):
            words[-1] = words[-1][0], True
            gap = gap[1:]
        if gap:
            words.append((gap, False))
        if start < next_end:
            numbered.append((len(words), (start, next_end)))
            words.append((document.text[start:next_end], False))
        end = next_end
    return words, numbered


def _read(path: Path) -> Iterator[SourceDocument]:
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415
        from spacy.vocab import Vocab  # noqa: PLC0415
    content = read_bytes(path)
    _refuse_bomb(path, content)
    number = 0
    try:
        with _plugins_found():
            for number, doc in enumerate(DocBin().from_bytes(content).get_docs(Vocab()), 1):
                yield _Reader(path, number, doc).document()
    except InvalidInputError:
        raise
    except Exception as error:  # whatever the parts of spaCy raise for what is not theirs
        place = f"{path}, after document {number}" if number else f"{path}"
        reason = " ".join(str(error).split())[:200]
        raise InvalidInputError(f"{place}: is not a DocBin that spaCy can load: {reason}") from None


def _refuse_bomb(path: Path, content: bytes) -> None:
    """Raise InvalidInputError if the content is too large when it is decompressed."""
    stream, size = zlib.decompressobj(), 0
    with suppress(zlib.error):  # of which spaCy tells
        while content and size <= LARGEST:
            size += len(stream.decompress(content, _CHUNK))
            content = stream.unconsumed_tail
    if size > LARGEST:
        raise InvalidInputError(
            f"{path}: has more than {LARGEST:,} bytes when it is decompressed. Split it."
        )


@contextmanager
def _plugins_found() -> Iterator[None]:
    """Find the plugins of spaCy's packer once.

    It looks for them in all installed packages for each span group that it packs or unpacks.
    """
    from srsly.msgpack import msgpack_decoders, msgpack_encoders  # noqa: PLC0415

    registries = msgpack_encoders, msgpack_decoders
    before = [registry.entry_points for registry in registries]
    for registry in registries:
        for name, plugin in registry.get_entry_points().items():
            registry.register(name, func=plugin)
        registry.entry_points = False
    try:
        yield
    finally:
        for registry, found in zip(registries, before, strict=True):
            registry.entry_points = found


class _Reader:
    def __init__(self, path: Path, number: int, doc: Any) -> None:
        self._path, self._number, self._doc = path, number, doc
        self._text: str = doc.text
        self._numbered = [
            (token.i, (token.idx, token.idx + len(token)))
            for token in doc
            if token.pos_ != _GAP and not token.is_space
        ]
        self._losses: list[SourceLoss] = []
        self._items: Counter[str] = Counter()

    def document(self) -> SourceDocument:
        """The document with its annotation."""
        given = self._given()
        name = given.document if given else f"{self._path.stem}-{self._number}"
        if given is not None and self._is_unchanged(given):
            annotation = given
        else:
            annotation = self._found(name)
            if given is not None:
                reason = "the entities or the span groups have been changed since it was written"
                self._lose("annotation data", name, reason)
        self._items.update(unit.kind for unit in units_of(annotation))
        return SourceDocument(
            name=name,
            text=self._text,
            sentences=self._sentences(),
            tokens=tuple(token for _, token in self._numbered),
            annotations={UNNAMED: annotation},
            items=self._items,
            losses=tuple(self._losses),
        )

    def _lose(self, kind: str, name: str, reason: str) -> None:
        self._items[kind] += 1
        self._losses.append(SourceLoss(kind=kind, name=name, reason=reason))

    def _sentences(self) -> tuple[Range, ...] | None:
        if not self._doc.has_annotation("SENT_START"):
            return None
        found: list[list[int]] = []
        is_first = True
        inside = dict(self._numbered)
        for token in self._doc:
            is_first = is_first or token.is_sent_start is True
            if token.i in inside:
                start, end = inside[token.i]
                if is_first:
                    found.append([start, end])
                found[-1][1] = end
                is_first = False
        return tuple((start, end) for start, end in found)

    def _given(self) -> Annotation | None:
        """The annotation that Dateline has written; None if there is none."""
        data = self._doc.user_data.get(EXTENSION)
        if not isinstance(data, dict) or not isinstance(data.get("document"), str):
            return None
        empty = msgspec.to_builtins(source_annotation(data["document"]))
        try:
            return msgspec.convert({**empty, **data}, Annotation)
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                f"{self._path}, document {self._number}: doc._.annotation is not an annotation: "
                f"{error}. Remove it, and the entities and span groups are read."
            ) from None

    def _is_unchanged(self, given: Annotation) -> bool:
        """Whether entities and span groups are those of the annotation."""
        groups = _Tokens(self._numbered).groups(given)
        there = {
            key: [self._place(span) for span in group] for key, group in self._doc.spans.items()
        }
        ents = [self._place(span) for span in self._doc.ents]
        expected = _longest(groups[MENTIONS])
        return {k: v for k, v in groups.items() if v} == {k: v for k, v in there.items() if v} and [
            p[:3] for p in ents
        ] == [p[:3] for p in expected]

    @staticmethod
    def _place(span: Any) -> _Place:
        return _Place(span.start, span.end, span.label_, span.id_, span.kb_id_)

    def _found(self, name: str) -> Annotation:
        """An annotation of the entities and span groups."""
        doc = self._doc
        found: dict[tuple[Range, str], Mention] = {}
        chains: list[Any] = []
        linked = 0
        for group, spans in (("entity", doc.ents), *doc.spans.items()):
            match = _CHAIN.fullmatch(group)
            if match:
                if match[1]:
                    self._lose("span groups", group, "heads of mentions are not imported")
                else:
                    chains.append(spans)
                continue
            for span in spans:
                self._add(found, span, span.label_ or group)
                linked += bool(span.kb_id_)
        if linked:
            reason = "spaCy does not tell of which knowledge base they are"
            self._lose("ids in a knowledge base", name, reason)
        by_place: dict[Range, tuple[Range, str]] = {}
        for key in found:
            by_place.setdefault(key[0], key)
        entities = []
        for number, spans in enumerate(chains, 1):
            places = [(span.start_char, span.end_char) for span in spans]
            label = next((by_place[p][1] for p in places if p in by_place), UNLABELLED)
            for place, span in zip(places, spans, strict=True):
                if place not in by_place:
                    by_place[place] = self._add(found, span, label)
                key = by_place[place]
                found[key] = replace(found[key], entity=f"x{number}")
            entities.append(Entity(id=f"x{number}", type="", name=""))
        used = {mention.entity for mention in found.values()}
        annotation = replace(
            source_annotation(name),
            mentions=tuple(found.values()),
            entities=tuple(entity for entity in entities if entity.id in used),
            attributes=self._categories(),
        )
        return with_derived_names(annotation)

    def _add(
        self, found: dict[tuple[Range, str], Mention], span: Any, label: str
    ) -> tuple[Range, str]:
        """Add a mention unless it is there, and return its key."""
        place = (span.start_char, span.end_char)
        name = f"m{len(found) + 1}"
        mention = Mention(id=name, spans=spans_at(self._text, [place]), type=label)
        found.setdefault((place, label), mention)
        return place, label

    def _categories(self) -> dict[str, Any]:
        """The categories of the text as an attribute of the document."""
        names = tuple(sorted(name for name, value in self._doc.cats.items() if value >= 0.5))
        return {"cats": names} if names else {}


FORMAT = Format(
    name="spacy",
    title="spaCy DocBin",
    suffix=".spacy",
    extra="spacy",
    holds=Holds(kinds=frozenset(KINDS) - {"metadata"}, ids=True),
    reader=_read,
    writer=_write,
    notes=(
        'Entities are the longest mentions. The span groups "sc" (mentions), "triggers", "claims" '
        'and "coref_clusters_1" and so on (chains) have what is one span of whole tokens. '
        "The whole annotation is in doc._.annotation, and is read from there unless the entities "
        "or span groups have been changed."
    ),
)
