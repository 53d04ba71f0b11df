"""Versions of relations that a curator chooses, from the marks of a page to the annotation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.label_studio.config.controls import CONFLICT_STATE, CONFLICT_VERSION, RESOLVED
from dateline.label_studio.convert.conflict_marks import (
    ConflictMark,
    unresolved_marks,
    with_marks,
    without_marks,
)
from dateline.label_studio.convert.conflict_versions import change_between
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.label_studio.result_rows import value_row
from dateline.model import RELATION_FIELDS, canonical

from ..adjudication.annotators import two, write
from .strategies import annotated, document_of


def some_of(draw, items):
    return tuple(item for item in items if draw(st.booleans()))


def other_relations(draw, annotation):
    """The annotation with fewer relations, and with other claimers and cues."""
    claimers = [claim.claimer for claim in annotation.claims]
    claims = tuple(
        replace(
            claim,
            claimer=draw(st.sampled_from(claimers)),
            cue=claim.cue if draw(st.booleans()) else None,
        )
        for claim in annotation.claims
    )
    events = tuple(
        replace(event, arguments=some_of(draw, event.arguments)) for event in annotation.events
    )
    fewer = {field: some_of(draw, getattr(annotation, field)) for field in RELATION_FIELDS}
    return canonical(replace(annotation, claims=claims, events=events, **fewer))


def page(rows, document, versions, **answers):
    """Rows with a mark of a conflict, and the answers to its questions."""
    mark = ConflictMark(place=(0, 1), note="Who?", versions=versions)
    rows = json.loads(json.dumps(with_marks(rows, [mark], document)))
    return rows + [
        value_row("conflict1", control, "choices", {"choices": [value]})
        for control, value in answers.items()
    ]


@settings(max_examples=40)
@given(data=st.data())
def test_the_chosen_version_is_what_is_read(data, ontology):
    document, annotation = data.draw(annotated(ontology))
    other = other_relations(data.draw, annotation)
    rows = to_result(annotation, ontology)
    versions = {
        "1": change_between(rows, to_result(other, ontology)),
        "2": change_between(rows, rows),
    }
    for version, expected in (("1", other), ("2", annotation)):
        result = page(rows, document, versions, **{CONFLICT_VERSION: version})
        assert list(unresolved_marks(result)) == []
        read = from_result(without_marks(result), document, header_of(annotation), ontology)
        assert read == (expected, [])


@pytest.mark.parametrize(
    ("answers", "is_resolved"),
    [({}, False), ({CONFLICT_STATE: RESOLVED}, True), ({CONFLICT_VERSION: "1"}, True),
     ({CONFLICT_VERSION: "3"}, False), ({CONFLICT_STATE: RESOLVED, CONFLICT_VERSION: "3"}, False)],
)  # fmt: skip
def test_a_version_that_a_conflict_lacks_resolves_nothing(answers, is_resolved):
    document = document_of("Kim.")
    versions = {"1": change_between([], [])}
    result = page([], document, versions, **answers)
    assert (list(unresolved_marks(result)) == []) == is_resolved


def test_a_relation_of_a_deleted_item_is_not_added(files):
    corpus = files.corpus
    document, (gold, _) = corpus.read_document("summit"), write(corpus, *two(files))
    rows = to_result(gold, corpus.ontology)
    claim = next(claim for claim in gold.claims if claim.claimer.startswith("m"))
    other = replace(claim, claimer=next(m.id for m in gold.mentions if m.id != claim.claimer))
    claims = tuple(other if one is claim else one for one in gold.claims)
    versions = {"1": change_between(rows, to_result(replace(gold, claims=claims), corpus.ontology))}
    result = page(rows, document, versions, **{CONFLICT_VERSION: "1"})
    kept = [row for row in result if row.get("id") != claim.id]
    joined = [row for row in without_marks(kept) if row.get("from_id") == claim.id]
    assert "claimer" not in {label for row in joined for label in row["labels"]}
