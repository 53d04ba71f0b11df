"""Exports of Label Studio projects with any labels: what is read, and what is said to be lost."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError, InvalidInputError
from dateline.interop.importing.mapping import Targets
from dateline.interop.importing.mapping_file import read_mapping
from dateline.interop.importing.translation import Translator
from dateline.interop.registry import format_of
from dateline.interop.units import units_of
from dateline.label_studio.config.controls import CONTROLS
from dateline.label_studio.config.questions import questions
from dateline.label_studio.config.relations import relation_labels
from dateline.label_studio.convert.to_result import to_result
from dateline.ontology.label_lists import LABEL_KINDS

from ..label_studio import test_import_layers as layers
from ..label_studio.foreign import (
    DEFAULTS,
    JSON,
    RESULT,
    ROWS,
    annotation,
    region,
    relation,
    said,
    task,
)
from ..small_corpus import TEXT


@pytest.fixture
def read(tmp_path):
    """The documents of an export with these tasks."""

    def invoke(*tasks):
        path = tmp_path / "export.json"
        path.write_text(json.dumps(tasks), encoding="utf-8")
        return list(format_of("label-studio").reader(path))

    return invoke


def losses(document):
    return [(loss.kind, loss.name, loss.reason) for loss in document.losses]


def test_regions_answers_and_relations_are_read_with_the_labels_of_the_project(read):
    (document,) = read(task(annotation(), title="Summit", doc_id="a1"))
    assert (document.name, document.title, document.text) == ("a1", "Summit", TEXT)
    assert document.meta == {"count": "3"}
    assert not document.losses
    (made,) = document.annotations.values()
    assert made.attributes == {"quality": "good"}
    assert [(m.id, m.type, m.spans[0].text) for m in made.mentions] == [
        ("aB3_x-1", "PER", "Ana Ruiz"), ("an_id_with_blanks", "PER", "Bo Lind"),
        ("she", "PER", "She"), ("oslo", "LOC", "Oslo"), ("misc", "MISC", "treaty"),
        ("met", "Contact", "met"), ("says", "assertion", "the talks would go on"),
    ]  # fmt: skip
    assert made.mentions[0].attributes == {
        "form": "NAM", "kb": "wikidata:Q42", "person": "ana", "note": "a remark",
    }  # fmt: skip
    assert [r.name for r in made.relations] == [
        "participant_of aB3_x-1→met", "participant_of an_id_with_blanks→met",
        "participant_of misc→met", "said_by says→she",
    ]  # fmt: skip


def test_a_project_becomes_a_corpus_with_its_labels(run, empty_corpus, tmp_path):
    export, out = tmp_path / "export.json", tmp_path / "new"
    export.write_text(json.dumps([task(annotation(), annotation(RESULT[:6], user=9, id=12))]))
    arguments = ("--out", str(out), "--language", "en", "--annotators", "7=ana,9=bo")
    result = run(empty_corpus, "import", "label-studio", str(export), *arguments)
    assert result.exit_code == 0, result.output
    made = Corpus(out)
    assert run(made, "validate").exit_code == 0
    assert [*made.ontology.labels_of("entities")] == ["Contact", "LOC", "MISC", "PER", "assertion"]
    ana = made.read_annotation("ana", "export-1")
    assert (ana.provenance.tool, ana.provenance.created) == (
        "Label Studio",
        "2025-02-03T04:05:06.7Z",
    )
    assert len(made.read_annotation("bo", "export-1").mentions) == 2


def test_the_newest_annotation_of_each_user_is_read_and_the_rest_is_said(read):
    newer = annotation(RESULT[:1], id=12, updated_at="2025-03-01T00:00:00Z")
    other = annotation(RESULT[:6], id=14, user=9)
    skipped = annotation([], id=13, was_cancelled=True)
    one, two = task(annotation(), skipped), task(newer, other)
    (document,) = read(one | {"predictions": [{"result": RESULT}]}, two)
    assert {who: len(a.mentions) for who, a in document.annotations.items()} == {"7": 1, "9": 2}
    assert losses(document) == [
        ("predictions", "task 1, 1", "predictions are not imported"),
        ("annotations", "13", "was skipped"),
        ("annotations", "11", "is older than 12 by the same user"),
    ]
    unknown = {"id": None, "created_at": None, "updated_at": None}
    with pytest.raises(InvalidInputError, match=r"user 7 has several annotations \(#1, #2\)"):
        read(task(annotation(**unknown), annotation([], **unknown)))


def test_what_an_annotation_cannot_hold_is_said_and_so_is_what_refers_to_it(read):
    rows = [
        region("a", "ner", ["PER", "LOC"], "Ana Ruiz"),
        region("a", "ner", "PER", "Oslo"),
        region("b", "ner", "PER", "Bo Lind") | {"value": {"start": 900, "labels": ["PER"]}},
        said("b", "form", "choices", "Bo Lind", choices=["NAM"]),
        said("gone", "form", "choices", "Bo Lind", choices=["NAM"]),
        said("a", "size", "number", "Ana Ruiz", number="big"),
        relation("a", "b", "knows"),
        relation("a", "a", "is") | {"direction": "bi"},
        {"id": "s", "type": "rating", "from_name": "stars", "value": {"rating": 3}},
    ]
    (document,) = read(task(annotation(rows)))
    (made,) = document.annotations.values()
    assert [(m.id, m.type, m.attributes) for m in made.mentions] == [
        ("a", "PER", {}), ("a_2", "LOC", {}),
    ]  # fmt: skip
    assert [(kind, name) for kind, name, _ in losses(document)] == [
        ("mentions", "a"), ("mentions", "b"),
        ("mention attributes", "b.form"), ("mention attributes", "gone.form"),
        ("mention attributes", "a.size"), ("relations", "knows a→b"), ("rating", "s"),
    ]  # fmt: skip
    assert [loss.name for loss in document.losses if loss.is_wrong] == [
        "a", "b", "gone.form", "a.size",
    ]  # fmt: skip


def test_the_text_is_the_field_that_has_the_quotes(read):
    data = {"advice": "Mark every name in the text below. " * 20, "place": "Oslo"}
    (document,) = read(task(annotation(), **data))
    assert document.text == TEXT
    (document,) = read(task(text="A longer text", note="short"))
    assert document.text == "A longer text"
    with pytest.raises(InvalidInputError, match="task 1 has no text in its data"):
        read(task(annotation()) | {"data": {"image": None}})


def test_a_task_without_the_field_of_the_text_of_most_tasks_is_refused(read):
    message = 'task 1 has no "body" in its data. It has the fields: "doc".'
    with pytest.raises(InvalidInputError, match=re.escape(message)):
        read(
            task(annotation()) | {"data": {"doc": "kirjasto"}},
            *(task(annotation(), doc=f"library {number}") for number in range(3)),
        )


def test_regions_of_another_text_on_the_page_are_left_out(read):
    title = region("t", "ner", "PER", "Ana Ruiz") | {"to_name": "title"}
    title["value"] = title["value"] | {"start": 4, "end": 12}
    (document,) = read(task(annotation([title, *RESULT[:6]]), headline="For Ana Ruiz"))
    assert [m.id for m in document.annotations["7"].mentions] == ["aB3_x-1", "an_id_with_blanks"]
    assert losses(document) == [("mentions", "t", 'is not in the text that "doc" shows')]


def test_a_label_of_several_controls_is_named_with_its_control(read):
    rows = [
        region("a", "ner", "PER", "Ana Ruiz"), region("b", "ner", "LOC", "Oslo"),
        region("c", "other", "PER", "Bo Lind"),
    ]  # fmt: skip
    (document,) = read(task(annotation(rows)))
    types = [mention.type for mention in document.annotations["7"].mentions]
    assert types == ["ner.PER", "LOC", "other.PER"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS | JSON)
def test_results_of_any_shape_are_read_and_counted(rows, read):
    with suppress(DatelineError):
        for document in read(task(annotation(rows))):
            counts = Counter(x.kind for x in document.losses if x.outcome == "left out")
            for made in document.annotations.values():
                counts.update(unit.kind for unit in units_of(made))
            assert document.items == counts


MAPPED = (
    """
