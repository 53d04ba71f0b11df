"""Gold as training examples of spaCy: a document for each sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.evaluation.models.spacy_pipeline import SPANS_KEY
from dateline.extras import extra
from dateline.training.sentence_items import (
    CROSSING,
    OVERLAPPING,
    Item,
    inside,
    is_in_one_sentence,
    labelled_items,
)

NER, SPANCAT, TEXTCAT = "ner", "spancat", "textcat_multilabel"
COMPONENTS = (NER, SPANCAT, TEXTCAT)

MAX_TOKENS = 8
"""The length of the longest spans that spancat considers; each length costs time and memory."""

UNALIGNED = "not at the bounds of spaCy's tokens"
TOO_LONG = f"longer than {MAX_TOKENS} tokens"
SAME_ACT = "claims with the act of another one in their sentence"


class Examples(NamedTuple):
    """A ``DocBin``, the number of items in it, and that of items left out, by reason."""

    documents: Any
    items: int
    left_out: Counter[str]


def make_examples(gold: Gold, pipeline: Any, components: Collection[str]) -> Examples:
    """Sentences that this pipeline has tokenized, annotated for the components.

    Mentions and triggers are entities for ``ner``, of which the longest of overlapping ones is
    kept, or a group of spans for ``spancat``. For ``textcat_multilabel``, sentences have the acts
    of their claims.
    """
    with extra("spacy"):
        from spacy.tokens import DocBin  # noqa: PLC0415 (heavy and optional)
    documents, left_out, items = DocBin(), Counter[str](), 0
    types = frozenset(gold.ontology.labels_of("entities"))
    acts = gold.ontology.labels_of("claims")
    for document in gold.documents:
        wanted = {NER, SPANCAT} & {*components}
        spans = list(labelled_items(document, types, left_out)) if wanted else []
        claims = _claims(document, left_out) if TEXTCAT in components else []
        for sentence in document.sentences:
            doc = pipeline.make_doc(document.text[slice(*sentence)])
            items += _set_spans(doc, inside(spans, sentence), sentence[0], components, left_out)
            if TEXTCAT in components:
                items += _set_acts(doc, inside(claims, sentence), acts, left_out)
            documents.add(doc)
    return Examples(documents, items, left_out)


def _set_spans(
    doc: Any, items: list[Item], offset: int, components: Collection[str], left_out: Counter[str]
) -> int:
    """Annotate the sentence with mentions and triggers, and return their number."""
    from spacy.util import filter_spans  # noqa: PLC0415

    spans = [doc.char_span(i.start - offset, i.end - offset, i.label) for i in items]
    aligned = [span for span in spans if span is not None]
    left_out[UNALIGNED] += len(spans) - len(aligned)
    if NER in components:
        doc.ents = filter_spans(aligned)
        left_out[OVERLAPPING] += len(aligned) - len(doc.ents)
        return len(doc.ents)
    short = [span for span in aligned if len(span) <= MAX_TOKENS]
    left_out[TOO_LONG] += len(aligned) - len(short)
    doc.spans[SPANS_KEY] = short
    return len(short)


def _claims(document: GoldDocument, left_out: Counter[str]) -> list[Item]:
    """Claims in one sentence, with their acts as labels."""
    usable = [one for one in document.items.claims if is_in_one_sentence(one.spans, document)]
    left_out[CROSSING] += len(document.items.claims) - len(usable)
    return [Item(one.spans[0].start, one.spans[-1].end, one.act, one.id) for one in usable]


def _set_acts(doc: Any, claims: list[Item], acts: Iterable[str], left_out: Counter[str]) -> int:
    """Annotate the sentence with the acts of its claims, and return their number."""
    found = {claim.label for claim in claims}
    doc.cats = {act: float(act in found) for act in acts}
    left_out[SAME_ACT] += len(claims) - len(found)
    return len(found)
