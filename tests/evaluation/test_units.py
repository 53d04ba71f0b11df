"""Groups of documents as the unit of intervals and tests."""

from __future__ import annotations

import msgspec
import pytest

import dateline


@pytest.fixture
def published(five):
    """The five documents: three of one publisher, one of another, one without."""
    for name, publisher in zip(five.document_ids(), ("A", "A", "A", "B", None), strict=True):
        document = five.read_document(name)
        source = msgspec.structs.replace(document.source, publisher=publisher)
        five.write_document(msgspec.structs.replace(document, source=source))
    return five


def scored(predictions, gold, **options):
    report = dateline.score(predictions, gold, layers=["entities"], **options)
    return report, report.score("entities", "strict")


def test_documents_with_the_same_value_are_one_unit(published, five_predicted):
    for number, prediction in enumerate(five_predicted):
        prediction["mentions"] = prediction["mentions"][: 4 + number]
    report, alone = scored(five_predicted, published)
    grouped_report, grouped = scored(five_predicted, published, group_by="source.publisher")
    assert alone.value == grouped.value
    assert alone.interval != grouped.interval
    assert report.signature.units == "documents"
    assert grouped_report.signature.units.startswith("source.publisher,2,")
    assert report.signature.rules != grouped_report.signature.rules


def test_the_signature_notices_other_groups(published, five_predicted):
    before, _ = scored(five_predicted, published, group_by="source.publisher")
    name = published.document_ids()[-1]
    document = published.read_document(name)
    source = msgspec.structs.replace(document.source, publisher="B")
    published.write_document(msgspec.structs.replace(document, source=source))
    after, _ = scored(five_predicted, published, group_by="source.publisher")
    (difference,) = before.signature.differences(after.signature)
    assert difference.startswith("units: source.publisher,2,")


def test_tests_swap_whole_groups(published, five_predicted):
    worse = [p | {"mentions": p["mentions"][:5]} for p in five_predicted]
    systems = {"worse": worse, "better": five_predicted}
    for group_by, units in ((None, 5), ("source.publisher", 3)):
        report = dateline.compare(systems, published, layers=["entities"], group_by=group_by)
        assert report.units == units
        assert report.measures[0].others[0].p_randomization == 2 / 2**units


def test_reports_keep_their_groups(published, five_predicted):
    worse = [p | {"mentions": p["mentions"][:5]} for p in five_predicted]
    options = {"layers": ["entities"], "group_by": "source.publisher"}
    systems = {"worse": worse, "better": five_predicted}
    reports = {
        name: dateline.score(found, published, per_document=True, **options)
        for name, found in systems.items()
    }
    expected = dateline.compare(systems, published, **options)
    assert dateline.compare(reports).measures == expected.measures


def test_a_dataset_has_the_same_groups_as_its_corpus(published, five_predicted, tmp_path):
    dateline.build(published, tmp_path / "built")
    options = {"ontology": published.ontology, "group_by": "source.publisher"}
    from_corpus, _ = scored(five_predicted, published, **options)
    from_dataset, score = scored(five_predicted, tmp_path / "built", **options)
    assert from_dataset.signature.units == from_corpus.signature.units
    assert score == from_corpus.score("entities", "strict")


def test_the_column_group_of_a_dataset_is_used(published, five_predicted, tmp_path):
    dateline.build(published, tmp_path / "built")
    dataset = dateline.load(path=tmp_path / "built")
    grouped = dataset.map(lambda row: {"group": row["source"]["publisher"]})
    report, _ = scored(five_predicted, grouped, ontology=published.ontology)
    assert report.signature.units.startswith("group,2,")


def test_groups_of_documents_are_units_unless_another_column_is_named(
    published, five_predicted, tmp_path
):
    for name, group in zip(published.document_ids(), ("x", "y", "x", None, "y"), strict=True):
        document = published.read_document(name)
        published.write_document(
            msgspec.structs.replace(document, group=group, split_given=True, split="train")
        )
    from_corpus, score = scored(five_predicted, published)
    assert from_corpus.signature.units.startswith("group,2,")
    note = "documents with the same 'group' are one unit for intervals and tests: 3 units of 5"
    assert any(line.startswith(note) for line in from_corpus.notes)
    dateline.build(published, tmp_path / "built")
    from_dataset, same = scored(five_predicted, tmp_path / "built", ontology=published.ontology)
    assert from_dataset.signature.units == from_corpus.signature.units
    assert same == score
    other, _ = scored(five_predicted, published, group_by="source.publisher")
    assert other.signature.units.startswith("source.publisher,2,")


def test_a_column_that_cannot_group_is_explained(published, five_predicted, written, run):
    path = str(written(*five_predicted))
    for column in ("publisher", "sentences", "source", "source.nothing", "source.publisher.x"):
        result = run(published, "score", path, "--group-by", column)
        assert result.exit_code == 1, column
        assert f"no column {column!r}" in result.stderr
        assert "source.publisher," in result.stderr


def test_one_group_has_no_interval(published, five_predicted):
    report, score = scored(five_predicted, published, group_by="language")
    assert score.interval is None
    assert any("one group of documents" in note for note in report.notes)
