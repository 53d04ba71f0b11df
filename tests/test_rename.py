"""Renaming labels in the ontology and in all annotations."""

from __future__ import annotations

import json
import os
import shutil

import msgspec
import pytest

from dateline.corpus.store import Corpus, schema_json
from dateline.errors import DatelineError
from dateline.label_studio.config.entries import removed_entries
from dateline.label_studio.config.former_labels import with_former_names
from dateline.label_studio.config.labelling_config import labelling_config
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.convert.to_result import to_result
from dateline.model import canonical
from dateline.ontology.former_names import renamed
from tests.corpora import write_ontology
from tests.killed import contents, killed_runs
from tests.layered import ONTOLOGY, annotated_report

RENAMED = {
    ("entityType", "PERSON"): "HUMAN",
    ("event", "MEET"): "MEETING",
    ("role", "party"): "participant",
    ("act", "ASSERT"): "STATE",
    ("eventRelation", "BEFORE"): "PRECEDES",
    ("claimRelation", "SUPPORTS"): "BACKS",
    ("level", "pronoun"): "pronominal",
}
"""By the list and the old name: the new name."""


def rename_in(schema, kind, old, new):
    """Rename a label in the ontology as a maintainer would."""
    definitions = schema["$defs"]
    if kind == "role":
        entries = definitions["role"].values()
    elif kind == "level":
        entries = definitions["mention"]["properties"]["attributes"]["properties"]["level"]["oneOf"]
    else:
        entries = definitions[kind]["oneOf"]
    for entry in entries:
        holder = entry["properties"]["type"] if kind == "event" else entry
        if holder["const"] == old:
            holder["const"] = new
            entry["x-formerly"] = [*entry.get("x-formerly", ()), old]
    for role in definitions["role"].values():
        role["x-fillers"] = [new if filler == old else filler for filler in role["x-fillers"]]


@pytest.fixture
def change(files):
    """Change the ontology of the small corpus; gives the corpus as a new run would read it."""
    files.check()

    def apply(names=RENAMED, edit=None):
        path = files.root / "schema" / "ontology.schema.json"
        schema = json.loads(path.read_bytes())
        for (kind, old), new in names.items():
            rename_in(schema, kind, old, new)
        if edit:
            edit(schema["$defs"])
        path.write_text(json.dumps(schema), encoding="utf-8")
        return Corpus(files.root)

    return apply


def test_every_kind_of_label_is_renamed_in_the_files(files, change, run):
    before = files.corpus.read_annotation("gold", "summit")
    corpus = change()
    assert run(corpus, "validate").exit_code == 1
    path = corpus.annotation_path("gold", "summit")
    old = path.read_bytes()
    dry = run(corpus, "rename", "--dry-run")
    assert dry.exit_code == 0
    assert path.read_bytes() == old
    result = run(corpus, "rename")
    assert result.exit_code == 0
    assert result.stdout == dry.stdout
    assert result.stdout.splitlines() == [
        "act: ASSERT to STATE, 3 times",
        "claimRelation: SUPPORTS to BACKS, 1 time",
        "entity: PERSON to HUMAN, 6 times",
        "event: MEET to MEETING, 1 time",
        "eventRelation: BEFORE to PRECEDES, 1 time",
        "mention.level: pronoun to pronominal, 1 time",
        "role of MEETING: party to participant, 2 times",
    ]
    assert run(corpus, "validate").exit_code == 0
    after = corpus.read_annotation("gold", "summit")
    assert list(after.ids()) == list(before.ids())
    assert run(corpus, "rename").stdout == ""


def test_validate_names_the_new_name_of_a_renamed_label(change, run):
    result = run(
        change({("entityType", "PERSON"): "HUMAN", ("event", "MEET"): "MEETING"}), "validate"
    )
    assert 'was renamed to "HUMAN". Run `dateline rename`' in result.stdout
    assert 'was renamed to "MEETING". Run `dateline rename`' in result.stdout


def test_validate_names_each_place_of_a_label_that_was_removed(change, run):
    def edit(definitions):
        entries = definitions["claimRelation"]["oneOf"]
        entries[:] = [entry for entry in entries if entry["const"] != "SUPPORTS"]

    result = run(change({}, edit), "validate")
    assert "annotations/gold/summit.json /claim_relations/0/type" in result.stdout
    assert '"SUPPORTS" is not allowed' in result.stdout
    assert "Allowed: " in result.stdout