[entity]
PER = "PERSON"
LOC = "GPE"
MISC = "ignore"
Contact = "event:MEET"
assertion = "act:ASSERT"
said = "cue"

[relation]
participant_of = "reversed party"
said_by = "claimer"
same = "coreference"
more = "continues"
cued_by = "cue"
tells = "about"
before = "BEFORE"

[attribute]
"mention.form" = "mention.level"
"mention.sure" = ["event.polarity", "claim.polarity"]
"mention.kb" = "entity_link"
"mention.person" = "entity_id"
"mention.note" = "ignore"
"document.quality" = "ignore"

["mention.form"]
NAM = "name"
PRO = "pronoun"

["mention.sure"]
no = "negative"

"""
    + DEFAULTS
)


@pytest.fixture
def import_rows(files, run, tmp_path):
    """Import rows into the small corpus by a mapping: the result, the annotation, the report."""

    def invoke(rows, *arguments, mapping=MAPPED):
        paths = {name: tmp_path / name for name in ("export.json", "mapping.toml", "report.json")}
        paths["export.json"].write_text(json.dumps([task(annotation(rows))]), encoding="utf-8")
        paths["mapping.toml"].write_text(mapping, encoding="utf-8")
        result = run(
            files.corpus, "import", "label-studio", str(paths["export.json"]),
            "--mapping", str(paths["mapping.toml"]), "--annotators", "7=bo",
            "--report", str(paths["report.json"]), *arguments,
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        report = json.loads(paths["report.json"].read_text())
        report["losses"] = [x for x in report["losses"] if x["kind"] != "metadata"]
        for count in report["counts"].values():
            assert min(count.values()) >= 0
        return files.corpus.read_annotation("bo", "summit"), report

    return invoke


def content(annotation):
    """An annotation without what says how and by whom it was made."""
    return replace(annotation, annotator="", provenance=None, layers=())


def test_what_is_ignored_is_reported(import_rows, files, run):
    _, report = import_rows(RESULT)
    assert {(loss["kind"], loss["name"]) for loss in report["losses"]} == {
        ("document attributes", "quality"), ("mentions", "misc"),
        ("mention attributes", "aB3_x-1.note"), ("arguments", "met participant_of misc"),
    }  # fmt: skip
    assert run(files.corpus, "validate").exit_code == 0


def test_gold_comes_back_from_an_export_of_the_own_page(repository, tmp_path):
    ontology = repository.ontology
    names = sorted(path.stem for path in (repository.annotations / "gold").glob("*.json"))[::9]
    gold = {name: repository.read_annotation("gold", name) for name in names}
    tasks = [
        task(
            annotation(to_result(made, ontology)), doc_id=name,
            text=repository.read_document(name).text,
        )
        for name, made in gold.items()
    ]  # fmt: skip
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    lines = []
    for controls in CONTROLS:
        kind = LABEL_KINDS[controls.layer]
        lines.append(f"[labels.{controls.labels}]")
        lines += [f'{n} = "{kind}:{n}"' for n in ontology.labels_of(controls.layer)]
    lines.append('[labels.cue]\ncue = "cue"')
    for question in questions(ontology):
        lines += [f"[choices.{question.page_control}]"] * bool(question.values)
        lines += [f'"{v.name}" = "{question.field}={v.name}"' for v in question.values]
    lines.append("[texts]")
    lines += [f'{q.control} = "{q.field}"' for q in questions(ontology) if not q.values]
    lines += ["[relations]", *(f'"{name}" = "{name}"' for name in relation_labels(ontology))]
    labelled = [question.page_control for question in questions(ontology) if question.as_labels]
    assert labelled
    lines.append(f"[document]\nattributes = {json.dumps(labelled)}")
    (tmp_path / "mapping.toml").write_text("\n".join(lines), encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.toml", Targets(ontology))
    translator = Translator(mapping, ontology, {})
    reader = format_of("label-studio").reader_with(mapping.reading)
    read = list(reader(tmp_path / "export.json"))
    assert [document.name for document in read] == names
    for document in read:
        found = translator.translated(document.annotations["7"], document.text)
        assert not found.losses
        made = replace(found.annotation, text_sha256="", retired=())
        assert content(made) == content(
            replace(gold[document.name], text_sha256="", retired=(), status="submitted")
        )


def test_a_new_corpus_has_the_items_that_a_mapping_makes(run, empty_corpus, tmp_path):
    (tmp_path / "export.json").write_text(json.dumps([task(annotation())]))
    (tmp_path / "mapping.toml").write_text(MAPPED.partition("[defaults]")[0])
    result = run(
        empty_corpus, "import", "label-studio", str(tmp_path / "export.json"),
        "--mapping", str(tmp_path / "mapping.toml"), "--out", str(tmp_path / "new"),
        "--language", "en",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    made = Corpus(tmp_path / "new")
    assert run(made, "validate").exit_code == 0
    assert [*made.ontology.labels_of("entities")] == ["GPE", "PERSON"]
    assert [*made.ontology.event_types["MEET"].roles] == ["party"]
    assert [*made.ontology.labels_of("claims")] == ["ASSERT"]
    found = made.read_annotation("annotator1", "export-1")
    assert [claim.claimer for claim in found.claims] == ["she"]


def test_fragments_chains_cues_and_relations_of_events_are_made(import_rows):
    rows = [
        region("a", "ner", "PER", "Ana"), region("r", "ner", "PER", "Ruiz"),
        region("s", "ner", "PER", "She"), said("s", "form", "choices", "She", choices=["PRO"]),
        region("met", "trigger", "Contact", "met"), region("t", "trigger", "Contact", "talks"),
        region("c", "statement", "assertion", "the talks would go on"),
        region("q", "statement", "said", "said"),
        said("c", "sure", "choices", "", choices=["no"]),
        said("t", "sure", "choices", "", choices=["no"]),
        relation("a", "r", "more"), relation("r", "s", "same"), relation("c", "r", "said_by"),
        relation("c", "q", "cued_by"), relation("c", "t", "tells"), relation("met", "t", "before"),
        relation("s", "met", "participant_of"),
    ]  # fmt: skip
    made, report = import_rows(rows)
    assert not report["losses"]
    ana, she = made.mentions
    assert [span.text for span in ana.spans] == ["Ana", "Ruiz"]
    assert ana.entity == she.entity == made.entities[0].id
    assert made.entities[0].name == "Ana … Ruiz"
    assert [r.name for r in made.event_relations] == ["BEFORE met→t"]
    assert [event.attributes["polarity"] for event in made.events] == ["positive", "negative"]
    (claim,) = made.claims
    assert (claim.claimer, claim.cue[0].text, claim.events) == ("a", "said", ("t",))
    assert claim.attributes["polarity"] == "negative"


LAYERED = """
[entity]
drug = "CHEMICAL"
illness = "DISEASE"
[relation]
because = "reversed CAUSES"
maybe = "reversed certainty=possible"
[attribute]
"mention.form" = "mention.level"
"mention.negation" = "mention.negated"
"mention.mg" = "mention.amount"
"document.people" = "document.patients"
["mention.form"]
NAM = "name"
["mention.negation"]
"not so" = "yes"
["document.kind"]
press = "document.genre=news"
about_safety = "document.topics=safety"
about_price = "document.topics=price"
[defaults]
"mention.level" = "nominal"
"""


@pytest.mark.parametrize("mapping", [LAYERED, layers.MAPPING], ids=["by kind", "by control"])
def test_values_can_be_of_several_attributes_and_relations_have_attributes(
    mapping, layered, run, tmp_path
):
    data = {"text": layers.TEXT}
    one = {"data": data, "annotations": [{"id": 1, "completed_by": 1, "result": layers.ROWS}]}
    (tmp_path / "export.json").write_text(json.dumps([one]), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    paths = (str(tmp_path / "export.json"), "--mapping", str(tmp_path / "mapping.toml"))
    result = run(layered, "import", "label-studio", *paths, "--annotators", "1=bo")
    assert result.exit_code == 0, result.output
    bo = layered.read_annotation("bo", "report")
    assert bo.attributes == {"genre": "news", "topics": ("price", "safety"), "patients": 12}
    assert bo.mentions[0].attributes == {"level": "name", "amount": 81}
    assert bo.relations[0].attributes == {"certainty": "possible"}


def test_claims_get_claimers_by_values_and_by_default(import_rows):
    says = region("c", "statement", "assertion", "the talks would go on")
    other = region("d", "statement", "assertion", "they had signed a treaty")
    rows = [
        region("a", "ner", "PER", "Ana Ruiz"), says, other, relation("d", "a", "said_by"),
        region("e", "statement", "assertion", "We will not attack"),
        said("c", "source", "choices", "", choices=["paper"]),
    ]  # fmt: skip
    mapping = MAPPED.replace(
        "[defaults]",
        """["mention.source"]
