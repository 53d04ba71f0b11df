"""Counting what the gold has, and keeping the datasheet's numbers true."""

from __future__ import annotations

import json
import re
from collections import Counter
from xml.etree import ElementTree

import msgspec
import pytest

from dateline.corpus.store import Corpus
from dateline.rendering.generated_blocks import marks
from dateline.reports.datasheet import BLOCK
from dateline.reports.plots import PLOTS
from dateline.reports.statistics import mean, statistics_of

from .conftest import SEED
from .corpora import write_ontology
from .layered import ENTITIES_ONLY, ONTOLOGY, annotated_names, annotated_report


@pytest.fixture(scope="module")
def counted(article):
    return statistics_of(article)


def test_counts_add_up_to_the_gold(article, counted):
    gold = article.read_annotation("gold", SEED)
    document = article.read_document(SEED)
    assert counted.tokens == len(document.tokens)
    items = counted.documents[SEED].items
    assert (items["entities"], items["events"], items["claims"]) == (
        len(gold.mentions), len(gold.events), len(gold.claims)
    )  # fmt: skip
    for name, items, label in (
        ("entities", gold.mentions, "type"), ("events", gold.events, "type"),
        ("claims", gold.claims, "act"),
    ):  # fmt: skip
        layer = counted.layers[name]
        assert Counter(layer.labels) == Counter(getattr(item, label) for item in items)
        assert layer.per_100_tokens == round(100 * len(items) / len(document.tokens), 2)
        for attribute in article.ontology.attributes_of(name):
            found = layer.attributes[attribute.name]
            assert found.items <= len(items)
            if attribute.kind in ("label", "boolean"):
                assert sum(found.values.values()) == found.items
    sizes = Counter(Counter(m.entity for m in gold.mentions).values())
    assert counted.chains == dict(sizes)
    assert sum(r.fillers for roles in counted.roles.values() for r in roles.values()) == sum(
        len(event.arguments) for event in gold.events
    )
    assert counted.arguments == Counter(len(event.arguments) for event in gold.events)
    for name, roles in counted.roles.items():
        for role in roles.values():
            assert role.filled <= min(role.events, role.fillers)
            assert role.events == counted.layers["events"].labels[name]
    assert sum(counted.claimers.values()) == len(gold.claims)
    assert sum(n * count for n, count in counted.claims_per_claimer.items()) == len(gold.claims)
    assert counted.discontinuous_claims == sum(len(claim.spans) > 1 for claim in gold.claims)


def test_other_labels_and_no_annotation_are_counted_too(chemistry, run):
    result = run(chemistry, "stats", "--format", "json")
    assert result.exit_code == 1
    assert "There is no gold to count. Make it with `dateline adjudicate`" in result.stderr
    named = run(chemistry, "stats", "--annotators", "cy")
    assert "--annotators: cy has no annotations" in named.stderr
    empty = statistics_of(chemistry)
    assert empty.layers["events"].labels == {"OXIDATION": 0}
    assert empty.layers["events"].per_100_tokens is None
    assert mean(empty.chains) is None


@pytest.fixture
def layered(empty_corpus):
    write_ontology(empty_corpus, ONTOLOGY)
    corpus = Corpus(empty_corpus.root)
    document, annotation = annotated_report(corpus)
    corpus.write_document(document)
    corpus.write_annotation(annotation)
    return corpus


@pytest.fixture
def names(empty_corpus):
    write_ontology(empty_corpus, ENTITIES_ONLY)
    corpus = Corpus(empty_corpus.root)
    document, annotation = annotated_names(corpus)
    corpus.write_document(document)
    corpus.write_annotation(annotation)
    return corpus


