"""Gold as training examples of spaCy: a document for each sentence, with flat entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.extras import extra
from dateline.model import Range, Spans

DISCONTINUOUS = "discontinuous"
CROSSING = "not in one sentence"
UNALIGNED = "not at the bounds of spaCy's tokens"
OVERLAPPING = "overlapping a longer one"
AMBIGUOUS = "events with the name of a type of mention"


class Examples(NamedTuple):
    """A ``DocBin``, the number of items in it, and that of items left out, by reason."""

    documents: Any
    items: int
    left_out: Counter[str]


def make_examples(gold: Gold, pipeline: Any) -> Examples:
    """Mentions and triggers as entities of sentences that this pipeline has tokenized.

    An entity has the type of its mention or event. Of overlapping ones, the longest is kept.
    """
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415 (heavy and optional)
        from spacy.util import filter_spans  # noqa: PLC0415
    found = Examples(DocBin(), 0, Counter())
    types = frozenset(gold.ontology.labels_of("entities"))
    items = 0
    for document in gold.documents:
        labelled = list(_labelled(document, types, found.left_out))
        for start, end in document.sentences:
            doc = pipeline.make_doc(document.text[start:end])
            inside = [item for item in labelled if start <= item[0][0] and item[0][1] <= end]
            spans = [
                doc.char_span(first - start, last - start, label) for (first, last), label in inside
            ]
            aligned = [span for span in spans if span is not None]
            doc.ents = filter_spans(aligned)
            found.left_out[UNALIGNED] += len(spans) - len(aligned)
            found.left_out[OVERLAPPING] += len(aligned) - len(doc.ents)
            items += len(doc.ents)
            found.documents.add(doc)
    return found._replace(items=items, left_out=+found.left_out)


def _labelled(
    document: GoldDocument, types: Collection[str], left_out: Counter[str]
) -> Iterator[tuple[Range, str]]:
    """The range and label of each mention and trigger that is one span in one sentence."""
    for mention in document.items.mentions:
        yield from _usable(mention.spans, mention.type, document, left_out)
    for event in document.items.events:
        if event.type in types:
            left_out[AMBIGUOUS] += 1
        else:
            yield from _usable(event.trigger, event.type, document, left_out)


def _usable(
    spans: Spans, label: str, document: GoldDocument, left_out: Counter[str]
) -> Iterator[tuple[Range, str]]:
    first, last = spans[0].start, spans[-1].end
    if len(spans) > 1:
        left_out[DISCONTINUOUS] += 1
    elif not any(start <= first and last <= end for start, end in document.sentences):
        left_out[CROSSING] += 1
    else:
        yield (first, last), label