paper = "claimer=AUTHOR"
[defaults]
claimer = "AUTHOR"
""",
    )
    made, report = import_rows(rows, mapping=mapping)
    assert [claim.claimer for claim in made.claims] == ["AUTHOR", "a", "AUTHOR"]
    assert not report["losses"]


def test_parts_of_chains_that_have_no_place_are_said(import_rows):
    mapping = MAPPED.replace('"mention.kb" =', '"mention.full" = "entity_name"\n"mention.kb" =')
    rows = [
        region("a", "ner", "PER", "Ana Ruiz"), region("s", "ner", "PER", "She"),
        region("b", "ner", "PER", "Bo Lind"), relation("a", "s", "same"),
        said("a", "full", "textarea", "", text=["Ana Ruiz Vega"]),
        said("s", "full", "textarea", "", text=["Ana"]),
        said("b", "kb", "textarea", "", text=["wikidata:Q1"]),
        region("met", "trigger", "Contact", "met"),
        said("met", "person", "textarea", "", text=["x"]),
    ]  # fmt: skip
    made, report = import_rows(rows, "--draft", mapping=mapping)
    assert [(e.name, len(e.links)) for e in made.entities] == [("Ana Ruiz Vega", 0), ("Bo Lind", 1)]
    assert [(loss["name"], loss["reason"]) for loss in report["losses"]] == [
        ("s entity_name", "has another name"), ("met.person", '"entity_id" is not for events'),
    ]  # fmt: skip


def test_what_a_mapping_cannot_make_is_said(import_rows):
    rows = [
        region("a", "ner", "PER", "Ana Ruiz"), said("a", "sure", "choices", "", choices=["no"]),
        said("a", "kb", "textarea", "", text=["no link"]),
        said("a", "person", "textarea", "", text=["Ana"]),
        region("met", "trigger", "Contact", "met"),
        region("c", "statement", "assertion", "the talks would go on"),
        region("q", "statement", "said", "said"),
        relation("met", "a", "participant_of"), relation("a", "met", "same"),
        relation("a", "met", "more"),
    ]  # fmt: skip
    made, report = import_rows(rows, "--draft")
    assert made.status == "draft"
    assert not made.claims
    assert made.entities[0].id == "Ana"
    assert {(loss["kind"], loss["name"]): loss["reason"] for loss in report["losses"]} == {
        ("relations", "more a→met"): "joins items with different labels",
        ("relations", "participant_of met→a"): '"participant_of" cannot join a mention to an event',
        ("relations", "same a→met"): '"coreference" cannot join a mention to an event',
        ("entity links", "a no link"): "is not a link; write KB:ID",
        ("claims", "c"): "has no claimer",
        ("cues", "q"): "belongs to no claim",
        ("mention attributes", "a.sure"): "the mapping has no mention attribute for it",
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('[entity]\nPER = "event:MET"', 'entity.PER: "event:MET" is not a label of this kind'),
        ('[relation]\nx = "reversed partie"', 'Did you mean "party"?'),
        ('[attribute]\n"mention.x" = "entity_ids"', 'Did you mean "entity_id"?'),
        ('[attribute]\n"document.x" = "mention.level"', "is not an attribute of the same kind"),
        ("labels = 3", "labels: is not a table of controls. `dateline import"),
        ("[labels]\nner = 3", "labels.ner: is not a table"),
        ("[choices.c]\nx = 3", "choices.c.x: is not a text or a list of texts"),
        ('[labels.ner]\nPER = "event:MET"', 'entity.PER: "event:MET" is not a label'),
        ('[entity]\nPER = []', 'entity.PER: is empty. Write "ignore"'),
        ('[entity]\nPER = ["PERSON", "GPE"]', "entity.PER: has several targets"),
    ],
)  # fmt: skip
def test_a_target_that_does_not_exist_is_named(line, message, files, run, tmp_path):
    (tmp_path / "export.json").write_text(json.dumps([task(annotation())]))
    (tmp_path / "mapping.toml").write_text(line)
    arguments = (str(tmp_path / "export.json"), "--mapping", str(tmp_path / "mapping.toml"))
    result = run(files.corpus, "import", "label-studio", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_relations_with_reserved_names_get_other_names_in_a_new_corpus(run, empty_corpus, tmp_path):
    rows = [*RESULT, relation("aB3_x-1", "she", "cue"), relation("she", "oslo", "coreference")]
    (tmp_path / "export.json").write_text(json.dumps([task(annotation(rows))]))
    arguments = (str(tmp_path / "export.json"), "--out", str(tmp_path / "new"), "--language", "en")
    result = run(empty_corpus, "import", "label-studio", *arguments)
    assert result.exit_code == 0, result.output
    made = Corpus(tmp_path / "new").ontology
    assert {"cue_relation", "coreference_relation", "said_by"} <= {*made.relation_types}