def test_nothing_is_renamed_if_a_file_would_be_invalid(change, run):
    def edit(definitions):
        entries = definitions["claimRelation"]["oneOf"]
        entries[:] = [entry for entry in entries if entry["const"] != "SUPPORTS"]

    corpus = change({("entityType", "PERSON"): "HUMAN"}, edit)
    path = corpus.annotation_path("gold", "summit")
    old = path.read_bytes()
    result = run(corpus, "rename")
    assert result.exit_code == 1
    assert "Nothing was renamed" in result.stderr
    assert "/claim_relations/0/type" in result.stderr
    assert path.read_bytes() == old


def test_a_full_disk_leaves_every_file_unchanged(files, run, monkeypatch):
    files.check()
    before, changes = contents(files.root), 0
    run(files.corpus, "rename", "PERSON=HUMAN", "--dry-run")
    assert contents(files.root) == before, "a dry run writes nothing"
    with monkeypatch.context() as patch:

        def full(_descriptor):
            nonlocal changes
            changes += 1
            if changes == 2:
                raise OSError(28, "No space left on device", "the disk")

        patch.setattr(os, "fsync", full)
        result = run(files.corpus, "rename", "PERSON=HUMAN")
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert contents(files.root) == before


def test_a_killed_rename_is_finished_by_the_same_command_or_the_next(files, run, tmp_path):
    files.check()
    ana = files.corpus.read_annotation("gold", "summit")
    files.corpus.write_annotation(msgspec.structs.replace(ana, annotator="ana"))
    names = ("rename", "PERSON=HUMAN")
    *killed, whole = killed_runs(files.root, names, tmp_path / "killed")
    after, add = contents(whole), ("annotators", "add", "ana", "--kind", "human")
    before = contents(files.root)
    assert len(killed) > 10
    for root in killed:
        other = tmp_path / "other" / root.name
        shutil.copytree(root, other)
        result = run(Corpus(root), *names)
        assert (result.exit_code, contents(root)) == (0, after), result.output
        assert run(Corpus(other), *add).exit_code == 0
        found = contents(other)
        del found["annotations/annotators.json"]
        assert found in (before, after)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({("act", 0): ["DENY"]}, '"DENY", which is a current label'),
        ({("act", 0): ["SAY"], ("act", 1): ["SAY"]}, '"SAY", which is also in x-formerly of'),
        ({("act", 0): "SAY"}, "x-formerly .ASSERT.: is .SAY., expected array"),
        ({("role", "agent"): ["coreference"]}, '"coreference" is already the name of a relation'),
    ],
    ids=["current", "twice", "text", "relation"],
)
def test_a_former_name_has_one_meaning(change, edit, message):
    def apply(definitions):
        for (kind, key), names in edit.items():
            place = definitions[kind] if kind == "role" else definitions[kind]["oneOf"]
            place[key]["x-formerly"] = names

    with pytest.raises(DatelineError, match=message):
        change({}, apply).ontology  # noqa: B018


def test_results_with_former_names_are_read_with_the_new_names(files, change):
    old = files.corpus.read_annotation("gold", "summit")
    rows = to_result(old, files.corpus.ontology)
    page = labelling_config(files.corpus.ontology)
    corpus = change()
    document = corpus.read_document("summit")
    read, problems = from_result(rows, document, header_of(old), corpus.ontology)
    assert problems == []
    assert read == canonical(renamed(old, corpus.ontology)[0])
    assert removed_entries(page, labelling_config(corpus.ontology))
    kept = with_former_names(labelling_config(corpus.ontology), corpus.ontology, page)
    assert removed_entries(page, kept) == []
    assert removed_entries(labelling_config(corpus.ontology), kept) == []


def schema_of(corpus):
    return (corpus.root / "schema" / "ontology.schema.json").read_bytes()


