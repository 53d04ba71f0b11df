"""Agreement on whatever layers and attributes an ontology declares, and on nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from dateline.agreement.measure import measure_agreement
from dateline.agreement.report import PairAgreement
from dateline.annotations.layers import limited
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.model import LAYERS
from tests.conftest import Run
from tests.corpora import make_annotation
from tests.layered import TEXT, items_of, names_of


def annotated_by(corpus: Corpus, name: str, items: dict[str, Any], layers=LAYERS) -> None:
    document = corpus.read_document("report")
    corpus.write_annotation(make_annotation(document, items, annotator=name, layers=layers))


def differing() -> dict[str, Any]:
    """The items of `items_of` with a few differences."""
    items = items_of(TEXT)
    items["attributes"] |= {"genre": "news", "topics": ["safety"], "registry": "NCT0043"}
    mentions = {mention["id"]: mention["attributes"] for mention in items["mentions"]}
    mentions["m5"]["forms"] = ["generic"]
    mentions["m6"]["negated"] = True
    mentions["m4"]["day"] = "P2D"
    items["entities"][2]["attributes"]["approved"] = False
    items["entities"][2]["links"].pop()
    items["relations"][2]["attributes"]["certainty"] = "possible"
    items["relations"][3]["target"] = "m9"
    items["events"][1]["attributes"]["grade"] = 3
    items["event_clusters"][1]["links"].pop()
    items["events"][0]["arguments"][0]["attributes"] = {"scope": "document"}
    items["events"][1]["factuality"] = [
        {"source": "AUTHOR", "value": "certain"},
        {"source": "c1", "value": "denied"},
    ]
    return items


def pair_of(corpus: Corpus) -> PairAgreement:
    (pair,) = measure_agreement(corpus, ["ana", "bo"]).pairs
    return pair


@pytest.fixture
def different(layered: Corpus) -> Corpus:
    annotated_by(layered, "ana", items_of(TEXT))
    annotated_by(layered, "bo", differing())
    return layered


def test_equal_annotations_agree_perfectly_in_every_layer(layered: Corpus):
    for name in ("ana", "bo"):
        annotated_by(layered, name, items_of(TEXT))
    pair = pair_of(layered)
    assert list(pair.layers) == list(LAYERS)
    assert pair.disagreements == ()
    for layer in pair.layers.values():
        assert {score.value for score in layer.relations.values()} <= {1.0}
        for found in layer.attributes.values():
            assert found.same == found.units
            # A coefficient is undefined where all values are the same.
            assert {s.value for s in found.measures.values()} <= {1.0, None}
    assert pair.layers["relations"].relations.keys() == {"all", "CAUSES", "DOSE_OF", "WORKS_FOR"}


def test_relations_are_counted_by_type_and_ends(different: Corpus):
    relations = pair_of(different).layers["relations"].relations
    counts = {type_: (s.common, s.first, s.second) for type_, s in relations.items()}
    assert counts == {"all": (3, 4, 4), "CAUSES": (1, 2, 2), "DOSE_OF": (1, 1, 1),
                      "WORKS_FOR": (1, 1, 1)}  # fmt: skip
    assert relations["all"].value == 0.75
    assert pair_of(different).layers["events"].relations["all"].common == 2


def test_each_kind_of_attribute_has_its_measure(different: Corpus):
    pair = pair_of(different)
    measures = {
        (layer, name): (found.kind, *found.measures, found.same, found.units)
        for layer, of in pair.layers.items()
        for name, found in of.attributes.items()
    }
    nominal = ("kappa", "alpha")
    assert measures["document", "genre"] == ("label", *nominal, 0, 1)
    assert measures["document", "reviewed"] == ("boolean", *nominal, 1, 1)
    assert measures["document", "topics"] == ("labels", "alpha (MASI)", 0, 1)
    assert measures["document", "patients"] == ("number", "alpha (interval)", 1, 1)
    assert measures["document", "registry"] == ("text", "same", 0, 1)
    assert measures["entities", "negated"] == ("boolean", *nominal, 2, 3)
    assert measures["entities", "forms"] == ("labels", "alpha (MASI)", 1, 2)
    assert measures["entities", "day"] == ("text", "same", 0, 1)
    assert measures["entities", "entity approved"] == ("boolean", *nominal, 0, 1)
    assert measures["relations", "certainty"] == ("label", *nominal, 0, 1)
    assert measures["relations", "cases"] == ("number", "alpha (interval)", 1, 1)
    assert measures["events", "argument scope"] == ("label", *nominal, 0, 1)
    assert measures["events", "argument implicit"] == ("boolean", *nominal, 1, 1)
    assert measures["events", "argument share"] == ("number", "alpha (interval)", 1, 1)
    assert measures["events", "factuality by AUTHOR"] == ("label", *nominal, 3, 4)
    assert measures["events", "factuality by claims"] == ("label", *nominal, 1, 2)
    # Two numbers, 2.5 and 3, and 1 and 1.
    assert measures["events", "grade"] == ("number", "alpha (interval)", 1, 2)
    alpha = pair.layers["events"].attributes["grade"].measures["alpha (interval)"]
    assert alpha.value == pytest.approx(1 - 0.125 / 2.125)


def test_disagreements_on_every_layer_are_shown_in_their_context(different: Corpus):
    found = {
        (d.layer, d.aspect, d.quote, d.first, d.second) for d in pair_of(different).disagreements
    }
    sentence = TEXT.split("\n")[0]
    assert {
        ("document", "genre", sentence, "case_report", "news"),
        ("document", "topics", sentence, "efficacy, safety", "safety"),
        ("document", "registry", sentence, "NCT0042", "NCT0043"),
        ("entities", "forms", "drug", "generic, plural", "generic"),
        ("entities", "negated", "bleeding", "false", "true"),
        ("entities", "entity approved", "aspirin", "true", "false"),
        ("entities", "links", "aspirin", "mesh:D001241, wikidata:Q18216", "mesh:D001241"),
        ("relations", "relation", "drug", 'CAUSES "bleeding" (cases 3, certainty certain)',
         'CAUSES "bleeding" (cases 3, certainty possible)'),
        ("relations", "relation", "drug", 'CAUSES "nausea" (certainty possible)', None),
        ("relations", "relation", "drug", None, 'CAUSES "bleeding" (certainty possible)'),
        ("events", "links", "caused", "sheet:S1, trials:T8", "trials:T8"),
        ("events", "argument giver scope", "gave", "clause", "document"),
        ("events", "factuality by AUTHOR", "caused", "possible", "certain"),
        ("events", "factuality by claims", "caused", "certain", "denied"),
    } <= found  # fmt: skip


def test_factuality_is_compared_where_both_have_the_claim(layered: Corpus):
    annotated_by(layered, "ana", items_of(TEXT))
    other = items_of(TEXT)
    other["claims"].pop(0)
    other["claim_relations"] = []
    other["events"][1]["factuality"].pop(1)
    other["events"][2]["factuality"] = [{"source": "AUTHOR", "value": "denied"}]
    annotated_by(layered, "bo", other)
    attributes = pair_of(layered).layers["events"].attributes
    assert (attributes["factuality by AUTHOR"].same, "factuality by claims" in attributes) == (
        4,
        False,
    )
    found = {(d.layer, d.aspect) for d in pair_of(layered).disagreements}
    assert ("claims", "presence") in found
    assert not [aspect for _, aspect in found if "factuality" in aspect]


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_every_format_has_relations_and_the_document(different: Corpus, run: Run, form: str):
    result = run(different, "agree", "ana", "bo", "--format", form)
    assert result.exit_code == 0, result.output
    for part in ("relations", "document", "registry", "MASI", "interval"):
        assert part in result.stdout, part


def test_agreement_on_every_layer_is_symmetric(different: Corpus):
    (one,) = measure_agreement(different, ["ana", "bo"]).pairs
    (other,) = measure_agreement(different, ["bo", "ana"]).pairs
    for layer, found in one.layers.items():
        there = other.layers[layer]
        assert {k: s.value for k, s in found.relations.items()} == {
            k: s.value for k, s in there.relations.items()
        }
        for name, of in found.attributes.items():
            values = [
                {k: s.value for k, s in a.measures.items()} for a in (of, there.attributes[name])
            ]
            assert values[0] == pytest.approx(values[1])


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_names_alone_are_compared_without_a_word_of_other_layers(
    entities_only: Corpus, run: Run, form: str
):
    other = names_of(TEXT)
    other["mentions"][1]["type"] = "PERSON"
    annotated_by(entities_only, "ana", names_of(TEXT), ["entities"])
    annotated_by(entities_only, "bo", other, ["entities"])
    result = run(entities_only, "agree", "ana", "bo", "--format", form)
    assert result.exit_code == 0, result.output
    if form == "json":
        report = json.loads(result.stdout)
        assert report["pairs"][0]["coreference"] is None
        assert list(report["pairs"][0]["layers"]) == ["entities"]
        return
    for word in ("event", "claim", "relation", "coreference", "argument", "CoNLL"):
        assert word not in result.stdout.partition("</style>")[2 if form == "html" else 0], word


def test_a_layer_that_the_corpus_does_not_have_is_an_error(entities_only: Corpus, run: Run):
    for name in ("ana", "bo"):
        annotated_by(entities_only, name, names_of(TEXT), ["entities"])
    with pytest.raises(InvalidInputError, match=r'no layer "events"\. Allowed: entities'):
        measure_agreement(entities_only, ["ana", "bo"], layers=["events"])
    assert run(entities_only, "agree", "ana", "bo", "--layers", "events").exit_code == 1


def test_a_document_that_only_some_layers_of_were_annotated_is_compared_on_those(layered: Corpus):
    items = items_of(TEXT)
    annotated_by(layered, "ana", items)
    only = {"attributes": items["attributes"]}
    annotated_by(layered, "bo", only, ["document"])
    pair = pair_of(layered)
    assert list(pair.layers) == ["document"]
    assert pair.coreference is None
    assert pair.disagreements == ()


def test_three_annotators_have_a_table_for_each_pair(different: Corpus, run: Run):
    annotation = different.read_annotation("ana", "report")
    different.write_annotation(msgspec.structs.replace(annotation, annotator="cy"))
    report = measure_agreement(different, ["ana", "bo", "cy"])
    assert list(report.alpha) == ["entities", "events", "claims"]
    assert len(report.pairs) == 3


def test_annotators_without_a_common_layer_are_an_error(layered: Corpus, run: Run):
    annotated_by(layered, "ana", {"attributes": {"genre": "news"}}, layers=("document",))
    names = limited(layered.read_annotation("gold", "report"), ("entities",))
    layered.write_annotation(msgspec.structs.replace(names, annotator="bo"))
    result = run(layered, "agree", "ana", "bo")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ana, bo have none of these layers in common" in result.stderr
