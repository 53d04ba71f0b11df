"""croissant.json and BibTeX: other people's readers find in them what is in the dataset."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from dateline.corpus.store import Corpus
from dateline.dataset.build import build
from dateline.dataset.description.citation import Author, Citation, bibtex, read_citation
from dateline.dataset.description.responsible_ai import responsible_ai
from dateline.errors import DatelineError

from ..chemistry import annotated_reaction
from ..conftest import REPOSITORY


def built(corpus: Corpus, out: Path) -> mlc.Dataset:
    build(corpus, out)
    return mlc.Dataset(out / "croissant.json")


def plain(value: Any) -> Any:
    """A value of the reader as Python has it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | np.ndarray):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def likeness(row: Any, record: Any, place: str) -> Any:
    """What a row has of the fields of a record, whose names are paths from the record set."""
    if isinstance(record, dict):
        return {
            name: likeness(inside(row, name.removeprefix(f"{place}/").split("/")), inner, name)
            for name, inner in record.items()
        }
    if isinstance(record, list):
        return [likeness(a, b, place) for a, b in zip(row, record, strict=True)]
    return row


def inside(row: Any, path: list[str]) -> Any:
    for name in path:
        row = None if row is None else row[name]
    return row


def records(dataset: mlc.Dataset, name: str) -> list[dict[str, Any]]:
    return [plain(record) for record in dataset.records(name)]


@pytest.mark.parametrize("name", ["documents", "entities", "events", "claims", "annotations"])
def test_records_are_the_rows(article: Corpus, tmp_path: Path, name: str):
    dataset = built(article, tmp_path / "dist")
    assert not dataset.metadata.ctx.issues.errors
    found = records(dataset, name)
    rows = pq.read_table(tmp_path / "dist" / name / "train.parquet").to_pylist()
    assert len(found) == len(rows) > 0
    assert found[0].keys() == {f"{name}/{column}" for column in {*rows[0], "split"}}
    for record, row in zip(found, rows, strict=True):
        assert record.pop(f"{name}/split") == "train"
        assert record == likeness(row, record, name)


@pytest.mark.parametrize("name", ["documents", "relations"])
def test_records_of_other_layers_are_the_rows(layered: Corpus, tmp_path: Path, name: str):
    dataset = built(layered, tmp_path / "dist")
    assert not dataset.metadata.ctx.issues.errors
    rows = pq.read_table(tmp_path / "dist" / name / "train.parquet").to_pylist()
    for record, row in zip(records(dataset, name), rows, strict=True):
        assert record.pop(f"{name}/split") == "train"
        assert record == likeness(row, record, name)


def test_it_serves_any_ontology(chemistry: Corpus, tmp_path: Path):
    annotated_reaction(chemistry)
    dataset = built(chemistry, tmp_path / "dist")
    assert not dataset.metadata.ctx.issues.errors
    for record_set in dataset.metadata.record_sets:
        folder = tmp_path / "dist" / record_set.id
        rows = sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
        assert len(records(dataset, record_set.id)) == rows > 0


def test_it_says_what_the_citation_and_the_datasheet_say(repository: Corpus, tmp_path: Path):
    metadata = built(repository, tmp_path / "dist").metadata
    citation = yaml.safe_load((repository.root / "CITATION.cff").read_bytes())
    assert metadata.name == citation["title"]
    assert metadata.version == citation["version"]
    assert metadata.license == [f"https://spdx.org/licenses/{citation['license']}"]
    assert metadata.keywords == citation["keywords"]
    assert metadata.in_language == ["en"]
    assert metadata.cite_as in (tmp_path / "dist" / "README.md").read_text("utf-8")
    datasheet = " ".join((repository.root / "DATASHEET.md").read_text("utf-8").split())
    described = json.loads((tmp_path / "dist" / "croissant.json").read_bytes())
    answers = {name: text for name, text in described.items() if name.startswith("rai:")}
    assert {
        "rai:dataAnnotationProtocol", "rai:dataBiases", "rai:dataCollection", "rai:dataUseCases",
        "rai:dataLimitations", "rai:personalSensitiveInformation",
    } <= answers.keys()  # fmt: skip
    for text in answers.values():
        for paragraph in text.split("\n\n"):
            assert paragraph in datasheet
    assert "a language model" in metadata.data_annotation_protocol[0]


def test_an_answer_ends_where_the_next_question_starts(tmp_path: Path):
    (tmp_path / "DATASHEET.md").write_text(
        "# Sheet\n\n<!-- croissant:dataBiases -->\n\n**Is it biased?** Very\nmuch.\n\nIn all ways.\n\n"
        "**Another question?** No.\n\n<!-- croissant:dataUseCases -->\nMany.\n## Next\nNot this.\n"
        "<!-- croissant:dataBiases -->\nAnd here.\n",
        encoding="utf-8",
    )
    assert responsible_ai(tmp_path) == {
        "dataBiases": "**Is it biased?** Very much.\n\nIn all ways.\n\nAnd here.",
        "dataUseCases": "Many.",
    }
    (tmp_path / "DATASHEET.md").write_text("\n<!-- croissant:dataBias -->\n", encoding="utf-8")
    with pytest.raises(
        DatelineError, match=r'line 2: "dataBias" is not a property of Croissant RAI. Allowed: '
    ):
        responsible_ai(tmp_path)


def test_bibtex_agrees_with_the_citation():
    citation = read_citation(REPOSITORY)
    (entry,) = parse_string(bibtex(citation), "bibtex").entries.values()
    assert entry.fields["title"] == citation.title
    assert entry.fields["version"] == citation.version
    assert [str(person) for person in entry.persons["author"]] == [
        f"{{{author.name}}}" for author in citation.authors
    ]
    assert entry.fields.get("year") == (citation.released[:4] if citation.released else None)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])).filter(
    lambda text: text.strip()
)


@given(title=words, family=words, given=words)
def test_whatever_the_names_the_entry_can_be_read(title: str, family: str, given: str):
    citation = Citation(
        title=title, authors=(Author(family_names=family, given_names=given), Author(name=title))
    )
    (entry,) = parse_string(bibtex(citation), "bibtex").entries.values()
    assert set(entry.fields) == {"title"}
    assert len(entry.persons["author"]) == 2