def test_relations_attributes_of_every_kind_and_links_are_counted(layered):
    found = statistics_of(layered)
    assert found.layers["relations"].labels == {"CAUSES": 2, "WORKS_FOR": 1, "DOSE_OF": 1}
    document = found.layers["document"]
    assert (document.items, document.per_100_tokens) == (1, None)
    assert document.attributes["topics"].values == {"safety": 1, "efficacy": 1, "price": 0}
    assert document.attributes["reviewed"].values == {"true": 1, "false": 0}
    patients = document.attributes["patients"]
    assert (patients.minimum, patients.mean, patients.maximum) == (12, 12, 12)
    assert document.attributes["registry"].distinct == 1
    grade = found.layers["events"].attributes["grade"]
    assert (grade.items, grade.minimum, grade.mean, grade.maximum) == (2, 1, 1.75, 2.5)
    assert found.entity_attributes["approved"].values == {"true": 1, "false": 0}
    assert found.entity_links == {0: 4, 1: 1, 2: 1}, "NIL does not count"
    assert found.event_links == {1: 1, 2: 1}
    assert found.argument_attributes["scope"].values == {"clause": 1, "document": 0}
    assert found.argument_attributes["share"].mean == 100
    assert found.factuality == {
        "AUTHOR": {"certain": 2, "possible": 1, "denied": 1},
        "a claim": {"certain": 2, "possible": 0, "denied": 0},
    }


def test_what_is_not_declared_is_not_shown(names, run, tmp_path):
    shown = run(names, "stats").stdout
    assert "entities: 3, " in shown
    page = run(names, "datasheet").stdout
    assert "| names | 3, " in page
    for text in (shown, page):
        for word in (
            "claim",
            "event",
            "relation",
            "role",
            "mentions each",
            "linked",
            "argument",
            "factual",
        ):
            assert word not in text.lower()
    assert run(names, "stats", "--plots", str(tmp_path / "plots")).exit_code == 0
    assert [path.name for path in (tmp_path / "plots").iterdir()] == ["entities.svg"]


def test_every_layer_is_in_the_datasheet_and_in_plots(layered, run, tmp_path):
    page = run(layered, "datasheet").stdout
    for line in (
        "| relations | 4, 10.0 per 100 tokens, in 1 document |",
        "3 with one mention; 2 linked, 1 to several entries |",
        "Patients: 1 from 12 to 12, 12.0 on average.",
        "Approved: true 1.",
        "Scope: clause 1.",
        "| factuality by AUTHOR | certain 2, possible 1, denied 1 |",
        "| factuality by a claim | certain 2 |",
    ):
        assert line in page
    assert page.count("| documents |") == 1
    assert run(layered, "stats", "--plots", str(tmp_path / "plots")).exit_code == 0
    plots = {path.stem for path in (tmp_path / "plots").iterdir()}
    assert plots == {
        "entities", "relations", "events", "claims", "arguments", "chains", "claims-per-claimer",
    }  # fmt: skip


def test_the_command_shows_what_it_counts(real_corpus, run, counted):
    result = run(real_corpus, "stats", "--format", "json")
    assert (
        json.loads(result.stdout)["gold"]["layers"]["claims"]["items"]
        == counted.layers["claims"].items
    )
    table = run(real_corpus, "stats").stdout
    assert f"claims: {counted.layers['claims'].items}, " in table


def test_several_annotators_are_counted_apart(real_corpus, run):
    gold = real_corpus.read_annotation("gold", SEED)
    real_corpus.write_annotation(
        msgspec.structs.replace(gold, annotator="ana", claims=(), claim_relations=())
    )
    result = run(real_corpus, "stats", "--annotators", "ana,gold", "--format", "json")
    layers = {name: found["layers"] for name, found in json.loads(result.stdout).items()}
    assert layers["ana"]["claims"]["items"] == 0
    assert layers["gold"]["claims"]["items"] == len(gold.claims)
    refused = run(real_corpus, "stats", "--annotators", "ana,gold", "--plots", "plots")
    assert "name one annotator only" in refused.stderr


