"""``dateline accept``: one annotation as gold, predictions as annotations, and no work lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from dateline.annotations.layers import limited
from dateline.corpus.annotators import Annotator, write_annotator
from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.model import Note
from tests.adjudication.annotators import gold, two, write
from tests.conftest import Run
from tests.small_corpus import Files


@pytest.fixture
def corpus(files: Files) -> Corpus:
    """A corpus without gold, and two annotators."""
    assert files.check() == []
    files.corpus.annotation_path("gold", "summit").unlink()
    write(files.corpus, *two(files))
    return files.corpus


@pytest.fixture
def predictions(files: Files, tmp_path: Path) -> Path:
    path = tmp_path / "Tagger 1.jsonl"
    path.write_text(json.dumps(prediction(files)) + "\n", encoding="utf-8")
    return path


def prediction(files: Files) -> dict[str, object]:
    fields = ("mentions", "entities", "events")
    return {"document": "summit", **{field: files.gold[field] for field in fields}}


def everything(corpus: Corpus) -> dict[Path, bytes]:
    found = (path for path in corpus.root.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if ".dateline" not in path.parts}


def change(corpus: Corpus, annotator: str, before: str, after: str) -> None:
    path = corpus.annotation_path(annotator, "summit")
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after), encoding="utf-8")


def test_an_annotators_annotation_becomes_gold_that_says_so(corpus: Corpus, run: Run):
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 0, result.output
    assert "1 document accepted from ana" in result.stderr
    own, made = corpus.read_annotation("ana", "summit"), corpus.read_annotation("gold", "summit")
    assert made.status == "submitted"
    assert (made.mentions, made.events, made.claims) == (own.mentions, own.events, own.claims)
    assert made.provenance.tool == "dateline accept"
    assert made.provenance.kind == "human"
    assert "From ana (human)" in made.provenance.note
    assert "nobody adjudicated it" in made.provenance.note
    (line,) = (corpus.annotations / "gold" / "summit.log.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert record["accepted_from"].items() >= {"name": "ana", "kind": "human"}.items()
    assert "nobody adjudicated it" in record["note"]
    assert record["when"]
    assert run(corpus, "validate").exit_code == 0


def test_card_datasheet_and_statistics_name_gold_that_nobody_adjudicated(corpus: Corpus, run: Run):
    assert run(corpus, "accept", "ana").exit_code == 0
    build(corpus, corpus.root / "dist")
    card = (corpus.root / "dist" / "README.md").read_text(encoding="utf-8")
    assert "The gold of 1 document is single-annotated" in card
    assert "| a person | dateline accept | submitted | not stated | 1 |" in card
    assert "| gold | 0 adjudicated; 1 single-annotated" in run(corpus, "datasheet").stdout
    statistics = json.loads(run(corpus, "stats", "--format", "json").stdout)
    assert statistics["gold"]["statuses"] == {"submitted": 1}


def test_accepting_again_changes_nothing(corpus: Corpus, run: Run):
    assert run(corpus, "accept", "ana").exit_code == 0
    before = everything(corpus)
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 0
    assert "1 unchanged" in result.stderr
    assert everything(corpus) == before


def test_gold_follows_its_source_and_keeps_its_ids(corpus: Corpus, run: Run):
    assert run(corpus, "accept", "ana").exit_code == 0
    change(corpus, "ana", '"id": "m1"', '"id": "x1"')
    change(corpus, "ana", '"mention": "m1"', '"mention": "x1"')
    change(corpus, "ana", '"nominal"', '"name"')
    assert run(corpus, "accept", "ana").exit_code == 0
    made = corpus.read_annotation("gold", "summit")
    assert {mention.id for mention in made.mentions} >= {"m1"}
    assert all(mention.attributes["level"] != "nominal" for mention in made.mentions)


def test_dry_run_writes_nothing(corpus: Corpus, run: Run):
    before = everything(corpus)
    result = run(corpus, "accept", "ana", "--dry-run")
    assert "1 document would be accepted" in result.stderr
    assert everything(corpus) == before


def test_only_chosen_layers_and_documents_are_accepted(corpus: Corpus, run: Run):
    result = run(corpus, "accept", "ana", "--documents", "talks")
    assert '"ana" has not annotated talks' in result.stderr
    assert run(corpus, "accept", "ana", "--layers", "entities").exit_code == 0
    made = corpus.read_annotation("gold", "summit")
    assert made.layers == ("entities",)
    assert made.mentions
    assert not made.events
    assert run(corpus, "accept", "ana").exit_code == 0
    result = run(corpus, "accept", "ana", "--layers", "events")
    assert result.exit_code == 1
    assert "also has the layers entities, claims, which would be lost" in result.stderr
    assert "add it to the annotations that gold was made from" in result.stderr


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (("adjudicate", "ana", "bo", "--strategy", "prefer:bo"), "was adjudicated"),
        (("accept", "bo"), 'was accepted from "bo"'),
    ],
)
def test_other_gold_is_never_overwritten(corpus: Corpus, run: Run, first, message: str):
    assert run(corpus, *first).exit_code == 0
    before = everything(corpus)
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 1
    assert "annotations/gold/summit.json" in result.stderr
    assert message in result.stderr
    assert everything(corpus) == before


def test_manual_corrections_of_accepted_gold_are_never_overwritten(corpus: Corpus, run: Run):
    assert run(corpus, "accept", "ana").exit_code == 0
    change(corpus, "gold", '"MEET"', '"SAY"')
    before = gold(corpus)
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 1
    assert "was corrected by hand" in result.stderr
    assert gold(corpus) == before


def test_gold_without_a_log_is_never_overwritten(files: Files, run: Run):
    assert files.check() == []
    ana, _ = two(files)
    ana["mentions"][0]["attributes"]["level"] = "nominal"
    write(files.corpus, ana)
    result = run(files.corpus, "accept", "ana")
    assert result.exit_code == 1
    assert "has no log" in result.stderr


def test_accepted_gold_can_be_adjudicated_later(corpus: Corpus, run: Run):
    assert run(corpus, "accept", "ana").exit_code == 0
    result = run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:bo")
    assert result.exit_code == 0, result.output
    assert corpus.read_annotation("gold", "summit").status == "adjudicated"


def test_errors_keep_everything_from_being_accepted(corpus: Corpus, run: Run):
    change(corpus, "ana", '"entity": "n3"', '"entity": "n33"')
    result = run(corpus, "accept", "ana")
    assert result.exit_code == 1
    assert "annotations/ana/summit.json" in result.stderr
    assert not corpus.annotation_path("gold", "summit").exists()


def test_a_draft_stays_a_draft(corpus: Corpus, run: Run):
    change(corpus, "ana", '"status": "submitted"', '"status": "draft"')
    assert run(corpus, "accept", "ana").exit_code == 0
    assert corpus.read_annotation("gold", "summit").status == "draft"


def test_predictions_become_a_models_annotations(corpus: Corpus, predictions: Path, run: Run):
    result = run(corpus, "accept", str(predictions), "--as", "tagger-1")
    assert result.exit_code == 0, result.output
    made = corpus.read_annotation("tagger-1", "summit")
    assert made.provenance.kind == "model"
    assert made.layers == ("entities", "events")
    assert "From tagger-1 (model), SHA-256 " in made.provenance.note
    assert made.mentions
    assert not corpus.annotation_path("gold", "summit").exists()
    assert run(corpus, "agree", "tagger-1", "bo").exit_code == 0


def test_predictions_become_gold_of_a_model(corpus: Corpus, predictions: Path, run: Run):
    assert run(corpus, "accept", str(predictions), "--as", "gold").exit_code == 0
    made = corpus.read_annotation("gold", "summit")
    assert (made.provenance.kind, made.status) == ("model", "submitted")
    build(corpus, corpus.root / "dist")
    card = (corpus.root / "dist" / "README.md").read_text(encoding="utf-8")
    assert "a model, not checked by a person | dateline accept" in card


def test_predictions_never_overwrite_annotations(
    corpus: Corpus, files: Files, predictions: Path, run: Run
):
    command = ("accept", str(predictions), "--as", "tagger-1")
    assert run(corpus, *command).exit_code == 0
    before = everything(corpus)
    assert "1 unchanged" in run(corpus, *command).stderr
    other = prediction(files) | {"events": []}
    predictions.write_text(json.dumps(other) + "\n", encoding="utf-8")
    result = run(corpus, *command)
    assert result.exit_code == 1
    assert "annotations/tagger-1/summit.json: has other content" in result.stderr
    assert everything(corpus) == before


def test_predictions_do_not_become_a_persons_annotations(
    corpus: Corpus, predictions: Path, run: Run
):
    before = everything(corpus)
    result = run(corpus, "accept", str(predictions), "--as", "ana")
    assert '"ana" is a person' in result.stderr
    assert everything(corpus) == before
    write_annotator(corpus, Annotator(pseudonym="cy", kind="human"))
    assert '"cy" is a person' in run(corpus, "accept", str(predictions), "--as", "cy").stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dan"], "is neither an annotator nor a predictions file. Annotators: ana, bo"),
        (["gold"], '"gold" is the result of accepting'),
        (["ana", "--as", "bo"], 'the annotations of "ana" can only become gold'),
        (["PREDICTIONS"], "name the annotator whose annotations"),
        (["PREDICTIONS", "--as", "A b"], "is not a pseudonym"),
        (["PREDICTIONS", "--as", "m", "--documents", "talks"], "has no prediction for talks"),
    ],
)
def test_invalid_arguments_are_explained(
    corpus: Corpus, predictions: Path, run: Run, arguments: list[str], message: str
):
    given = [str(predictions) if a == "PREDICTIONS" else a for a in arguments]
    result = run(corpus, "accept", *given)
    assert result.exit_code == 1
    assert message in result.stderr


def test_an_annotator_who_lacks_a_layer_is_named(corpus: Corpus, run: Run):
    write(corpus, to_builtins(limited(corpus.read_annotation("ana", "summit"), ["entities"])))
    result = run(corpus, "accept", "ana", "--layers", "entities,claims")
    assert result.exit_code == 1
    assert (
        'annotations/ana/summit.json: "ana" did not annotate claims, only entities' in result.stderr
    )


def test_notes_stay_with_their_annotator(corpus: Corpus, run: Run):
    own = corpus.read_annotation("ana", "summit")
    notes = (Note(text="Long."), Note(item=own.mentions[0].id, text="Who?", unsure=True))
    corpus.write_annotation(replace(own, notes=notes))
    assert run(corpus, "accept", "ana").exit_code == 0
    assert corpus.read_annotation("ana", "summit").notes == notes
    assert corpus.read_annotation("gold", "summit").notes == ()