def test_one_command_renames_in_the_schema_and_in_the_files(files, run):
    files.check()
    path = files.corpus.annotation_path("gold", "summit")
    before, schema = path.read_bytes(), schema_of(files.corpus)
    names = [
        "entity:PERSON=HUMAN", "event:MEET=MEETING", "role:party=participant", "act:ASSERT=STATE",
        "BEFORE=PRECEDES", "SUPPORTS=BACKS", "pronoun=pronominal",
    ]  # fmt: skip
    dry = run(files.corpus, "rename", *names, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert (path.read_bytes(), schema_of(files.corpus)) == (before, schema)
    result = run(files.corpus, "rename", *names)
    assert result.stdout == dry.stdout
    assert "entity: PERSON to HUMAN, 6 times" in result.stdout
    assert "Changed 2 files" in result.stderr
    assert run(files.corpus, "validate").exit_code == 0
    assert set(Corpus(files.root).ontology.layers["entities"].labels[0].formerly) <= {"PERSON"}

    lines = [set(text.splitlines()) for text in (schema, schema_of(files.corpus))]
    assert len(lines[1] - lines[0]) < len(lines[0]) / 10, (
        "the rest of the schema stays as it was written"
    )


def test_labels_of_every_layer_and_kind_of_attribute_are_renamed(empty_corpus, run):
    write_ontology(empty_corpus, ONTOLOGY)
    corpus = Corpus(empty_corpus.root)
    document, annotation = annotated_report(corpus)
    corpus.write_document(document)
    corpus.write_annotation(annotation)
    names = [
        "relation:CAUSES=LEADS_TO", "entity:CHEMICAL=SUBSTANCE", "document.genre:case_report=case",
        "document.topics:safety=harm", "mention.forms:generic=common", "entity.uses:pain=ache",
        "relation.certainty:possible=maybe", "eventRelation:BEFORE=PRECEDES", "drug=given",
        "argument.scope:clause=local", "argument.readings:literal=plain", "factuality:certain=sure",
        "claimer:AUTHOR=WRITER",
    ]  # fmt: skip
    assert run(corpus, "rename", *names).exit_code == 0
    corpus = Corpus(corpus.root)
    assert " 0 errors" in run(corpus, "validate").stderr
    gold = corpus.read_annotation("gold", "report")
    assert gold.attributes["genre"] == "case"
    assert gold.attributes["topics"] == ("efficacy", "harm")
    assert {relation.type for relation in gold.relations} == {"LEADS_TO", "WORKS_FOR", "DOSE_OF"}
    assert [e.attributes["uses"] for e in gold.entities if "uses" in e.attributes] == [
        ("ache", "fever")
    ]
    assert {m.attributes.get("forms") for m in gold.mentions} >= {("common",), ("common", "plural")}
    assert [a.attributes for a in gold.events[0].arguments if a.attributes] == [
        {"implicit": False, "readings": ("plain",), "share": 100},
        {"scope": "local"},
    ]
    assert [(f.source, f.value) for f in gold.events[1].factuality] == [
        ("WRITER", "possible"),
        ("c1", "sure"),
    ]
    assert corpus.ontology.required_sources == ("WRITER",)
    leads_to = corpus.ontology.relation_types["LEADS_TO"]
    assert (leads_to.sources, leads_to.label.formerly) == ({"SUBSTANCE"}, ("CAUSES",))
    refused = run(corpus, "rename", "mention.amount:mg=g")
    assert '"mention.amount" is not a kind of label. Allowed: ' in refused.stderr


def test_a_label_can_get_its_old_name_back(files, run):
    files.check()
    run(files.corpus, "rename", "entity:PERSON=HUMAN")
    assert run(files.corpus, "rename", "HUMAN=PERSON").exit_code == 0
    assert run(files.corpus, "validate").exit_code == 0
    (person,) = [
        x for x in Corpus(files.root).ontology.layers["entities"].labels if x.name == "PERSON"
    ]
    assert person.formerly == ("HUMAN",)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("DEMAND=X", "write act:DEMAND=X or event:DEMAND=X"),
        ("positive=yes", "write event.polarity:positive=yes or claim.polarity:positive=yes"),
        ("event:NOTHING=X", 'no event label "NOTHING"'),
        ("NOTHING=X", 'there is no label "NOTHING". `dateline ontology` shows all labels.'),
        ("ATACK=X", 'there is no label "ATACK". Did you mean "ATTACK"? `dateline ontology`'),
        ("thing:MEET=X", '"thing" is not a kind of label'),
        ("MEET", "expected OLD=NEW"),
        ("MEET=MEET", "two different names"),
        ("event:MEET=ATTACK", '"ATTACK" is already a label. To merge two'),
        ("role:party=coreference", '"coreference" is already the name of a relation'),
    ],
)
def test_an_invalid_rename_changes_nothing(files, run, name, message):
    files.check()
    schema = schema_of(files.corpus)
    result = run(files.corpus, "rename", name)
    assert result.exit_code == 1, result.output
    assert message in result.stderr
    assert schema_of(files.corpus) == schema


def test_a_schema_with_other_indentation_is_not_reformatted(change, run):
    corpus = change({})
    result = run(corpus, "rename", "event:MEET=MEETING")
    assert result.exit_code == 1
    assert "by hand and add the old name to x-formerly" in result.stderr


def test_a_missing_line_end_of_the_schema_does_not_matter(files, run):
    files.check()
    path = files.root / "schema" / "ontology.schema.json"
    path.write_bytes(schema_json(json.loads(path.read_bytes())).rstrip())
    result = run(files.corpus, "rename", "event:MEET=MEETING")
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == schema_json(json.loads(path.read_bytes()))
    assert "MEETING" in Corpus(files.root).ontology.event_types