def test_plots_are_pictures_and_always_the_same(real_corpus, run, tmp_path):
    made = []
    for name in "ab":
        folder = tmp_path / name
        assert run(real_corpus, "stats", "--plots", str(folder)).exit_code == 0
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) >= {"entities.svg", "events.svg", "claims.svg", "chains.svg"}
    for content in made[0].values():
        assert ElementTree.fromstring(content).tag.endswith("svg")
    types = Counter(m.type for m in real_corpus.read_annotation("gold", SEED).mentions)
    assert types.most_common(1)[0][0].encode() in made[0]["entities.svg"]


def test_the_datasheet_of_this_corpus_is_up_to_date(repository, run):
    assert run(repository, "datasheet", "--check").exit_code == 0


def test_an_outdated_datasheet_is_noticed_and_updated(real_corpus, run):
    path = real_corpus.root / "DATASHEET.md"
    assert "there is no such file" in run(real_corpus, "datasheet", "--check").stderr
    path.write_text(f"# Mine\n\n{marks(BLOCK)}\nThe end.\n", encoding="utf-8")
    result = run(real_corpus, "datasheet", "--check")
    assert result.exit_code == 1
    assert (
        "DATASHEET.md: the numbers (counts) are out of date. Run `dateline datasheet --write`"
        in result.stderr
    )
    assert run(real_corpus, "datasheet", "--write").exit_code == 0
    assert run(real_corpus, "datasheet", "--check").exit_code == 0
    page = path.read_text(encoding="utf-8")
    assert page.startswith("# Mine\n\n<!-- dateline:counts -->\n\n| | |\n")
    assert page.endswith("<!-- /dateline:counts -->\n\nThe end.\n")


def test_pictures_of_other_numbers_are_noticed_and_drawn_again(real_corpus, run):
    path, folder = real_corpus.root / "DATASHEET.md", real_corpus.root / "docs" / "images" / "stats"
    path.write_text(f"{marks(BLOCK)}\n{marks(PLOTS)}", encoding="utf-8")
    assert run(real_corpus, "datasheet", "--write").exit_code == 0
    assert run(real_corpus, "datasheet", "--check").exit_code == 0
    page = path.read_text(encoding="utf-8")
    shown = re.findall(r"^!\[.+\]\((.+)\)$", page, re.M)
    assert {(real_corpus.root / name).name for name in shown} == {p.name for p in folder.iterdir()}
    gold = real_corpus.read_annotation("gold", SEED)
    real_corpus.write_annotation(msgspec.structs.replace(gold, claims=(), claim_relations=()))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert run(real_corpus, "datasheet", "--write").exit_code == 0
    changed = {p.name for p in folder.iterdir() if p.read_bytes() != before[p.name]}
    assert changed >= {"claims.svg", "claims-per-claimer.svg"}
    (folder / "chains.svg").unlink()
    result = run(real_corpus, "datasheet", "--check")
    assert result.exit_code == 1
    assert "docs/images/stats/chains.svg: the plots are out of date" in result.stderr


def test_agreement_goes_into_the_datasheet_where_it_has_marks_for_it(real_corpus, run):
    path = real_corpus.root / "DATASHEET.md"
    path.write_text(f"{marks(BLOCK)}\n{marks('agreement')}", encoding="utf-8")
    gold = real_corpus.read_annotation("gold", SEED)
    for name in ("pass-a", "pass-b"):
        real_corpus.annotation_path(name, SEED).unlink()
    for name in ("ana", "bo"):
        assert run(real_corpus, "datasheet", "--write").exit_code == 0
        assert "No document has been annotated twice yet." in path.read_text(encoding="utf-8")
        real_corpus.write_annotation(msgspec.structs.replace(gold, annotator=name))
    assert run(real_corpus, "datasheet", "--write").exit_code == 0
    assert "| entities: F1, exact |" in path.read_text(encoding="utf-8")
    assert run(real_corpus, "datasheet", "--check").exit_code == 0
    real_corpus.write_annotation(
        msgspec.structs.replace(gold, annotator="bo", claims=(), claim_relations=())
    )
    result = run(real_corpus, "datasheet", "--check")
    assert "the numbers (agreement) are out of date" in result.stderr
