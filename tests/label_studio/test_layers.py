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
from dateline.model import LAYERS, canonical
from dateline.validation.engine import Checker

from .test_sync import GOLD, as_submitted, content

SUBSETS = [subset for size in (1, 2, 3) for subset in combinations(LAYERS, size)]
MEMBERS = {
    "entities": ("mentions", "entities"),
    "events": ("events", "event_relations"),
    "claims": ("claims", "claim_relations"),
}
subsets = pytest.mark.parametrize("layers", SUBSETS, ids="+".join)


@subsets
def test_the_page_knows_its_layers(layers, ontology):
    assert labelled_layers(labelling_config(ontology, layers)) == layers


@subsets
def test_context_has_no_keys_and_no_required_choices(layers, ontology):
    page = ElementTree.fromstring(labelling_config(ontology, layers))
    for controls in CONTROLS:
        keys = {tag.get("hotkey") for tag in page.find(f".//Labels[@name='{controls.labels}']")}
        asked = [t for t in page.iter("Choices") if t.get("whenTagName") == controls.labels]
        required = [tag for tag in asked if tag.get("required") == "true"]
        context = controls.layer not in layers
        assert (keys == {"f19"}) == context
        assert bool(required) != context


@subsets
def test_other_layers_remove_no_label(layers, ontology):
    assert removed_entries(labelling_config(ontology), labelling_config(ontology, layers)) == []


@subsets
def test_context_does_not_break_the_rules(layers, repository):
    for name in GOLD:
        gold = repository.read_annotation("gold", name)
        codes = {
            incident.code
            for incident in Checker(repository).check_annotation(
                limited(gold, layers), repository.read_document(name)
            )
            if incident.level == "error"
        }
        assert codes == set()


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


def test_only_what_claims_refer_to_is_kept(repository):
    gold = repository.read_annotation("gold", GOLD[0])
    left = limited(gold, ("claims",))
    claimers = {claim.claimer for claim in gold.claims} & {m.id for m in gold.mentions}
    assert claimers <= {mention.id for mention in left.mentions}
    assert 0 < len(left.mentions) < len(gold.mentions)
    assert left.event_relations == ()
    assert limited(gold, ("entities",)).events == ()


def test_context_that_nothing_refers_to_is_an_error(repository):
    gold = repository.read_annotation("gold", GOLD[0])
    wrong = msgspec.structs.replace(gold, layers=("claims",))
    incidents = Checker(repository).check_annotation(wrong, repository.read_document(GOLD[0]))
    found = {incident.pointer for incident in incidents if incident.code == "A206"}
    assert {"/mentions", "/event_relations"} <= found


def test_the_layers_of_a_project_are_fixed(real_corpus, sync):
    assert sync(real_corpus, "push", "--layers", "claims").exit_code == 0
    result = sync(real_corpus, "push", "--layers", "entities,claims")
    assert result.exit_code == 1
    assert "annotators label claims, not entities, claims" in result.stderr
    assert sync(real_corpus, "push").exit_code == 0


def test_an_unknown_layer_is_refused(real_corpus):
    result = CliRunner().invoke(
        studio, ["config", "--root", str(real_corpus.root), "--layers", "claims,moods"]
    )
    assert result.exit_code == 2
    assert "'moods' is unknown. Allowed: entities, events, claims" in result.output
