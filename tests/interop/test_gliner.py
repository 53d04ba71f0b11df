"""Training data of GLiNER and GLiNER2, by their documentation."""

from __future__ import annotations

import json

from msgspec.structs import replace

from dateline.interop.format import Output
from dateline.interop.reduction import reduce
from dateline.interop.registry import format_of
from dateline.model import Relation


def written(repository, tmp_path, name, **options):
    """What is written of a document with a relation in a sentence, and what is reduced of it."""
    form = format_of(name)
    first = min(path.stem for path in (repository.annotations / "gold").glob("*.json"))
    document, annotation = (
        repository.read_document(first),
        repository.read_annotation("gold", first),
    )
    one, other, *_ = annotation.mentions
    relations = (Relation(type="NEAR", source=one.id, target=other.id),)
    reduced = reduce(document, replace(annotation, relations=relations), form.holds)
    path = tmp_path / f"train{form.suffix}"
    items = [(reduced.document, reduced.annotation)]
    form.writer(Output(path, items, repository.ontology, options=form.options(options)))
    return path.read_text(), reduced


def test_an_example_of_gliner_is_a_sentence_with_inclusive_ends(repository, tmp_path):
    text, reduced = written(repository, tmp_path, "gliner")
    examples = json.loads(text)
    assert len(examples) == len(reduced.document.sentences)
    titles = {
        label.name: label.title.lower() for label in repository.ontology.layers["entities"].labels
    }
    found = [
        (label, " ".join(example["tokenized_text"][first : last + 1]))
        for example in examples
        for first, last, label in example["ner"]
    ]
    # Tokens are joined with blanks in a text that is rebuilt from them.
    assert sorted(found) == sorted(
        (titles[m.type], m.spans[0].text) for m in reduced.annotation.mentions
    )
    (example,) = [example for example in examples if example["relations"]]
    ((head, tail, label),) = example["relations"]
    assert (label, head != tail) == ("NEAR", True)
    assert {head, tail} < {*range(len(example["ner"]))}


def test_labels_have_their_names_if_asked_for(repository, tmp_path):
    text, reduced = written(repository, tmp_path, "gliner", labels="names")
    found = {label for example in json.loads(text) for _, _, label in example["ner"]}
    assert found == {mention.type for mention in reduced.annotation.mentions}


def places(value):
    """All spans in an example."""
    if isinstance(value, dict) and value.keys() == {"text", "start", "end"}:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from places(part)


def test_an_example_of_gliner2_has_spans_of_its_text(repository, tmp_path):
    text, reduced = written(repository, tmp_path, "gliner2", labels="names")
    (example,) = map(json.loads, text.splitlines())
    output, whole = example["output"], reduced.annotation
    assert example["input"] == reduced.document.text
    spans = list(places(output))
    assert all(example["input"][s["start"] : s["end"]] == s["text"] for s in spans)
    # Types without mentions are there as well, as types that the text does not have.
    assert tuple(output["entities"]) == repository.ontology.labels_of("entities")
    assert sum(map(len, output["entities"].values())) == len(whole.mentions)
    assert [relation.keys() for relation in output["relations"]] == [{"NEAR"}]
    assert len(output["json_structures"]) == len(whole.events)
    arguments = sum(len(event.arguments) for event in whole.events)
    assert len(spans) == len(whole.mentions) + 2 + len(whole.events) + arguments
    for (name, fields), event in zip(
        (pair for one in output["json_structures"] for pair in one.items()),
        whole.events,
        strict=True,
    ):
        assert (name, fields["trigger"]["text"]) == (event.type, event.trigger[0].text)
        assert {*fields} - {"trigger"} == {argument.role for argument in event.arguments}
        assert output["record_metadata"][name] == {"mode": "natural", "anchor": "trigger"}
