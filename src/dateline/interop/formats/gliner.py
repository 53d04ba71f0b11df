"""Training data of GLiNER: a JSON array with an example for each sentence.

An example has tokens, ``ner`` with the first and the last token of each mention, and ``relations``
between these by their numbers. Sentences, because models of GLiNER cut texts after 384 words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dateline.interop.format import Choice, Format, Holds, Output, Placing
from dateline.interop.representation import tokens_by_sentence
from dateline.model import Annotation, Document

LABELS = Choice(
    name="labels",
    values=("titles", "names"),
    meaning="what labels are called: titles in small letters, as dateline predict asks for them",
)


def shown_labels(output: Output, layer: str) -> dict[str, str]:
    """What the labels of a layer are called in training data."""
    if output.options["labels"] == "names" or layer not in output.ontology.layers:
        return {}
    return {label.name: label.title.lower() for label in output.ontology.layers[layer].labels}


def _write(output: Output) -> None:
    encode = msgspec.json.Encoder().encode
    types, relations = (shown_labels(output, layer) for layer in ("entities", "relations"))
    with output.target.open("wb") as file:
        mark = b"[\n"
        for document, annotation in output.items:
            for example in _examples(document, annotation, types, relations):
                file.write(mark + encode(example))
                mark = b",\n"
        file.write(b"\n]\n" if mark == b",\n" else b"[]\n")


def _examples(
    document: Document,
    annotation: Annotation,
    types: dict[str, str],
    relations: dict[str, str],
) -> Iterator[dict[str, Any]]:
    mentions = sorted(annotation.mentions, key=lambda m: (m.spans[0].start, m.spans[0].end))
    for tokens in tokens_by_sentence(document.sentences, document.tokens):
        first = {start: at for at, (start, _) in enumerate(tokens)}
        last = {end: at for at, (_, end) in enumerate(tokens)}
        inside = [m for m in mentions if m.spans[0].start in first and m.spans[0].end in last]
        numbers = {mention.id: at for at, mention in enumerate(inside)}
        yield {
            "document": document.id,
            "tokenized_text": [document.text[start:end] for start, end in tokens],
            "ner": [
                (first[m.spans[0].start], last[m.spans[0].end], types.get(m.type, m.type))
                for m in inside
            ],
            "relations": [
                (numbers[r.source], numbers[r.target], relations.get(r.type, r.type))
                for r in annotation.relations
                if r.source in numbers
            ],
        }


FORMAT = Format(
    name="gliner",
    title="GLiNER",
    suffix=".json",
    holds=Holds(
        kinds=frozenset({"texts", "segmentation", "mentions", "relations"}),
        text="tokens",
        mentions=Placing(
            discontinuous="left out",
            duplicates=False,
            within_tokens=False,
            between_tokens=False,
            across_sentences=False,
        ),
        joins_sentences=False,
    ),
    writer=_write,
    choices=(LABELS,),
    notes="Training data, with an example for each sentence.",
)
