"""Projects for some layers: the others are context, and kept only if referred to."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner

from dateline.annotations.layers import limited
from dateline.cli.annotation.studio import studio
from dateline.label_studio.config.controls import CONTROLS
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.labelling_config import labelled_layers, labelling_config
from dateline.model import ITEM_FIELDS, LAYERS, SPAN_LAYERS, canonical
from dateline.validation.engine import Checker

from .test_sync import GOLD, as_submitted, content

SUBSETS = [subset for size in (1, 2, 3) for subset in combinations(SPAN_LAYERS, size)]
ALL_SUBSETS = [subset for size in range(1, 6) for subset in combinations(LAYERS, size)]
MEMBERS = {
    "entities": ("mentions", "entities"),
    "events": ("events", "event_relations"),
    "claims": ("claims", "claim_relations"),
}
subsets = pytest.mark.parametrize("layers", SUBSETS, ids="+".join)
all_subsets = pytest.mark.parametrize("layers", ALL_SUBSETS, ids="+".join)


@all_subsets
def test_the_page_knows_its_layers(layers, layered):
    assert labelled_layers(labelling_config(layered.ontology, layers)) == layers


@subsets
def test_the_layers_of_a_page_of_the_former_format_are_known(layers, ontology):
    page = ElementTree.fromstring(labelling_config(ontology, layers))
    page.set("className", "dateline")
    assert labelled_layers(ElementTree.tostring(page, encoding="unicode")) == layers


@all_subsets
def test_context_has_no_keys_and_nothing_required(layers, layered):
    page = ElementTree.fromstring(labelling_config(layered.ontology, layers))
    for controls in CONTROLS:
        keys = {tag.get("hotkey") for tag in page.find(f".//Labels[@name='{controls.labels}']")}
        asked = [tag for tag in page.iter() if tag.get("whenTagName") == controls.labels]
        required = [tag for tag in asked if tag.get("required") == "true"]
        context = controls.layer not in layers
        assert (keys == {"f19"}) == context
        assert bool(required) != context
    genre = page.find(".//Choices[@name='document_genre']")
    assert (genre.get("required") == "true") == ("document" in layers)


@all_subsets
def test_other_layers_remove_no_label(layers, layered):
    every = labelling_config(layered.ontology)
    assert removed_entries(every, labelling_config(layered.ontology, layers)) == []


@pytest.mark.parametrize("layers", ALL_SUBSETS[:15], ids="+".join)
def test_context_of_every_layer_does_not_break_the_rules(layers, layered):
    (name,) = layered.document_ids()
    assert_no_errors(layered, limited(layered.read_annotation("gold", name), layers))


@subsets
def test_context_does_not_break_the_rules(layers, article):
    for name in GOLD:
        assert_no_errors(article, limited(article.read_annotation("gold", name), layers))


def assert_no_errors(corpus, annotation):
    document = corpus.read_document(annotation.document)
    found = Checker(corpus).check_annotation(annotation, document)
    assert [incident.message for incident in found if incident.level == "error"] == []


@subsets
def test_gold_comes_back_limited_to_the_project_layers(
    layers, real_corpus, sync, label_studio, title
):
    chosen = ("--layers", ",".join(layers))
    assert sync(real_corpus, "push", "--from", "gold", *chosen).exit_code == 0
    ana = label_studio.annotator
    for task in ana.tasks(title).values():
        ana.submit(task, as_submitted(task["predictions"][0]["result"]))
    result = sync(real_corpus, "pull", "--users", f"{ana.id}=ana")
    assert result.exit_code == 0
    assert "A206" not in result.stderr
    for name in GOLD:
        gold = real_corpus.read_annotation("gold", name)
        pulled = real_corpus.read_annotation("ana", name)
        assert pulled.layers == layers
        assert content(pulled) == content(canonical(limited(gold, layers)))
        for layer in layers:
            for member in MEMBERS[layer]:
                assert getattr(pulled, member) == getattr(canonical(gold), member)
    again = sync(real_corpus, "pull", "--users", f"{ana.id}=ana")
    assert "annotations: 0 written, 1 unchanged" in again.stderr


def test_only_what_claims_refer_to_is_kept(article):
    gold = article.read_annotation("gold", GOLD[0])
    left = limited(gold, ("claims",))
    claimers = {claim.claimer for claim in gold.claims} & {m.id for m in gold.mentions}
    assert claimers <= {mention.id for mention in left.mentions}
    assert 0 < len(left.mentions) < len(gold.mentions)
    assert left.event_relations == ()
    assert limited(gold, ("entities",)).events == ()


def test_context_that_nothing_refers_to_is_an_error(article):
    gold = article.read_annotation("gold", GOLD[0])
    wrong = msgspec.structs.replace(gold, layers=("claims",))
    incidents = Checker(article).check_annotation(wrong, article.read_document(GOLD[0]))
    found = {incident.pointer for incident in incidents if incident.code == "A206"}
    assert {"/mentions", "/event_relations"} <= found


def test_the_layers_of_a_project_are_fixed(real_corpus, sync):
    assert sync(real_corpus, "push", "--layers", "claims").exit_code == 0
    result = sync(real_corpus, "push", "--layers", "entities,claims")
    assert result.exit_code == 1
    assert "annotators label claims, not entities, claims" in result.stderr
    assert sync(real_corpus, "push").exit_code == 0


def run_studio(corpus, *arguments):
    return CliRunner().invoke(studio, [arguments[0], "--root", str(corpus.root), *arguments[1:]])


def test_an_unknown_layer_is_refused(real_corpus):
    result = run_studio(real_corpus, "config", "--layers", "claims,moods")
    assert result.exit_code == 2
    assert "'moods' is unknown. Allowed: document, entities, relations, events" in result.output


@pytest.mark.parametrize("command", ["config", "push", "pull"])
def test_a_layer_that_the_corpus_does_not_have_is_refused(command, entities_only):
    result = run_studio(entities_only, command, "--layers", "entities,claims")
    assert result.exit_code == 1
    assert (
        "claims: not declared by schema/ontology.schema.json. Layers of this corpus: entities."
    ) in result.stderr


@pytest.mark.parametrize("name", ["layered", "entities_only"])
def test_a_corpus_of_any_layers_is_pushed_and_pulled(name, request, sync, label_studio, title):
    corpus = request.getfixturevalue(name)
    (document,) = corpus.document_ids()
    result = sync(corpus, "push", "--from", "gold")
    assert result.exit_code == 0, result.output
    ana = label_studio.annotator
    (task,) = ana.tasks(title).values()
    ana.submit(
        task, as_the_page_has(task["predictions"][0]["result"]),
        parent_prediction=task["predictions"][0]["id"],
    )  # fmt: skip
    result = sync(corpus, "pull", "--users", f"{ana.id}=ana")
    assert (result.exit_code, "problem" in result.stderr) == (0, False), result.output
    gold = canonical(corpus.read_annotation("gold", document))
    pulled = corpus.read_annotation("ana", document)
    assert pulled.layers == gold.layers == corpus.ontology.layer_names
    for field in ("attributes", *ITEM_FIELDS):
        assert getattr(pulled, field) == getattr(gold, field)
    again = sync(corpus, "pull", "--full", "--users", f"{ana.id}=ana")
    assert "annotations: 0 written, 1 unchanged" in again.stderr


def as_the_page_has(rows):
    """Rows as the page submits them: it drops what it does not know."""
    known = (
        "id",
        "from_name",
        "to_name",
        "from_id",
        "to_id",
        "type",
        "direction",
        "labels",
        "value",
    )
    return [{key: row[key] for key in known if key in row} for row in as_submitted(rows)]
