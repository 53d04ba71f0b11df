"""Push to a real server, annotate there as the page would, and pull."""

from __future__ import annotations

import json
import shlex
from itertools import product

import msgspec
import pytest

from dateline.corpus.annotators import Annotator, write_annotator, write_users
from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus
from dateline.label_studio.convert.from_result import from_result, header_of
from dateline.label_studio.sync.kept_results import read_kept
from dateline.label_studio.sync.pull_progress import FOLDER as NOTES
from dateline.model import (
    CONTENT_FIELDS,
    SCHEMA_VERSION,
    Annotation,
    Argument,
    Claim,
    Entity,
    Event,
    Link,
    Mention,
    Provenance,
    Relation,
    Span,
    canonical,
    made_by,
)

from ..conftest import REPOSITORY, SEED, dateline_lines
from ..corpora import new_corpus
from .strategies import NASTY, document_of

GOLD = [SEED]
NOBODY = Provenance(
    kind="human", tool=None, created=None, updated=None, label_studio=None, note=None
)


def content(annotation):
    return {name: getattr(annotation, name) for name in CONTENT_FIELDS}


def files(corpus):
    """Every file but the local notes on how far pulling has come."""
    found = (path for path in corpus.root.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if NOTES not in path.parts}


def as_submitted(rows):
    """Rows as the page submits those that it was given as a prediction."""
    return [row if row["type"] == "relation" else {**row, "origin": "prediction"} for row in rows]


def annotation_of(document, ontology, quotes):
    """Every kind of item and relation, on stretches of the text that hold these quotes."""
    text = document.text
    places, position = [], 0
    for quote in quotes:
        start = text.index(quote, position)
        position = start + len(quote)
        places.append(Span(start=start, end=position, text=quote))
    attributes = {
        layer: {a.name: a.values[0].name for a in ontology.layers[layer].attributes}
        for layer in ontology.layers
    }
    entity_type = ontology.layers["entities"].label_names[0]
    act = ontology.layers["claims"].label_names[0]
    event_type = next(iter(ontology.event_types))
    role = next(iter(ontology.event_types[event_type].roles))
    mentions = tuple(
        Mention(
            id=f"m{number}", spans=(place,), type=entity_type,
            attributes=attributes["entities"], entity=f"n{number % 3}",
        )
        for number, place in enumerate(places)
    )  # fmt: skip
    return canonical(
        Annotation(
            schema_version=SCHEMA_VERSION, document=document.id,
            text_sha256=document.text_sha256, annotator="gold",
            layers=("entities", "events", "claims"), status="adjudicated", provenance=NOBODY,
            mentions=mentions,
            entities=tuple(
                Entity(
                    id=f"n{number}", type=entity_type, name=places[number].text,
                    links=(Link(kb="wikidata", id="Q1"),) if number else (),
                )
                for number in range(3)
            ),
            events=tuple(
                Event(
                    id=f"e{number}", trigger=tuple(places[number::4]), type=event_type,
                    arguments=(Argument(role=role, mention="m0"), Argument(role=role, mention="m1")),
                    attributes=attributes["events"], cluster="k1",
                )
                for number in range(2)
            ),
            event_relations=tuple(
                Relation(type=label.name, source="e0", target="e1")
                for label in ontology.event_relations[:2]
            ),
            claims=tuple(
                Claim(
                    id=f"c{number}", spans=tuple(places[number::5]), act=act, claimer=claimer,
                    cue=(places[4], places[-1]), events=("e0", "e1"),
                    attributes=attributes["claims"],
                )
                for number, claimer in enumerate(("m2", ontology.claimers[0].name))
            ),
            claim_relations=(
                Relation(type=ontology.claim_relations[0].name, source="c0", target="c1"),
            ),
            retired=(),
        )
    )  # fmt: skip


@pytest.fixture
def nasty(tmp_path):
    """A corpus of one document made of what breaks offsets, with gold on each piece."""
    corpus = new_corpus(tmp_path / "nasty")
    quotes = [f"{one}{other}" for one, other in product(NASTY, "aé\U0001f600")]
    document = document_of("start\r\n" + " | ".join(quotes) + "\r\n", "nasty")
    corpus.write_document(document)
    corpus.write_annotation(annotation_of(document, corpus.ontology, quotes))
    return corpus


@pytest.fixture
def pushed(nasty, sync, label_studio, title):
    """The nasty corpus on the server; its task."""
    assert sync(nasty, "push", "--from", "gold").exit_code == 0
    return label_studio.annotator.tasks(title)["nasty"]


