"""The command that plans who annotates what, and what push takes from the plan."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from dateline.label_studio.plan.plan import plan_path, read_plan

from ..corpora import CorpusMaker, gold_of, make_annotation


@pytest.fixture
def texts(tmp_path):
    """Twelve documents, of which the last two have gold."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    for _ in range(12):
        maker.add_in_split(corpus, "train")
    for name in corpus.document_ids()[-2:]:
        document = corpus.read_document(name)
        corpus.write_annotation(make_annotation(document, gold_of(document.text)))
    return corpus


def assign(run, corpus, *options):
    result = run(corpus, "studio", "assign", *options)
    assert result.exit_code == 0, result.output
    return result, read_plan(plan_path(corpus))


def test_the_plan_is_a_file_that_is_part_of_the_corpus(texts, run):
    options = ("--annotators", "ana,bo", "--overlap", "20%", "--gold", "20%", "--batch", "5")
    result, plan = assign(run, texts, *options)
    assert "annotations/plan.json: written" in result.stderr
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if line}
    assert rows["ana"] == ["7", "4", "2", "1", "0", "2"]
    assert rows["bo"] == rows["ana"]
    assert plan.gold_questions() <= {*texts.document_ids()[-2:]}
    assert {one.document for one in plan.assignments if one.why == "single"} <= {
        *texts.document_ids()[:-2]
    }
    result, again = assign(run, texts)
    assert again == plan
    assert "plan.json: unchanged" in result.stderr
    assert "plan.json" not in run(texts, "validate").stdout


def test_who_leaves_is_named_with_what_goes_to_others(texts, run):
    _, plan = assign(run, texts, "--annotators", "ana,bo", "--gold", "0%")
    done = plan.of("bo")[0].document
    document = texts.read_document(done)
    texts.write_annotation(make_annotation(document, gold_of(document.text), "bo"))
    before = plan_path(texts).read_bytes()
    result, _ = assign(run, texts, "--annotators", "ana,cy", "--dry-run")
    assert plan_path(texts).read_bytes() == before
    assert "bo leaves: 5 documents not done go to others" in result.stderr
    _, changed = assign(run, texts, "--annotators", "ana,cy")
    assert [one.document for one in changed.of("bo")] == [done]
    assert changed.team() == ["ana", "cy"]


def test_options_that_change_nothing_of_what_is_assigned_are_named(texts, run):
    options = ("--annotators", "ana,bo", "--overlap", "20%")
    result, plan = assign(run, texts, *options)
    assert "from now on" not in result.stderr
    result, again = assign(run, texts, "--overlap", "50%", "--batch", "4")
    assert again.assignments == plan.assignments
    assert "--overlap and --batch: for documents that are added to the plan" in result.stderr
    assert "from now on" not in assign(run, texts, "--overlap", "50%")[0].stderr


def test_documents_can_be_named(texts, run, tmp_path):
    ids = tmp_path / "ids.txt"
    first, second, *_ = texts.document_ids()
    ids.write_text(f"{second}\n", encoding="utf-8")
    _, plan = assign(
        run, texts, "--annotators", "ana,bo", "--documents", first, "--documents-from", str(ids)
    )
    assert {one.document for one in plan.assignments} == {first, second}


def test_what_is_wrong_is_said(texts, run):
    def message(*options):
        result = run(texts, "studio", "assign", *options)
        assert result.exit_code != 0
        assert not plan_path(texts).exists()
        return result.stderr

    assert "Name the team with --annotators" in message()
    for wrong in ("0.2", "101%", "-1%"):
        said = message("--annotators", "ana,bo", "--overlap", wrong)
        assert "is not a whole number from 0% to 100%, such as 20%" in said
    assert "2 documents have gold" in message("--annotators", "ana,bo", "--gold", "50%")
    assert "An overlap needs two annotators" in message("--annotators", "ana")
    assert "is not a pseudonym" in message("--annotators", "Ana Ruiz")
    assert "there is no file corpus/nowhere.json" in message(
        "--annotators", "ana,bo", "--documents", "nowhere"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan: plan["assignments"].append(plan["assignments"][0]), "twice; remove one"),
        (lambda plan: plan["annotators"].pop(0), '"ana" is not in annotators'),
        (lambda plan: plan.pop("seed"), "seed"),
        (lambda plan: plan["assignments"][0].update(why="fun"), "fun"),
    ],
)
def test_a_damaged_plan_is_refused(texts, run, change, message):
    assign(run, texts, "--annotators", "ana,bo")
    content = json.loads(plan_path(texts).read_bytes())
    change(content)
    plan_path(texts).write_text(json.dumps(content), encoding="utf-8")
    result = run(texts, "studio", "assign")
    assert result.exit_code == 1
    assert "plan.json: " in result.stderr
    assert message in result.stderr


def test_options_of_push_that_exclude_each_other(texts, run):
    assign(run, texts, "--annotators", "ana,bo")
    plan = ("--plan", str(plan_path(texts)))
    for options in (("--all", *plan), ("--conflicts", "ana,bo", *plan), ("--lot", "1")):
        result = run(texts, "studio", "push", *options, "--token", "x")
        assert result.exit_code == 2, options
    result = run(texts, "studio", "push", *plan, "--annotators", "zoe", "--token", "x")
    assert "zoe is not in the plan, which has ana, bo" in result.stderr


def test_only_gold_questions_of_the_plan_are_compared_with_gold(texts, run):
    _, plan = assign(run, texts, "--annotators", "ana,bo", "--gold", "10%")
    (asked,) = plan.gold_questions()
    for name in texts.document_ids()[-2:]:
        gold = texts.read_annotation("gold", name)
        texts.write_annotation(replace(gold, annotator="ana", status="submitted"))
    found = json.loads(run(texts, "quality", "--format", "json").stdout)
    assert [one["gold"]["documents"] for one in found["work"]] == [1]
    plan_path(texts).unlink()
    found = json.loads(run(texts, "quality", "--format", "json").stdout)
    assert [one["gold"]["documents"] for one in found["work"]] == [2]
    assert asked in texts.document_ids()
