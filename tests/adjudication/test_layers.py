"""Adjudication of whatever layers and attributes an ontology declares, and of nothing else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dateline.adjudication.adjudicate import Adjudication
from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.case import Case, Decision
from dateline.adjudication.decision_log import read_log
from dateline.adjudication.gold_ids import assign_ids
from dateline.adjudication.resolve import Resolution, resolve
from dateline.adjudication.strategy import strategy
from dateline.annotations.layers import limited
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.model import LAYERS, Annotation, Link, canonical
from tests.adjudication.annotators import decided
from tests.adjudication.terminal import Terminal
from tests.conftest import Run
from tests.corpora import make_annotation, write_ontology
from tests.layered import ONTOLOGY, TEXT, items_of, names_of


def second_opinion() -> dict[str, Any]:
    """The items of `items_of` with a difference in each field that only some corpora have."""
    items = items_of(TEXT)
    items["attributes"] |= {"genre": "news", "topics": ["price", "safety"], "patients": 13}
    items["attributes"] |= {"reviewed": False, "registry": "NCT0043"}
    mentions = {mention["id"]: mention["attributes"] for mention in items["mentions"]}
    mentions["m5"]["forms"] = ["generic"]
    mentions["m4"] |= {"amount": 0.081, "day": "P2D"}
    mentions["m6"]["negated"] = True
    entities = {entity["id"]: entity for entity in items["entities"]}
    entities["e3"]["attributes"] = {"approved": False, "uses": ["pain", "prevention"]}
    entities["e3"]["links"] = [{"kb": "mesh", "id": "D001241"}, {"kb": "drugs", "id": "A1"}]
    del entities["e5"]["links"]
    items["relations"][2]["attributes"] = {"certainty": "possible", "cases": 3}
    items["relations"][3] |= {"target": "m9"}
    items["event_clusters"][1]["links"] = [{"kb": "trials", "id": None}]
    items["events"][0]["cluster"] = None
    items["event_clusters"].pop(0)
    items["events"][0]["arguments"][0]["attributes"] = {"scope": "document"}
    items["events"][1]["factuality"] = [
        {"source": "AUTHOR", "value": "certain"},
        {"source": "c1", "value": "denied"},
    ]
    items["events"][2]["factuality"].pop(1)
    return items


@pytest.fixture
def opinions(layered: Corpus) -> tuple[Corpus, Annotation, Annotation]:
    """A corpus of every layer without gold, with two annotators who differ."""
    layered.annotation_path("gold", "report").unlink()
    document = layered.read_document("report")
    ana = make_annotation(document, items_of(TEXT), annotator="ana", layers=LAYERS)
    bo = make_annotation(document, second_opinion(), annotator="bo", layers=LAYERS)
    rows = [{"pseudonym": name, "kind": "human"} for name in ("ana", "bo", "cy")]
    register = layered.annotations / "annotators.json"
    register.write_text(json.dumps({"annotators": rows}), encoding="utf-8")
    for one in (ana, bo):
        layered.write_annotation(one)
    return layered, ana, bo


def resolved(
    opinions: tuple[Corpus, Annotation, Annotation], how: str = "unanimous", **values: Any
) -> Resolution:
    corpus, *annotations = opinions
    annotated = AnnotatedDocument.of(corpus.read_document("report"), annotations, corpus.ontology)
    decisions = [Decision(document="report", case=case, value=v) for case, v in values.items()]
    return resolve(annotated, decisions, strategy(how, ["ana", "bo"]))


def content(annotation: Annotation) -> Annotation:
    """The items alone, with ids as gold gets them."""
    bare = msgspec.structs.replace(
        canonical(annotation), annotator="gold", status="", provenance=None, retired=()
    )
    return assign_ids(bare, None, ())


def by_id(found: Resolution) -> dict[str, Case]:
    return {case.id: case for case in found.open}


def test_each_difference_is_a_case_with_values_of_its_kind(opinions):
    found = resolved(opinions)
    options = {
        id_: (case.kind, *(option.value for option in case.options.values()))
        for id_, case in by_id(found).items()
    }
    aspirin, bleeding = "entity/ana:e3+bo:e3", "entity/ana:e5+bo:e5"
    relation = "relation/ana:m5+bo:m5/ana:m6+bo:m6/CAUSES"
    mesh, nil = {"kb": "mesh", "date": None}, {"kb": "trials", "id": None, "date": None}
    assert options == {
        "document/attribute/genre": ("attribute", "case_report", "news"),
        "document/attribute/topics": ("labels", ["efficacy", "safety"], ["price", "safety"]),
        "document/attribute/reviewed": ("attribute", True, False),
        "document/attribute/patients": ("attribute", 12, 13),
        "document/attribute/registry": ("attribute", "NCT0042", "NCT0043"),
        "mention/ana:m4+bo:m4/attribute/amount": ("attribute", 81, 0.081),
        "mention/ana:m4+bo:m4/attribute/day": ("attribute", "P1D", "P2D"),
        "mention/ana:m5+bo:m5/attribute/forms": ("labels", ["generic", "plural"], ["generic"]),
        "mention/ana:m6+bo:m6/attribute/negated": ("attribute", False, True),
        f"{aspirin}/attribute/approved": ("attribute", True, False),
        f"{aspirin}/attribute/uses": ("labels", ["fever", "pain"], ["pain", "prevention"]),
        f"{aspirin}/link": (
            "link",
            [mesh | {"id": "D001241"}, {"kb": "wikidata", "id": "Q18216", "date": None}],
            [{"kb": "drugs", "id": "A1", "date": None}, mesh | {"id": "D001241"}],
        ),
        f"{bleeding}/link": ("link", [mesh | {"id": "D006470"}], []),
        f"{relation}/attribute/certainty": ("attribute", "certain", "possible"),
        "relation/ana:m5+bo:m5/ana:m7+bo:m7": ("relation", [["CAUSES", "ana:m5", "ana:m7"]], []),
        "relation/ana:m5+bo:m5/ana:m9+bo:m9": ("relation", [], [["CAUSES", "ana:m5", "ana:m9"]]),
        "event/ana:v1+bo:v1/cluster": ("cluster", "ana:k1", None),
        "event/ana:v1+bo:v1/argument/giver/ana:m1/attribute/scope": (
            "attribute", "clause", "document",
        ),
        "event/ana:v2+bo:v2/factuality/AUTHOR": ("factuality", "possible", "certain"),
        "event/ana:v2+bo:v2/factuality/ana:c1": ("factuality", "certain", "denied"),
        "event/ana:v3+bo:v3/factuality/ana:c1": ("factuality", "certain", None),
        "cluster/ana:k2+bo:k2/link": (
            "link",
            [{"kb": "sheet", "id": "S1", "date": None}, {"kb": "trials", "id": "T8", "date": None}],
            [nil],
        ),
    }  # fmt: skip


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_preferring_an_annotator_gives_their_annotation(opinions, who: str):
    found = resolved(opinions, f"prefer:{who}")
    assert content(found.gold) == content(opinions[1 if who == "ana" else 2])


def test_annotators_who_agree_have_no_cases(opinions):
    corpus, ana, _ = opinions
    found = resolved((corpus, ana, msgspec.structs.replace(ana, annotator="bo")))
    assert found.open == ()
    assert content(found.gold) == content(ana)


def test_the_majority_decides_label_by_label_and_link_by_link(opinions):
    corpus, ana, bo = opinions
    annotations = [ana, bo, msgspec.structs.replace(ana, annotator="cy")]
    annotated = AnnotatedDocument.of(corpus.read_document("report"), annotations, corpus.ontology)
    found = resolve(annotated, [], strategy("majority", ["ana", "bo", "cy"]))
    assert content(found.gold) == content(ana)


def test_a_curator_can_give_values_of_every_kind(opinions):
    link = {"kb": "mesh", "id": "D1", "date": None}
    values = {
        "document/attribute/genre": "trial",
        "document/attribute/topics": ["safety", "price", "efficacy"],
        "document/attribute/patients": 14,
        "mention/ana:m4+bo:m4/attribute/amount": 81.5,
        "mention/ana:m4+bo:m4/attribute/day": "P3D",
        "entity/ana:e5+bo:e5/link": [link],
        "cluster/ana:k2+bo:k2/link": [],
        "relation/ana:m5+bo:m5/ana:m9+bo:m9": [],
        "event/ana:v1+bo:v1/argument/giver/ana:m1/attribute/scope": "document",
        "event/ana:v2+bo:v2/factuality/AUTHOR": "denied",
        "event/ana:v2+bo:v2/factuality/ana:c1": "possible",
    }
    gold = resolved(opinions, "prefer:ana", **values).gold
    assert gold.attributes["genre"] == "trial"
    assert gold.attributes["topics"] == ("efficacy", "price", "safety")
    assert gold.attributes["patients"] == 14
    mentions = {mention.id: mention.attributes for mention in gold.mentions}
    assert (mentions["ana:m4"]["amount"], mentions["ana:m4"]["day"]) == (81.5, "P3D")
    (bleeding,) = [entity for entity in gold.entities if entity.id == "ana:e5"]
    assert [one.id for one in bleeding.links] == ["D1"]
    assert [cluster.id for cluster in gold.event_clusters] == ["ana:k1"]
    assert not [relation for relation in gold.relations if relation.target == "ana:m9"]
    gave, caused, *_ = gold.events
    (giver,) = [argument for argument in gave.arguments if argument.role == "giver"]
    assert giver.attributes == {"scope": "document"}
    assert [(f.source, f.value) for f in caused.factuality] == [
        ("AUTHOR", "denied"),
        ("ana:c1", "possible"),
    ]


@pytest.mark.parametrize(
    ("case", "value", "message"),
    [
        ("document/attribute/genre", "poem", "'poem' is unknown. Allowed: case_report, news"),
        ("document/attribute/topics", ["safety", "fun"], "'fun' is unknown. Allowed: safety"),
        ("document/attribute/reviewed", "yes", "'yes' is not true or false"),
        ("document/attribute/patients", "many", "'many' is not a whole number from 0"),
        ("document/attribute/patients", 1.5, "1.5 is not a whole number from 0"),
        ("document/attribute/patients", -1, "-1 is not a whole number from 0"),
        ("document/attribute/registry", "X1", r"'X1' is not a text that matches \^NCT"),
        ("entity/ana:e5+bo:e5/link", [{"id": "D1"}], "is not a list of links"),
        ("entity/ana:e5+bo:e5/link", [{"kb": "mesh", "id": None}, {"kb": "mesh", "id": "D1"}],
         "has both NIL and an entry of mesh"),
        ("relation/ana:m5+bo:m5/ana:m7+bo:m7", [["CAUSES", "ana:m7", "ana:m5"]],
         "the source of CAUSES cannot be DISEASE"),
        ("event/ana:v2+bo:v2/factuality/AUTHOR", "sure",
         "'sure' is unknown. Allowed: certain, possible, denied"),
        ("event/ana:v2+bo:v2/factuality/AUTHOR", None, "None is unknown. Allowed: certain"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_rejected(opinions, case: str, value: Any, message: str):
    with pytest.raises(InvalidInputError, match=message):
        resolved(opinions, **{case: value})


@pytest.mark.parametrize("layers", [("entities",), ("document", "entities")])
def test_gold_gets_the_layers_that_its_annotators_add(opinions, run: Run, layers):
    corpus, *annotators = opinions
    for one in annotators:
        corpus.write_annotation(limited(one, layers))
    arguments = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana")
    assert run(corpus, *arguments).exit_code == 0
    first = corpus.read_annotation("gold", "report")
    for one in annotators:
        corpus.write_annotation(one)
    result = run(corpus, *arguments)
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "report")
    assert (first.layers, gold.layers) == (layers, LAYERS)
    assert (gold.mentions, gold.entities) == (first.mentions, first.entities)
    assert gold.events
    # Nothing is lost when the annotators have less than gold.
    for one in annotators:
        corpus.write_annotation(limited(one, ("document",)))
    result = run(corpus, *arguments, "--replace")
    assert result.exit_code == 1
    assert "gold also has the layers entities, relations, events, claims" in result.stderr
    assert corpus.read_annotation("gold", "report") == gold


def test_added_layers_do_not_drop_corrections_by_hand(opinions, run: Run):
    corpus, *annotators = opinions
    for one in annotators:
        corpus.write_annotation(limited(one, ("entities",)))
    arguments = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana")
    assert run(corpus, *arguments).exit_code == 0
    gold = corpus.read_annotation("gold", "report")
    named = msgspec.structs.replace(gold.entities[0], name="corrected")
    corrected = msgspec.structs.replace(gold, entities=(named, *gold.entities[1:]))
    corpus.write_annotation(corrected)
    for one in annotators:
        corpus.write_annotation(one)
    result = run(corpus, *arguments, "--curator", "cy")
    assert result.exit_code == 1
    assert "Nothing was written" in result.stderr
    assert corpus.read_annotation("gold", "report") == corrected


def test_decisions_on_labels_that_were_renamed_still_count(opinions, run: Run):
    corpus, *_ = opinions
    listing = ("adjudicate", "ana", "bo", "--list", "--all", "--format", "json")
    before = json.loads(run(corpus, *listing).stdout)
    choices = [
        {"document": "report", "case": row["case"], "choice": ["bo"], "curator": "cy",
         "role": "human", "options": row["options"]}
        for row in before
    ]  # fmt: skip
    path = decided(corpus.root / "decisions.jsonl", choices)
    given = ("adjudicate", "ana", "bo", "--decisions", path)
    assert run(corpus, *given).exit_code == 0
    log = corpus.annotations / "gold" / "report.log.jsonl"
    logged = log.read_bytes()
    names = [
        "relation:CAUSES=LEADS_TO", "document.genre:news=bulletin", "document.topics:safety=harm",
        "mention.forms:generic=common", "entity.uses:pain=ache",
        "relation.certainty:possible=maybe", "argument.scope:document=text",
        "factuality:denied=refuted", "claimer:AUTHOR=WRITER",
    ]  # fmt: skip
    assert run(corpus, "rename", *names).exit_code == 0
    corpus = Corpus(corpus.root)
    gold = corpus.read_annotation("gold", "report")
    rows = json.loads(run(corpus, *listing).stdout)
    assert len(rows) == len(before)
    assert [row["case"] for row in rows if row["decision"] is None] == []
    assert log.read_bytes() == logged
    for arguments in (given, ("adjudicate", "ana", "bo")):
        result = run(corpus, *arguments)
        assert result.exit_code == 0, result.output
        assert "ignored" not in result.stderr
        assert corpus.read_annotation("gold", "report") == gold
    decisions = [line for line in log.read_bytes()[len(logged) :].splitlines() if b'"case"' in line]
    assert decisions == []


def test_nil_and_an_entry_of_one_base_are_not_united(opinions, run: Run, tmp_path: Path):
    corpus, _, bo = opinions
    entities = [
        msgspec.structs.replace(e, links=(Link(kb="mesh", id=None),)) if e.id == "e5" else e
        for e in bo.entities
    ]
    corpus.write_annotation(msgspec.structs.replace(bo, entities=tuple(entities)))
    case = "entity/ana:e5+bo:e5/link"
    united = decided(
        tmp_path / "d", [{"document": "report", "case": case, "choice": ["ana", "bo"]}]
    )
    result = run(corpus, "adjudicate", "ana", "bo", "--curator", "cy", "--decisions", united)
    assert result.exit_code == 1
    assert f"invalid decision on {case}: has both NIL and an entry of mesh" in result.stderr
    assert not (corpus.annotations / "gold" / "report.log.jsonl").exists()


def test_links_of_both_annotators_can_be_united(opinions, run: Run, tmp_path: Path):
    corpus, *_ = opinions
    case = "entity/ana:e3+bo:e3/link"
    united = decided(
        tmp_path / "d", [{"document": "report", "case": case, "choice": ["ana", "bo"]}]
    )
    result = run(
        corpus, "adjudicate", "ana", "bo", "--curator", "cy", "--decisions", united,
        "--strategy", "prefer:ana",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "report")
    (aspirin,) = [entity for entity in gold.entities if entity.name == "aspirin"]
    assert {link.kb for link in aspirin.links} == {"mesh", "wikidata", "drugs"}
    assert run(corpus, "validate").exit_code == 0


def without_claim(items: dict[str, Any]) -> None:
    items["claims"].pop(0)
    items["claim_relations"] = []
    for event in items["events"]:
        event["factuality"] = event["factuality"][:1]


def not_about(items: dict[str, Any]) -> None:
    items["claims"][0]["events"].remove("v2")
    items["events"][1]["factuality"].pop(1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [(without_claim, "ana:c1 was not kept"), (not_about, "ana:c1 is not about the event")],
)
def test_factuality_goes_with_the_claim_that_is_its_source(opinions, run: Run, change, reason):
    corpus, ana, _ = opinions
    items = items_of(TEXT)
    change(items)
    other = make_annotation(corpus.read_document("report"), items, annotator="bo", layers=LAYERS)
    found = resolved((corpus, ana, other), "prefer:bo")
    assert content(found.gold) == content(other)
    reasons = {d.reason for case, d in found.decided if case.kind == "factuality"}
    assert reasons == {reason}
    assert content(resolved((corpus, ana, other), "prefer:ana").gold) == content(ana)
    corpus.write_annotation(other)
    assert run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:bo").exit_code == 0
    assert run(corpus, "validate").exit_code == 0


def test_factuality_of_gold_names_the_ids_of_its_claims(opinions, run: Run):
    corpus, ana, bo = opinions
    for one in (ana, bo):
        # A claim before the others, so that they get other numbers in gold.
        first = msgspec.structs.replace(
            one.claims[1], id="c9", spans=one.mentions[0].spans, events=(), act="ASSERT"
        )
        corpus.write_annotation(msgspec.structs.replace(one, claims=(first, *one.claims)))
    assert run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:ana").exit_code == 0
    gold = corpus.read_annotation("gold", "report")
    (about,) = [claim for claim in gold.claims if claim.events]
    sources = {f.source for event in gold.events for f in event.factuality}
    assert (about.id, sources) == ("c2", {"AUTHOR", "c2"})
    assert run(corpus, "validate").exit_code == 0


def test_a_relation_whose_ends_got_other_types_is_dropped_with_the_reason(opinions):
    corpus, ana, _ = opinions
    items = second_opinion()
    for item in (items["mentions"][1], items["entities"][1]):
        item["type"] = "PERSON"
    items["relations"].pop(0)
    document = corpus.read_document("report")
    other = make_annotation(document, items, annotator="bo", layers=LAYERS)
    found = resolved((corpus, ana, other), "prefer:bo")
    assert "WORKS_FOR" not in {relation.type for relation in found.gold.relations}
    reasons = [d.reason for case, d in found.decided if case.item_kind == "relation" and d.reason]
    assert reasons == ["the target of WORKS_FOR cannot be PERSON"]


def test_corrections_of_every_layer_are_kept_and_logged(opinions, run: Run):
    corpus, *_ = opinions
    adjudicate = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana", "--curator", "cy")
    assert run(corpus, *adjudicate).exit_code == 0
    path = corpus.annotation_path("gold", "report")
    gold = json.loads(path.read_bytes())
    gold["attributes"]["patients"] = 99
    gold["relations"][0]["attributes"]["cases"] = 7
    gold["event_clusters"][0]["links"].append({"kb": "wikidata", "id": "Q5", "date": None})
    path.write_text(json.dumps(gold), encoding="utf-8")
    result = run(corpus, *adjudicate, "--reason", "counted again")
    assert result.exit_code == 0, result.output
    again = corpus.read_annotation("gold", "report")
    assert (again.attributes["patients"], again.relations[0].attributes["cases"]) == (99, 7)
    lines = (corpus.annotations / "gold" / "report.log.jsonl").read_text().splitlines()
    logged = [record for record in map(json.loads, lines) if record.get("by") == "correction"]
    assert {record["case"] for record in logged} == {
        "correction/document/report/patients",
        f"correction/relation/CAUSES {gold['relations'][0]['source']}→"
        f"{gold['relations'][0]['target']}/attributes",
    }


def test_links_of_golds_clusters_stay_where_no_annotator_has_one(opinions, run: Run):
    corpus, ana, bo = opinions
    for one in (ana, bo):
        corpus.write_annotation(msgspec.structs.replace(one, event_clusters=()))
    adjudicate = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana")
    assert run(corpus, *adjudicate).exit_code == 0
    path = corpus.annotation_path("gold", "report")
    gold = json.loads(path.read_bytes())
    cluster = next(event["cluster"] for event in gold["events"] if event.get("cluster"))
    gold["event_clusters"] = [{"id": cluster, "links": [{"kb": "sheet", "id": "S1"}]}]
    path.write_text(json.dumps(gold), encoding="utf-8")
    assert run(corpus, *adjudicate).exit_code == 0
    (kept,) = corpus.read_annotation("gold", "report").event_clusters
    assert (kept.id, kept.links[0].id) == (cluster, "S1")


def test_a_curators_annotation_decides_every_layer(opinions, run: Run):
    corpus, _, bo = opinions
    corpus.write_annotation(msgspec.structs.replace(bo, annotator="cy"))
    result = run(corpus, "adjudicate", "ana", "bo", "--from-curator", "cy")
    assert result.exit_code == 0, result.output
    gold = corpus.read_annotation("gold", "report")
    assert content(gold) == content(bo)


def test_the_draft_for_a_curator_unites_all_layers(opinions):
    corpus, *_ = opinions
    draft, conflicts = Adjudication(
        corpus, "report", ["ana", "bo"], strategy("unanimous", ["ana", "bo"])
    ).curator_draft()
    assert draft.attributes["topics"] == ("efficacy", "price", "safety")
    assert len(draft.relations) == 5
    assert len(conflicts) == 22
    assert all(case.ranges for case in conflicts)


def test_a_decision_on_a_link_in_a_log_of_format_1_0_still_counts(tmp_path: Path):
    link = {"kb": "wikidata", "id": "Q42", "date": None}
    options = {"ana": {"value": link, "text": ""}, "bo": {"value": None, "text": ""}}
    lines = [
        {"document": "a", "case": "entity/ana:n1+bo:n1/link", "choice": ["ana"], "options": options},
        {"document": "a", "case": "entity/ana:n2+bo:n2/link", "value": link, "options": options},
        {"document": "a", "case": "entity/ana:n3+bo:n3/link", "value": None, "options": options},
    ]  # fmt: skip
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    found = read_log(path).decisions
    assert [{n: o.value for n, o in d.options.items()} for d in found] == [
        {"ana": [link], "bo": []}
    ] * 3
    assert [d.value for d in found] == [None, [link], []]


def test_gold_that_was_accepted_in_format_1_0_follows_its_source(layered: Corpus, run: Run):
    gold = layered.read_annotation("gold", "report")
    without = msgspec.structs.replace(gold, annotator="ana", status="submitted")
    layered.annotation_path("gold", "report").unlink()
    layered.write_annotation(without)
    assert run(layered, "accept", "ana").exit_code == 0
    # The hash in the log is of another form of the same annotation.
    path = layered.annotations / "gold" / "report.log.jsonl"
    record = json.loads(path.read_bytes())
    record["accepted_from"]["sha256"] = "0" * 64
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    result = run(layered, "accept", "ana")
    assert (result.exit_code, "1 unchanged" in result.stderr) == (0, True), result.output
    changed = msgspec.structs.replace(without, attributes={"genre": "news"})
    layered.write_annotation(changed)
    result = run(layered, "accept", "ana")
    assert result.exit_code == 0, result.output
    assert layered.read_annotation("gold", "report").attributes == {"genre": "news"}


def test_names_alone_are_adjudicated_and_accepted_without_a_word_of_other_layers(
    entities_only: Corpus, run: Run
):
    document = entities_only.read_document("report")
    entities_only.annotation_path("gold", "report").unlink()
    ana, bo = (names_of(TEXT) for _ in range(2))
    bo["mentions"][1]["type"] = "PERSON"
    bo["mentions"].pop(2)
    for name, items in (("ana", ana), ("bo", bo)):
        one = make_annotation(document, items, annotator=name, layers=["entities"])
        entities_only.write_annotation(one)
    outputs = []
    for command in (
        ("adjudicate", "ana", "bo", "--list"),
        ("adjudicate", "ana", "bo", "--strategy", "prefer:ana"),
        ("adjudicate", "ana", "bo", "--list", "--all", "--strategy", "prefer:ana"),
    ):
        result = run(entities_only, *command)
        assert result.exit_code == 0, result.output
        outputs.append(result.output)
    gold = entities_only.read_annotation("gold", "report")
    assert [(m.type, m.entity) for m in gold.mentions] == [
        ("PERSON", None), ("ORGANIZATION", None), ("DRUG", None)
    ]  # fmt: skip
    outputs.append(entities_only.annotation_path("gold", "report").read_text(encoding="utf-8"))
    entities_only.annotation_path("gold", "report").unlink()
    (entities_only.annotations / "gold" / "report.log.jsonl").unlink()
    result = run(entities_only, "accept", "bo")
    assert result.exit_code == 0, result.output
    outputs += [result.output, run(entities_only, "validate").output]
    for word in ("event", "claim", "relation", "chain", "cluster", "link", "argument"):
        assert not [output for output in outputs if word in output.lower()], word


def test_a_text_of_digits_and_a_number_are_typed_in_alike(opinions, run: Run):
    corpus, *_ = opinions
    ontology = copy.deepcopy(ONTOLOGY)
    attributes = ontology["$defs"]["document"]["properties"]["attributes"]["properties"]
    attributes["registry"]["pattern"] = "^(NCT)?[0-9]{4}$"
    write_ontology(corpus, ontology)
    for attribute, value in (("registry", "2024"), ("patients", 2024)):
        terminal = Terminal(corpus, "adjudicate", "ana", "bo", "--curator", "cy")
        while f"document/attribute/{attribute}" not in terminal.until("q quit"):
            terminal.press("s")
        terminal.press("o")
        terminal.until("Other value")
        terminal.type("2024")
        terminal.until("q quit")
        terminal.press("q")
        assert terminal.end() == 0
        lines = (corpus.annotations / "gold" / "report.log.jsonl").read_text().splitlines()
        assert json.loads(lines[-1])["value"] == value


def test_a_required_attribute_of_what_no_annotator_has_is_asked_for(opinions):
    corpus, ana, _ = opinions
    ontology = copy.deepcopy(ONTOLOGY)
    for item, attribute in (("entity", "approved"), ("relation", "certainty")):
        properties = ontology["$defs"][item]["properties"]
        properties["attributes"]["required"] = [attribute]
    write_ontology(corpus, ontology)
    items = items_of(TEXT)
    items["relations"].pop(0)
    items["mentions"][7]["entity"] = "e7"
    items["entities"].append({"id": "e7", "type": "PERSON", "name": "she"})
    bo = make_annotation(corpus.read_document("report"), items, annotator="bo", layers=LAYERS)
    annotated = AnnotatedDocument.of(
        corpus.read_document("report"), [ana, bo], Corpus(corpus.root).ontology
    )
    given = {
        "relation/ana:m1+bo:m1/ana:m2+bo:m2": [["WORKS_FOR", "ana:m1", "ana:m2"]],
        "mention/ana:m8+bo:m8/chain": None,
    }
    decisions = [
        Decision(document="report", case=case, value=value, choice=None if value else ())
        for case, value in given.items()
    ]
    (one,) = resolve(annotated, decisions, strategy("majority", ["ana", "bo"])).open
    assert (one.id, dict(one.options), one.allowed_values) == (
        "entity/ana:m8+bo:m8/attribute/approved", {}, ("true", "false")
    )  # fmt: skip
    decisions.append(Decision(document="report", case=one.id, value=True))
    gold = resolve(annotated, decisions, strategy("majority", ["ana", "bo"])).gold
    (own,) = [entity for entity in gold.entities if entity.name == "she"]
    assert own.attributes == {"approved": True}