@pytest.fixture
def submitted(pushed, label_studio):
    """The annotation that somebody made of gold and submitted, unchanged; its id."""
    return label_studio.annotator.submit(pushed, as_submitted(pushed["predictions"][0]["result"]))


def test_a_nasty_text_comes_back_the_same(nasty, sync, submitted, label_studio):
    result = sync(nasty, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert result.exit_code == 0
    assert result.stdout == "annotations/ana/nasty.json\n"
    pulled = nasty.read_annotation("ana", "nasty")
    assert content(pulled) == content(nasty.read_annotation("gold", "nasty"))
    assert pulled.status == "submitted"
    assert pulled.provenance.kind == "human"
    assert pulled.provenance.tool.startswith("Label Studio 1.")
    assert pulled.provenance.label_studio.annotation == submitted


@pytest.mark.parametrize("document", GOLD)
def test_gold_comes_back_the_same(document, real_corpus, sync, label_studio, title):
    assert sync(real_corpus, "push", "--from", "gold", "--documents", document).exit_code == 0
    task = label_studio.annotator.tasks(title)[document]
    label_studio.annotator.submit(task, as_submitted(task["predictions"][0]["result"]))
    result = sync(real_corpus, "pull")
    assert result.exit_code == 0
    assert "written, 0 unchanged" in result.stderr
    pulled = real_corpus.read_annotation(f"user-{label_studio.annotator.id}", document)
    assert content(pulled) == content(real_corpus.read_annotation("gold", document))


def test_the_commands_of_the_readme_run(real_corpus, sync):
    lines = dateline_lines((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    commands = [shlex.split(line)[2:] for line in lines if line.startswith("dateline studio ")]
    commands = [command for command in commands if command[0] != "server"]  # which runs already
    assert [command[0] for command in commands] == ["push", "pull"]
    for command in commands:
        result = sync(real_corpus, *command)
        assert result.exit_code == 0, result.output


def test_dry_runs_change_nothing_and_tell_what_would(nasty, sync, label_studio, title):
    result = sync(nasty, "push", "--from", "gold", "--dry-run")
    assert f'project "{title}" to create' in result.stderr
    assert "documents: 1 to add, 0 already there" in result.stderr
    assert "annotations to start from: 1 to add, 0 already there" in result.stderr
    assert label_studio.owner.project(title) is None
    sync(nasty, "push", "--from", "gold")
    task = label_studio.annotator.tasks(title)["nasty"]
    submitted = label_studio.annotator.submit(task, as_submitted(task["predictions"][0]["result"]))
    before = {path: path.read_bytes() for path in nasty.root.rglob("*") if path.is_file()}
    result = sync(nasty, "pull", "--dry-run")
    assert result.stdout == f"annotations/user-{label_studio.annotator.id}/nasty.json\n"
    assert "annotations: 1 to write, 0 unchanged" in result.stderr
    assert {p: p.read_bytes() for p in nasty.root.rglob("*") if p.is_file()} == before
    sync(nasty, "pull")
    label_studio.owner.delete(submitted)
    pulled = files(nasty)
    assert "removed" in sync(nasty, "pull", "--prune", "--dry-run").stderr
    assert files(nasty) == pulled


def test_a_second_push_changes_nothing(nasty, sync, pushed, label_studio, title):
    before = label_studio.owner.tasks(title)
    result = sync(nasty, "push", "--from", "gold")
    assert "documents: 0 added, 1 already there" in result.stderr
    assert "annotations to start from: 0 added, 1 already there" in result.stderr
    assert label_studio.owner.tasks(title) == before


def test_a_second_pull_changes_nothing(nasty, sync, submitted):
    sync(nasty, "pull")
    before = files(nasty)
    result = sync(nasty, "pull")
    assert result.exit_code == 0
    assert "annotations: 0 written, 1 unchanged" in result.stderr
    assert files(nasty) == before


def test_a_changed_annotation_is_offered_beside_the_old_one(
    nasty, sync, pushed, label_studio, title
):
    gold = nasty.read_annotation("gold", "nasty")
    nasty.write_annotation(msgspec.structs.replace(gold, claim_relations=()))
    assert "annotations to start from: 1 added, 0" in sync(nasty, "push", "--from", "gold").stderr
    assert len(label_studio.owner.tasks(title)["nasty"]["predictions"]) == 2


def test_what_changed_on_the_server_is_pulled_and_removed_ids_are_retired(
    nasty, sync, pushed, submitted, label_studio
):
    sync(nasty, "pull", "--users", f"{label_studio.annotator.id}=ana")
    rows = as_submitted(pushed["predictions"][0]["result"])
    left = [r for r in rows if "m5" not in (r.get("id"), r.get("from_id"), r.get("to_id"))]
    label_studio.annotator.update(submitted, left)
    result = sync(nasty, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert result.stdout == "annotations/ana/nasty.json\n"
    pulled = nasty.read_annotation("ana", "nasty")
    assert pulled.retired == ("m5",)
    assert "m5" not in set(pulled.ids())


def test_a_file_edited_here_is_kept_while_the_server_has_not_changed(nasty, sync, submitted):
    (file,) = sync(nasty, "pull").stdout.split()
    path = nasty.root / file
    edited = msgspec.structs.replace(
        nasty.read_annotation(path.parent.name, "nasty"), claim_relations=()
    )
    nasty.write_annotation(edited)
    before = files(nasty)
    result = sync(nasty, "pull")
    assert result.exit_code == 0
    assert "edited here" in result.stderr
    assert files(nasty) == before


def test_a_conflict_is_refused_and_loses_neither_side(nasty, sync, pushed, submitted, label_studio):
    (file,) = sync(nasty, "pull").stdout.split()
    path = nasty.root / file
    edited = msgspec.structs.replace(
        nasty.read_annotation(path.parent.name, "nasty"), claim_relations=()
    )
    nasty.write_annotation(edited)
    label_studio.annotator.update(submitted, pushed["predictions"][0]["result"][:1])
    before = files(nasty)
    result = sync(nasty, "pull")
    assert result.exit_code == 1
    assert file in result.stderr
    assert "on the server too" in result.stderr
    assert files(nasty) == before


def test_a_file_that_did_not_come_from_the_server_is_never_overwritten(
    nasty, sync, submitted, label_studio
):
    gold = nasty.read_annotation("gold", "nasty")
    nasty.write_annotation(msgspec.structs.replace(gold, annotator="ana"))
    before = files(nasty)
    result = sync(nasty, "pull", "--users", f"{label_studio.annotator.id}=ana")
    assert result.exit_code == 1
    assert "did not come from Label Studio" in result.stderr
    assert files(nasty) == before


def test_a_pull_that_broke_off_between_its_two_files_is_completed(nasty, sync, submitted):
    (file,) = sync(nasty, "pull").stdout.split()
    before = files(nasty)
    name = (nasty.root / file).parent.name
    (nasty.annotations / name / "label-studio" / "nasty.json").unlink()
    assert sync(nasty, "pull").exit_code == 0
    assert files(nasty) == before


def test_skips_drafts_and_older_annotations_are_reported(
    nasty, sync, pushed, submitted, label_studio
):
    label_studio.annotator.submit(pushed, [])
    label_studio.owner.submit(pushed, [], was_cancelled=True)
    label_studio.owner.save_draft(pushed, pushed["predictions"][0]["result"][:1])
    result = sync(nasty, "pull")
    assert result.exit_code == 0
    assert "is a skip; not pulled" in result.stderr
    assert "has a draft, which is not submitted" in result.stderr
    assert f"annotation {submitted} is older than" in result.stderr
    assert result.stdout == f"annotations/user-{label_studio.annotator.id}/nasty.json\n"
    assert nasty.read_annotation(f"user-{label_studio.annotator.id}", "nasty").mentions == ()


def test_what_the_server_lost_is_kept_here(nasty, sync, submitted, label_studio):
    sync(nasty, "pull")
    before = files(nasty)
    label_studio.owner.delete(submitted)
    result = sync(nasty, "pull")
    assert "was deleted on the server; the files here are kept" in result.stderr
    assert files(nasty) == before


def test_a_text_changed_on_the_server_is_refused_both_ways(
    nasty, sync, pushed, submitted, label_studio, title
):
    changed = {**pushed["data"], "text": pushed["data"]["text"] + "!"}
    label_studio.owner.patch(f"/api/tasks/{pushed['id']}/", data=changed)
    before = files(nasty)
    for command in ("push", "pull"):
        result = sync(nasty, command)
        assert result.exit_code == 1
        assert f"task {pushed['id']} has a different text" in result.stderr
    assert files(nasty) == before
    assert label_studio.owner.tasks(title)["nasty"]["data"] == changed


def test_irregular_results_are_reported_and_the_rest_is_pulled(nasty, sync, pushed, label_studio):
    rows = pushed["predictions"][0]["result"]
    label_studio.annotator.submit(
        pushed, [rows[0], {"type": "relation", "from_id": "m0", "to_id": "gone", "labels": ["x"]}]
    )
    result = sync(nasty, "pull")
    assert result.exit_code == 1
    assert "an end without a labelled region" in result.stderr
    assert "S002" in result.stderr, "what the rules say is reported as well"
    folder = f"user-{label_studio.annotator.id}"
    assert len(nasty.read_annotation(folder, "nasty").mentions) == 1
    errors = f"annotations/{folder}: 1 annotation with errors: nasty. `dateline validate "
    assert errors in result.stderr
    result = sync(nasty, "status")
    assert (result.exit_code, "pulled" in result.stdout, errors in result.stderr) == (1, True, True)


def test_two_tasks_of_a_document_are_reported(nasty, sync, pushed, submitted, label_studio, title):
    project = label_studio.owner.project(title)["id"]
    other = label_studio.owner.post("/api/tasks/", project=project, data=pushed["data"])["id"]
    for command, code in (("pull", 0), ("status", 0), ("push", 1)):
        result = sync(nasty, command)
        assert result.exit_code == code, result.output
        assert f"nasty: has several tasks ({pushed['id']}, {other}); delete all" in result.stderr


def test_what_was_drawn_is_completed_and_files_of_former_pulls_do_not_count_as_edited(
    nasty, sync, pushed, label_studio
):
    rows = as_submitted(pushed["predictions"][0]["result"])
    text = nasty.read_document("nasty").text
    value = {"start": 0, "end": 7, "text": text[:7], "labels": ["PERSON"]}
    drawn = {
        "id": "drawn", "type": "labels", "from_name": "entity", "to_name": "text",
        "origin": "manual", "value": value,
    }  # fmt: skip
    level = {"id": "drawn", "type": "choices", "from_name": "mention_level", "to_name": "text",
             "value": {**value, "choices": ["name"]}}  # fmt: skip
    submitted = label_studio.annotator.submit(pushed, [*rows, drawn, level])
    who = ("--users", f"{label_studio.annotator.id}=ana")
    result = sync(nasty, "pull", *who)
    assert result.exit_code == 0, result.output
    assert "region drawn: blanks or punctuation at its edges were left out" in result.stderr
    pulled = nasty.read_annotation("ana", "nasty")
    mention = next(mention for mention in pulled.mentions if mention.id == "drawn")
    assert (mention.spans[0].text, mention.entity) == ("start", "drawn.entity")
    document = nasty.read_document("nasty")
    kept = read_kept(nasty, "ana", "nasty")
    former, _ = from_result(kept.result, document, header_of(pulled), nasty.ontology)
    assert former != pulled
    nasty.write_annotation(former)
    label_studio.annotator.update(submitted, rows)
    assert sync(nasty, "pull", *who).stdout == "annotations/ana/nasty.json\n"
    assert content(nasty.read_annotation("ana", "nasty")) == content(
        nasty.read_annotation("gold", "nasty")
    )


def test_nobody_can_pull_as_gold(nasty, sync, submitted, label_studio):
    result = sync(nasty, "pull", "--users", f"{label_studio.annotator.id}=gold")
    assert result.exit_code == 1
    assert "is reserved for adjudicated annotations" in result.stderr


def test_a_user_on_record_needs_no_option(nasty, sync, submitted, label_studio):
    user = label_studio.annotator.id
    write_users(nasty, f"{label_studio.url}/", {user: "robot-1"})
    write_annotator(nasty, Annotator(pseudonym="robot-1", kind="model"))
    assert sync(nasty, "pull").stdout.split() == ["annotations/robot-1/nasty.json"]
    assert nasty.read_annotation("robot-1", "nasty").provenance.kind == "model"
    # Who was pulled under one name does not become another.
    result = sync(nasty, "pull", "--users", f"{user}=ana")
    assert result.exit_code == 1
    assert "one person must not have two pseudonyms" in result.stderr


def test_two_users_cannot_share_a_pseudonym(nasty, sync, pushed):
    for users in ("1=ana,2=ana", "1=user-2"):
        result = sync(nasty, "pull", "--users", users)
        assert result.exit_code == 1
        assert "choose another" in result.stderr


def test_an_annotation_that_would_break_the_page_is_not_pushed(nasty, sync, label_studio, title):
    gold = nasty.read_annotation("gold", "nasty")
    dangling = Relation(type=gold.claim_relations[0].type, source="c0", target="gone")
    nasty.write_annotation(msgspec.structs.replace(gold, claim_relations=(dangling,)))
    result = sync(nasty, "push", "--from", "gold")
    assert result.exit_code == 1
    assert "annotations/gold/nasty.json: cannot be shown" in result.stderr
    assert label_studio.owner.project(title) is None


def test_a_removed_label_is_refused_and_a_new_one_is_added(
    nasty, sync, pushed, label_studio, title
):
    path = nasty.root / "schema" / "ontology.schema.json"
    old = path.read_text()
    schema = json.loads(old)
    types = schema["$defs"]["entityType"]["oneOf"]
    types.append({"const": "COMET", "description": "A dirty snowball."})
    path.write_text(json.dumps(schema))
    result = sync(nasty, "push")
    assert result.exit_code == 0
    assert "found, its labels updated" in result.stderr
    assert "COMET" in label_studio.owner.project(title)["label_config"]
    path.write_text(old)
    result = sync(Corpus(nasty.root), "push")
    assert result.exit_code == 1
    assert 'label "COMET" of "entity"' in result.stderr


def test_two_projects_of_one_title_are_refused(nasty, sync, pushed, label_studio, title):
    label_studio.owner.post("/api/projects/", title=title)
    for command in ("push", "pull"):
        result = sync(nasty, command)
        assert result.exit_code == 1
        assert f'2 projects have the title "{title}"' in result.stderr


def test_many_documents_are_listed_to_the_last(nasty, sync, label_studio, title):
    for number in range(260):
        nasty.write_document(document_of(f"text {number}", f"many-{number:03}"))
    assert "documents: 261 added" in sync(nasty, "push").stderr
    assert "documents: 0 added, 261 already there" in sync(nasty, "push").stderr
    assert label_studio.owner.project(title)["task_number"] == 261


def test_a_personal_access_token_works_too(nasty, sync, label_studio):
    token = label_studio.personal_access_token
    assert sync(nasty, "push", token=token).exit_code == 0


@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_wrong_token_is_explained(nasty, sync, command):
    result = sync(nasty, command, token="wrong-token-0123456789")
    assert result.exit_code == 1
    assert "the token was rejected" in result.stderr


@pytest.mark.parametrize("command", ["push", "pull"])
def test_a_server_that_is_down_is_explained(nasty, sync, command):
    result = sync(nasty, command, url="http://127.0.0.1:1")
    assert result.exit_code == 1
    assert (
        "http://127.0.0.1:1: cannot connect. Is the address right and the server running?"
        in result.stderr
    )


def test_an_address_that_is_not_a_label_studio_is_explained(nasty, sync, label_studio):
    result = sync(nasty, "push", url=f"{label_studio.url}/elsewhere")
    assert result.exit_code == 1
    assert "Is this the address of Label Studio" in result.stderr


def test_a_project_that_is_not_there_is_explained(nasty, sync):
    result = sync(nasty, "pull")
    assert result.exit_code == 1
    assert "`dateline studio push` creates it" in result.stderr


def test_a_pulled_annotation_names_the_guidelines_that_the_project_showed(
    nasty, sync, pushed, submitted, label_studio
):
    shown = guidelines_of(nasty)
    page = nasty.root / "docs" / "guidelines.md"
    page.parent.mkdir()
    page.write_text("# Other rules\n\nMark more.\n", encoding="utf-8")
    who = f"{label_studio.annotator.id}=ana"
    assert sync(nasty, "pull", "--users", who).exit_code == 0
    assert nasty.read_annotation("ana", "nasty").provenance.guidelines == shown
    assert sync(nasty, "push", "--labels-only").exit_code == 0
    result = sync(nasty, "pull", "--users", who, "--full")
    assert "0 written, 1 unchanged" in result.stderr
    assert nasty.read_annotation("ana", "nasty").provenance.guidelines == shown
    checked = made_by(nasty.read_annotation("ana", "nasty"), guidelines_of(nasty))
    nasty.write_annotation(checked)
    result = sync(nasty, "pull", "--users", who, "--full")
    assert "0 written, 1 unchanged" in result.stderr
    assert nasty.read_annotation("ana", "nasty") == checked
    page.write_text("# Other rules\n\nMark less.\n", encoding="utf-8")
    assert sync(nasty, "push", "--labels-only").exit_code == 0
    label_studio.annotator.update(submitted, [])
    assert sync(nasty, "pull", "--users", who).exit_code == 0
    assert nasty.read_annotation("ana", "nasty").provenance.guidelines == guidelines_of(nasty)
