"""Broken exports and mappings: one message, and no file that is not valid."""

from __future__ import annotations

import copy
import json
import random

import pytest

from dateline.errors import DatelineError
from dateline.interop.importing.importer import import_into_existing
from dateline.interop.importing.labels import count_labels
from dateline.interop.importing.mapping import Targets
from dateline.interop.importing.mapping_file import mapping_template, read_mapping
from dateline.interop.importing.options import ImportOptions
from dateline.interop.importing.sources import SourceDocuments
from dateline.interop.registry import format_of
from dateline.validation.engine import Checker

from .foreign import MAPPING, annotation, task

INPUTS = 80
ATOMS = (
    None, True, 0, -1, 3, 10**9, 2**63, 10**30, 0.5, 7.0, float("nan"), float("inf"), "", "labels",
    "a\n", "x" * 100, "\ud800", "\x00", "🏙️", "Ana Ruiz", "ner", [], {}, [[]], ["PER", "PER"],
    [None], {"start": 3}, "choices", "relation", "bi", "left", "she", "met",
)  # fmt: skip
WORDS = (
    "[", "]", '"', "'", "\n", "=", ".", "[[", "a = " + "[" * 500, "1" * 5000, "\ufeff", "\x00", "?",
    "ignore", "[labels.ner]\n", "[labels]\nner = 3\n", 'PER = ["entity:PERSON", "event:MEET"]\n',
    "1979-99-99", "inf", "\u2028", "[document]\n", "[ignore]\n", 'controls = "ner"\n',
)  # fmt: skip


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def broken(value, chance):
    """The value with some places replaced, removed, repeated or nested."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        path = chance.choice([p for p in places(value) if p] or [()])
        if not path:
            return value
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        match chance.randrange(5):
            case 0:
                del parent[path[-1]]
            case 1 if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[path[-1]]))
            case 2:
                other = chance.choice(list(places(value)))
                found = value
                for key in other:
                    found = found[key]
                parent[path[-1]] = copy.deepcopy(found)
            case 3 if chance.random() < 0.1:
                for _ in range(150):
                    parent[path[-1]] = [parent[path[-1]]]
            case _:
                parent[path[-1]] = chance.choice(ATOMS)
    return value


def broken_text(text, chance):
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(text))
        cut = chance.choice((0, 0, 1, 30))
        text = text[:at] + chance.choice(WORDS) + text[at + cut :]
    return text


@pytest.mark.parametrize("draft", [False, True], ids=["whole", "draft"])
def test_no_input_causes_a_crash_or_an_invalid_file(draft, files, tmp_path):
    chance = random.Random(20251125)
    corpus, form = files.corpus, format_of("label-studio")
    checker, targets = Checker(corpus), Targets(corpus.ontology)
    document = corpus.read_document("summit")
    written, messages = 0, []
    for _ in range(INPUTS // 2):
        tasks = broken(copy.deepcopy([task(annotation(), annotation(user=8, id=12))]), chance)
        export, labels = tmp_path / "export.json", tmp_path / "mapping.toml"
        export.write_text(json.dumps(tasks), encoding="utf-8")
        content = broken_text(MAPPING, chance) if chance.random() < 0.3 else MAPPING
        labels.write_text(content, encoding="utf-8", newline="")
        try:
            mapping = read_mapping(labels, targets)
            documents = SourceDocuments(form.reader_with(mapping.reading)(export))
            mapping_template(count_labels(documents.annotations), targets)
            names = {user: f"ana{number}" for number, user in enumerate(documents.annotators)}
            options = ImportOptions(
                mapping=mapping, pseudonyms=names, draft=draft, known_texts=True
            )
            result = import_into_existing(form, documents, corpus, options)
        except DatelineError as error:
            messages.append(str(error))
            continue
        for file in result.written:
            _, annotator, _ = file.split("/")
            made = corpus.read_annotation(annotator, "summit")
            errors = [i for i in checker.check_annotation(made, document) if i.level == "error"]
            assert made.layers
            assert made.status == "draft" or not errors
            assert not [i for i in errors if i.pointer.endswith("/id")]
            written += 1
            (corpus.root / file).unlink()
    assert written > 10
    assert len(messages) > 5
    assert all(0 < len(message) < 10_000 for message in messages)
