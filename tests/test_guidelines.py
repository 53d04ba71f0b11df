"""The label section of the guidelines is generated; the rest of the page is kept."""

from __future__ import annotations

import pytest

from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.ontology.guidelines import guidelines
from dateline.ontology.guidelines_page import BLOCK
from dateline.ontology.reading import read_ontology
from dateline.ontology.rules import rules
from dateline.rendering.generated_blocks import block, marks, with_block

from .conftest import REPOSITORY
from .corpora import write_ontology
from .layered import ENTITIES_ONLY, ONTOLOGY, names_and_defaults


def test_the_page_of_this_corpus_is_up_to_date(repository):
    page = REPOSITORY / "docs" / "guidelines.md"
    body = block(page.read_text(encoding="utf-8"), BLOCK, page.name)
    assert body == guidelines(repository.ontology, guidelines_of(repository)).strip("\n")


def test_every_label_is_explained(chemistry):
    page = guidelines(chemistry.ontology)
    for layer in chemistry.ontology.layers.values():
        for label in layer.labels:
            assert f"#### {label.name}\n\n{label.description}\n" in page
    assert "**Roles.** reagent\n" in page
    assert "| reagent | What reacts. | 1, NO, null, SALT |" in page


def test_every_attribute_and_value_is_explained(repository):
    ontology = repository.ontology
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in guidelines(ontology).replace("\\", "").splitlines()
        if line.startswith("| ")
    ]
    meanings = {row[-1] for row in rows}
    every = [*ontology.entity_attributes, *ontology.argument_attributes]
    every += [a for layer in ontology.layers.values() for a in layer.attributes]
    assert every
    for attribute in every:
        assert attribute.description in meanings
        assert {value.description for value in attribute.values} <= meanings


def test_only_what_is_declared_has_a_chapter(chemistry):
    write_ontology(chemistry, ENTITIES_ONLY)
    page = guidelines(Corpus(chemistry.root).ontology)
    assert [line for line in page.splitlines() if line.startswith("### ")] == ["### Name"]
    assert "|" not in page


def test_ends_of_relations_and_attributes_of_every_kind_are_explained(chemistry):
    write_ontology(chemistry, ONTOLOGY)
    page = guidelines(Corpus(chemistry.root).ontology)
    for line in (
        "**From** CHEMICAL **to** DISEASE.",
        "| Topics (several; may be left out) | safety | Means safety. |",
        "| Reviewed (may be left out) | true or false |  |",
        "| Patients (may be left out) | whole number from 0, in persons |  |",
        r"| Day (may be left out) | text that matches ^P\[0-9\]+D\$ |  |",
        "#### Attributes of entities",
        "#### Attributes of arguments",
        "| Share (may be left out) | number, in percent |  |",
        "### Factuality of events by source",
        "Every event has a value for AUTHOR.",
        "#### possible",
        "| Approved (may be left out) | true or false |  |",
    ):
        assert line in page.splitlines()


def test_the_rest_of_the_page_is_kept(run, files, tmp_path):
    page = tmp_path / "guidelines.md"
    assert run(files.corpus, "guidelines", "--write", str(page)).exit_code == 0
    mine = "Our own chapter.\n\n" + page.read_text() + "\nAnd another.\n"
    page.write_text(with_block(mine, BLOCK, "old", "page"), encoding="utf-8")
    result = run(files.corpus, "guidelines", "--check", str(page))
    assert result.exit_code == 1
    assert f"dateline guidelines --write {page}" in result.stderr
    assert run(files.corpus, "guidelines", "--write", str(page)).exit_code == 0
    assert run(files.corpus, "guidelines", "--check", str(page)).exit_code == 0
    assert page.read_text() == mine
    assert run(files.corpus, "guidelines", "--write", str(page)).stderr == f"{page}: unchanged\n"


@pytest.mark.parametrize(
    "page",
    ["", marks(BLOCK) * 2, "<!-- /dateline:labels -->\n<!-- dateline:labels -->"],
    ids=["none", "twice", "wrong order"],
)
def test_a_page_without_marks_is_left_alone(page, run, files, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(page, encoding="utf-8")
    result = run(files.corpus, "guidelines", "--write", str(path))
    assert result.exit_code == 1
    assert f"{path}: expected the lines <!-- dateline:labels -->" in result.stderr
    assert path.read_text(encoding="utf-8") == page


def test_a_neighbour_must_be_a_label(files, run):
    path = files.root / "schema" / "ontology.schema.json"
    path.write_text(
        path.read_text().replace('"x-neighbours": {', '"x-neighbours": {"NOBODY": "?",', 1)
    )
    result = run(files.corpus, "guidelines")
    assert result.exit_code == 1
    assert 'PERSON has "NOBODY", which is not in the same list. Correct it' in result.stderr


def test_marks_survive_any_body():
    page = with_block(f"a\n{marks('x')}b\n", "x", "body", "page")
    assert page == "a\n<!-- dateline:x -->\n\nbody\n\n<!-- /dateline:x -->\nb\n"
    assert block(page, "x", "page") == "body"
    with pytest.raises(DatelineError, match="page: expected the lines"):
        block(page, "y", "page")


def test_defaults_and_what_is_a_name_are_no_rules():
    before, after = (
        rules(read_ontology({"ontology": schema})) for schema in (ONTOLOGY, names_and_defaults())
    )
    changed = {key for key, rule in after.items() if rule != before.get(key)}
    assert changed == {"entity.approved"}, "the only one that was not required before"
