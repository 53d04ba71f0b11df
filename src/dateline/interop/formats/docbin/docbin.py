"""spaCy's DocBin: documents with entities and span groups to train on, and the whole annotation.

``doc.ents`` and span groups can hold mentions of whole tokens. Everything else, and everything
exactly, is in the extension ``doc._.annotation``, which is a plain value.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.extras import extra
from dateline.interop.format import Format, Holds, Output
from dateline.interop.formats.docbin.reader import read_docbin
from dateline.interop.formats.docbin.tokens import (
    EXTENSION,
    GAP,
    MENTIONS,
    NumberedTokens,
    Place,
    longest,
    plugins_found,
    words_of,
)
from dateline.interop.representation import tokens_by_sentence
from dateline.interop.units import KINDS
from dateline.model import CONTENT_FIELDS, Annotation, Document


def _write(output: Output) -> None:
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415 (heavy and optional)
        from spacy.vocab import Vocab  # noqa: PLC0415
    vocab = Vocab()
    packed = DocBin(store_user_data=True)
    with plugins_found():
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
        pos=["" if number in inside else GAP for number in range(len(words))],
        sent_starts=[number in first for number in range(len(words))],
    )

    def span(place: Place) -> Any:
        return Span(doc, place.first, place.last, place.label, span_id=place.id, kb_id=place.kb_id)

    groups = NumberedTokens(numbered).groups(annotation)
    for key, places in groups.items():
        if places or key == MENTIONS:
            doc.spans[key] = [span(place) for place in places]
    doc.ents = [span(place) for place in longest(groups[MENTIONS])]
    content = {f: v for f in CONTENT_FIELDS if (v := msgspec.to_builtins(getattr(annotation, f)))}
    doc.user_data[EXTENSION] = {"document": document.id, **content}
    return doc


FORMAT = Format(
    name="spacy",
    title="spaCy DocBin",
    suffix=".spacy",
    extra="spacy",
    holds=Holds(kinds=frozenset(KINDS) - {"metadata"}, ids=True),
    reader=read_docbin,
    writer=_write,
    notes=(
        'Entities are the longest mentions. The span groups "sc" (mentions), "triggers", "claims" '
        'and "coref_clusters_1" and so on (chains) have what is one span of whole tokens. '
        "The whole annotation is in doc._.annotation, and is read from there unless the entities "
        "or span groups have been changed."
    ),
)
