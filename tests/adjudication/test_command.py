"""``dateline adjudicate``: listing cases, applying decisions, and deciding in a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from dateline.annotations.layers import limited
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.model import Note
from dateline.ontology.schemas import split_shares
from tests.adjudication.annotators import cases, decided, gold, log
from tests.adjudication.terminal import Terminal
from tests.conftest import Run
from tests.small_corpus import mention, span

CURATOR = ("--curator", "cy", "--kind", "human")
BY_RULE = ("adjudicate", "ana", "bo", "--replace", "--strategy")
"""Decides all cases by rule and overwrites the gold of the fixture, which was not adjudicated."""


def all_of(run: Run, corpus: Corpus, path: Path, annotator: str, **fields: object) -> None:
    """Decide every case as an annotator has it, as long as cases come up."""
    while found := cases(run, corpus):
        decisions = [
            {"document": case["document"], "case": case["case"], "choice": [annotator], **fields}
            for case in found
        ]
        given = ("--decisions", decided(path, decisions))
        run(corpus, "adjudicate", "ana", "bo", *CURATOR, *given, "--replace")


def test_the_list_shows_what_differs_in_its_context(corpus: Corpus, run: Run):
    before = gold(corpus)
    shown = run(corpus, "adjudicate", "ana", "bo", "--list").stdout
    assert (
        'type of the entity "Oslo"\n'
        "  Ana Ruiz met Bo Lind in [Oslo] on Monday.\n"
        "  1  ana: GPE\n"
        "  2  bo: LOCATION\n"
        "  entity/ana:n3+bo:n3/type\n"
    ) in shown
    assert shown.splitlines()[-1].startswith("summit: 0 decided, 19 open")
    assert gold(corpus) == before
    assert log(corpus) == []


def test_a_case_shows_what_annotators_noted_on_it(corpus: Corpus, run: Run):
    bo = corpus.read_annotation("bo", "summit")
    oslo = Note(item=bo.mentions[2].id, text="Or the airport?", unsure=True)
    corpus.write_annotation(replace(bo, notes=(Note(text="Long."), oslo)))
    (case,) = [c for c in cases(run, corpus) if c["case"] == "entity/ana:n3+bo:n3/type"]
    assert case["notes"] == ["bo: unsure: Or the airport?", "bo: on the document: Long."]
    shown = run(corpus, "adjudicate", "ana", "bo", "--list").stdout
    assert (
        "  2  bo: LOCATION\n"
        "     note of bo: unsure: Or the airport?\n"
        "     note of bo: on the document: Long.\n"
    ) in shown


def test_notes_that_no_case_shows_are_said(corpus: Corpus, run: Run):
    ana, bo = (corpus.read_annotation(name, "summit") for name in ("ana", "bo"))
    agreed = Note(item=bo.mentions[0].id, text="Or Ana Ruiz-Gil?", unsure=True)
    corpus.write_annotation(replace(bo, notes=(Note(text="Long."), agreed)))
    said = 'summit: note of bo on the mention "Ana Ruiz": unsure: Or Ana Ruiz-Gil?\n'
    assert run(corpus, "adjudicate", "ana", "bo", "--list", "--format", "json").stderr == said
    # Without any case, that on the document too; gold is written nonetheless, and has no notes.
    corpus.write_annotation(replace(ana, annotator="bo", notes=(Note(text="Long."), agreed)))
    result = run(corpus, "adjudicate", "ana", "bo", *CURATOR, "--replace")
    assert result.exit_code == 0, result.output
    assert f"summit: note of bo on the document: Long.\n{said}" in result.stderr
    assert corpus.read_annotation("gold", "summit").notes == ()


def test_scripted_decisions_make_gold(corpus: Corpus, run: Run, tmp_path: Path):
    path = tmp_path / "decisions.jsonl"
    all_of(run, corpus, path, "bo", reason="bo is right")
    written = corpus.read_annotation("gold", "summit")
    assert written.status == "adjudicated"
    assert written.provenance.kind == "human"
    assert re.fullmatch(
        r"From ana \(human\) and bo \(human\)\. Cases decided: [0-9]+ by cy \(human\), "
        r"1 by rule\.",
        written.provenance.note,
    )
    assert {span.text for m in written.mentions for span in m.spans} >= {"on Monday", "talks"}
    records = log(corpus)
    by_hand = [record for record in records if "by" not in record]
    assert len(by_hand) == len(records) - 1
    assert {(r["curator"], r["role"], r["reason"]) for r in by_hand} == {
        ("cy", "human", "bo is right")
    }
    assert all(r["when"] and r["quote"] for r in records)
    (kind,) = [r for r in records if r["case"] == "entity/ana:n3+bo:n3/type"]
    assert kind["choice"] == ["bo"]
    assert kind["options"]["ana"] == {"value": "GPE", "text": "GPE"}
    assert run(corpus, "validate").exit_code == 0


def test_gold_is_left_alone_until_the_last_case_is_decided(
    corpus: Corpus, run: Run, tmp_path: Path
):
    before = gold(corpus)
    first, *rest = cases(run, corpus)
    one = {"document": "summit", "case": first["case"], "choice": ["ana"]}
    path = decided(tmp_path / "one.jsonl", [one])
    result = run(corpus, "adjudicate", "ana", "bo", *CURATOR, "--decisions", path)
    assert result.exit_code == 1
    assert "summit: 1 decided, " in result.stdout
    assert gold(corpus) == before
    assert [r["case"] for r in log(corpus)] == [first["case"]]
    assert [case["case"] for case in cases(run, corpus)] == [case["case"] for case in rest]


def test_the_log_can_be_replayed(corpus: Corpus, run: Run, tmp_path: Path):
    all_of(run, corpus, tmp_path / "decisions.jsonl", "bo")
    made, path = gold(corpus), corpus.annotations / "gold" / "summit.log.jsonl"
    kept = tmp_path / "log.jsonl"
    path.rename(kept)
    result = run(corpus, "adjudicate", "ana", "bo", "--decisions", str(kept))
    assert result.exit_code == 0, result.output
    assert gold(corpus) == made

    def timeless(lines: bytes) -> list[dict]:
        return sorted(
            (
                {k: v for k, v in json.loads(line).items() if k != "when"}
                for line in lines.splitlines()
                if b'"case"' in line
            ),
            key=lambda record: record["case"],
        )

    assert timeless(path.read_bytes()) == timeless(kept.read_bytes())


def test_adjudicating_again_changes_nothing(corpus: Corpus, run: Run):
    command = (*BY_RULE, "prefer:ana")
    assert "gold written" in run(corpus, *command).stderr
    made, records = gold(corpus), log(corpus)
    assert {record["by"] for record in records} == {"prefer:ana", "rule"}
    assert "gold unchanged" in run(corpus, *command).stderr
    assert (gold(corpus), log(corpus)) == (made, records)


def test_ids_of_gold_survive(corpus: Corpus, run: Run):
    before = corpus.read_annotation("gold", "summit")
    run(corpus, *BY_RULE, "prefer:bo")
    after = corpus.read_annotation("gold", "summit")
    ids = {m.spans[0].text: m.id for m in after.mentions}
    assert ids["Ana Ruiz"] == "m1"
    assert ids["on Monday"] == "m4"
    # m99 was retired long ago, so its number is not given again.
    assert ids["talks"] == "m100"
    assert after.retired == before.retired
    run(corpus, *BY_RULE, "prefer:ana", *reopened(corpus))
    again = corpus.read_annotation("gold", "summit")
    assert {"m100", "m99"} <= set(again.retired)
    assert [m.id for m in again.mentions] == [m.id for m in before.mentions]


def test_a_link_of_gold_stays_where_no_annotator_has_one(corpus: Corpus, run: Run):
    path = corpus.annotation_path("gold", "summit")
    written = json.loads(path.read_bytes())
    link = {"kb": "wikidata", "date": None, "id": "Q42"}
    for number in (0, 1):
        written["entities"][number]["links"] = [link]
    path.write_text(json.dumps(written))
    run(corpus, *BY_RULE, "prefer:ana")
    links = {
        e.name: e.links and e.links[0].id for e in corpus.read_annotation("gold", "summit").entities
    }
    # A decision rejected the link of Bo Lind that bo had given.
    assert (links["Ana Ruiz"], links["Bo Lind"]) == ("Q42", ())


def test_gold_that_was_not_adjudicated_is_left_alone(corpus: Corpus, run: Run):
    before = gold(corpus)
    result = run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:bo")
    assert result.exit_code == 1
    assert "this gold does not come from adjudication" in result.stderr
    assert 'm4 "Monday" spans: "Monday" at 32–38 → "on Monday" at 29–38' in result.stderr
    assert (gold(corpus), log(corpus)) == (before, [])
    assert run(corpus, *BY_RULE, "prefer:bo").exit_code == 0
    assert gold(corpus) != before


def corrected(corpus: Corpus, change: Callable[[dict], None]) -> None:
    """Change gold by hand."""
    path = corpus.annotation_path("gold", "summit")
    annotation = json.loads(path.read_bytes())
    change(annotation)
    path.write_text(json.dumps(annotation), encoding="utf-8")


def widen(annotation: dict) -> None:
    (at,) = [m for m in annotation["mentions"] if m["spans"][0]["text"] == "Monday"]
    at["spans"] = [span("on Monday")]


def test_manual_corrections_are_kept_and_logged(corpus: Corpus, run: Run):
    run(corpus, *BY_RULE, "prefer:ana")
    corrected(corpus, widen)
    by_hand = gold(corpus)
    again = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana")
    result = run(corpus, *again)
    assert result.exit_code == 1
    assert 'm4 "Monday" spans: "Monday" at 32–38 → "on Monday" at 29–38' in result.stderr
    assert "Name a curator" in result.stderr
    assert gold(corpus) == by_hand
    why = ("--reason", "the preposition belongs to it")
    assert run(corpus, *again, *CURATOR, *why).exit_code == 0
    texts = {s.text for m in corpus.read_annotation("gold", "summit").mentions for s in m.spans}
    assert "on Monday" in texts
    (record,) = [r for r in log(corpus) if r.get("by") == "correction"]
    assert (record["case"], record["choice"]) == ("correction/mention/m4/spans", ["corrected"])
    assert (record["curator"], record["role"]) == ("cy", "human")
    assert record["reason"] == "the preposition belongs to it"
    note = corpus.read_annotation("gold", "summit").provenance.note
    assert note.endswith("Corrected afterwards: 1 by cy (human).")
    # The next run changes nothing, and needs no curator.
    made, records = gold(corpus), log(corpus)
    assert run(corpus, *again).exit_code == 0
    assert (gold(corpus), log(corpus)) == (made, records)


def remove_a_mention(annotation: dict) -> None:
    (at,) = [m for m in annotation["mentions"] if m["spans"][0]["text"] == "Monday"]
    annotation["mentions"].remove(at)
    for event in annotation["events"]:
        event["arguments"] = [a for a in event.get("arguments", []) if a.get("mention") != at["id"]]
    used = {m.get("entity") for m in annotation["mentions"]}
    annotation["entities"] = [e for e in annotation["entities"] if e["id"] in used]


def test_a_removed_item_is_logged_once(corpus: Corpus, run: Run):
    again = ("adjudicate", "ana", "bo", "--strategy", "prefer:ana")
    run(corpus, *BY_RULE, "prefer:ana")
    corrected(corpus, remove_a_mention)
    assert run(corpus, *again, *CURATOR, "--reason", "no date is meant").exit_code == 0
    made, records = gold(corpus), log(corpus)
    assert run(corpus, *again, *CURATOR, "--reason", "another reason").exit_code == 0
    assert (gold(corpus), log(corpus)) == (made, records)

    # A later correction adds its own line only, whatever ids it uses.
    def rename(annotation: dict) -> None:
        annotation["entities"][0]["name"] = "Another name"

    corrected(corpus, rename)
    assert run(corpus, *again, *CURATOR, "--reason", "the full name").exit_code == 0
    (line,) = [r for r in log(corpus)[len(records) :] if "case" in r]
    assert line["reason"] == "the full name"
    retired = json.loads(made)["retired"]
    assert json.loads(gold(corpus))["retired"] == retired


def test_other_decisions_keep_corrections_or_contradict_them(
    corpus: Corpus, run: Run, tmp_path: Path
):
    run(corpus, *BY_RULE, "prefer:ana")
    corrected(corpus, widen)
    kind, place = "entity/ana:n3+bo:n3/type", "mention/ana:m4+bo:m4/span"

    def decide(case: str, **fields: object) -> Any:
        line = {"document": "summit", "case": case, **fields}
        path = decided(tmp_path / "again.jsonl", [line])
        rule = ("--strategy", "prefer:ana")
        return run(corpus, "adjudicate", "ana", "bo", *rule, *CURATOR, "--decisions", path)

    assert decide(kind, choice=["bo"]).exit_code == 0
    after = corpus.read_annotation("gold", "summit")
    assert after.entities[2].type == "LOCATION"
    assert "on Monday" in {s.text for m in after.mentions for s in m.spans}
    assert {"m4", "n3"} <= set(after.ids())
    before = gold(corpus)
    conflict = decide(place, value=[[span("Monday")["start"], span("Monday")["start"] + 3]])
    assert conflict.exit_code == 1
    assert "manual corrections (here) contradict new decisions (there)" in conflict.stderr
    assert (
        'm4 "on Monday": spans: "on Monday" at 29–38 here, "Mon" at 32–35 there' in conflict.stderr
    )
    assert gold(corpus) == before


def test_corrections_are_not_lost_when_annotations_change(corpus: Corpus, run: Run):
    run(corpus, *BY_RULE, "prefer:ana")
    corrected(corpus, widen)
    before = gold(corpus)
    path = corpus.annotation_path("ana", "summit")
    ana = json.loads(path.read_bytes())
    ana["mentions"].append(mention("m9", "on", "DATE", "n4"))
    path.write_text(json.dumps(ana))
    result = run(corpus, "adjudicate", "ana", "bo", "--strategy", "prefer:ana", *CURATOR)
    assert result.exit_code == 1
    assert "gold was corrected by hand, and the annotations have changed since" in result.stderr
    assert gold(corpus) == before


def reopened(corpus: Corpus) -> list[str]:
    return [word for record in log(corpus) for word in ("--reopen", record["case"])]


def test_a_decision_can_be_taken_back(corpus: Corpus, run: Run, tmp_path: Path):
    all_of(run, corpus, tmp_path / "decisions.jsonl", "bo")
    case = "entity/ana:n3+bo:n3/type"
    (open_,) = cases(run, corpus, "--reopen", case)
    assert open_["case"] == case
    new = decided(tmp_path / "new.jsonl", [{"document": "summit", "case": case, "choice": ["ana"]}])
    assert run(corpus, "adjudicate", "ana", "bo", *CURATOR, "--decisions", new).exit_code == 0
    assert corpus.read_annotation("gold", "summit").entities[2].type == "GPE"
    assert [r["choice"] for r in log(corpus) if r["case"] == case] == [["bo"], ["ana"]]


def test_the_list_of_decided_cases_names_who_decided(corpus: Corpus, run: Run):
    run(corpus, *BY_RULE, "prefer:ana")
    (found,) = [
        case for case in cases(run, corpus, "--all") if case["case"] == "entity/ana:n3+bo:n3/type"
    ]
    assert found["decision"]["by"] == "prefer:ana"
    shown = run(corpus, "adjudicate", "ana", "bo", "--list", "--all").stdout
    assert "decided: ana, by prefer:ana" in shown


def test_gold_with_errors_is_not_written(corpus: Corpus, run: Run, tmp_path: Path):
    before = gold(corpus)
    wrong = {"document": "summit", "case": "mention/ana:m4+bo:m4/span", "value": [[0, 99_999]]}
    path = decided(tmp_path / "wrong.jsonl", [wrong])
    result = run(corpus, "adjudicate", "ana", "bo", *CURATOR, "--decisions", path)
    assert (result.exit_code, log(corpus)) == (1, [])
    assert "invalid decision" in result.stderr
    # Valid by itself, but makes two mentions the same.
    path = corpus.annotation_path("ana", "summit")
    ana = json.loads(path.read_bytes())
    ana["mentions"].append(mention("m9", "on", "DATE", "n4"))
    path.write_text(json.dumps(ana))
    place = [[span("on")["start"], span("on")["end"]]]
    path = decided(tmp_path / "same.jsonl", [wrong | {"value": place}])
    result = run(corpus, *BY_RULE, "prefer:ana", *CURATOR, "--decisions", path)
    assert result.exit_code == 1
    assert "M403" in result.stderr
    assert "Reopen the cases" in result.stderr
    assert gold(corpus) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ana"], "Name at least two different annotators"),
        (["ana", "gold"], '"gold" is the result of adjudication'),
        (["ana", "dan"], 'annotations/dan: there are no annotations of "dan"'),
        (["ana", "bo", "--strategy", "vote"], "There is no strategy 'vote'"),
        (
            ["ana", "bo", "--strategy", "prefer:cy"],
            "Allowed: unanimous, majority, prefer:ana, prefer:bo",
        ),
        (["ana", "bo", "--documents", "talks"], "talks.json: there is no such file"),
    ],
)
def test_invalid_arguments_are_explained(corpus: Corpus, run: Run, arguments, message):
    result = run(corpus, "adjudicate", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_decisions_need_a_curator(corpus: Corpus, run: Run, tmp_path: Path):
    path = decided(tmp_path / "d.jsonl", [{"document": "summit", "case": "x", "choice": []}])
    result = run(corpus, "adjudicate", "ana", "bo", "--decisions", path)
    assert "--curator NAME" in result.stderr
    result = run(corpus, "adjudicate", "ana", "bo", "--decisions", path, "--curator", "cy")
    assert "dateline annotators add cy --kind human" in result.stderr
    (corpus.annotations / "annotators.json").write_text(
        '{"annotators": [{"pseudonym": "cy", "kind": "model"}]}'
    )
    result = run(corpus, "adjudicate", "ana", "bo", "--decisions", path, *CURATOR)
    assert '"cy" is model' in result.stderr


def test_an_annotation_with_errors_or_of_other_layers_is_rejected(corpus: Corpus, run: Run):
    path = corpus.annotation_path("bo", "summit")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"entity": "n3"', '"entity": "n33"'), encoding="utf-8")
    result = run(corpus, "adjudicate", "ana", "bo")
    assert "Fix all errors first" in result.stderr
    path.write_text(whole, encoding="utf-8")
    corpus.write_annotation(limited(corpus.read_annotation("bo", "summit"), ("claims",)))
    result = run(corpus, "adjudicate", "ana", "bo")
    assert "Adjudication needs the same layers" in result.stderr


def test_a_broken_line_of_the_log_is_named(corpus: Corpus, run: Run):
    (corpus.annotations / "gold" / "summit.log.jsonl").write_text('{"document": "summit"\n')
    result = run(corpus, "adjudicate", "ana", "bo", "--list")
    assert result.exit_code == 1
    assert "summit.log.jsonl, line 1:" in result.stderr


def test_cases_are_decided_at_a_terminal_by_keys(corpus: Corpus, run: Run):
    first, second, third = cases(run, corpus)[:3]
    bo = corpus.read_annotation("bo", "summit")
    corpus.write_annotation(replace(bo, notes=(Note(item="m1", text="Or Ana Ruiz-Gil?"),)))
    terminal = Terminal(corpus, "adjudicate", "ana", "bo", *CURATOR)
    assert 'note of bo on the mention "Ana Ruiz"' in terminal.until("Press any key")
    terminal.press(" ")
    assert first["options"]["ana"]["text"] in terminal.until(first["case"])
    terminal.until("q quit")
    terminal.press("x")  # has no meaning
    terminal.until("q quit")
    terminal.press("1")
    terminal.until(second["case"])
    terminal.until("q quit")
    terminal.press("r")
    terminal.until("Reason:")
    terminal.type("the guidelines say so")
    terminal.until("reason: the guidelines say so")
    terminal.until("q quit")
    terminal.press("2")
    terminal.until(third["case"])
    terminal.until("q quit")
    terminal.press("s")
    terminal.until("q quit")
    terminal.press("q")
    assert terminal.end() == 0
    assert [(r["case"], r["choice"], r.get("reason")) for r in log(corpus)] == [
        (first["case"], ["ana"], None),
        (second["case"], ["bo"], "the guidelines say so"),
    ]
    # The next session goes on where this one ended.
    assert cases(run, corpus)[0]["case"] == third["case"]


def test_the_last_key_writes_gold(corpus: Corpus, run: Run, tmp_path: Path):
    all_of(run, corpus, tmp_path / "decisions.jsonl", "bo")
    case = "entity/ana:n3+bo:n3/type"
    terminal = Terminal(corpus, "adjudicate", "ana", "bo", *CURATOR, "--reopen", case)
    terminal.until("q quit")
    terminal.press("1")
    terminal.until("summit: gold written")
    assert terminal.end() == 0
    assert corpus.read_annotation("gold", "summit").entities[2].type == "GPE"


def test_another_value_is_typed_in(corpus: Corpus, run: Run):
    wanted = {"type": ("FACILITY", "FACILITY"), "span": ("Monday", [[28, 34]])}
    for kind, (typed, value) in wanted.items():
        case = next(c for c in cases(run, corpus) if c["kind"] == kind)
        terminal = Terminal(corpus, "adjudicate", "ana", "bo", *CURATOR)
        while case["case"] not in terminal.until("q quit"):
            terminal.press("s")
        terminal.press("o")
        terminal.until("Other value")
        terminal.type("no such value")
        terminal.until("invalid decision")
        terminal.until("Press any key")
        terminal.press(" ")
        terminal.until("q quit")
        terminal.press("o")
        terminal.until("Other value")
        terminal.type(typed)
        terminal.until("q quit")
        terminal.press("q")
        assert terminal.end() == 0
        assert log(corpus)[-1]["case"] == case["case"]
        if kind == "span":
            text = corpus.read_document("summit").text
            ((start, end),) = log(corpus)[-1]["value"]
            assert text[start:end] == typed
        else:
            assert log(corpus)[-1]["value"] == value


def test_a_dry_run_writes_nothing(corpus: Corpus, run: Run):
    before = gold(corpus)
    result = run(corpus, *BY_RULE, "prefer:bo", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "summit: gold would be written" in result.stderr
    assert (gold(corpus), log(corpus)) == (before, [])
    run(corpus, *BY_RULE, "prefer:bo")
    assert "gold unchanged" in run(corpus, *BY_RULE, "prefer:bo", "--dry-run").stderr


def annotated_again(corpus: Corpus, name: str, annotators: str) -> None:
    """Copy the document under another name, with the annotations of these annotators."""
    for folder in ("corpus", *(f"annotations/{annotator}" for annotator in annotators.split())):
        text = (corpus.root / folder / "summit.json").read_text(encoding="utf-8")
        path = corpus.root / folder / f"{name}.json"
        path.write_text(text.replace('"summit"', f'"{name}"'), encoding="utf-8")
    split = assign_split(name, split_shares(corpus.schemas))
    corpus.write_document(replace(corpus.read_document(name), split=split))


@pytest.fixture
def several(corpus: Corpus) -> Corpus:
    """Documents with the annotations of all combinations of three annotators."""
    corpus.annotation_path("gold", "summit").unlink()
    own = corpus.read_annotation("ana", "summit")
    corpus.write_annotation(replace(own, annotator="cy"))
    for name, annotators in {
        "ana-bo": "ana bo", "bo-cy": "bo cy", "only-ana": "ana", "only-cy": "cy", "nobody": "",
    }.items():  # fmt: skip
        annotated_again(corpus, name, annotators)
    return corpus


def test_each_document_is_adjudicated_by_those_who_annotated_it(several: Corpus, run: Run):
    result = run(several, "adjudicate", "ana", "bo", "cy", "--strategy", "prefer:bo")
    assert result.exit_code == 0, result.output
    made = {path.stem for path in (several.annotations / "gold").glob("*.json")}
    assert made == {"summit", "ana-bo", "bo-cy"}
    notes = {name: several.read_annotation("gold", name).provenance.note for name in made}
    assert notes["summit"].startswith("From ana (human) and bo (human) and cy (human).")
    assert notes["bo-cy"].startswith("From bo (human) and cy (human).")


def test_documents_that_are_left_out_are_reported_with_the_reason(several: Corpus, run: Run):
    result = run(several, "adjudicate", "ana", "bo", "cy", "--strategy", "prefer:bo")
    assert '1 document not adjudicated, annotated by only "ana": only-ana.' in result.stderr
    assert '1 document not adjudicated, annotated by only "cy": only-cy.' in result.stderr
    assert "`dateline accept ana`" in result.stderr
    assert "1 document not adjudicated, annotated by none of ana, bo, cy: nobody." in result.stderr


def test_nothing_to_adjudicate_is_an_error(several: Corpus, run: Run):
    def refused(*chosen: str) -> str:
        result = run(several, "adjudicate", "ana", "bo", "--list", *chosen)
        assert result.exit_code == 1
        assert "Adjudication needs two annotations" in result.stderr
        return result.stderr

    assert "only-ana" in refused("--documents", "summit,only-ana")
    for name in ("summit", "ana-bo"):
        several.annotation_path("ana", name).unlink()
    assert 'annotated by only "bo": ana-bo, bo-cy, summit.' in refused()


def test_an_error_in_one_document_does_not_keep_others_from_being_adjudicated(
    several: Corpus, run: Run
):
    path = several.annotation_path("bo", "ana-bo")
    broken = path.read_text(encoding="utf-8").replace('"entity": "n3"', '"entity": "n33"')
    path.write_text(broken, encoding="utf-8")
    result = run(several, "adjudicate", "ana", "bo", "cy", "--strategy", "prefer:bo")
    assert result.exit_code == 1
    assert "Error: annotations/bo/ana-bo.json" in result.stderr
    made = {path.stem for path in (several.annotations / "gold").glob("*.json")}
    assert made == {"summit", "bo-cy"}
