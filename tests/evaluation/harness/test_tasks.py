"""Tasks for language models: what they ask, and what becomes of answers."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest

import dateline
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.evaluation.harness.tasks import NAMES, LanguageModelTask, TaskOptions, make_task


@pytest.fixture(scope="module")
def folder(repository: Corpus) -> str:
    return str(repository.root)


def task(folder: str, name: str = "all", **options) -> LanguageModelTask:
    return make_task(TaskOptions(name=name, dataset=folder, split="validation", **options))


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_that_gold_gives_fits_the_schema_and_is_nearly_perfect(folder: str, name: str):
    made = task(folder, name)
    validator = jsonschema.Draft202012Validator(made.schema)
    validator.check_schema(made.schema)
    answers = {one.id: made.target(one.id) for one in made.documents}
    for answer in answers.values():
        validator.validate(json.loads(answer))
    values = made.values([made.read(*item) for item in answers.items()])
    assert values.pop("unparsable") == 0
    assert values.pop("ungrounded") <= 3
    assert values
    assert min(values.values()) > 0.9


def test_attributes_are_asked_for_with_the_schema_of_their_values(folder: str, repository: Corpus):
    made = task(folder, attributes=True)
    answers = {one.id: made.target(one.id) for one in made.documents}
    validator = jsonschema.Draft202012Validator(made.schema)
    assert all(validator.is_valid(json.loads(answer)) for answer in answers.values())
    predictions = [made.read(*item).prediction for item in answers.items()]
    report = dateline.score(predictions, repository, split="validation")
    attributes = [one for one in report.scores if one.measure.endswith(", joint")]
    assert len(attributes) > 8
    assert min(one.value for one in attributes if one.value is not None) > 0.9
    for attribute in repository.ontology.attributes_of("entities"):
        assert (
            f"- {attribute.name} ({attribute.form}): {attribute.description}" in made.instructions
        )


@pytest.mark.parametrize("attributes", [False, True])
def test_every_layer_has_a_place_in_an_answer(layered: Corpus, attributes: bool):
    (name,) = layered.document_ids()
    made = make_task(
        TaskOptions(
            name="all",
            dataset=str(layered.root),
            split=split_of(layered),
            attributes=attributes,
        )
    )
    answer = made.target(name)
    jsonschema.Draft202012Validator(made.schema).validate(json.loads(answer))
    fields = {field for field in layered.ontology.fields if "cluster" not in field}
    assert {*made.schema["properties"]} == fields - {"entities"} - (
        set() if attributes else {"attributes"}
    )
    outcome = made.read(name, answer)
    assert outcome.ungrounded == ("caused",)  # two events of one type have one trigger
    values = {score.group: score.value for score in made.report([outcome]).primary}
    assert values["entities"] == values["relations"] == values["claims"] == 1.0
    assert None not in values.values()


def test_examples_are_from_the_training_split_and_the_same_for_all_documents(
    folder: str, repository: Corpus
):
    made = task(folder, "events")
    first, last = made.documents[0].id, made.documents[-1].id
    messages = made.messages(first, shots=2, seed=1)
    roles = ["system", *["user", "assistant"] * 2, "user"]
    assert [one.role for one in messages] == roles
    assert made.messages(last, shots=2, seed=1)[:-1] == messages[:-1]
    assert made.messages(first, shots=2, seed=2) != messages
    assert made.messages(first, shots=1, seed=1)[:3] == messages[:3]
    training = {
        repository.read_document(name).text
        for name in repository.document_ids()
        if repository.read_document(name).split == "train"
    }
    assert {messages[1].content, messages[3].content} <= training
    assert msgspec.json.decode(messages[2].content)["events"]


def test_answers_that_are_none_and_words_that_are_nowhere_count_as_wrong(folder: str):
    made = task(folder, "claims")
    name = made.documents[0].id
    right = made.target(name)
    refused = made.read(name, "I cannot do that.")
    assert refused.problem is not None
    assert made.counts(refused) == {
        "correct": 0,
        "predicted": 0,
        "gold": made.counts(refused)["gold"],
    }
    fenced = made.read(name, f"Here it is:\n```json\n{right}\n```\n")
    assert fenced == made.read(name, right)
    answer = json.loads(right)
    act = answer["claims"][0]["act"]
    answer["claims"].append({"act": act, "text": "nowhere to be found", "claimer": "Nobody"})
    invented = made.read(name, json.dumps(answer))
    assert invented.ungrounded == ("nowhere to be found", "Nobody")
    before, after = made.counts(fenced), made.counts(invented)
    assert after == {**before, "predicted": before["predicted"] + 1}
    values = made.values([refused])
    assert (values["claims/overlap"], values["unparsable"], values["ungrounded"]) == (0, 1, 0)
    assert made.values([invented])["ungrounded"] == 2


def test_several_answers_about_a_document_are_runs(folder: str):
    made = task(folder, "entities")
    names = [one.id for one in made.documents]
    good = [made.read(name, made.target(name)) for name in names]
    none = [made.read(name, "") for name in names]
    score = made.report([*good, *none]).score("entities", "strict")
    assert len(score.runs) == 2
    assert score.value == pytest.approx(made.values(good)["entities/strict"] / 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "verbs"}, "there is no task 'verbs'. Available: entities, "),
        ({"dataset": ""}, "dataset: is missing"),
        ({"dataset": "nowhere"}, "nowhere: is neither a corpus nor a built dataset"),
        ({"split": "tset"}, "tset"),
    ],
)
def test_a_wrong_option_is_explained(folder: str, options: dict[str, str], message: str):
    with pytest.raises(DatelineError, match=message):
        make_task(TaskOptions(**{"name": "events", "dataset": folder, **options}))


def test_a_layer_that_the_dataset_does_not_have_is_refused(entities_only: Corpus):
    options = TaskOptions(name="claims", dataset=str(entities_only.root), split="train")
    with pytest.raises(DatelineError, match="claims: not declared"):
        make_task(msgspec.structs.replace(options, split=split_of(entities_only)))


def test_examples_are_never_from_the_evaluated_split(folder: str):
    made = task(folder, "events", train_split="validation")
    with pytest.raises(DatelineError, match="train_split: is the split that is evaluated"):
        made.messages(made.documents[0].id, shots=1)
    with pytest.raises(DatelineError, match="and 5000 are needed"):
        task(folder, "events").messages(made.documents[0].id, shots=5000)


def split_of(corpus: Corpus) -> str:
    return corpus.read_document(corpus.document_ids()[0]).split


def test_a_contrast_alone_is_scored_and_is_left_out_among_other_documents(folder: str):
    made = task(folder, "claims", contrasts=True)
    (original, *_), contrast = made.documents, made.documents[-1]
    outcomes = {one.id: made.read(one.id, made.target(one.id)) for one in (original, contrast)}
    counts = made.counts(outcomes[contrast.id])
    assert counts["correct"] == counts["predicted"] == counts["gold"] > 0
    both = made.values([*outcomes.values()])
    assert both == made.values([outcomes[original.id]])
