"""What holds for every format of the registry: a new one gets these tests by being listed."""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dateline.corpus.segmentation.alphabetic import segment
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.interop.format import Format, Output
from dateline.interop.losses import LossCounter
from dateline.interop.reduction import Reduced, reduce
from dateline.interop.registry import FORMATS, all_formats, format_of
from dateline.interop.source import UNLABELLED, SourceDocument, without_type
from dateline.interop.units import units_of, units_of_document
from dateline.model import Annotation, Document, Source
from dateline.ontology.labels import Ontology

from ..corpora import TEXT, CorpusMaker, gold_of, make_annotation
from ..label_studio.ontologies import ONTOLOGIES
from ..label_studio.strategies import annotated
from .comparison import content_of

READ_AND_WRITTEN = [
    pytest.param(form, options, id=f"{form.name} {' '.join(options.values())}".strip())
    for form in all_formats()
    if form.reader and form.writer
    for options in [
        {choice.name: value for choice, value in zip(form.choices, values, strict=True)}
        for values in ([*zip(*(c.values for c in form.choices), strict=False)] or [()])
    ]
]
read_and_written = pytest.mark.parametrize(("form", "options"), READ_AND_WRITTEN)
every_format = pytest.mark.parametrize("name", FORMATS)
several = settings(
    max_examples=20,  # of each format, the same in each run
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@st.composite
def exports(draw) -> tuple[Ontology, Document, Annotation]:
    """An ontology, a segmented document, and an annotation of it with unusual spans."""
    ontology = draw(st.sampled_from([ONTOLOGIES["every layer"], ONTOLOGIES["news"]]))
    document, annotation = draw(annotated(ontology))
    assume(not document.text.startswith("\ufeff"))  # no document does
    sentences, tokens = segment(document.text)
    assume(tokens)
    return ontology, replace(document, sentences=sentences, tokens=tokens), annotation


def written_and_read(
    form: Format, options: dict[str, str], ontology: Ontology, items: list[Reduced]
) -> list[SourceDocument]:
    assert form.writer
    assert form.reader
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"train{form.suffix}"
        form.writer(
            Output(
                target=target,
                items=((one.document, one.annotation) for one in items),
                ontology=ontology,
                options=options,
            )
        )
        return list(form.reader(target))


def assert_same(form: Format, reduced: Reduced, read: SourceDocument) -> None:
    holds = form.holds
    assert read.text == reduced.document.text
    if "segmentation" in holds.kinds:
        assert read.sentences == reduced.document.sentences
        assert read.tokens == reduced.document.tokens
    (annotation,) = read.annotations.values()
    assert content_of(annotation, ids=holds.ids) == content_of(reduced.annotation, ids=holds.ids)
    assert {*read.losses} <= {*map(without_type, untyped(annotation))}


def untyped(annotation: Annotation) -> list[str]:
    return [mention.id for mention in annotation.mentions if mention.type == UNLABELLED]


@read_and_written
@several
@given(data=exports())
def test_reading_what_was_written_gives_back_what_the_format_can_hold(data, form, options):
    ontology, document, annotation = data
    reduced = reduce(document, annotation, form.holds)
    (read,) = written_and_read(form, options, ontology, [reduced])
    assert_same(form, reduced, read)


@read_and_written
def test_the_gold_of_the_corpus_comes_back(form, options, repository):
    items = [
        reduce(
            repository.read_document(path.stem),
            repository.read_annotation("gold", path.stem),
            form.holds,
        )
        for path in sorted((repository.annotations / "gold").glob("*.json"), key=lambda p: p.stem)[
            ::4
        ]
    ]
    items.sort(key=lambda one: one.document.id)
    read = written_and_read(form, options, repository.ontology, items)
    assert sorted(one.name for one in read) == [one.document.id for one in items]
    for reduced, source in zip(items, sorted(read, key=lambda one: one.name), strict=True):
        assert_same(form, reduced, source)


@read_and_written
def test_what_was_exported_makes_a_new_corpus_without_errors(
    form, options, repository, run, tmp_path
):
    names = [path.stem for path in sorted((repository.annotations / "gold").glob("*.json"))]
    chosen = [names[0], next(n for n in names if repository.read_document(n).group), names[-1]]
    given = [part for option in options.items() for part in ("--option", "=".join(option))]
    exported, new, report = (tmp_path / name for name in ("exported", "new", "report.json"))
    select = ("--documents", ",".join(chosen), "--include-text", "all")
    result = run(repository, "export", form.name, "--out", str(exported), *select, *given)
    assert result.exit_code == 0, result.output
    result = run(
        repository, "import", form.name, str(exported), "--out", str(new),
        "--language", "en", "--report", str(report),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    result = run(Corpus(new), "validate")
    assert result.exit_code == 0, result.output
    losses = json.loads(report.read_text())["losses"]
    assert all("has no type in the source" in loss["reason"] for loss in losses)
    assert not losses or form.holds.flat_labels


@read_and_written
def test_what_was_exported_comes_back_into_its_corpus(form, options, tmp_path, run):
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    text = TEXT.replace("\n", " \n\n\n") + "\n\n"
    document = maker.add_in_split(corpus, "train", text)
    items = gold_of(document.text)
    # Those that are in another have no label in CoNLL-2012.
    items["mentions"] = [m for m in items["mentions"] if m["id"] not in ("m5", "m8")]
    corpus.write_annotation(make_annotation(document, items))
    out = tmp_path / "out"
    given = [part for option in options.items() for part in ("--option", "=".join(option))]
    result = run(corpus, "export", form.name, "--out", str(out), *given)
    assert result.exit_code == 0, result.output
    result = run(corpus, "import", form.name, f"bo={out}", "--known-texts", "--draft")
    assert result.exit_code == 0, result.output
    assert corpus.document_ids() == [document.id]
    exported = reduce(document, corpus.read_annotation("gold", document.id), form.holds).annotation
    quotes = [
        Counter(" ".join(span.text for span in mention.spans) for mention in one.mentions)
        for one in (exported, corpus.read_annotation("bo", document.id))
    ]
    assert quotes[0] == quotes[1]


@every_format
@several
@given(data=exports())
def test_what_is_kept_and_what_is_lost_is_what_there_was(data, name):
    _, document, annotation = data
    holds = format_of(name).holds
    reduced = reduce(document, annotation, holds)
    source = Counter(unit.kind for unit in (*units_of_document(document), *units_of(annotation)))
    left = Counter(unit.kind for unit in units_of(reduced.annotation))
    counter = LossCounter()
    counter.add(source, reduced.losses)
    for kind, count in counter.report(name, "export").counts.items():
        assert count.kept + count.approximated + count.left_out == count.source == source[kind]
        assert count.kept >= 0
        if kind in {unit.kind for unit in units_of(annotation)}:
            assert count.kept + count.approximated == left[kind]
        if kind not in holds.kinds:
            assert count.left_out == count.source
    assert len({(loss.kind, loss.name) for loss in reduced.losses}) == len(reduced.losses)
    again = reduce(document, annotation, holds)
    assert again == reduced


@read_and_written
@several
@given(data=exports())
def test_a_reader_counts_what_it_reads(data, form, options):
    ontology, document, annotation = data
    (read,) = written_and_read(form, options, ontology, [reduce(document, annotation, form.holds)])
    (found,) = read.annotations.values()
    there = Counter(unit.kind for unit in units_of(found))
    assert {k: n for k, n in read.items.items() if n} == dict(there)


@pytest.fixture
def two_texts(tmp_path):
    """A corpus of a text that may be redistributed and one that may not, both with gold."""
    maker = CorpusMaker(tmp_path)
    corpus = maker.empty()
    open_text = maker.annotated(corpus, "train")
    secret = maker.annotated(corpus, "train")
    hidden = replace(secret, rights=replace(secret.rights, redistribute_text=False))
    corpus.write_document(hidden)
    return corpus, open_text, hidden


def content(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name
            written = path.read_bytes()
            with suppress(zlib.error):
                written = zlib.decompress(written)
            yield written.decode(errors="replace")


@every_format
def test_a_text_that_may_not_be_redistributed_is_left_out_unless_it_is_included(
    name, two_texts, run, tmp_path
):
    form = format_of(name)
    if form.writer is None:
        pytest.skip("cannot be exported")
    corpus, open_text, secret = two_texts
    out, report = tmp_path / "out", tmp_path / "report.json"
    shown = run(corpus, "export", name, "--out", str(out), "--report", str(report))
    assert secret.id not in "".join(content(out))
    assert open_text.id in "".join(content(out)) or not form.holds.ids
    losses = json.loads(report.read_text())["losses"]
    reasons = {loss["document"]: loss["reason"] for loss in losses if loss["kind"] == "documents"}
    assert reasons == {secret.id: "its text may not be redistributed"}
    assert "may not be redistributed" in shown.stderr

    shutil.rmtree(out)
    run(corpus, "export", name, "--out", str(out), "--include-text", secret.id)
    assert secret.id in "".join(content(out))


@every_format
def test_strict_refuses_a_loss_and_writes_nothing_but_the_report(name, two_texts, run, tmp_path):
    form = format_of(name)
    if form.writer is None:
        pytest.skip("cannot be exported")
    corpus, open_text, _ = two_texts
    out, report = tmp_path / "out", tmp_path / "report.json"
    options = ("--documents", open_text.id, "--report", str(report), "--strict")
    result = run(corpus, "export", name, "--out", str(out), *options)
    losses = json.loads(report.read_text())["losses"]
    refused = [loss for loss in losses if loss["kind"] not in ("metadata", "segmentation")]
    assert (result.exit_code == 1) == bool(refused)
    assert out.exists() == (not refused)


@pytest.mark.parametrize("name", ["brat", "doccano", "web-annotation"])
def test_strict_allows_the_loss_of_metadata(name, entities_only, run, tmp_path):
    out, report = tmp_path / "out", tmp_path / "report.json"
    options = ("--include-text", "all", "--report", str(report), "--strict")
    result = run(entities_only, "export", name, "--out", str(out), *options)
    assert result.exit_code == 0, result.stderr
    losses = json.loads(report.read_text())["losses"]
    assert "rights" in {loss["name"] for loss in losses if loss["kind"] == "metadata"}


def test_fields_that_are_empty_are_no_loss(two_texts, run, tmp_path):
    corpus, document, _ = two_texts
    corpus.write_document(replace(document, title=None, language=None, source=Source()))
    report = tmp_path / "report.json"
    options = ("--documents", document.id, "--report", str(report))
    run(corpus, "export", "brat", "--out", str(tmp_path / "out"), *options)
    losses = json.loads(report.read_text())["losses"]
    assert {loss["name"] for loss in losses if loss["kind"] == "metadata"} == {"rights"}


def test_without_a_text_that_may_be_exported_the_message_says_what_to_add(two_texts, run, tmp_path):
    corpus, _, secret = two_texts
    out = str(tmp_path / "out")
    said = run(corpus, "export", "brat", "--out", out, "--documents", secret.id).stderr
    assert "--include-text all" in said
    assert "redistribute_text = true under [rights]" in said


@pytest.mark.parametrize("name", sorted({param.values[0].name for param in READ_AND_WRITTEN}))
@settings(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_file_gives_a_message_and_no_traceback(data, name, tmp_path_factory):
    form = format_of(name)
    ontology, document, annotation = data.draw(exports())
    reduced = reduce(document, annotation, form.holds)
    folder = tmp_path_factory.mktemp("damaged")
    target = folder / f"train{form.suffix}"
    form.writer(
        Output(
            target=target,
            items=[(reduced.document, reduced.annotation)],
            ontology=ontology,
            options=form.options({}),
        )
    )
    files = [path for path in (target, *sorted(target.rglob("*"))) if path.is_file()]
    file = data.draw(st.sampled_from(files))
    before = file.read_bytes()
    at = data.draw(st.integers(0, len(before)))
    junk = data.draw(st.sampled_from([b"", b"\t", b"\n", b" ", b"\xff", b"T1", b"999", b"-", b":"]))
    size = data.draw(st.integers(0, 5))
    file.write_bytes(before[:at] + junk + before[at + size :])
    try:
        found = list(form.reader(target))
    except DatelineError as error:
        found, message = [], str(error)
        assert message.startswith(str(target.parent))
    for source in found:
        for annotation in source.annotations.values():
            there = Counter(unit.kind for unit in units_of(annotation))
            there.update(loss.kind for loss in source.losses if loss.outcome == "left out")
            assert {k: n for k, n in source.items.items() if n} == dict(there)
