"""Scores of the documents with each value of a field."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest

import dateline
from dateline.errors import InvalidInputError
from tests.evaluation.conftest import predicted

GENRES = ("wire", "wire", "blog", "blog", None)


@pytest.fixture
def described(five):
    """The five documents in two groups, with genres."""
    path = five.root / "schema" / "document.schema.json"
    schema = json.loads(path.read_bytes())
    schema["properties"]["meta"]["properties"] = {
        "genre": {"type": "string", "description": "Kind of text."}
    }
    path.write_text(json.dumps(schema), encoding="utf-8")
    for number, name in enumerate(five.document_ids()):
        content = json.loads(five.document_path(name).read_bytes()) | {
            "group": f"group{number // 2}",
            "split": "train",
            "split_given": True,
            "meta": {"genre": GENRES[number]} if GENRES[number] else {},
        }
        five.document_path(name).write_text(json.dumps(content), encoding="utf-8")
    return type(five)(five.root)


@pytest.fixture
def predictions(five_predicted):
    """Predictions that miss more mentions in each further document."""
    return [
        prediction | {"mentions": prediction["mentions"][number:]}
        for number, prediction in enumerate(five_predicted)
    ]


def strict(predictions, gold, **options):
    report = dateline.score(predictions, gold, layers=["entities"], **options)
    return report.score("entities", "strict")


def test_each_value_has_the_score_of_its_documents_alone(described, predictions):
    found = strict(predictions, described, by=["genre", "group"]).by
    assert list(found["genre"]) == ["blog", "wire", ""]
    assert {value: one.documents for value, one in found["genre"].items()} == {
        "wire": 2, "blog": 2, "": 1
    }  # fmt: skip
    assert len(found["group"]) == 3
    for value, one in found["genre"].items():
        names = zip(described.document_ids(), GENRES, strict=True)
        alone = strict_without(
            predictions, described, {n for n, v in names if v != (value or None)}
        )
        assert (one.total, one.value) == (alone.total, alone.value)


def strict_without(predictions, corpus, left_out):
    """The score of a corpus without some documents."""
    removed = {}
    for name in left_out:
        path = corpus.annotation_path("gold", name)
        removed[path] = path.read_bytes()
        path.unlink()
    try:
        return strict(predictions, corpus)
    finally:
        for path, content in removed.items():
            path.write_bytes(content)


def test_groups_are_units_of_the_intervals_of_a_value(described, predictions):
    found = strict(predictions, described, by="genre")
    # Both documents of each genre are in one group, so there is no interval.
    assert found.by["genre"]["wire"].interval is None
    other = strict(predictions, described, by="genre", group_by="id")
    assert other.by["genre"]["wire"].interval is not None
    assert strict(predictions, described, by="language").by["language"]["en"].interval == (
        found.interval
    )


def test_a_dataset_gives_what_its_corpus_gives(described, predictions, tmp_path):
    dateline.build(described, tmp_path / "built")
    fields = ["group", "split", "language", "genre", "meta.genre"]
    expected = strict(predictions, described, by=fields)
    assert strict(predictions, tmp_path / "built", by=fields) == expected
    assert strict(predictions, dateline.load(path=tmp_path / "built"), by=fields,
                  ontology=described.ontology) == expected  # fmt: skip


def test_every_layer_has_its_primary_measure_and_the_signature_stays(described, predictions):
    report = dateline.score(predictions, described, by="genre")
    for score in report.scores:
        assert set(score.by) == ({"genre"} if score.primary else set())
    assert report.signature == dateline.score(predictions, described).signature
    conll = report.score("coreference", "CoNLL").by["genre"]["wire"]
    mentions = report.score("entities", "strict").by["genre"]["wire"]
    assert conll.gold == mentions.gold


def test_values_of_few_gold_items_are_marked(described, predictions, written, run):
    path = str(written(*predictions))
    result = run(described, "score", path, "--by", "genre", "--layers", "claims")
    report = dateline.score(predictions, described, by="genre", layers=["claims"])
    found = report.score("claims", "overlap").by["genre"]
    few = {value for value, one in found.items() if not one.reliable}
    assert "" in few
    assert "claims: overlap, by genre" in result.stdout
    assert "(none) *" in result.stdout
    assert result.stdout.count("fewer than 5 gold") == 1


@pytest.mark.parametrize("form", ["md", "html", "latex", "json", "csv"])
def test_all_formats_have_the_values(described, predictions, written, run, form):
    path = str(written(*predictions))
    result = run(described, "score", path, "--by", "genre", "--format", form)
    assert result.exit_code == 0, result.output
    assert "wire" in result.stdout
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(result.stdout.partition("\n")[2])))
        (row,) = [r for r in rows if r["measure"] == "strict" and r["field_value"] == "wire"]
        expected = strict(predictions, described, by="genre").by["genre"]["wire"]
        assert (row["field"], row["documents"]) == ("genre", "2")
        assert float(row["value"]) == expected.value
        assert float(row["gold"]) == expected.gold


@pytest.mark.parametrize("as_dataset", [False, True])
def test_an_unknown_field_is_refused_with_those_that_exist(
    described, predictions, written, run, tmp_path, as_dataset
):
    dateline.build(described, tmp_path / "built")
    gold = ["--gold", str(tmp_path / "built")] if as_dataset else []
    result = run(described, "score", str(written(*predictions)), "--by", "gener", *gold)
    assert result.exit_code == 1
    assert "by: the documents have no column 'gener'" in result.stderr
    for name in ("group", "split", "language", "contrast_kind", "genre"):
        assert f" {name}," in result.stderr or f" {name}." in result.stderr


def test_reports_with_values_are_compared_as_others_are(described, predictions, tmp_path):
    report = dateline.score(predictions, described, by="genre", per_document=True)
    path = tmp_path / "report.json"
    path.write_bytes(msgspec.json.encode(report.to_dict()))
    compared = dateline.compare({"a": report, "b": str(path)})
    assert all(one.difference in (0, None) for m in compared.measures for one in m.others)


def test_a_comparison_by_field_is_that_of_the_documents_with_the_value(
    described, predictions, five_predicted
):
    systems = {"worse": predictions, "perfect": five_predicted}
    report = dateline.compare(systems, described, layers=["entities"], by="genre")
    (strict,) = [m for m in report.measures if (m.group, m.measure) == ("entities", "strict")]
    assert list(strict.by["genre"]) == ["blog", "wire", ""]
    names = described.document_ids()
    for value, found in strict.by["genre"].items():
        chosen = [n for n, genre in zip(names, GENRES, strict=True) if (genre or "") == value]
        for name in set(names) - set(chosen):
            described.annotation_path("gold", name).rename(described.root / f"{name}.away")
        alone = {
            system: [one for one in of_system if one["document"] in chosen]
            for system, of_system in systems.items()
        }
        (same,) = [
            one
            for one in dateline.compare(alone, described, layers=["entities"]).measures
            if (one.group, one.measure) == ("entities", "strict")
        ]
        for name in set(names) - set(chosen):
            (described.root / f"{name}.away").rename(described.annotation_path("gold", name))
        without_p = [
            msgspec.structs.replace(one, p_randomization=None, p_holm=None) for one in same.others
        ]
        assert found == msgspec.structs.replace(same, others=tuple(without_p))
        assert found.documents == len(chosen)
    assert all(not measure.by for measure in report.measures if not measure.primary)


def test_compare_shows_fields_in_all_formats(described, predictions, five_predicted, written, run):
    worse, perfect = written(*predictions, name="a.jsonl"), written(*five_predicted, name="b.jsonl")
    command = ("compare", str(worse), str(perfect), "--layers", "entities", "--by", "genre")
    text = run(described, *command)
    assert text.exit_code == 0, text.output
    assert "b compared with a: entities: strict by genre" in text.stdout
    assert "(none)" in text.stdout
    content = json.loads(run(described, *command, "--format", "json").stdout)
    found = {one["measure"]: one for one in content["measures"]}["strict"]["by"]["genre"]
    assert found["wire"]["documents"] == 2
    lines = run(described, *command, "--format", "csv").stdout.splitlines()[1:]
    rows = [
        row
        for row in csv.DictReader(lines)
        if (row["measure"], row["field"]) == ("strict", "genre")
    ]
    assert [row["field_value"] for row in rows] == ["blog", "wire", ""]
    assert float(rows[0]["difference"]) == found["blog"]["others"][0]["difference"]


def test_comparing_reports_by_field_needs_the_gold(described, five_predicted):
    report = dateline.score(five_predicted, described, per_document=True)
    systems = {"a": report, "b": report}
    with pytest.raises(dateline.InvalidInputError, match="gold is missing; it is needed for `by`"):
        dateline.compare(systems, by="genre")
    measures = dateline.compare(systems, described, by="genre").measures
    (found,) = [one.by for one in measures if (one.group, one.measure) == ("entities", "strict")]
    assert all(one.others[0].difference in (0, None) for one in found["genre"].values())


def test_attributes_of_texts_are_fields_and_each_label_of_several_counts(layered, tmp_path):
    built = tmp_path / "built"
    dateline.build(layered, built)
    predictions = [predicted(layered.read_annotation("gold", "report"))]
    fields = ["attributes.genre", "attributes.topics", "attributes.reviewed"]
    for source in (layered, built):
        found = strict(predictions, source, by=fields).by
        assert {field: list(values) for field, values in found.items()} == {
            "attributes.genre": ["case_report"],
            "attributes.topics": ["efficacy", "safety"],
            "attributes.reviewed": ["True"],
        }
        assert {one.value for values in found.values() for one in values.values()} == {1.0}
        with pytest.raises(InvalidInputError, match="group_by: the documents have no column"):
            strict(predictions, source, group_by="attributes.topics")
        with pytest.raises(InvalidInputError, match=r"Allowed: .*attributes.topics"):
            strict(predictions, source, by="mentions")
