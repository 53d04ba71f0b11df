"""Reading of DocBins: what Dateline wrote, or entities, span groups and categories."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.files.reading import LARGEST, read_bytes
from dateline.interop.formats.docbin.tokens import (
    CLAIMS,
    EXTENSION,
    GAP,
    MENTIONS,
    TRIGGERS,
    NumberedTokens,
    Place,
    longest,
    plugins_found,
)
from dateline.interop.representation import with_derived_names
from dateline.interop.source import (
    NO_PLACE,
    UNLABELLED,
    UNNAMED,
    SourceDocument,
    SourceLoss,
    source_annotation,
    spans_at,
    without_type,
)
from dateline.interop.units import units_of
from dateline.model import Annotation, Entity, Mention, Range
from dateline.rendering.listing import counted

_CHAIN = re.compile(r"coref(_head)?_clusters_\d+")
"""The span groups of coreference in spacy-experimental."""

_COLUMNS = ("TAG", "MORPH", "LEMMA", "DEP")

_CHUNK = 2**24
"""Bytes that are decompressed at once."""


def read_docbin(path: Path) -> Iterator[SourceDocument]:
    """The documents of a file, one by one. Raises InvalidInputError if it is not a DocBin."""
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415
        from spacy.vocab import Vocab  # noqa: PLC0415
    content = read_bytes(path)
    _refuse_bomb(path, content)
    number = 0
    try:
        with plugins_found():
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


class _Reader:
    def __init__(self, path: Path, number: int, doc: Any) -> None:
        self._path, self._number, self._doc = path, number, doc
        self._text: str = doc.text
        self._numbered = [
            (token.i, (token.idx, token.idx + len(token)))
            for token in doc
            if token.pos_ != GAP and not token.is_space
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
            annotation = self._found(name, of_mentions=given is not None)
            if given is not None:
                reason = "the entities or the span groups have been changed since it was written"
                self._lose("annotation data", name, reason)
        self._lose_rest()
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
        groups = NumberedTokens(self._numbered).groups(given)
        there = {
            key: [self._place(span) for span in group] for key, group in self._doc.spans.items()
        }
        ents = [self._place(span) for span in self._doc.ents]
        expected = longest(groups[MENTIONS])
        return {k: v for k, v in groups.items() if v} == {k: v for k, v in there.items() if v} and [
            p[:3] for p in ents
        ] == [p[:3] for p in expected]

    @staticmethod
    def _place(span: Any) -> Place:
        return Place(span.start, span.end, span.label_, span.id_, span.kb_id_)

    def _found(self, name: str, *, of_mentions: bool) -> Annotation:
        """An annotation of the entities and span groups; of those of mentions and chains alone."""
        mentions: dict[tuple[Range, str], Mention] = {}
        chains: dict[str, Any] = {}
        linked = 0
        for group, spans in (("entity", self._doc.ents), *self._doc.spans.items()):
            match = _CHAIN.fullmatch(group)
            if match and match[1]:
                self._lose("span groups", group, "heads of mentions are not imported")
            elif match:
                chains[group] = spans
            elif of_mentions and group in (TRIGGERS, CLAIMS):
                self._lose("span groups", group, "has events or claims of the annotation data")
            else:
                places = [self._add(mentions, group, span, span.label_ or group) for span in spans]
                for place, count in Counter(filter(None, places)).items():
                    for _ in range(count - 1):
                        self._lose("mentions", _shown(group, place[0]), "is given twice")
                linked += sum(bool(span.kb_id_) for span in spans)
        if linked:
            reason = "spaCy does not tell of which knowledge base they are"
            self._lose("ids in a knowledge base", name, reason)
        by_place: dict[Range, tuple[Range, str]] = {}
        for key in mentions:
            by_place.setdefault(key[0], key)
        for number, (group, spans) in enumerate(chains.items(), 1):
            self._chain(mentions, by_place, f"x{number}", group, spans)
        used = dict.fromkeys(mention.entity for mention in mentions.values() if mention.entity)
        annotation = replace(
            source_annotation(name),
            mentions=tuple(mentions.values()),
            entities=tuple(Entity(id=entity, type="", name="") for entity in sorted(used)),
            attributes=self._categories(),
        )
        return with_derived_names(annotation)

    def _add(
        self, mentions: dict[tuple[Range, str], Mention], group: str, span: Any, label: str
    ) -> tuple[Range, str] | None:
        """Add a mention unless it is there. Returns its key, None if the span is empty."""
        place = (span.start_char, span.end_char)
        if place[0] >= place[1]:
            self._lose("mentions", _shown(group, place), "is empty")
            return None
        name = f"m{len(mentions) + 1}"
        mention = Mention(id=name, spans=spans_at(self._text, [place]), type=label)
        mentions.setdefault((place, label), mention)
        return place, label

    def _chain(
        self,
        mentions: dict[tuple[Range, str], Mention],
        by_place: dict[Range, tuple[Range, str]],
        entity: str,
        group: str,
        spans: Any,
    ) -> None:
        """Join the mentions of a chain; where there is none, one of the type of the others."""
        places = [(span.start_char, span.end_char) for span in spans]
        label = next((by_place[place][1] for place in places if place in by_place), None)
        for place, span in zip(places, spans, strict=True):
            key = by_place.get(place) or self._add(mentions, group, span, label or UNLABELLED)
            if key is None:
                continue
            if label is None and place not in by_place:
                self._losses.append(without_type(mentions[key].id))
            by_place[place] = key
            if mentions[key].entity is None:
                mentions[key] = replace(mentions[key], entity=entity)
            else:
                self._lose("coreference", _shown(group, place), "is in a chain already")

    def _categories(self) -> dict[str, Any]:
        """The categories of the text as an attribute of the document."""
        scores = {str(name): float(score) for name, score in self._doc.cats.items()}
        for name, score in scores.items():
            if score not in (0, 1):
                self._lose(
                    "scores of categories", name, "is a category from 0.5 on, without its score"
                )
        names = tuple(sorted(name for name, score in scores.items() if score >= 0.5))
        return {"cats": names} if names else {}

    def _lose_rest(self) -> None:
        """Report what tokens have and what other programs have added."""
        for column in (*_COLUMNS, *(["POS"] if self._has_parts_of_speech else [])):
            if column == "POS" or self._doc.has_annotation(column):
                self._lose("columns", column, NO_PLACE)
        others = (key for key in self._doc.user_data if key != EXTENSION)
        names = Counter(
            key[1] if isinstance(key, tuple) and len(key) > 1 else key for key in others
        )
        for name, count in names.items():
            self._lose("user data", str(name), f"is not read ({counted(count, 'value')})")

    @property
    def _has_parts_of_speech(self) -> bool:
        return any(token.pos_ not in ("", GAP) for token in self._doc)


def _shown(group: str, place: Range) -> str:
    return f"{group} {place[0]}-{place[1]}"
